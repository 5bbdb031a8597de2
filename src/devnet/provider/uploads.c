/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The streaming form: a session, the bytes, then the PieceCID that the client found. */
#include "provider/uploads.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "sluice/json.h"
#include "sluice/log.h"

#include "commit/commit.h"
#include "commit/reply_chain.h"
#include "http/gate.h"
#include "http/server.h"
#include "network.h"
#include "provider/profile.h"

void sl_devnet_upload_new(struct sl_devnet_request *request)
{
    char uuid[SL_UUID_CHARS];
    struct sl_err err;
    if (sl_devnet_session_new(request->provider->store, uuid, NULL, &err) < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_error(&request->reply, 500, "Failed to create upload request");
        return;
    }
    sl_devnet_reply_status(&request->reply, 201);
    sl_devnet_reply_location(request, "/pdp/piece/uploads/%s", uuid);
}

/* Lower case into `out`; false when it is no UUID. */
static bool parse_uuid(char out[static SL_UUID_CHARS], const char *text)
{
    if (strlen(text) != SL_UUID_CHARS - 1)
        return false;
    for (size_t i = 0; i < SL_UUID_CHARS - 1; i++) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[SL_UUID_CHARS - 1] = '\0';
    return true;
}

int sl_devnet_session_find(struct sl_devnet_request *request, bool declared)
{
    char uuid[SL_UUID_CHARS];
    struct sl_err err;
    if (!parse_uuid(uuid, request->param)) {
        sl_devnet_reply_error(&request->reply, 400, "Invalid upload UUID");
        return -1;
    }
    const int rc =
        sl_devnet_session_get(request->provider->store, &request->session, uuid, declared, &err);
    if (rc == 1)
        return 0;
    if (rc < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_error(&request->reply, 500, "Database error");
    } else if (declared) {
        sl_devnet_reply_error(&request->reply, 404, "Upload UUID not found");
    } else {
        sl_devnet_reply_not_found(&request->reply);
    }
    return -1;
}

void sl_devnet_upload_end(struct sl_devnet_request *request)
{
    sl_devnet_body_writer_end(&request->writer);
    sl_devnet_claim_release(&request->claim);
}

/* Gives the space back before the client is told. */
static void store_failed(struct sl_devnet_request *request, const struct sl_err *err)
{
    sl_log(SL_LOG_WARN, SL_LOG_DEVNET, "upload: %s", err->text);
    sl_devnet_upload_end(request);
    const bool own_disk = request->server->secret[0] != '\0';
    if (err->code == SL_ENOSPC && own_disk) /* more helpful than the observed provider */
        sl_devnet_reply_error(&request->reply, MHD_HTTP_INSUFFICIENT_STORAGE, "%s", err->text);
    else
        sl_devnet_reply_error(&request->reply, 500, "Failed to store piece data");
}

static uint64_t most_bytes(const struct sl_devnet_request *request)
{
    return request->session.declared ? request->session.want.payload_bytes : SL_PIECE_MAX_BYTES;
}

static void too_long(struct sl_devnet_request *request)
{
    sl_devnet_upload_end(request);
    if (request->session.declared)
        sl_devnet_reply_error(&request->reply, 400,
                              "piece data exceeds the size declared in pieceCid (%" PRIu64
                              " bytes)",
                              most_bytes(request));
    else
        sl_devnet_reply_error(&request->reply, 413,
                              "piece data exceeds the maximum allowed size (%" PRIu64 " bytes)",
                              most_bytes(request));
}

void sl_devnet_upload_begin(struct sl_devnet_request *request)
{
    char tmp[SL_PATH_BYTES];
    struct sl_err err;
    if (request->content_length != SL_DEVNET_LENGTH_UNKNOWN &&
        request->content_length > most_bytes(request)) {
        too_long(request);
        return;
    }
    int rc = sl_path_join(tmp, sizeof tmp, request->provider->dir, "tmp", &err);
    if (rc == SL_OK)
        rc = sl_devnet_body_writer_begin(&request->writer, &request->provider->space, tmp,
                                         request->content_length, &err);
    if (rc < 0)
        store_failed(request, &err);
}

