/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which contracts a ledger has: of its folder, not of what it is opened with. */
#include <stdio.h>
#include <string.h>

#include "devnet/chain/ledger_internal.h"
#include "devnet/chain/ledger_schema.h"
#include "support/test.h"
#include "unit/ledger_kit.h"

static void reopen(struct ledger_kit *kit, enum sl_devnet_profile profile)
{
    kit_close(kit);
    kit->options.profile = profile;
    kit_open(kit);
}

static bool has_piece_metadata(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getAllPieceMetadata(uint256,uint256)");
    sl_abi_put_u64(&w, 1);
    sl_abi_put_u64(&w, 0);
    return kit_call(kit, CLIENT, &kit->at->view, sl_u256(0), &w);
}

static void a_folder_keeps_its_profile(void **state)
{
    struct ledger_kit *kit = *state;
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_TODAY);
    assert_false(has_piece_metadata(kit));
    reopen(kit, SL_DEVNET_1_3);
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_TODAY);
    assert_false(has_piece_metadata(kit));
}

static void a_folder_of_1_3_keeps_its_profile(void **state)
{
    struct ledger_kit *kit = *state;
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_1_3);
    assert_true(has_piece_metadata(kit));
    reopen(kit, SL_DEVNET_TODAY);
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_1_3);
    assert_true(has_piece_metadata(kit));
}

/* The database of the kit's folder, which no ledger has open. */
static sqlite3 *open_database(const struct ledger_kit *kit)
{
    char path[SL_PATH_BYTES];
    sqlite3 *db = NULL;
    assert_int_equal(sl_path_join(path, sizeof path, kit->dir, "ledger.db", NULL), SL_OK);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

/* The tables as they were before a ledger had a profile. */
static void make_old_database(const struct ledger_kit *kit)
{
    enum { BEFORE_PROFILES = 6 };
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, kit->dir, "ledger.db", NULL), SL_OK);
    assert_int_equal(remove(path), 0);
    sqlite3 *db = open_database(kit);
    for (size_t i = 0; i < BEFORE_PROFILES; i++)
        run(db, sl_ledger_schema[i]);
    run(db, "PRAGMA user_version = 6;"
            "INSERT INTO chain VALUES(1, 31415926, 1000, 1800000000, 5, 1, 1, zeroblob(32),"
            " zeroblob(32));"
            "INSERT INTO block VALUES(5, zeroblob(32), zeroblob(32), 1800000005, 0, 0);");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_database_without_a_profile_is_of_1_3(void **state)
{
    struct ledger_kit *kit = *state;
    kit_close(kit);
    make_old_database(kit);
    kit_open(kit);
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_1_3);
    assert_true(has_piece_metadata(kit));
    assert_int_equal(kit_epoch(kit), 5);
    kit_tick(kit);
}

static void an_unknown_profile_is_refused(void **state)
{
    struct ledger_kit *kit = *state;
    struct sl_err err = {0};
    kit_close(kit);
    sqlite3 *db = open_database(kit);
    run(db, "UPDATE chain SET profile = 99");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(sl_ledger_open(&kit->ledger, &kit->options, &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "newer sluice"));
    kit->ledger = NULL;
}

/* ---- from 1.3 to today ---- */

static struct sl_u256 word_of(struct ledger_kit *kit, const struct sl_address *to,
                              const char *signature, uint64_t id, size_t at)
{
    struct sl_abi_writer w = {0};
    struct sl_u256 value = {0};
    sl_abi_call(&w, signature);
    if (strstr(signature, "()") == NULL)
        sl_abi_put_u64(&w, id);
    assert_true(kit_call(kit, CLIENT, to, sl_u256(0), &w));
    assert_true(sl_u256_from_be(&value, (const uint8_t *)kit->result.data.data + at * SL_ABI_WORD,
                                SL_ABI_WORD));
    return value;
}

static void expect_word(struct ledger_kit *kit, const struct sl_address *to, const char *signature,
                        uint64_t id, size_t at, const char *want)
{
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, word_of(kit, to, signature, id, at));
    assert_string_equal(text, want);
}

static const struct kit_metadata named = {.entries = {{"name", "old.mkv"}}, .count = 1};

