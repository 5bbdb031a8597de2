/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Signed commits in the journal: kept whole before they are sent, and the copies that came of them.
 */
#include <string.h>

#include "sluice/journal_commit.h"

#include "journal_bench.h"
#include "support/test.h"

static const uint8_t payload[] = {0x00, 0x01, 0xfe, 0x40};

static struct sl_piece_id a_piece(uint8_t seed)
{
    struct sl_piece_id piece = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    memset(piece.root, seed & 0x3f, sizeof piece.root);
    return piece;
}

static struct sl_journal_commit a_commit(uint64_t nonce, unsigned copy, uint8_t seed, size_t count)
{
    struct sl_journal_commit commit = {.chain_id = 314159,
                                       .copy = copy,
                                       .provider_id = sl_u256(4 + copy),
                                       .service_url = "https://sp.example/",
                                       .creates = true,
                                       .client_data_set_id = sl_u256_max(),
                                       .nonce = sl_u256(nonce),
                                       .cost = sl_u256(77),
                                       .count = count};
    memset(commit.payer, 0xaa, sizeof commit.payer);
    for (size_t i = 0; i < count && i < SL_JOURNAL_COMMIT_PIECES; i++)
        commit.pieces[i] = a_piece((uint8_t)(seed + i));
    return commit;
}

static void put(struct bench *bench, struct sl_journal_commit *commit)
{
    struct sl_err err = {0};
    if (sl_journal_put_commit(bench->journal, commit, payload, sizeof payload, &err) < 0)
        fail_msg("%s", err.text);
}

static void update(struct bench *bench, struct sl_journal_commit *commit)
{
    struct sl_err err = {0};
    if (sl_journal_update_commit(bench->journal, commit, &err) < 0)
        fail_msg("%s", err.text);
}

struct found {
    size_t count;
    struct sl_journal_commit commits[4];
};

static int take_commit(void *ctx, const struct sl_journal_commit *commit, const void *bytes,
                       size_t len)
{
    struct found *found = ctx;
    assert_int_equal(len, sizeof payload);
    assert_memory_equal(bytes, payload, len);
    assert_in_range(found->count, 0, 3);
    found->commits[found->count++] = *commit;
    return 0;
}

static struct found read_commits(struct bench *bench, bool open)
{
    struct found found = {0};
    assert_int_equal(sl_journal_each_commit(bench->journal, open, take_commit, &found, NULL), 0);
    return found;
}

static void what_was_signed_is_there_after_a_crash(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit commit = a_commit(9, 1, 1, SL_JOURNAL_COMMIT_PIECES);
    put(bench, &commit);
    assert_true(commit.id > 0);
    reopen(bench);
    const struct found found = read_commits(bench, true);
    assert_int_equal(found.count, 1);
    const struct sl_journal_commit *got = &found.commits[0];
    assert_int_equal(got->state, SL_JOURNAL_COMMIT_SIGNED);
    assert_int_equal(got->count, SL_JOURNAL_COMMIT_PIECES);
    assert_memory_equal(got->pieces, commit.pieces, sizeof got->pieces);
    assert_int_equal(sl_u256_cmp(got->client_data_set_id, sl_u256_max()), 0);
    assert_int_equal(sl_u256_cmp(got->nonce, sl_u256(9)), 0);
    assert_int_equal(sl_u256_cmp(got->provider_id, sl_u256(5)), 0);
    assert_int_equal(sl_u256_cmp(got->cost, sl_u256(77)), 0);
    assert_string_equal(got->service_url, "https://sp.example/");
    assert_true(got->creates);
    assert_int_equal(got->copy, 1);
    assert_memory_equal(got->payer, commit.payer, sizeof got->payer);
}

static void the_latest_come_first_when_they_are_asked_for(void **state)
{
    struct bench *bench = *state;
    struct found found = {0};
    for (uint8_t nonce = 1; nonce <= 3; nonce++) {
        struct sl_journal_commit commit = a_commit(nonce, 0, (uint8_t)(8 * nonce), 2);
        put(bench, &commit);
    }
    assert_int_equal(sl_journal_latest_commits(bench->journal, take_commit, &found, NULL), 0);
    assert_int_equal(found.count, 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(sl_u256_cmp(found.commits[i].nonce, sl_u256(3 - i)), 0);
        assert_int_equal(found.commits[i].count, 2);
    }
}

