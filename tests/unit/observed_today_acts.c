/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the people of the file do. */
#include <stdlib.h>
#include <string.h>

#include "devnet/chain/ledger_call.h"
#include "support/test.h"
#include "unit/observed_today.h"

static const struct sl_address nobody;

void story_network(struct story *s, enum sl_devnet_profile profile, const char *deposit)
{
    struct sl_u256 amount;
    void *old = s->kit;
    if (old != NULL)
        ledger_kit_teardown(&old);
    s->kit = ledger_kit_idle(profile);
    s->set = 1;
    s->number = 1000000;
    memset(s->client_ids, 0, sizeof s->client_ids);
    assert_int_equal(sl_u256_parse_amount(&amount, deposit, strlen(deposit), 18, NULL), SL_OK);
    assert_true(kit_deposit(s->kit, amount));
}

bool story_call(struct story *s, enum who from, const struct sl_address *to, const char *signature,
                uint64_t first, uint64_t second, bool send)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, signature);
    if (signature[strlen(signature) - 2] != '(')
        sl_abi_put_u64(&w, first);
    if (strchr(signature, ',') != NULL)
        sl_abi_put_u64(&w, second);
    return send ? kit_send(s->kit, from, to, sl_u256(0), &w)
                : kit_call(s->kit, from, to, sl_u256(0), &w);
}

/* ---- books ---- */

struct sl_u256 story_word(struct story *s, const struct sl_address *to, const char *signature,
                          uint64_t id, size_t at)
{
    struct sl_u256 value = {0};
    if (!story_call(s, STRANGER, to, signature, id, 0, false))
        return value;
    assert_true(s->kit->result.data.len >= (at + 1) * SL_ABI_WORD);
    assert_true(sl_u256_from_be(
        &value, (const uint8_t *)s->kit->result.data.data + at * SL_ABI_WORD, SL_ABI_WORD));
    return value;
}

/* The answer of the last call stays. */
struct books story_books(struct story *s)
{
    struct ledger_kit *kit = s->kit;
    const struct sl_address client = kit_address(kit, CLIENT), provider = kit_address(kit, SP1);
    const struct sl_address *view = sl_ledger_view(kit->ledger);
    const struct sl_ledger_result kept = kit->result;
    kit->result = (struct sl_ledger_result){0};
    const struct kit_account account = kit_account(kit, &client);
    const struct sl_u256 rail = story_word(s, view, "getDataSet(uint256)", s->set, 0);
    const struct books books = {
        .client_funds = account.funds,
        .client_lockup = account.lockup,
        .client_rate = account.rate,
        .provider_funds = kit_account(kit, &provider).funds,
        .pending = story_word(s, view, "getDataSet(uint256)", s->set, 10),
        .reserve = story_word(s, view, "getDataSet(uint256)", s->set, 11),
        .rate = story_word(s, &kit->at->pay, "getRail(uint256)", rail.limb[0], 5),
        .leaves = story_word(s, &kit->at->pdp, "getDataSetLeafCount(uint256)", s->set, 0).limb[0],
        .pieces = story_word(s, &kit->at->pdp, "getActivePieceCount(uint256)", s->set, 0).limb[0]};
    sl_ledger_result_free(&kit->result);
    kit->result = kept;
    return books;
}

static bool make(struct story *s, enum who from, const struct sl_address *to, struct sl_u256 value,
                 struct sl_abi_writer *w, bool send)
{
    if (!send)
        return kit_call(s->kit, from, to, value, w);
    s->before = story_books(s);
    const bool ok = kit_send(s->kit, from, to, value, w);
    s->after = story_books(s);
    return ok;
}

/* ---- pieces ---- */

uint64_t story_bytes_of(uint64_t leaves)
{
    return (127 * leaves - 126 + 3) / 4;
}

static void make_pieces(struct story *s, struct kit_piece *out, const struct add *add, size_t count)
{
    enum { USUAL = 5 };
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        uint64_t bytes = add->bytes != 0 ? add->bytes : 130;
        if (add->leaves != 0)
            bytes = story_bytes_of(last ? add->leaves - USUAL * (count - 1) : USUAL);
        out[i] = kit_piece(bytes, s->number * 1000 + i);
    }
}

/* ---- data sets ---- */

static uint64_t next_set(struct story *s)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getNextDataSetId()");
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "(uint64)", &w);
    return sl_abi_get_u64(&r);
}

static uint64_t new_client_id(struct story *s, const struct add *add)
{
    const uint64_t id = add->client_id != 0 ? add->client_id : s->number++;
    const uint64_t set = next_set(s);
    if (set < STORY_SETS)
        s->client_ids[set] = id;
    return id;
}