/* One piece; the data set 1 is made with the first. */
static bool add_piece(struct ledger_kit *kit, uint64_t nonce, bool creates, bool with_name)
{
    static const struct sl_address nobody;
    const struct kit_piece piece = kit_piece(130, nonce);
    struct sl_abi_writer w = {0};
    const struct kit_payload p = {.client_id = sl_u256(77),
                                  .nonce = sl_u256(nonce),
                                  .pieces = &piece,
                                  .count = 1,
                                  .piece = with_name ? &named : NULL};
    kit_put_add(kit, &w, &p, creates ? 0 : 1, creates ? &kit->at->fwss : &nobody, SP1);
    return kit_send(kit, SP1, &kit->at->pdp, creates ? kit_deposit_fil : sl_u256(0), &w);
}

static void expect_migrated(struct ledger_kit *kit)
{
    const struct sl_address *view = sl_ledger_view(kit->ledger);
    assert_int_equal(sl_ledger_profile(kit->ledger), SL_DEVNET_TODAY);
    assert_false(sl_address_equal(view, &kit->at->view));
    assert_true(sl_ledger_has_code(kit->ledger, view));
    expect_word(kit, view, "getPriceList()", 0, 2, "120000000000000000");
    expect_word(kit, &kit->at->fwss, "getPriceList()", 0, 2, "120000000000000000");
    expect_word(kit, &kit->at->view, "getPriceList()", 0, 2, "24000000000000000");
    expect_word(kit, &kit->at->pdp, "legacyPieceStorageIdLimit()", 0, 0, "2");
    assert_true(has_piece_metadata(kit)); /* at the old View */
    assert_memory_equal((const char *)kit->result.data.data + 5 * SL_ABI_WORD, "name", 4);
    /* the old rate, and the old reserve less the fees of the first piece */
    expect_word(kit, &kit->at->pay, "getRail(uint256)", 1, 5, "277777781934");
    expect_word(kit, view, "getDataSet(uint256)", 1, 11, "74200000000000000");
}

static void a_ledger_of_1_3_is_migrated_in_the_middle_of_its_life(void **state)
{
    struct ledger_kit *kit = *state;
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_piece(kit, 1, true, true));
    assert_false(sl_ledger_has_code(kit->ledger, &kit->at->view_today));
    assert_int_equal(sl_ledger_migrate(kit->ledger, NULL), 1);
    assert_int_equal(sl_ledger_migrate(kit->ledger, NULL), 0);
    expect_migrated(kit);
    reopen(kit, SL_DEVNET_1_3);
    expect_migrated(kit);
    /* the next add moves the whole rate */
    assert_true(add_piece(kit, 2, false, true));
    expect_word(kit, &kit->at->pay, "getRail(uint256)", 1, 5, "1388888897230");
    expect_word(kit, &kit->at->view, "getDataSet(uint256)", 1, 11, "63200000000000000");
}

static void a_ledger_of_today_has_nothing_to_migrate(void **state)
{
    struct ledger_kit *kit = *state;
    assert_int_equal(sl_ledger_migrate(kit->ledger, NULL), 0);
    assert_true(sl_address_equal(sl_ledger_view(kit->ledger), &kit->at->view));
}

/* ---- the dispatcher of 1.5 ---- */

static struct sl_address module_of(struct ledger_kit *kit, const char *signature)
{
    struct sl_abi_writer w = {0};
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, signature);
    sl_abi_call(&w, "implementation(bytes4)");
    sl_abi_put_fixed(&w, selector, sizeof selector);
    struct sl_abi_reader r = kit_view(kit, &kit->at->fwss, "(address)", &w);
    return sl_abi_get_address(&r);
}

static bool is_listed(struct ledger_kit *kit, const char *signature)
{
    struct sl_abi_writer w = {0};
    uint8_t selector[SL_ABI_SELECTOR];
    bool listed = false;
    sl_abi_selector(selector, signature);
    sl_abi_call(&w, "selectors()");
    struct sl_abi_reader r = kit_view(kit, &kit->at->fwss, "(bytes4[])", &w);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < count; i++)
        listed |= memcmp(sl_abi_get_fixed(&r), selector, sizeof selector) == 0;
    return listed;
}