static void one_that_cannot_be_saved_is_not_taken_for_the_one_before(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *other = NULL;
    struct sl_journal_commit first = a_commit(1, 0, 1, 2);
    struct sl_journal_commit second = a_commit(2, 0, 8, 2);
    struct sl_err err = {0};
    put(bench, &first);
    assert_int_equal(sl_journal_open_beside(&other, bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_txn_begin(other, NULL), SL_OK);
    sl_journal_set_patience(bench->journal, 1);
    assert_int_equal(sl_journal_put_commit(bench->journal, &second, payload, sizeof payload, &err),
                     SL_EJOURNAL);
    assert_true(sl_journal_is_locked(&err));
    assert_int_equal(second.id, 0);
    sl_journal_close(other);
    put(bench, &second);
    assert_true(second.id > first.id);
}

static void what_has_landed_or_is_void_is_no_longer_open(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit landed = a_commit(1, 0, 1, 3);
    struct sl_journal_commit gone = a_commit(2, 0, 1, 3);
    struct sl_journal_commit sent = a_commit(3, 0, 1, 3);
    put(bench, &landed);
    put(bench, &gone);
    put(bench, &sent);
    landed.state = SL_JOURNAL_COMMIT_LANDED;
    landed.data_set_id = UINT64_MAX;
    landed.first_piece_id = 40;
    strcpy(landed.tx, "0xabc");
    update(bench, &landed);
    gone.state = SL_JOURNAL_COMMIT_ABANDONED;
    sl_err_set(&gone.err, SL_EREVERT, "why");
    update(bench, &gone);
    sent.state = SL_JOURNAL_COMMIT_SENT;
    sent.sent_ms = 12345;
    update(bench, &sent);
    reopen(bench);
    const struct found open = read_commits(bench, true);
    assert_int_equal(open.count, 1);
    assert_int_equal(open.commits[0].id, sent.id);
    assert_int_equal(open.commits[0].sent_ms, 12345);
    const struct found all = read_commits(bench, false);
    assert_int_equal(all.count, 3);
    assert_int_equal(all.commits[0].data_set_id, UINT64_MAX);
    assert_int_equal(all.commits[1].err.code, SL_EREVERT);
    assert_string_equal(all.commits[1].err.text, "why");
}

struct copies {
    size_t count;
    struct sl_journal_copy list[4];
};

static int take_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct copies *copies = ctx;
    assert_in_range(copies->count, 0, 3);
    copies->list[copies->count++] = *copy;
    return 0;
}

static struct copies copies_of(struct bench *bench, uint8_t seed)
{
    struct copies copies = {0};
    const struct sl_piece_id piece = a_piece(seed);
    assert_int_equal(sl_journal_each_copy(bench->journal, &piece, take_copy, &copies, NULL), 0);
    return copies;
}

static void a_copy_is_what_has_landed_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit second = a_commit(1, 1, 5, 3);
    struct sl_journal_commit first = a_commit(2, 0, 6, 2);
    struct sl_journal_commit open = a_commit(3, 2, 5, 3);
    put(bench, &second);
    put(bench, &first);
    put(bench, &open);
    assert_int_equal(copies_of(bench, 6).count, 0);
    second.state = first.state = SL_JOURNAL_COMMIT_LANDED;
    second.data_set_id = 12;
    second.first_piece_id = 100;
    first.data_set_id = 13;
    update(bench, &second);
    update(bench, &first);
    const struct copies copies = copies_of(bench, 6);
    assert_int_equal(copies.count, 2);
    assert_int_equal(copies.list[0].copy, 0);
    assert_int_equal(copies.list[0].piece_id, 0);
    assert_int_equal(copies.list[0].data_set_id, 13);
    assert_int_equal(copies.list[1].piece_id, 101);
    assert_int_equal(copies.list[1].data_set_id, 12);
    assert_int_equal(copies_of(bench, 40).count, 0);
}