static void put_garbage(struct story *s, struct sl_abi_writer *w, const struct add *add,
                        const struct kit_piece *piece)
{
    static const uint8_t garbage[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    sl_abi_call(w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u64(w, s->set);
    sl_abi_put_address(w, &nobody);
    sl_abi_open_list(w, 1);
    sl_abi_open(w);
    sl_abi_put_bytes(w, piece->cid, piece->len);
    sl_abi_close(w);
    sl_abi_close(w);
    sl_abi_put_bytes(w, garbage, add->garbage ? sizeof garbage : 0);
}

bool story_add(struct story *s, const struct add *add, bool send)
{
    static struct kit_piece made[KIT_PIECES];
    struct sl_abi_writer w = {0};
    const size_t count = add->count == SIZE_MAX ? 0 : add->count != 0 ? add->count : 1;
    const bool creates = add->set == NEW_SET;
    const uint64_t set = creates ? 0 : add->set != 0 ? add->set : s->set;
    const enum who sender = add->sender != 0 ? add->sender : SP1;
    if (add->pieces == NULL)
        make_pieces(s, made, add, count);
    const struct kit_payload p = {
        .payer = add->payer,
        .create_signer = creates ? add->signer : 0,
        .add_signer = add->signer != 0 ? add->signer : add->payer,
        .client_id = sl_u256(creates            ? new_client_id(s, add)
                             : set < STORY_SETS ? s->client_ids[set]
                                                : 1),
        .nonce = add->nonce != NULL ? kit_dec(add->nonce) : sl_u256(s->number++),
        .pieces = add->pieces != NULL ? add->pieces : made,
        .count = count,
        .data_set = add->data_set,
        .piece = add->piece,
        .first_only = add->first_only,
        .no_piece_lists = add->form == COMPACT || add->form == SENT_COMPACT,
        .signed_compact = add->form == COMPACT || add->form == SIGNED_COMPACT,
        .key_lists = add->key_lists,
        .value_lists = add->value_lists,
        .spoil = add->spoil};
    if (add->garbage || add->no_payload)
        put_garbage(s, &w, add, p.pieces);
    else
        kit_put_add(s->kit, &w, &p, set, creates ? &s->kit->at->fwss : &nobody, sender);
    if (creates && send) {
        s->set = next_set(s);
        s->created = kit_epoch(s->kit) + 1;
    }
    return make(s, sender, &s->kit->at->pdp, creates ? kit_deposit_fil : sl_u256(0), &w, send);
}

bool story_create(struct story *s, const struct kit_metadata *data_set, size_t least, bool send)
{
    struct sl_abi_writer w = {0};
    struct sl_buf payload = {0};
    static const struct add plain;
    const struct kit_payload p = {.client_id = sl_u256(new_client_id(s, &plain)),
                                  .data_set = data_set};
    kit_create_payload(s->kit, &payload, &p, SP1);
    while (payload.len < least)
        sl_buf_add(&payload, "", 1);
    sl_abi_call(&w, "createDataSet(address,bytes)");
    sl_abi_put_address(&w, &s->kit->at->fwss);
    sl_abi_put_bytes(&w, payload.data, payload.len);
    sl_buf_free(&payload);
    if (send)
        s->set = next_set(s);
    return make(s, SP1, &s->kit->at->pdp, kit_deposit_fil, &w, send);
}

/* ---- the rest ---- */

bool story_remove(struct story *s, uint64_t set, const uint64_t *pieces, size_t count,
                  enum who sender, enum who signer, size_t least, bool send)
{
    struct sl_abi_writer w = {0};
    struct sl_buf payload = {0};
    kit_remove_payload(s->kit, &payload, signer, sl_u256(s->client_ids[set]), pieces,
                       count <= KIT_PIECES ? count : 1, least);
    sl_abi_call(&w, "schedulePieceDeletions(uint256,uint256[],bytes)");
    sl_abi_put_u64(&w, set);
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(&w, pieces[i]);
    sl_abi_close(&w);
    sl_abi_put_bytes(&w, payload.data, payload.len);
    sl_buf_free(&payload);
    return make(s, sender, &s->kit->at->pdp, sl_u256(0), &w, send);
}

bool story_terminate(struct story *s, uint64_t set, enum who sender, enum who signer, size_t least,
                     bool send)
{
    struct sl_abi_writer w = {0};
    struct sl_buf payload = {0};
    kit_terminate_payload(s->kit, &payload, signer, set, least);
    sl_abi_call(&w, "terminateService(uint256,bytes)");
    sl_abi_put_u64(&w, set);
    sl_abi_put_bytes(&w, payload.data, payload.len);
    sl_buf_free(&payload);
    return make(s, sender, &s->kit->at->fwss, sl_u256(0), &w, send);
}

bool story_authorizer(struct story *s, uint64_t set, const struct sl_address *authorizer,
                      enum who from, bool send)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "setDataSetAuthorizer(uint256,address)");
    sl_abi_put_u64(&w, set);
    sl_abi_put_address(&w, authorizer);
    return make(s, from, &s->kit->at->fwss, sl_u256(0), &w, send);
}

bool story_process(struct story *s, uint64_t set, uint64_t count, enum who from, bool send)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "processPieceDeletions(uint256,uint256)");
    sl_abi_put_u64(&w, set);
    sl_abi_put_u64(&w, count);
    return make(s, from, &s->kit->at->pdp, sl_u256(0), &w, send);
}

bool story_period(struct story *s, uint64_t set, bool send)
{
    struct sl_abi_writer w = {0};
    const struct sl_ledger_options *o = &s->kit->options;
    /* a transaction runs in the next block, a call in the newest */
    const uint64_t epoch = kit_epoch(s->kit) + send;
    sl_abi_call(&w, "nextProvingPeriod(uint256,uint256,bytes)");
    sl_abi_put_u64(&w, set);
    sl_abi_put_u64(&w, epoch + o->proving_period_epochs - o->challenge_window_epochs);
    sl_abi_put_bytes(&w, "", 0);
    return make(s, SP1, &s->kit->at->pdp, sl_u256(0), &w, send);
}