void sl_devnet_upload_open(struct sl_devnet_request *request)
{
    if (sl_devnet_session_find(request, false) == 0)
        sl_devnet_upload_begin(request);
}

/* How much later than its upload a piece becomes findable, and later still by a fault. */
static int64_t park_ms(const struct sl_devnet_request *request)
{
    const struct sl_devnet_fault *fault = &request->fault;
    const bool late = fault->action == SL_DEVNET_FAULT_PARK && fault->ms < INT64_MAX / 2;
    return sl_devnet_park_ms(request->provider) + (late ? (int64_t)fault->ms : 0);
}

int sl_devnet_upload_claim(struct sl_devnet_request *request)
{
    const bool declared = request->session.declared;
    struct sl_err err = {0};
    const int rc = sl_devnet_session_claim(request->provider->store, &request->claim,
                                           &request->session, park_ms(request), &err);
    if (rc == SL_DEVNET_CLAIM_TAKEN)
        return 0;
    sl_devnet_upload_end(request);
    if (rc == SL_DEVNET_CLAIM_STORED)
        sl_devnet_reply_status(&request->reply, 204);
    else if (rc == SL_DEVNET_CLAIM_DONE)
        sl_devnet_reply_error(&request->reply, 409, "Data has already been uploaded");
    else if (rc == SL_DEVNET_CLAIM_BUSY)
        sl_devnet_reply_error(&request->reply, 409, "This piece is already being uploaded");
    else if (rc == SL_DEVNET_CLAIM_GONE && declared)
        sl_devnet_reply_error(&request->reply, 404, "Upload UUID not found");
    else if (rc == SL_DEVNET_CLAIM_GONE)
        sl_devnet_reply_not_found(&request->reply);
    else
        sl_devnet_reply_failure(request, &err,
                                declared ? "Failed to claim piece upload"
                                         : "Failed to claim streaming upload");
    return -1;
}

/* The observed provider stops to read then, in the middle of the body. */
static bool took_too_long(const struct sl_devnet_request *request)
{
    const struct sl_devnet *net = request->provider->net;
    return sl_now_ms(&net->clock) - request->begun_ms > net->request_limit_ms;
}

void sl_devnet_upload_on_data(struct sl_devnet_request *request, const char *data, size_t len)
{
    struct sl_err err;
    if (took_too_long(request)) {
        (void)sl_err_set(&err, SL_ESTALLED, "it took longer than the limit for one request");
        store_failed(request, &err);
    } else if (request->writer.received_bytes + len > most_bytes(request))
        too_long(request);
    else if (sl_devnet_body_writer_add(&request->writer, data, len, &err) < 0)
        store_failed(request, &err);
    else if (request->claim.store == NULL && !sl_devnet_is_old(request) &&
             request->writer.received_bytes >= SL_PIECE_MIN_BYTES)
        (void)sl_devnet_upload_claim(
            request); /* a streaming one: what is too small claims nothing */
}

int sl_devnet_upload_hash(struct sl_devnet_request *request, struct sl_piece_id *got)
{
    struct sl_err err;
    if (sl_devnet_body_writer_hash(&request->writer, got, &err) == SL_OK)
        return 0;
    sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "upload: %s", err.text);
    sl_devnet_reply_error(&request->reply, 500, "Failed to finalize commP calculation");
    return -1;
}

/* What today's providers say when the last step fails. */
static const char *keep_failed(const struct sl_devnet_request *request)
{
    return sl_devnet_is_old(request)   ? "Failed to process piece upload"
           : request->session.declared ? "Failed to finalize piece upload"
                                       : "Failed to complete streaming upload";
}

/* The bytes of a stream turn out to be a piece that another client is about to store; or, by a
 * fault, one that is stored with more or fewer zeros at its end. Returns 1 with the reply set. */
static int find_conflict(struct sl_devnet_request *request, const struct sl_piece_id *got,
                         struct sl_err *err)
{
    struct sl_devnet_piece_store *store = request->provider->store;
    struct sl_devnet_piece stored = {0};
    int rc = 0;
    if (request->session.declared || sl_devnet_is_old(request))
        return 0;
    if (request->fault.action == SL_DEVNET_FAULT_ALIKE)
        rc = sl_devnet_piece_store_find(store, &stored, got->root, err);
    if (rc == 1)
        rc = stored.payload_bytes != got->payload_bytes;
    if (rc == 0)
        rc = sl_devnet_piece_store_is_claimed(store, got->root);
    if (rc == 1)
        sl_devnet_reply_error(
            &request->reply, 409,
            "This piece is already being uploaded or conflicts with an existing piece");
    return rc;
}

