/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Signed transactions in the journal: kept whole, found again, and older journals get room for
 * them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal_bench.h"
#include "store/db.h"
#include "support/test.h"

static const uint8_t raw_bytes[] = {0x02, 0xf8, 0x00, 0xff, 0x10};

static struct sl_journal_tx a_tx(uint64_t nonce)
{
    struct sl_journal_tx tx = {
        .chain_id = UINT64_MAX - 3, .nonce = nonce, .what = "deposit 5 USDFC"};
    memset(tx.sender, 0xaa, sizeof tx.sender);
    memset(tx.hash, (int)nonce, sizeof tx.hash);
    return tx;
}

static struct sl_journal_tx put(struct bench *bench, uint64_t nonce)
{
    struct sl_journal_tx tx = a_tx(nonce);
    struct sl_err err = {0};
    if (sl_journal_put_tx(bench->journal, &tx, raw_bytes, sizeof raw_bytes, &err) < 0)
        fail_msg("%s", err.text);
    return tx;
}

struct found {
    size_t count;
    size_t stop_at;
    struct sl_journal_tx tx[8];
};

static int take_tx(void *ctx, const struct sl_journal_tx *tx, const void *raw, size_t len)
{
    struct found *found = ctx;
    assert_int_equal(len, sizeof raw_bytes);
    assert_memory_equal(raw, raw_bytes, len);
    assert_in_range(found->count, 0, 7);
    found->tx[found->count++] = *tx;
    return found->count == found->stop_at ? 42 : 0;
}

static struct found read_txs(struct bench *bench, bool open)
{
    struct found found = {0};
    struct sl_err err = {0};
    if (sl_journal_each_tx(bench->journal, open, take_tx, &found, &err) < 0)
        fail_msg("%s", err.text);
    return found;
}

static void what_was_signed_is_there_after_a_crash(void **state)
{
    struct bench *bench = *state;
    bench->fake.now_ms = 5000;
    const struct sl_journal_tx tx = put(bench, 7);
    assert_true(tx.id > 0);
    assert_int_equal(tx.state, SL_JOURNAL_TX_SIGNED);
    reopen(bench);
    const struct found found = read_txs(bench, true);
    assert_int_equal(found.count, 1);
    const struct sl_journal_tx *got = &found.tx[0];
    assert_int_equal(got->id, tx.id);
    assert_int_equal(got->chain_id, UINT64_MAX - 3);
    assert_memory_equal(got->sender, tx.sender, sizeof tx.sender);
    assert_int_equal(got->nonce, 7);
    assert_string_equal(got->what, "deposit 5 USDFC");
    assert_memory_equal(got->hash, tx.hash, sizeof tx.hash);
    assert_int_equal(got->block, 0);
    assert_int_equal(got->added_ms, tx.added_ms);
    assert_int_equal(got->err.code, SL_OK);
}

static void what_is_settled_is_no_longer_open(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_tx first = put(bench, 1);
    put(bench, 2);
    bench->fake.now_ms += 700;
    first.state = SL_JOURNAL_TX_REVERTED;
    first.block = 123;
    sl_err_set(&first.err, SL_EMONEY, "not enough");
    assert_int_equal(sl_journal_update_tx(bench->journal, &first, NULL), SL_OK);
    assert_int_equal(first.changed_ms - first.added_ms, 700);
    struct found found = read_txs(bench, true);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.tx[0].nonce, 2);
    found = read_txs(bench, false);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.tx[0].state, SL_JOURNAL_TX_REVERTED);
    assert_int_equal(found.tx[0].block, 123);
    assert_int_equal(found.tx[0].err.code, SL_EMONEY);
    assert_string_equal(found.tx[0].err.text, "not enough");
    assert_int_equal(found.tx[0].changed_ms, first.changed_ms);
}

static void reading_stops_when_it_is_told_to(void **state)
{
    struct bench *bench = *state;
    for (uint64_t nonce = 0; nonce < 4; nonce++)
        put(bench, nonce);
    struct found found = {.stop_at = 2};
    assert_int_equal(sl_journal_each_tx(bench->journal, false, take_tx, &found, NULL), 42);
    assert_int_equal(found.count, 2);
}

