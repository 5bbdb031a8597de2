/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice get`, `verify` and `export` find on the chain what no journal knows: a file in
 * three parts, which two providers have. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/data_set.h"
#include "sluice/sp.h"

#include "binary_kit.h"
#include "chain_kit.h"

enum { SHARD = 127 << 9, PARTS = 3, LAST = 1000, TOTAL = 2 * SHARD + LAST };

struct world {
    struct chain *chain;
    uint8_t *bytes;
    struct sl_piece_id whole;
    struct sl_piece_id parts[PARTS];
    char whole_cid[SL_PIECE_CID_CHARS];
    char payer[SL_ADDRESS_CHARS];
    char fwss[SL_ADDRESS_CHARS];
};

static struct world w;

static struct sl_piece_id id_of(const char *cid)
{
    struct sl_piece_id id;
    assert_int_equal(sl_piece_parse(&id, cid, strlen(cid), NULL), SL_OK);
    return id;
}

static void store_parts(size_t provider)
{
    char cid[SL_PIECE_CID_CHARS];
    chain_use(w.chain, provider);
    for (size_t i = 0; i < PARTS; i++) {
        kit_store(&w.chain->kit, cid, w.bytes + i * SHARD, i + 1 < PARTS ? SHARD : LAST);
        w.parts[i] = id_of(cid);
    }
}

/* Into a block, another on it, and what is behind. */
static void let_it_land(void)
{
    for (int i = 0; i < 3; i++) {
        struct sl_answer answer = {0};
        chain_pass(w.chain, CHAIN_EPOCH_MS);
        chain_rpc(w.chain, "eth_blockNumber", "[]", &answer);
        sl_answer_free(&answer);
    }
}

/* The first `count` parts, in a new data set of the provider; returns its id. */
static uint64_t commit(size_t provider, size_t count)
{
    uint8_t cids[PARTS][SL_PIECE_CID_BYTES];
    char numbers[PARTS][16], tx[SL_TX_HASH_CHARS];
    struct sl_metadata metadata[PARTS][3];
    struct sl_signed_piece pieces[PARTS];
    struct sl_buf extra = {0};
    struct sl_sp *sp;
    struct sl_sp_created created;
    struct sl_err err = {0};
    for (size_t i = 0; i < count; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%zu/%d", i + 1, PARTS);
        metadata[i][0] = (struct sl_metadata){"filename", "film.mkv"};
        metadata[i][1] = (struct sl_metadata){"part", numbers[i]};
        metadata[i][2] = (struct sl_metadata){"whole", w.whole_cid};
        pieces[i] = (struct sl_signed_piece){.cid = cids[i],
                                             .cid_len = sl_piece_cid_bytes(cids[i], &w.parts[i]),
                                             .metadata = metadata[i],
                                             .metadata_count = 3};
    }
    const struct sl_create_message create = {
        .payer = *sl_key_address(w.chain->key),
        .payee = w.chain->providers[provider],
        .client_data_set_id = sl_u256(w.chain->next_nonce++),
    };
    const struct sl_add_message add = {.client_data_set_id = create.client_data_set_id,
                                       .nonce = sl_u256(w.chain->next_nonce++),
                                       .pieces = pieces,
                                       .count = count};
    if (sl_payload_create_and_add(&extra, w.chain->key, &w.chain->domain, &create, &add, &err) < 0)
        fail_msg("%s", err.text);
    const struct sl_sp_commit all = {.pieces = w.parts,
                                     .count = count,
                                     .extra_data = (const uint8_t *)extra.data,
                                     .extra_data_len = extra.len};
    assert_int_equal(sl_sp_new(&sp, sl_devnet_provider_url(w.chain->kit.net, provider),
                               &(struct sl_http_options){0}, NULL),
                     SL_OK);
    if (sl_sp_create_and_add(sp, &w.chain->fwss, &all, tx, &err) < 0)
        fail_msg("%s", err.text);
    let_it_land();
    assert_int_equal(sl_sp_created(sp, tx, &created, NULL), SL_OK);
    assert_int_equal(created.phase, SL_SP_DONE);
    sl_sp_free(sp);
    sl_buf_free(&extra);
    return created.data_set_id;
}

static uint64_t first_set;

static int setup_on(void **state, int (*chain_setup_of)(void **))
{
    char path[SL_PATH_BYTES];
    if (bin_setup(state) != 0 || chain_setup_of((void **)&w.chain) != 0)
        return -1;
    w.bytes = kit_bytes(TOTAL, 11);
    kit_cid(w.whole_cid, w.bytes, TOTAL);
    w.whole = id_of(w.whole_cid);
    sl_address_text(w.payer, sl_key_address(w.chain->key));
    sl_address_text(w.fwss, &w.chain->fwss);
    store_parts(0);
    first_set = commit(0, PARTS);
    store_parts(1);
    commit(1, 2);
    return chdir(bin_folder(path, "here"));
}

static int setup(void **state)
{
    return setup_on(state, chain_setup_1_3);
}

static int teardown(void **state)
{
    chain_teardown((void **)&w.chain);
    free(w.bytes);
    return chdir("/") != 0 || bin_teardown(state);
}

/* The same pieces behind a storage contract that has no getter for what they are called, and a node
 * that has no logs of that time. */
static int setup_nameless(void **state)
{
    char url[128];
    struct kit node;
    if (setup_on(state, chain_setup) != 0)
        return -1;
    node = w.chain->kit;
    snprintf(url, sizeof url, "%s", sl_devnet_rpc_url(w.chain->kit.net));
    *strstr(url, "/rpc/v1") = '\0';
    node.url = url;
    kit_fault(&node, "{\"match\":\"RPC eth_getLogs\",\"action\":\"lookback\",\"blocks\":1}");
    return 0;
}

#define NAMELESS_TEST(f) cmocka_unit_test_setup_teardown(f, setup_nameless, teardown)
#define CHAIN_TEST(f)    cmocka_unit_test_setup_teardown(f, setup, teardown)
#define NETWORK                                                                                    \
    "--network", "scene", "--network-chain-id", "31415926", "--fwss", w.fwss, "--rpc-url",         \
        sl_devnet_rpc_url(w.chain->kit.net)

static void is_the_film(const char *path)
{
    char *data;
    size_t len;
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 24, NULL), SL_OK);
    assert_int_equal(len, TOTAL);
    assert_memory_equal(data, w.bytes, TOTAL);
    free(data);
}

static void a_file_of_parts_comes_back_by_its_name(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "get", "film.mkv", "--json", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("film.mkv");
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_number(cJSON_GetArrayItem(lines, 0), "parts"), PARTS);
    assert_string_equal(bin_str(cJSON_GetArrayItem(lines, 0), "pieceCid"), w.whole_cid);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "get", w.whole_cid, "-o", "again.mkv", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("again.mkv");
    sl_ran_free(&ran);
    sl_run(&ran, &bin_home, NULL, 0,
           SL_ARGV("get", w.whole_cid, "-o", "-", "--address", w.payer, NETWORK));
    bin_assert_status(&ran, SL_EXIT_OK);
    assert_int_equal(ran.out.len, TOTAL);
    assert_memory_equal(ran.out.data, w.bytes, TOTAL);
    sl_ran_free(&ran);
}

/* There is no journal: the data sets of the account say how large the file is. */
static void a_version_1_piece_cid_is_found_in_the_data_sets(void **state)
{
    (void)state;
    char older[SL_PIECE_V1_CHARS];
    struct sl_ran ran;
    sl_piece_cid_v1(older, w.whole.root);
    RUN(&ran, "get", older, "-o", "film.mkv", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("film.mkv");
    sl_ran_free(&ran);
    sl_piece_cid_v1(older, w.parts[1].root);
    RUN(&ran, "verify", older, "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "use the version 2 form (bafkzcib...)", "get", older, NETWORK);
}

static void another_copy_takes_over(void **state)
{
    (void)state;
    struct sl_ran ran;
    char cid[SL_PIECE_CID_CHARS], rule[256];
    chain_use(w.chain, 0);
    sl_piece_cid(cid, &w.parts[0]);
    snprintf(rule, sizeof rule, "{\"match\":\"GET /piece/%s\",\"action\":\"corrupt\"}", cid);
    kit_fault(&w.chain->kit, rule);
    chain_use(w.chain, 1); /* so that the first one is chosen */
    kit_fault(&w.chain->kit, "{\"match\":\"HEAD /piece\",\"action\":\"status\"}");
    RUN(&ran, "get", "film.mkv", "--json", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("film.mkv");
    cJSON *lines = bin_lines(&ran.out);
    assert_true(bin_number(cJSON_GetArrayItem(lines, 0), "failures") > 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void a_piece_is_found_without_an_account(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS], have[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    sl_piece_cid(cid, &w.parts[1]);
    RUN(&ran, "get", cid, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_cid(have, cid);
    assert_string_equal(have, cid);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "--address", "get", "film.mkv", NETWORK);
}

static void every_copy_is_verified(void **state)
{
    (void)state;
    struct sl_ran ran;
    chain_use(w.chain, 1);
    kit_fault(&w.chain->kit, "{\"match\":\"GET /piece\",\"action\":\"corrupt\"}");
    RUN(&ran, "verify", "film.mkv", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "ok           http://127.0.0.1");
    bin_assert_says(&ran.out, "differs      http://127.0.0.1");
    bin_assert_says(&ran.out, "film.mkv  (2 of 3 parts)");
    sl_ran_free(&ran);
}

static void a_manifest_of_the_chain_needs_no_chain(void **state)
{
    (void)state;
    char id[32];
    struct sl_ran ran;
    RUN(&ran, "export", "-o", "all.json", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    snprintf(id, sizeof id, "%" PRIu64, first_set);
    RUN(&ran, "export", "-o", "set.json", id, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "a");
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("a/film.mkv");
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "set.json", "-o", "b");
    bin_assert_status(&ran, SL_EXIT_OK);
    is_the_film("b/film.mkv");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "there is no data set 99", "export", "99", NETWORK);
}

/* Neither the name nor the whole can be found; a piece can, by its PieceCID. */
static void names_that_no_contract_keeps_are_said_to_be_the_reason(void **state)
{
    (void)state;
    static const char why[] = "the storage contract keeps no piece metadata that can be read";
    char cid[SL_PIECE_CID_CHARS], have[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    REFUSED(SL_EXIT_SOME_FAILED, why, "get", "film.mkv", "--address", w.payer, NETWORK);
    REFUSED(SL_EXIT_SOME_FAILED, why, "get", w.whole_cid, "--address", w.payer, NETWORK);
    REFUSED(SL_EXIT_SOME_FAILED, why, "verify", "film.mkv", "--address", w.payer, NETWORK);
    REFUSED(SL_EXIT_SOME_FAILED, why, "verify", w.whole_cid, "--address", w.payer, NETWORK);
    sl_piece_cid(cid, &w.parts[1]);
    RUN(&ran, "get", cid, "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_cid(have, cid);
    assert_string_equal(have, cid);
    sl_ran_free(&ran);
}

static void a_manifest_without_names_says_how_many_it_lacks(void **state)
{
    (void)state;
    char id[32], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    snprintf(id, sizeof id, "%" PRIu64, first_set);
    RUN(&ran, "export", "-o", "all.json", "--address", w.payer, NETWORK);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.err, "3 pieces are in the manifest under their PieceCIDs");
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "set.json", id, NETWORK);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.err, "3 pieces are in the manifest under their PieceCIDs");
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "a");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_piece_cid(cid, &w.parts[2]);
    bin_assert_says(&ran.out, cid);
    sl_ran_free(&ran);
    RUN(&ran, "pieces", id, NETWORK);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "the metadata of 3 pieces cannot be read");
    sl_ran_free(&ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHAIN_TEST(a_file_of_parts_comes_back_by_its_name),
        CHAIN_TEST(another_copy_takes_over),
        CHAIN_TEST(a_version_1_piece_cid_is_found_in_the_data_sets),
        CHAIN_TEST(a_piece_is_found_without_an_account),
        CHAIN_TEST(every_copy_is_verified),
        CHAIN_TEST(a_manifest_of_the_chain_needs_no_chain),
        NAMELESS_TEST(names_that_no_contract_keeps_are_said_to_be_the_reason),
        NAMELESS_TEST(a_manifest_without_names_says_how_many_it_lacks),
    };
    return cmocka_run_group_tests_name("get_chain", tests, NULL, NULL);
}