static void the_storage_service_names_the_modules_of_its_functions(void **state)
{
    struct ledger_kit *kit = *state;
    struct sl_address module = module_of(kit, "getPriceList()");
    assert_true(sl_address_equal(&module, &kit->at->view));
    module = module_of(kit, "VERSION()");
    assert_true(sl_address_equal(&module, &kit->at->fwss));
    module = module_of(kit, "proxiableUUID()");
    assert_true(sl_address_is_zero(&module));
    assert_true(is_listed(kit, "VERSION()") && is_listed(kit, "getPriceList()"));
    assert_false(is_listed(kit, "getAllPieceMetadata(uint256,uint256)"));
}

static void a_view_tells_payer_and_rail(void **state)
{
    struct ledger_kit *kit = *state;
    const struct sl_address client = kit_address(kit, CLIENT);
    struct sl_abi_writer w = {0};
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_piece(kit, 1, true, false));
    sl_abi_call(&w, "getDataSetPayerAndRailId(uint256)");
    sl_abi_put_u64(&w, 1);
    struct sl_abi_reader r = kit_view(kit, &kit->at->view, "(address,uint256)", &w);
    const struct sl_address payer = sl_abi_get_address(&r);
    assert_true(sl_address_equal(&payer, &client));
    assert_int_equal(sl_abi_get_u64(&r), 1);
}

/* ---- a provider's own calls ---- */

static bool next_period(struct ledger_kit *kit, enum who from, uint64_t challenge)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "nextProvingPeriod(uint256,uint256,bytes)");
    sl_abi_put_u64(&w, 1);
    sl_abi_put_u64(&w, challenge);
    sl_abi_put_bytes(&w, "", 0);
    return kit_call(kit, from, &kit->at->pdp, sl_u256(0), &w);
}

static void a_proving_period_begins_in_its_time(void **state)
{
    struct ledger_kit *kit = ledger_kit_idle(SL_DEVNET_TODAY);
    (void)state;
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_piece(kit, 1, true, false));
    const uint64_t first = kit_epoch(kit) + 120;
    assert_false(next_period(kit, SP2, first));
    assert_true(kit_reverted(kit, "OnlyStorageProvider()", ""));
    assert_false(next_period(kit, SP1, first + 1));
    assert_true(
        kit_reverted(kit, "InvalidChallengeEpoch(uint256,uint256,uint256,uint256)", "1,*,*,*"));
    assert_false(next_period(kit, SP1, first - 11));
    assert_true(next_period(kit, SP1, first - 10));
    assert_true(next_period(kit, SP1, first));
    void *kept = kit;
    ledger_kit_teardown(&kept);
}

static void a_proving_period_begins_once(void **state)
{
    struct ledger_kit *kit = *state;
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_piece(kit, 1, true, false));
    kit_tick(kit); /* the provider begins by itself */
    assert_false(next_period(kit, SP1, kit_epoch(kit) + 2880));
    assert_true(
        kit_reverted(kit, "NextProvingPeriodAlreadyCalled(uint256,uint256,uint256)", "1,*,*"));
}

#define TODAY_TEST(f) cmocka_unit_test_setup_teardown(f, ledger_kit_setup, ledger_kit_teardown)
#define OLD_TEST(f)   cmocka_unit_test_setup_teardown(f, ledger_kit_setup_1_3, ledger_kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TODAY_TEST(a_folder_keeps_its_profile),
        OLD_TEST(a_folder_of_1_3_keeps_its_profile),
        TODAY_TEST(a_database_without_a_profile_is_of_1_3),
        TODAY_TEST(an_unknown_profile_is_refused),
        OLD_TEST(a_ledger_of_1_3_is_migrated_in_the_middle_of_its_life),
        TODAY_TEST(a_ledger_of_today_has_nothing_to_migrate),
        TODAY_TEST(the_storage_service_names_the_modules_of_its_functions),
        TODAY_TEST(a_view_tells_payer_and_rail),
        cmocka_unit_test(a_proving_period_begins_in_its_time),
        TODAY_TEST(a_proving_period_begins_once),
    };
    return cmocka_run_group_tests_name("ledger_profile", tests, NULL, NULL);
}
