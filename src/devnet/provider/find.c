/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Answers requests about the provider and about its pieces. */
#include "provider/find.h"

#include <string.h>

#include "sluice/json.h"
#include "sluice/log.h"

#include "http/server.h"
#include "provider/profile.h"

static const char text_type[] = "text/plain; charset=utf-8";

void sl_devnet_ping(struct sl_devnet_request *request)
{
    sl_devnet_reply_text(&request->reply, 200, text_type, "curio-pdp");
}

void sl_devnet_health(struct sl_devnet_request *request)
{
    sl_devnet_reply_text(&request->reply, 200, text_type, "Service is up and running");
}

void sl_devnet_version(struct sl_devnet_request *request)
{
    sl_devnet_reply_text(&request->reply, 200, text_type,
                         sl_devnet_is_old(request)
                             ? "sluice local provider " SL_VERSION " (Curio of August 2026)"
                             : "sluice local provider " SL_VERSION " (Curio v1.28.6)");
}

void sl_devnet_find_piece(struct sl_devnet_request *request)
{
    struct sl_piece_id id;
    struct sl_devnet_piece piece;
    struct sl_err err = {0};
    const char *text =
        MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "pieceCid");
    if (sl_piece_parse(&id, text != NULL ? text : "", text != NULL ? strlen(text) : 0, &err) < 0) {
        sl_devnet_reply_error(&request->reply, 400, "Failed to parse CID: %s", err.text);
        return;
    }
    const int rc = sl_devnet_piece_store_find(request->provider->store, &piece, id.root, &err);
    if (rc < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_error(&request->reply, 500, "Database error");
        return;
    }
    if (rc == 0 || !piece.findable) {
        sl_devnet_reply_not_found(&request->reply);
        return;
    }
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "pieceCid", text);
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

/* Nothing is announced to an index here: a piece stays `pending`, as those of the real provider do
 * in data sets without indexing. By a fault it is announced, in the words that are to come. */
static void reply_status(struct sl_devnet_request *request, const struct sl_piece_id *id)
{
    static const char *const flags[] = {"indexed", "adCreated", "advertised", "retrieved"};
    const bool advertised = request->fault.action == SL_DEVNET_FAULT_ADVERTISED;
    const size_t count = sizeof flags / sizeof flags[0] - advertised;
    char cid[SL_PIECE_CID_CHARS];
    struct sl_jw w = {0};
    sl_piece_cid(cid, id);
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "status", advertised ? "announced" : "pending");
    for (size_t i = 0; i < count; i++)
        sl_jw_bool(&w, flags[i], advertised);
    if (advertised)
        sl_jw_str(&w, "adCid", "baguqeeraaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

void sl_devnet_status(struct sl_devnet_request *request)
{
    struct sl_piece_id id = {0};
    struct sl_devnet_piece piece;
    struct sl_err err = {0};
    if (sl_piece_parse_either(&id, request->param, strlen(request->param), &err) < 0) {
        sl_devnet_reply_plain(&request->reply, 400, "Invalid pieceCid format: %s", err.text);
        return;
    }
    const int rc = sl_devnet_piece_store_find(request->provider->store, &piece, id.root, &err);
    if (rc < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_error(&request->reply, 500, "Database error");
    } else if (rc == 0 || !piece.findable) {
        sl_devnet_reply_plain(&request->reply, 404,
                              "Piece not found or does not belong to service");
    } else {
        id.payload_bytes = piece.payload_bytes;
        id.height = sl_piece_height(piece.payload_bytes);
        reply_status(request, &id);
    }
}
