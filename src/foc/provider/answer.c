/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "provider/answer.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "sluice/json.h"
#include "sluice/revert.h"

bool sl_sp_is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        const bool hex = strchr("0123456789abcdefABCDEF", text[i]) != NULL;
        if (form[i] == 'x' ? !hex : text[i] != '-')
            return false;
    }
    return true;
}

int sl_sp_session_of(char uuid[static SL_UUID_CHARS], const char *location, const char *folder,
                     struct sl_err *err)
{
    const size_t len = strlen(location);
    const size_t folder_len = strlen(folder);
    const size_t tail = folder_len + SL_UUID_CHARS - 1;
    const bool fits = len == tail ||
                      (len > tail && (location[0] == '/' || strncasecmp(location, "http", 4) == 0));
    if (!fits || memcmp(location + len - tail, folder, folder_len) != 0 ||
        !sl_sp_is_uuid(location + len - (SL_UUID_CHARS - 1)))
        return sl_err_set(err, SL_EPROTO, "the provider named no upload session");
    memcpy(uuid, location + len - (SL_UUID_CHARS - 1), SL_UUID_CHARS);
    return 0;
}

int sl_sp_same_piece(const struct sl_http_response *response, const struct sl_piece_id *piece,
                     struct sl_err *err)
{
    struct sl_json *root = NULL;
    struct sl_piece_id named;
    int rc = 0;
    if (response->body.len == 0 ||
        sl_json_parse(&root, response->body.data, response->body.len, NULL) < 0)
        return sl_err_set(err, SL_EPROTO, "the provider's answer is not JSON");
    const char *cid = sl_json_str(sl_json_get(root, "pieceCid"));
    if (cid == NULL || sl_piece_parse_either(&named, cid, strlen(cid), NULL) < 0)
        rc = sl_err_set(err, SL_EPROTO, "the provider's answer names no piece");
    else if (memcmp(named.root, piece->root, sizeof named.root) != 0)
        rc = sl_err_set(err, SL_EPROTO, "the provider's answer names another piece");
    sl_json_free(root);
    return rc;
}

/* The texts behind a plain 400 or 413. They are the only word the API has for the difference. */
static const struct {
    const char *text;
    int code;
} refusals[] = {
    {"below the minimum allowed size", SL_ETOOSMALL},
    {"exceeds the maximum allowed size", SL_ETOOBIG},
    {"pieceCid size does not match uploaded piece size", SL_EMISMATCH},
    {"pieceCid does not match the calculated pieceCid", SL_EMISMATCH},
    {"exceeds the size declared in pieceCid", SL_EMISMATCH},
    {"Piece size does not match the expected size", SL_EMISMATCH},
    {"Computed hash does not match expected hash", SL_EMISMATCH},
    {"Computed piece CID does not match expected piece CID", SL_EMISMATCH},
    {"Computed padded piece size does not match expected piece size", SL_EMISMATCH},
};

/* The same behind a 409. */
static const char claimed[] = "being uploaded";
static const char incomplete[] = "upload is not complete";

static int code_of_conflict(const char *body, int otherwise)
{
    if (strstr(body, claimed) != NULL)
        return SL_EBUSY;
    return strstr(body, incomplete) != NULL ? SL_ESERVER : otherwise;
}

static int code_of_refusal(const struct sl_http_response *response, int otherwise)
{
    if (response->status == 413)
        return SL_ETOOBIG;
    if (response->status == 507)
        return SL_ENOSPC;
    if (response->body.data == NULL)
        return otherwise;
    if (response->status == 409)
        return code_of_conflict(response->body.data, otherwise);
    if (response->status != 400)
        return otherwise;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strstr(response->body.data, refusals[i].text) != NULL)
            return refusals[i].code;
    }
    return otherwise;
}

bool sl_sp_has_all(const struct sl_http_response *response)
{
    return response->status == 409 && response->body.data != NULL &&
           strstr(response->body.data, "already been uploaded") != NULL;
}

int sl_sp_refusal(const struct sl_http_response *response, const char *what, struct sl_err *err)
{
    const int code = code_of_refusal(response, sl_http_status_err(response, what, err));
    if (err != NULL)
        err->code = code;
    return code;
}

/* ---- a batch with too many pieces ---- */

/* The number behind the next "(" of a text; 0: none, or one that no batch can have. */
static size_t number_in_brackets(const char *text)
{
    size_t number = 0;
    const char *at = strchr(text, '(');
    if (at == NULL)
        return 0;
    for (at++; *at >= '0' && *at <= '9'; at++) {
        if (number > SIZE_MAX / 10 - 1)
            return 0;
        number = number * 10 + (size_t)(*at - '0');
    }
    return *at == ')' ? number : 0;
}

size_t sl_sp_fewer_pieces(const char *text, size_t count)
{
    static const char too_many[] = "exceeds the maximum allowed per ";
    static const char too_large[] = "-byte message limit";
    const char *at = strstr(text, too_many);
    const size_t named = at != NULL ? number_in_brackets(at + sizeof too_many - 1) : 0;
    if ((at == NULL && strstr(text, too_large) == NULL) || count < 2)
        return 0;
    return named > 0 && named < count ? named : count / 2;
}

/* ---- the chain ---- */

static int with_status(int code, int status, const char *what, struct sl_err *err)
{
    sl_err_ctx(err, "%s", what);
    if (err != NULL) {
        err->code = code;
        err->detail = status;
    }
    return code;
}

int sl_sp_chain_refusal(const struct sl_http_response *response, const char *what,
                        struct sl_err *err)
{
    /* "chain:" stands in front of what the provider's node said, mostly when it estimated the gas:
       then nothing was sent. */
    static const char failed[] = "chain: message execution failed";
    const char *body = response->body.data != NULL ? response->body.data : "";
    struct sl_revert revert;
    if (response->status >= 400 && sl_revert_find(&revert, body, response->body.len)) {
        if (sl_revert_is(&revert, "ClientDataSetAlreadyRegistered"))
            return 1;
        return with_status(sl_revert_err(&revert, err), response->status, what, err);
    }
    const int code = sl_http_status_err(response, what, err);
    if (response->status == 400 && strstr(body, "raw size mismatch") != NULL)
        return with_status(SL_EALIKE, 400,
                           "the piece differs in zeros at its end from a stored one", err);
    if (response->status == 400 && strstr(body, "subPiece CID") != NULL &&
        strstr(body, "not found") != NULL)
        return with_status(SL_ENOTFOUND, 400, "a piece is not parked there", err);
    if (response->status >= 400 && strncmp(body, failed, sizeof failed - 1) == 0)
        return with_status(SL_EREVERT, response->status,
                           "the chain refused it and gave no reason (the authorizer contract of a "
                           "data set may do that)",
                           err);
    return code;
}