void sl_devnet_upload_keep(struct sl_devnet_request *request, const struct sl_piece_id *got)
{
    struct sl_err err = {0};
    if (sl_devnet_body_writer_sync(&request->writer, &err) < 0) {
        store_failed(request, &err);
        return;
    }
    int rc = find_conflict(request, got, &err);
    if (rc == 1)
        return;
    if (rc == 0)
        rc = sl_devnet_session_keep(request->provider->store, &request->session, got,
                                    request->writer.path, park_ms(request), &err);
    if (rc < 0)
        sl_devnet_reply_failure(request, &err, keep_failed(request));
    else
        sl_devnet_reply_status(&request->reply, 204);
}

void sl_devnet_upload_done(struct sl_devnet_request *request)
{
    struct sl_piece_id got;
    if (request->writer.received_bytes < SL_PIECE_MIN_BYTES) {
        sl_devnet_reply_error(&request->reply, 400,
                              "piece data is below the minimum allowed size (%" PRIu64 " bytes)",
                              SL_PIECE_MIN_BYTES);
        return;
    }
    if (sl_devnet_upload_hash(request, &got) == 0)
        sl_devnet_upload_keep(request, &got);
}

static void refuse_cid(struct sl_devnet_request *request, const char *text, const char *why)
{
    uint8_t root[SL_PIECE_ROOT_BYTES];
    if (sl_piece_parse_v1(root, text, strlen(text), NULL) == SL_OK)
        why = "piece CID must be PieceCIDv2 format (got multihash type 4114)";
    sl_devnet_reply_error(&request->reply, 400, "Invalid request body: invalid pieceCid: %s", why);
}

int sl_devnet_body_cid(struct sl_devnet_request *request, struct sl_piece_id *id)
{
    struct sl_json *root = NULL;
    struct sl_err err = {0};
    if (sl_json_parse(&root, request->json.len > 0 ? request->json.data : "", request->json.len,
                      &err) < 0) {
        sl_devnet_reply_error(&request->reply, 400, "Invalid request body: %s", err.text);
        return -1;
    }
    const char *text = sl_json_str(sl_json_get(root, "pieceCid"));
    if (text == NULL)
        text = "";
    const int rc = sl_piece_parse(id, text, strlen(text), &err);
    if (rc < 0)
        refuse_cid(request, text, err.text);
    sl_json_free(root);
    return rc < 0 ? -1 : 0;
}

void sl_devnet_upload_finalize(struct sl_devnet_request *request)
{
    struct sl_piece_id id;
    struct sl_err err;
    if (sl_devnet_session_find(request, false) < 0 || sl_devnet_body_cid(request, &id) < 0)
        return;
    const struct sl_piece_id *got = &request->session.got;
    if (!request->session.has_got) {
        sl_devnet_reply_error(&request->reply, sl_devnet_is_old(request) ? 500 : 409,
                              sl_devnet_is_old(request) ? "Database error"
                                                        : "Streaming upload is not complete");
    } else if (id.payload_bytes != got->payload_bytes) {
        sl_devnet_reply_error(
            &request->reply, 400,
            "Invalid request body: pieceCid size does not match uploaded piece size");
    } else if (!sl_piece_id_equal(&id, got)) {
        sl_devnet_reply_error(
            &request->reply, 400,
            "Invalid request body: pieceCid does not match the calculated pieceCid"
            " for the uploaded piece");
    } else {
        const int rc = sl_devnet_session_finalize(request->provider->store, &request->session,
                                                  park_ms(request), &err);
        if (rc > 0)
            sl_devnet_reply_status(&request->reply, 200);
        else if (rc == 0)
            sl_devnet_reply_not_found(&request->reply);
        else
            sl_devnet_reply_error(&request->reply, 500, "Failed to process piece upload");
    }
}
