/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the real contracts answered, case by case and in their order: the same outcome, the same
 * error with the same values, the same balances. The cases are in observed_*.c.
 */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/observed.h"

#define DEPOSIT     "100000000000000000000"
#define ERROR_TEXT  "Error(string)"
#define ERROR_FUNDS "InsufficientLockupFunds(address,uint256,uint256)"

static const struct observed_case without_money[] = {
    {.name = "create+add: payer without any deposit",
     .error = ERROR_FUNDS,
     .args = "@client,124000000000000000,0"},
};

static const struct observed_list before_a_deposit = OBSERVED_LIST(without_money);

static const struct observed_case after_termination[] = {
    {.name = "add: to a data set whose service was terminated",
     .action = ADD,
     .error = "DataSetPaymentAlreadyTerminated(uint256)",
     .args = "1"},
};

static const struct observed_list after_the_end = OBSERVED_LIST(after_termination);

/* ---- what was read in between ---- */

void observed_expect_account(struct ledger_kit *kit, enum who who, const char *funds,
                             const char *lockup, const char *rate, uint64_t settled_at)
{
    const struct sl_address owner = kit_address(kit, who);
    const struct kit_account a = kit_account(kit, &owner);
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, a.funds);
    assert_string_equal(text, funds);
    sl_u256_dec(text, a.rate);
    assert_string_equal(text, rate);
    sl_u256_dec(text, a.lockup);
    assert_string_equal(text, lockup);
    assert_int_equal(a.settled_at, settled_at);
}

void observed_expect_found(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct kit_piece piece = kit_piece(1000, 1);
    sl_abi_call(&w, "findPieceIdsByCid(uint256,(bytes),uint256,uint256)");
    sl_abi_put_u64(&w, 1);
    sl_abi_open(&w);
    sl_abi_put_bytes(&w, piece.cid, piece.len);
    sl_abi_close(&w);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 1);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pdp, "(uint256[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 1);
    assert_int_equal(sl_abi_get_u64(&r), 0);
}

/* ---- running ---- */

static uint64_t next_number = 100000;

static struct kit_piece piece_of(const struct observed_case *c, size_t i)
{
    const uint64_t bytes = (c->bytes != 0 ? c->bytes : 1000) + i * c->step;
    struct kit_piece p = kit_piece(bytes, c->same_twice ? 1 : i + 1);
    static const uint8_t version_1[] = {0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20, 0x00};
    switch (c->cid) {
    case GOOD:
        break;
    case VERSION_1:
        memcpy(p.cid, version_1, sizeof version_1);
        p.len = 39;
        break;
    case TRUNCATED:
        p.len--;
        break;
    case MULTIBASE:
        memmove(p.cid + 1, p.cid, p.len);
        p.cid[0] = 0;
        p.len++;
        break;
    case TOO_PADDED: /* 127 in a tree of four leaves */
        p = kit_piece(127, 1);
        p.cid[5] = 127;
        break;
    case HEIGHT_51:
        p = kit_piece(127, 1);
        p.cid[6] = 51;
        break;
    }
    return p;
}

