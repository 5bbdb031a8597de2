/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST /pdp/data-sets, .../create-and-add, .../{id}/pieces. */
#include "commit/commit.h"

#include <inttypes.h>
#include <string.h>

#include "sluice/log.h"

#include "block_timer.h"
#include "commit/chain_view.h"
#include "commit/commit_body.h"
#include "commit/commit_send.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "http/connection.h"
#include "http/gate.h"
#include "pieces/sql.h"

enum { CREATE_EXTRA_BYTES = 4096 };

static const struct sl_ledger_contracts *contracts(const struct sl_devnet_request *request)
{
    return sl_ledger_contracts(request->provider->net->ledger);
}

/* Nothing can be committed to a provider without a chain; -1 with the reply set. */
static int begin(struct sl_devnet_request *request)
{
    if (request->provider->net->ledger == NULL) {
        sl_devnet_reply_plain(&request->reply, 404, "Requested resource not found");
        return -1;
    }
    sl_devnet_catch_up(request->provider->net);
    return 0;
}

static void answer_created(struct sl_devnet_request *request, struct sl_devnet_message *message)
{
    char hash[SL_DEVNET_HASH_CHARS];
    if (sl_devnet_commit_send(request, message, hash) < 0)
        return;
    sl_devnet_reply_status(&request->reply, 201);
    sl_devnet_reply_location(request, "/pdp/data-sets/created/%s", hash);
}

/* The provider pays for the cleaning up; -1 with the reply set. */
static int set_deposit(struct sl_devnet_request *request, struct sl_devnet_message *message)
{
    struct sl_err err;
    if (sl_devnet_commit_deposit(request->provider->net, &message->value, &err) == SL_OK)
        return 0;
    sl_devnet_reply_failure(request, &err, "Failed to read FIL cleanup deposit");
    return -1;
}

static void create(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
{
    struct sl_devnet_message message = {.kind = SL_DEVNET_CREATE, .to = contracts(request)->pdp};
    if (sl_devnet_commit_parse(request, body, "Invalid JSON in request body") < 0 ||
        sl_devnet_commit_keeper(request, body) < 0 || sl_devnet_commit_extra(request, body) < 0)
        return;
    if (body->extra.len > CREATE_EXTRA_BYTES) {
        sl_devnet_reply_error(&request->reply, 400,
                              "extraData size (%zu bytes) exceeds the maximum allowed limit for"
                              " CreateDataSet (%d bytes)",
                              body->extra.len, CREATE_EXTRA_BYTES);
        return;
    }
    if (set_deposit(request, &message) < 0)
        return;
    sl_abi_call(&message.w, "createDataSet(address,bytes)");
    sl_abi_put_address(&message.w, &contracts(request)->fwss);
    sl_abi_put_bytes(&message.w, body->extra.len > 0 ? body->extra.data : "", body->extra.len);
    answer_created(request, &message);
}

void sl_devnet_data_set_create(struct sl_devnet_request *request)
{
    struct sl_devnet_commit_body body = {0};
    if (begin(request) == 0)
        create(request, &body);
    sl_devnet_commit_body_free(&body);
}

static void create_and_add(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
{
    struct sl_devnet_message message = {.kind = SL_DEVNET_CREATE, .to = contracts(request)->pdp};
    if (sl_devnet_commit_parse(request, body, "Invalid JSON in request body") < 0 ||
        sl_devnet_commit_keeper(request, body) < 0 || sl_devnet_commit_extra(request, body) < 0 ||
        sl_devnet_commit_pieces(request, body, "CreateDataSetAndAddPieces") < 0 ||
        set_deposit(request, &message) < 0)
        return;
    message.pieces = body->pieces;
    message.count = body->count;
    message.untracked = body->untracked;
    sl_devnet_abi_add_pieces(&message.w, 0, &contracts(request)->fwss, body->pieces, body->count,
                             &body->extra);
    answer_created(request, &message);
}

void sl_devnet_data_set_create_and_add(struct sl_devnet_request *request)
{
    struct sl_devnet_commit_body body = {0};
    if (begin(request) == 0)
        create_and_add(request, &body);
    sl_devnet_commit_body_free(&body);
}

/* The uploads that the request names are of no use any more. */
static void discard(struct sl_devnet_request *request, const struct sl_devnet_commit_body *body)
{
    const struct sl_json *list = sl_json_get(body->root, "pieces");
    size_t left = SL_DEVNET_SUB_PIECES;
    for (const struct sl_json *at = sl_json_first(list); at != NULL && left-- > 0;
         at = sl_json_next(at)) {
        const char *text =
            sl_json_str(sl_json_get(sl_json_first(sl_json_get(at, "subPieces")), "subPieceCid"));
        struct sl_piece_id id;
        struct sl_err err;
        if (text != NULL && sl_piece_parse(&id, text, strlen(text), NULL) == SL_OK &&
            sl_devnet_piece_store_discard(request->provider->store, id.root, &err) < 0)
            sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "discard: %s", err.text);
    }
}

static void refuse_unavailable(struct sl_devnet_request *request,
                               struct sl_devnet_commit_body *body, bool ended)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const int64_t now = sl_now_ms(&request->provider->net->clock);
    discard(request, body);
    if (info != NULL &&
        sl_devnet_rate_ban_count(&request->provider->rate_bans, info->client_addr, now) > 0)
        sl_devnet_reply_throttled(request);
    else if (ended)
        sl_devnet_reply_plain(&request->reply, 409,
                              "data set has been terminated due to unrecoverable proving failure");
    else
        sl_devnet_reply_error(&request->reply, 404, "Data set not found");
}

static void add(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
{
    const struct sl_address none = {{0}};
    struct sl_devnet_message message = {.kind = SL_DEVNET_ADD, .to = contracts(request)->pdp};
    char hash[SL_DEVNET_HASH_CHARS];
    struct sl_err err = {0};
    if (sl_devnet_commit_id(request, &message.data_set, request->param,
                            "Invalid data set ID format") < 0 ||
        sl_devnet_commit_parse(request, body, "Invalid request body") < 0)
        return;
    const int known = sl_devnet_data_set_known(request->provider, message.data_set, &err);
    const bool ended = request->fault.action == SL_DEVNET_FAULT_END;
    if (known < 0) {
        sl_devnet_reply_failure(request, &err, "Failed to retrieve data set");
        return;
    }
    if (known == 0 || ended) {
        refuse_unavailable(request, body, ended);
        return;
    }
    if (sl_devnet_commit_pieces(request, body, "AddPieces") < 0 ||
        sl_devnet_commit_extra(request, body) < 0)
        return;
    message.pieces = body->pieces;
    message.count = body->count;
    message.untracked = body->untracked;
    sl_devnet_abi_add_pieces(&message.w, message.data_set, &none, body->pieces, body->count,
                             &body->extra);
    if (sl_devnet_commit_send(request, &message, hash) < 0)
        return;
    sl_devnet_reply_status(&request->reply, 201);
    sl_devnet_reply_location(request, "/pdp/data-sets/%" PRIu64 "/pieces/added/%s",
                             message.data_set, hash);
}

void sl_devnet_pieces_add(struct sl_devnet_request *request)
{
    struct sl_devnet_commit_body body = {0};
    if (begin(request) == 0)
        add(request, &body);
    sl_devnet_commit_body_free(&body);
}