static void what_is_gone_from_its_data_set_is_no_copy(void **state)
{
    struct bench *bench = *state;
    const uint64_t ids[] = {101, 7};
    struct sl_journal_commit here = a_commit(1, 0, 5, 3), there = a_commit(2, 1, 5, 3);
    put(bench, &here);
    put(bench, &there);
    here.state = there.state = SL_JOURNAL_COMMIT_LANDED;
    here.data_set_id = 12;
    here.first_piece_id = 100;
    there.data_set_id = 13;
    there.first_piece_id = 100;
    update(bench, &here);
    update(bench, &there);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, here.chain_id + 1, 12, ids, 2, NULL),
                     SL_OK); /* another chain's */
    assert_int_equal(copies_of(bench, 6).count, 2);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, here.chain_id, 12, ids, 2, NULL),
                     SL_OK);
    assert_int_equal(copies_of(bench, 5).count, 2);
    assert_int_equal(copies_of(bench, 6).count, 1);
    assert_int_equal(copies_of(bench, 6).list[0].data_set_id, 13);
    assert_int_equal(copies_of(bench, 7).count, 2);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, here.chain_id, 13, NULL, 0, NULL),
                     SL_OK);
    assert_int_equal(copies_of(bench, 5).count, 1);
    assert_int_equal(copies_of(bench, 6).count, 0);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, here.chain_id, 13, NULL, 0, NULL),
                     SL_EINVAL);
    sl_journal_txn_rollback(bench->journal);
}

static struct found void_ones(struct bench *bench, uint8_t seed)
{
    struct found found = {0};
    const struct sl_piece_id piece = a_piece(seed);
    assert_int_equal(
        sl_journal_abandoned_commits(bench->journal, &piece, take_commit, &found, NULL), 0);
    return found;
}

static struct found creations(struct bench *bench)
{
    struct found found = {0};
    assert_int_equal(sl_journal_creations(bench->journal, take_commit, &found, NULL), 0);
    return found;
}

static void end(struct bench *bench, struct sl_journal_commit *commit,
                enum sl_journal_commit_state state, int64_t sent_ms)
{
    commit->state = state;
    commit->sent_ms = sent_ms;
    update(bench, commit);
}

static void what_was_given_up_is_known_until_its_nonce_has_landed(void **state)
{
    struct bench *bench = *state;
    struct found found = {0};
    struct sl_journal_commit never = a_commit(1, 0, 1, 2), sent = a_commit(2, 0, 1, 2);
    struct sl_journal_commit again = a_commit(2, 0, 2, 3);
    put(bench, &never);
    put(bench, &sent);
    put(bench, &again); /* the same nonce */
    end(bench, &never, SL_JOURNAL_COMMIT_ABANDONED, 0);
    end(bench, &sent, SL_JOURNAL_COMMIT_ABANDONED, 5);
    assert_int_equal(void_ones(bench, 1).count, 1);
    assert_int_equal(void_ones(bench, 1).commits[0].id, sent.id);
    assert_int_equal(void_ones(bench, 4).count, 0);
    end(bench, &again, SL_JOURNAL_COMMIT_ABANDONED, 6);
    assert_int_equal(void_ones(bench, 2).count, 2);
    assert_int_equal(void_ones(bench, 2).commits[0].id, again.id);
    assert_int_equal(
        sl_journal_commits_of_nonce(bench->journal, sent.nonce, take_commit, &found, NULL), 0);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.commits[0].id, again.id); /* it has more pieces */
    end(bench, &again, SL_JOURNAL_COMMIT_LANDED, 6);
    assert_int_equal(void_ones(bench, 1).count, 0);
}

static void ids_of_a_data_set_are_known_up_to_the_first_gap(void **state)
{
    struct bench *bench = *state;
    static const struct {
        uint64_t data_set_id, first;
        size_t count;
        uint64_t known_to;
    } rows[] = {{7, 40, 2, 0}, {7, 0, 3, 3}, {8, 3, 5, 3}, {7, 3, 30, 33}, {7, 33, 7, 42}};
    uint64_t to = 1;
    assert_int_equal(sl_journal_known_ids(bench->journal, 314159, 7, &to, NULL), SL_OK);
    assert_int_equal(to, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_journal_commit commit = a_commit(i + 1, 0, 1, rows[i].count);
        put(bench, &commit);
        commit.data_set_id = rows[i].data_set_id;
        commit.first_piece_id = rows[i].first;
        end(bench, &commit, SL_JOURNAL_COMMIT_LANDED, 5);
        assert_int_equal(sl_journal_known_ids(bench->journal, 314159, 7, &to, NULL), SL_OK);
        assert_int_equal(to, rows[i].known_to);
    }
    assert_int_equal(sl_journal_known_ids(bench->journal, 314, 7, &to, NULL), SL_OK);
    assert_int_equal(to, 0);
}

