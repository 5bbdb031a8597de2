/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "rpc/rpc_answer.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/text.h"

enum { MESSAGE_CAP = 65536, DATA_CAP = 65536, SHOWN_BYTES = 160, REVERT_CODE = 3 };

void sl_rpc_failure_free(struct sl_rpc_failure *failure)
{
    sl_buf_free(&failure->message);
    sl_buf_free(&failure->data);
    failure->code = 0;
}

/* Appends the bytes of "0x..." text; false when it is none (nothing is appended then). */
static bool add_hex(struct sl_buf *out, const char *text)
{
    const size_t len = text != NULL ? strlen(text) : 0;
    if (len < 2 || text[0] != '0' || text[1] != 'x')
        return false;
    const size_t cap = len / 2;
    uint8_t *bytes = malloc(cap);
    const int n = bytes != NULL ? sl_hex_decode(bytes, cap, text, len, NULL) : -1;
    if (n >= 0)
        sl_buf_add(out, bytes, (size_t)n);
    free(bytes);
    return n >= 0;
}

/* Nodes put revert data into `data` as a string, or one or two objects deeper. */
static void read_data(struct sl_buf *out, const struct sl_json *data)
{
    for (int depth = 0; depth < 4 && data != NULL; depth++) {
        if (add_hex(out, sl_json_str(data)))
            return;
        const struct sl_json *inner = sl_json_get(data, "data");
        if (inner == NULL)
            inner = sl_json_get(data, "originalError");
        if (inner == NULL)
            inner = sl_json_get(data, "result");
        data = inner;
    }
}

/* A message that tells of an execution which the contract itself ended. */
static bool tells_of_revert(const struct sl_rpc_failure *failure)
{
    static const char *const signs[] = {"revert reason=[", "vm error=[", "execution reverted",
                                        "contract reverted"};
    if (failure->data.len >= 4 || failure->code == REVERT_CODE)
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (failure->message.len > 0 && strstr(failure->message.data, signs[i]) != NULL)
            return true;
    }
    return false;
}

static int read_failure(const struct sl_json *error, struct sl_rpc_failure *failure,
                        struct sl_err *err)
{
    double code = 0;
    const char *message = sl_json_str(sl_json_get(error, "message"));
    failure->message.cap = MESSAGE_CAP;
    failure->data.cap = DATA_CAP;
    sl_buf_clear(&failure->message);
    sl_buf_clear(&failure->data);
    (void)sl_json_double(sl_json_get(error, "code"), &code);
    failure->code = code > -1e15 && code < 1e15 && code != 0 ? (int64_t)code : -1;
    if (message != NULL)
        sl_buf_add(&failure->message, message, strnlen(message, MESSAGE_CAP));
    read_data(&failure->data, sl_json_get(error, "data"));
    if (failure->message.failed == SL_ENOMEM || failure->data.failed == SL_ENOMEM)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    char shown[SHOWN_BYTES];
    sl_text_escape(shown, sizeof shown, failure->message.len > 0 ? failure->message.data : "",
                   failure->message.len);
    return sl_err_set(err, tells_of_revert(failure) ? SL_EREVERT : SL_EREFUSED,
                      "the node says: %s (code %lld)", shown, (long long)failure->code);
}

int sl_rpc_read_answer(const struct sl_http_response *response, uint64_t id,
                       struct sl_json **result, struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_json *root = NULL;
    struct sl_err why = {0};
    uint64_t got = 0;
    const char *text = response->body.len > 0 ? response->body.data : "";
    int rc = sl_json_parse(&root, text, response->body.len, &why);
    const struct sl_json *error = sl_json_get(root, "error");
    const bool ours = rc == SL_OK && sl_json_u64(sl_json_get(root, "id"), &got) && got == id;
    failure->code = 0;
    if (ours && sl_json_is_object(error)) {
        /* some nodes send their error with a status of 4xx or 5xx: the body says more */
        rc = read_failure(error, failure, err);
    } else if (response->status < 200 || response->status > 299) {
        rc = sl_http_status_err(response, "JSON-RPC", err);
    } else if (rc < 0) {
        rc = sl_err_set(err, SL_EPROTO, "the answer is not JSON: %s", why.text);
    } else if (!ours) {
        rc = sl_err_set(err, SL_EPROTO, "the answer is not for this request (its id differs)");
    } else if (sl_json_get(root, "result") == NULL) {
        rc = sl_err_set(err, SL_EPROTO, "the answer has neither result nor error");
    } else {
        *result = root;
        return SL_OK;
    }
    sl_json_free(root);
    return rc;
}

bool sl_rpc_may_pass(int code, const struct sl_rpc_failure *failure)
{
    static const int64_t passing[] = {-1, -32005, -32007, -32603, 429};
    switch (code) {
    case SL_ENET:
    case SL_ESTALLED:
    case SL_EBUSY:
    case SL_ESERVER:
    case SL_EPROTO: /* a proxy's page; the next answer may be the node's */
        return true;
    case SL_EREFUSED:
        break;
    default:
        return false;
    }
    if (failure->code == 0)
        return true; /* HTTP 403, 408, 413: the endpoint's policy, not the call */
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (failure->code == passing[i])
            return true;
    }
    return false;
}

int sl_rpc_read_quantity(struct sl_u256 *out, const struct sl_json *answer, struct sl_err *err)
{
    const char *text = sl_json_str(sl_json_get(answer, "result"));
    if (text == NULL || sl_u256_parse_hex(out, text, strlen(text), NULL) < 0)
        return sl_err_set(err, SL_EPROTO, "the result is no quantity");
    return SL_OK;
}

int sl_rpc_read_bytes(struct sl_buf *out, const struct sl_json *answer, struct sl_err *err)
{
    sl_buf_clear(out);
    if (!add_hex(out, sl_json_str(sl_json_get(answer, "result"))))
        return sl_err_set(err, SL_EPROTO, "the result is no byte string");
    if (out->failed != SL_OK)
        return sl_err_set(err, out->failed, "the result does not fit");
    return SL_OK;
}