static void what_would_not_be_on_disk_is_refused(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_tx tx = a_tx(1);
    uint8_t *large = calloc(1, SL_JOURNAL_TX_RAW_BYTES + 1);
    assert_non_null(large);
    assert_int_equal(sl_journal_put_tx(bench->journal, &tx, raw_bytes, 0, NULL), SL_EOVERFLOW);
    assert_int_equal(
        sl_journal_put_tx(bench->journal, &tx, large, SL_JOURNAL_TX_RAW_BYTES + 1, NULL),
        SL_EOVERFLOW);
    free(large);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_put_tx(bench->journal, &tx, raw_bytes, sizeof raw_bytes, NULL),
                     SL_EINVAL);
    sl_journal_txn_rollback(bench->journal);
    tx.id = 99;
    tx.state = SL_JOURNAL_TX_LANDED;
    assert_int_equal(sl_journal_update_tx(bench->journal, &tx, NULL), SL_EINVAL);
    tx = put(bench, 3);
    tx.state = SL_JOURNAL_TX_STATE_COUNT;
    assert_int_equal(sl_journal_update_tx(bench->journal, &tx, NULL), SL_EINVAL);
    assert_int_equal(read_txs(bench, false).count, 1);
}

static void a_reader_keeps_no_transaction(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_tx tx = put(bench, 1);
    sl_journal_close(bench->journal);
    bench->journal = open_as(bench, SL_JOURNAL_READ);
    assert_int_equal(read_txs(bench, false).count, 1);
    assert_int_equal(sl_journal_put_tx(bench->journal, &tx, raw_bytes, sizeof raw_bytes, NULL),
                     SL_EINVAL);
    assert_int_equal(sl_journal_update_tx(bench->journal, &tx, NULL), SL_EINVAL);
}

static void a_journal_of_version_1_gets_room_for_transactions_and_keeps_its_jobs(void **state)
{
    struct bench *bench = *state;
    char path[SL_PATH_BYTES];
    char *sql = NULL;
    size_t len = 0;
    sl_journal_close(bench->journal);
    in_state(path, bench, "journal.db");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(
        sl_file_read(&sql, &len, SL_SOURCE_DIR "/tests/data/journal-v1.sql", 65536, NULL), SL_OK);
    meddle(bench, sql);
    free(sql);
    struct sl_err err = {0};
    bench->journal = NULL;
    assert_int_equal(
        sl_journal_open(&bench->journal, bench->state, SL_JOURNAL_READ, &bench->clock, &err),
        SL_EJOURNAL);
    assert_non_null(strstr(err.text, "older sluice (version 1)"));
    bench->journal = open_as(bench, SL_JOURNAL_WRITE);
    int64_t version = 0;
    assert_int_equal(sl_db_ask(bench->journal, "PRAGMA user_version", &version, "ask", NULL),
                     SL_OK);
    assert_in_range(version, 2, 9000);
    put(bench, 5);
    reopen(bench);
    assert_int_equal(read_txs(bench, true).count, 1);
    assert_int_equal(read_all(bench->journal)->count, 1);
    assert_string_equal(read_all(bench->journal)->paths[0], "/srv/film.mkv");
}

static void transactions_that_were_never_written_are_damage(void **state)
{
    struct bench *bench = *state;
    static const char *const harm[] = {
        "UPDATE transactions SET state = 'lost'",
        "UPDATE transactions SET error = 'headache'",
        "UPDATE transactions SET raw = zeroblob(0)",
        "UPDATE transactions SET raw = zeroblob(1048577)",
        "UPDATE transactions SET what = hex(zeroblob(100))",
        "PRAGMA ignore_check_constraints = 1; UPDATE transactions SET hash = x'00'",
        "PRAGMA ignore_check_constraints = 1; UPDATE transactions SET sender = zeroblob(21)",
    };
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        put(bench, i);
        assert_int_equal(sl_db_exec(bench->journal, harm[i], "harm", NULL), SL_OK);
        struct found found = {0};
        struct sl_err err = {0};
        assert_int_equal(sl_journal_each_tx(bench->journal, false, take_tx, &found, &err),
                         SL_EJOURNAL);
        assert_non_null(strstr(err.text, "damaged"));
        assert_int_equal(sl_db_exec(bench->journal, "DELETE FROM transactions", "heal", NULL),
                         SL_OK);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_signed_is_there_after_a_crash),
        TEST(what_is_settled_is_no_longer_open),
        TEST(reading_stops_when_it_is_told_to),
        TEST(what_would_not_be_on_disk_is_refused),
        TEST(a_reader_keeps_no_transaction),
        TEST(a_journal_of_version_1_gets_room_for_transactions_and_keeps_its_jobs),
        TEST(transactions_that_were_never_written_are_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