static void put_case(struct ledger_kit *kit, struct sl_abi_writer *w, const struct observed_case *c,
                     const struct kit_payload *p, enum who sender)
{
    static const struct sl_address nobody;
    const uint64_t set = c->action == ADD ? (c->set != 0 ? c->set : 1) : 0;
    const bool listens = c->action != ADD && !c->no_listener;
    if (c->action == CREATE_EMPTY) {
        kit_put_create(kit, w, p, sender);
        return;
    }
    if (c->payload == BUILT) {
        kit_put_add(kit, w, p, set, listens ? &kit->at->fwss : &nobody, sender);
        return;
    }
    sl_abi_call(w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u64(w, set);
    sl_abi_put_address(w, &nobody);
    sl_abi_open_list(w, 1);
    sl_abi_open(w);
    sl_abi_put_bytes(w, p->pieces[0].cid, p->pieces[0].len);
    sl_abi_close(w);
    sl_abi_close(w);
    sl_abi_put_bytes(w,
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                     c->payload == GARBAGE ? 32 : 0);
}

static bool do_case(struct ledger_kit *kit, const struct observed_case *c)
{
    struct kit_piece pieces[KIT_PIECES], others[KIT_PIECES];
    struct sl_abi_writer w = {0};
    const enum who sender = c->sender != 0 ? c->sender : SP1;
    struct kit_payload p = {.create_signer = c->create_signer,
                            .add_signer = c->add_signer,
                            .payee = c->payee,
                            .pieces = pieces,
                            .count = c->pieces == SIZE_MAX ? 0
                                     : c->pieces != 0      ? c->pieces
                                                           : 1,
                            .data_set = c->data_set,
                            .piece = c->piece,
                            .no_piece_lists = c->no_piece_lists,
                            .spoil = c->spoil};
    for (size_t i = 0; i < p.count; i++) {
        pieces[i] = piece_of(c, i);
        others[i] = kit_piece(700, i + 1000);
    }
    const uint64_t id = c->action == ADD ? FIRST_SET : c->client_id;
    p.client_id = sl_u256(id != 0 ? id : next_number++);
    p.nonce = sl_u256(c->nonce != 0 || c->zero_nonce ? c->nonce : next_number++);
    p.signed_client_id = sl_u256(c->signed_client);
    p.signed_pieces = c->other_pieces ? others : NULL;
    p.chain_id = c->other_chain ? 314159 : 0;
    p.verifier = c->other_verifier ? &kit->at->pdp : NULL;
    put_case(kit, &w, c, &p, sender);
    const bool pays = (c->action != ADD && !c->no_value) || c->a_value;
    const struct sl_u256 value = pays ? kit_deposit_fil : sl_u256(0);
    return c->send ? kit_send(kit, sender, &kit->at->pdp, value, &w)
                   : kit_call(kit, sender, &kit->at->pdp, value, &w);
}

/* Returns whether it was as observed. */
static bool run_case(struct ledger_kit *kit, const struct observed_case *c)
{
    struct ledger_kit kept;
    if (c->before != NULL) {
        kit_fork(kit, &kept);
        c->before(kit);
    }
    const bool ok = do_case(kit, c);
    bool equal = c->error == NULL && ok;
    if (!equal)
        equal = kit_reverted(kit, c->error != NULL ? c->error : "success",
                             c->args != NULL ? c->args : "");
    if (!equal)
        print_error("not as observed: %s\n", c->name);
    if (c->after != NULL)
        c->after(kit);
    if (c->before != NULL)
        kit_unfork(kit, &kept);
    return equal;
}

static size_t run_all(struct ledger_kit *kit, const struct observed_list *list)
{
    size_t wrong = 0;
    for (size_t i = 0; i < list->count; i++)
        wrong += !run_case(kit, &list->cases[i]);
    return wrong;
}

static void remove_piece_0(struct ledger_kit *kit)
{
    static const uint64_t piece;
    struct sl_abi_writer w = {0};
    kit_put_remove(kit, &w, sl_u256(FIRST_SET), 1, &piece, 1);
    assert_true(kit_send(kit, SP1, &kit->at->pdp, sl_u256(0), &w));
    sl_abi_call(&w, "getScheduledRemovals(uint256)");
    sl_abi_put_u64(&w, 1);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pdp, "(uint256[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 1);
    assert_int_equal(sl_abi_get_u64(&r), 0);
    observed_expect_found(kit);
    kit_put_remove(kit, &w, sl_u256(FIRST_SET), 1, &piece, 1);
    assert_false(kit_call(kit, SP1, &kit->at->pdp, sl_u256(0), &w));
    assert_true(kit_reverted(kit, ERROR_TEXT, "Piece ID already scheduled for removal"));
}

static void terminate_set_1(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "terminateService(uint256)");
    sl_abi_put_u64(&w, 1);
    assert_true(kit_send(kit, CLIENT, &kit->at->fwss, sl_u256(0), &w));
    assert_int_equal(kit_epoch(kit), 36);
    sl_abi_call(&w, "getDataSet(uint256)");
    sl_abi_put_u64(&w, 1);
    assert_true(kit_call(kit, CLIENT, &kit->at->view, sl_u256(0), &w));
    struct sl_u256 end;
    assert_true(sl_u256_from_be(&end, (const uint8_t *)kit->result.data.data + 8 * SL_ABI_WORD,
                                SL_ABI_WORD));
    assert_int_equal(end.limb[0], 86436);
}

static void every_observed_case_comes_out_as_observed(void **state)
{
    struct ledger_kit *kit = *state;
    size_t wrong = run_all(kit, &before_a_deposit);
    kit_skip(kit, 22);
    assert_true(kit_deposit(kit, kit_dec(DEPOSIT)));
    observed_expect_account(kit, CLIENT, DEPOSIT, "0", "0", 23);
    wrong += run_all(kit, &observed_signatures);
    wrong += run_all(kit, &observed_adds);
    wrong += run_all(kit, &observed_metadata);
    observed_log_in(kit);
    wrong += run_all(kit, &observed_sessions);
    wrong += run_all(kit, &observed_money);
    kit_skip(kit, 34 - kit_epoch(kit));
    remove_piece_0(kit);
    terminate_set_1(kit);
    wrong += run_all(kit, &after_the_end);
    observed_expect_account(kit, CLIENT, "99881900000000000000", "129904893038411330",
                            "277778338421", 36);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_observed_case_comes_out_as_observed,
                                        ledger_kit_setup_1_3, ledger_kit_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
