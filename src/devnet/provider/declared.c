/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The declared form: the PieceCID first; bytes that are stored already need not be sent. */
#include "provider/declared.h"

#include <inttypes.h>
#include <string.h>

#include "sluice/json.h"
#include "sluice/log.h"

#include "http/gate.h"
#include "http/server.h"
#include "provider/profile.h"
#include "provider/provider.h"
#include "provider/uploads.h"

/* A PieceCID of bytes that a provider takes; false with the reply set. */
static bool size_is_fine(struct sl_devnet_request *request, const struct sl_piece_id *id)
{
    if (id->payload_bytes < SL_PIECE_MIN_BYTES)
        sl_devnet_reply_error(&request->reply, 400,
                              "piece data is below the minimum allowed size (%" PRIu64 " bytes)",
                              SL_PIECE_MIN_BYTES);
    else if (id->payload_bytes > SL_PIECE_MAX_BYTES)
        sl_devnet_reply_error(&request->reply, 413,
                              "piece data exceeds the maximum allowed size (%" PRIu64 " bytes)",
                              SL_PIECE_MAX_BYTES);
    else
        return true;
    return false;
}

static void reply_stored(struct sl_devnet_request *request, const struct sl_piece_id *id)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_jw w = {0};
    sl_piece_cid(cid, id);
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

void sl_devnet_declared_new(struct sl_devnet_request *request)
{
    struct sl_piece_id id;
    char uuid[SL_UUID_CHARS];
    struct sl_err err;
    if (sl_devnet_body_cid(request, &id) < 0 || !size_is_fine(request, &id))
        return;
    int rc = sl_devnet_piece_store_refer(request->provider->store, id.root,
                                         sl_devnet_park_ms(request->provider), &err);
    if (rc > 0) {
        reply_stored(request, &id);
        return;
    }
    if (rc == 0)
        rc = sl_devnet_session_new(request->provider->store, uuid, &id, &err);
    if (rc < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_error(&request->reply, 500, "Failed to process request: database error");
        return;
    }
    sl_devnet_reply_status(&request->reply, 201);
    sl_devnet_reply_location(request, "/pdp/piece/upload/%s", uuid);
}

void sl_devnet_declared_open(struct sl_devnet_request *request)
{
    if (sl_devnet_session_find(request, true) < 0)
        return;
    if (request->session.has_got)
        sl_devnet_reply_error(&request->reply, 409, "Data has already been uploaded");
    else if (sl_devnet_is_old(request) || sl_devnet_upload_claim(request) == 0)
        sl_devnet_upload_begin(request);
}

void sl_devnet_declared_done(struct sl_devnet_request *request)
{
    const struct sl_piece_id *want = &request->session.want;
    struct sl_piece_id got;
    if (request->writer.received_bytes != want->payload_bytes) {
        sl_devnet_reply_error(&request->reply, 400, "Piece size does not match the expected size");
        return;
    }
    if (sl_devnet_upload_hash(request, &got) < 0)
        return;
    if (memcmp(got.root, want->root, sizeof got.root) != 0)
        sl_devnet_reply_error(&request->reply, 400,
                              sl_devnet_is_old(request)
                                  ? "Computed hash does not match expected hash"
                                  : "Computed piece CID does not match expected piece CID");
    else if (!sl_piece_id_equal(&got, want))
        sl_devnet_reply_error(
            &request->reply, 400,
            sl_devnet_is_old(request)
                ? "Computed piece CID does not match expected piece CID"
                : "Computed padded piece size does not match expected piece size");
    else
        sl_devnet_upload_keep(request, &got);
}