static void data_sets_that_were_asked_for_are_known_until_one_is_made(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit first = a_commit(1, 0, 1, 1), again = a_commit(2, 0, 2, 1);
    struct sl_journal_commit other = a_commit(3, 0, 3, 1);
    other.client_data_set_id = sl_u256(8);
    put(bench, &first);
    put(bench, &again);
    put(bench, &other);
    assert_int_equal(creations(bench).count, 0);
    end(bench, &first, SL_JOURNAL_COMMIT_ABANDONED, 5);
    end(bench, &again, SL_JOURNAL_COMMIT_SENDING, 6);
    end(bench, &other, SL_JOURNAL_COMMIT_SENT, 7);
    assert_int_equal(creations(bench).count, 3);
    assert_int_equal(creations(bench).commits[0].id, other.id);
    end(bench, &again, SL_JOURNAL_COMMIT_LANDED, 6);
    assert_int_equal(creations(bench).count, 1);
}

static void nonsense_is_refused(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit none = a_commit(1, 0, 1, 0);
    struct sl_journal_commit many = a_commit(1, 0, 1, SL_JOURNAL_COMMIT_PIECES + 1);
    struct sl_journal_commit good = a_commit(1, 0, 1, 1);
    struct sl_journal *journal = bench->journal;
    assert_int_equal(sl_journal_put_commit(journal, &none, payload, 1, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_put_commit(journal, &many, payload, 1, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_put_commit(journal, &good, payload, 0, NULL), SL_EOVERFLOW);
    assert_int_equal(sl_journal_txn_begin(journal, NULL), SL_OK);
    assert_int_equal(sl_journal_put_commit(journal, &good, payload, 1, NULL), SL_EINVAL);
    sl_journal_txn_rollback(journal);
    good.id = 99;
    assert_int_equal(sl_journal_update_commit(journal, &good, NULL), SL_EINVAL);
}

static void another_connection_writes_and_reads_beside_the_first(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *beside = NULL;
    struct sl_journal_commit commit = a_commit(1, 0, 1, 1);
    assert_int_equal(sl_journal_open_beside(&beside, bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_put_commit(beside, &commit, payload, sizeof payload, NULL), SL_OK);
    assert_int_equal(read_commits(bench, true).count, 1);
    sl_journal_close(beside);
    assert_int_equal(read_commits(bench, true).count, 1);
}

static int take_cdn(void *ctx, const struct sl_journal_copy *copy)
{
    *(bool *)ctx = copy->has_cdn;
    return 0;
}

static void copies_tell_whether_the_cdn_serves_their_data_set(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *journal = bench->journal;
    struct sl_journal_commit commit = a_commit(1, 0, 1, 1);
    bool has_cdn = true;
    assert_int_equal(sl_journal_put_commit(journal, &commit, payload, sizeof payload, NULL), SL_OK);
    commit.state = SL_JOURNAL_COMMIT_LANDED;
    commit.data_set_id = 7;
    assert_int_equal(sl_journal_update_commit(journal, &commit, NULL), SL_OK);
    const bool told[] = {false, true, true, false};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        const uint64_t other = i == 0 ? 8 : 7; /* another data set proves nothing about this one */
        assert_int_equal(sl_journal_note_cdn(journal, commit.chain_id, other, i != 3, NULL), SL_OK);
        assert_int_equal(sl_journal_each_copy(journal, &commit.pieces[0], take_cdn, &has_cdn, NULL),
                         0);
        assert_int_equal(has_cdn, told[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_signed_is_there_after_a_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(copies_tell_whether_the_cdn_serves_their_data_set, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_latest_come_first_when_they_are_asked_for, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_that_cannot_be_saved_is_not_taken_for_the_one_before,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_has_landed_or_is_void_is_no_longer_open, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_copy_is_what_has_landed_and_nothing_else, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_gone_from_its_data_set_is_no_copy, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_given_up_is_known_until_its_nonce_has_landed,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(ids_of_a_data_set_are_known_up_to_the_first_gap, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(data_sets_that_were_asked_for_are_known_until_one_is_made,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(another_connection_writes_and_reads_beside_the_first, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("journal commits", tests, NULL, NULL);
}
