/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice rm` and `sluice datasets terminate` on a whole local network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/key.h"

#include "served.h"

enum { MANY = 36, SMALL = 1000 };

/* A data set of provider 1 with one piece; its number as text. */
static void make_set(struct chain *chain, char id[static 32], char cid[static SL_PIECE_CID_CHARS],
                     uint64_t *client_id)
{
    snprintf(id, 32, "%llu", (unsigned long long)chain_data_set(chain, 0, 1, cid, client_id));
}

static void add_many(struct chain *chain, const char *id, uint64_t client_id)
{
    static char cids[MANY][SL_PIECE_CID_CHARS];
    const char *list[MANY];
    char path[64], location[256] = "";
    struct sl_buf body = {0};
    for (size_t i = 0; i < MANY; i++) {
        uint8_t *bytes = kit_bytes(SMALL, 100 + i);
        kit_store(&chain->kit, cids[i], bytes, SMALL);
        free(bytes);
        list[i] = cids[i];
    }
    snprintf(path, sizeof path, "/pdp/data-sets/%s/pieces", id);
    chain_add_body(chain, &body, client_id, list, MANY);
    chain_expect(chain, "add", "POST", path, body.data, 201, "", location);
    sl_buf_free(&body);
    chain_pass(chain, 3 * CHAIN_EPOCH_MS);
    struct sl_answer answer = {0};
    chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    chain_pass(chain, 3 * CHAIN_EPOCH_MS);
    chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    sl_answer_free(&answer);
}

static void a_piece_is_scheduled_for_removal_by_its_number_or_its_cid(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    RAN(SL_EXIT_OK, "piece 0: would be removed, nothing was sent\n",
        served_says("fee: ", served_prices(chain).remove_fee, 1), "rm", id, "0", "--dry-run");
    RAN(SL_EXIT_OK, "", "USDFC, from the reserve", "rm", id, "0", "--dry-run");
    REFUSED(SL_EXIT_MONEY, "more than max_spend = 0 USDFC", "rm", id, "0", "--yes", "--max-spend",
            "0");
    REFUSED(SL_EXIT_MONEY, "more than max_spend = 0 USDFC", "datasets", "terminate", id, "--yes",
            "--max-spend", "0");
    RAN(SL_EXIT_OK, "kept", "", "pieces", id);
    RAN(SL_EXIT_OK, "piece 0: scheduled for removal\n", cid, "rm", id, cid, "0", "--yes");
    RAN(SL_EXIT_OK, "removal", "", "pieces", id);
    RAN(SL_EXIT_OK, "", "piece 0 is already scheduled for removal", "rm", id, "0", "--yes");
}

static void a_version_1_piece_cid_names_the_piece_with_its_root(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS], older[SL_PIECE_V1_CHARS], other[SL_PIECE_V1_CHARS];
    struct sl_piece_id piece;
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    assert_int_equal(sl_piece_parse(&piece, cid, strlen(cid), NULL), SL_OK);
    sl_piece_cid_v1(older, piece.root);
    piece.root[0] ^= 1;
    sl_piece_cid_v1(other, piece.root);
    REFUSED(SL_EXIT_SOME_FAILED, "use the version 2 form (bafkzcib...)", "rm", id, other, "--yes");
    RAN(SL_EXIT_OK, "piece 0: scheduled for removal\n", cid, "rm", id, older, "--yes");
}

/* Seven calls read everything. Then the removal is sent, and then the node is queried for it. */
static void a_page_of_the_node_after_the_removal_ends_nothing(void **state)
{
    struct chain *chain = *state;
    struct kit node = chain->kit;
    char id[32], cid[SL_PIECE_CID_CHARS], url[128];
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    snprintf(url, sizeof url, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(url, "/rpc/v1") = '\0';
    node.url = url;
    kit_fault(&node, "{\"match\":\"RPC eth_call\",\"skip\":7,\"times\":4,\"action\":\"status\","
                     "\"status\":200,\"body\":\"<html>one moment, please</html>\"}");
    RAN(SL_EXIT_OK, "piece 0: scheduled for removal\n", "", "rm", id, "0", "--yes");
    RAN(SL_EXIT_OK, "removal", "", "pieces", id);
}

static void more_than_35_pieces_wait_for_the_next_period(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS], numbers[MANY + 1][8];
    const char *argv[MANY + 8] = {"rm", "--json", "--yes"};
    uint64_t client_id = 0;
    size_t words = 3;
    struct sl_ran ran;
    make_set(chain, id, cid, &client_id);
    add_many(chain, id, client_id);
    argv[words++] = id;
    for (unsigned i = 0; i <= MANY; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%u", i);
        argv[words++] = numbers[i];
    }
    bin_run(&ran, argv);
    assert_int_equal(ran.status, SL_EXIT_TEMPORARY);
    bin_assert_says(&ran.err, served_says("fee: ", served_prices(chain).remove_fee, 2));
    bin_assert_says(&ran.err, "the first 35 are scheduled; the others follow");
    bin_assert_says(&ran.err, "already has 35 scheduled removals queued (limit 35)");
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(cJSON_GetArraySize(lines), 2);
    const cJSON *removal = served_line(lines, 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(removal, "pieceIds")), 35);
    assert_int_equal(strlen(bin_str(removal, "txHash")), 66);
    assert_string_equal(bin_str(bin_last(lines), "type"), "summary");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void a_data_set_ends_through_its_provider(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    RAN(SL_EXIT_OK, "would be terminated, nothing was sent\n",
        served_says("fee: ", served_prices(chain).terminate_fee, 1), "datasets", "terminate", id,
        "--dry-run");
    RAN(SL_EXIT_OK, "live", "", "datasets");
    RAN(SL_EXIT_OK, "terminated, it ends with epoch ", "at provider 1 (local provider 1)",
        "datasets", "terminate", id, "--yes");
    RAN(SL_EXIT_OK, "terminated", "", "datasets");
    REFUSED(SL_EXIT_SOME_FAILED, "it is already terminated", "datasets", "terminate", id, "--yes");
    REFUSED(SL_EXIT_SOME_FAILED, "it is already terminated", "rm", id, "0", "--yes");
}

static void a_data_set_ends_without_its_provider(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    kit_fault(&chain->kit, "{\"match\":\"POST /pdp/data-sets/\",\"times\":0,\"action\":\"status\","
                           "\"status\":400,\"body\":\"no\"}");
    RAN(SL_EXIT_SOME_FAILED, "", "--on-chain\n", "datasets", "terminate", id, "--yes");
    RAN(SL_EXIT_OK, "would succeed", "paid for another 30 days", "datasets", "terminate", id,
        "--on-chain", "--dry-run");
    RAN(SL_EXIT_OK, ": done, block ", "sent: terminate data set", "datasets", "terminate", id,
        "--on-chain", "--yes");
    cJSON *lines = LINES("datasets");
    assert_string_equal(bin_str(served_line(lines, 0), "state"), "terminated");
    cJSON_Delete(lines);
}

static void what_is_not_there_or_not_ours_is_refused(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS], other[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    uint8_t *bytes = kit_bytes(500, 9);
    kit_cid(other, bytes, 500);
    free(bytes);
    make_set(chain, id, cid, &client_id);
    REFUSED(SL_EXIT_USAGE, "rm: give a data set and its pieces", "rm", id);
    REFUSED(SL_EXIT_USAGE, "is not a data set number", "rm", "x", "0", "--yes");
    REFUSED(SL_EXIT_USAGE, "use --yes or --dry-run", "rm", id, "0");
    REFUSED(SL_EXIT_USAGE, "neither the number nor the PieceCID", "rm", id, "1x", "--yes");
    REFUSED(SL_EXIT_SOME_FAILED, "has no piece 5", "rm", id, "5", "--yes");
    REFUSED(SL_EXIT_SOME_FAILED, "has no piece bafk", "rm", id, other, "--yes");
    REFUSED(SL_EXIT_SOME_FAILED, "there is no data set 99", "rm", "99", "0", "--yes");
    REFUSED(SL_EXIT_USAGE, "give one data set number", "datasets", "terminate");
    REFUSED(SL_EXIT_USAGE, "use --yes or --dry-run", "datasets", "terminate", id);
    REFUSED(SL_EXIT_USAGE, "work only with `datasets terminate`", "datasets", "--yes");
    REFUSED(SL_EXIT_SOME_FAILED, "there is no data set 99", "datasets", "terminate", "99", "--yes");
    static const char digits[] = "2727272727272727272727272727272727272727272727272727272727272727";
    assert_int_equal(sl_file_write_atomic("other", digits, sizeof digits - 1, 0600, NULL), SL_OK);
    REFUSED(SL_EXIT_SOME_FAILED, "it belongs to another account", "rm", id, "0", "--yes",
            "--key-file", "other");
    REFUSED(SL_EXIT_SOME_FAILED, "it belongs to another account", "datasets", "terminate", id,
            "--yes", "--key-file", "other");
    RAN(SL_EXIT_SOME_FAILED, "", "can be terminated only by its payer", "datasets", "terminate", id,
        "--on-chain", "--dry-run", "--key-file", "other");
}

/* ---- dry runs ---- */

/* The key of the network, behind a password. The file may leave out whose it is. */
static void write_keystore(const struct chain *chain, const char *name, bool has_address)
{
    static const char password[] = "long enough";
    struct sl_buf json = {0};
    assert_int_equal(sl_keystore_write(&json, chain->key, password, sizeof password - 1, 4, NULL),
                     SL_OK);
    char *address = strstr(json.data, "\"address\"");
    assert_non_null(address);
    if (!has_address)
        address[1] = 'x';
    assert_int_equal(sl_file_write_atomic(name, json.data, json.len, 0600, NULL), SL_OK);
    sl_buf_free(&json);
}

/* Whoever asks for the password fails, and leaves a file. */
#define LOCKED "--keystore", "k", "--password-command", "touch asked; exit 1"

static void a_dry_run_asks_for_no_password(void **state)
{
    struct chain *chain = *state;
    char id[32], cid[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    make_set(chain, id, cid, &client_id);
    write_keystore(chain, "k", true);
    RAN(SL_EXIT_OK, "would be removed", "keystore k", "rm", id, "0", "--dry-run", LOCKED);
    RAN(SL_EXIT_OK, "would be terminated", "keystore k", "datasets", "terminate", id, "--dry-run",
        LOCKED);
    RAN(SL_EXIT_OK, "would succeed", "keystore k", "datasets", "terminate", id, "--on-chain",
        "--dry-run", LOCKED);
    RAN(SL_EXIT_OK, "would succeed", "keystore k", "wallet", "withdraw", "1", "--dry-run", LOCKED);
    RAN(SL_EXIT_OK, "would succeed", "keystore k", "wallet", "approve", "--dry-run", LOCKED);
    RAN(SL_EXIT_OK, "would succeed", "keystore k", "wallet", "session", "revoke",
        "0x00000000000000000000000000000000000000f1", "--dry-run", LOCKED);
    RAN(SL_EXIT_OK, "would succeed", "keystore k", "wallet", "session", "login",
        "0x00000000000000000000000000000000000000f1", "--dry-run", LOCKED);
    assert_int_not_equal(access("asked", F_OK), 0);
    write_keystore(chain, "k", false);
    REFUSED(SL_EXIT_KEY, "leave out --dry-run", "rm", id, "0", "--dry-run", LOCKED);
    assert_int_not_equal(access("asked", F_OK), 0);
    REFUSED(SL_EXIT_KEY, "keystore k", "rm", id, "0", "--yes", LOCKED);
    assert_int_equal(access("asked", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(a_piece_is_scheduled_for_removal_by_its_number_or_its_cid),
        SERVED_TEST(a_version_1_piece_cid_names_the_piece_with_its_root),
        SERVED_TEST(a_dry_run_asks_for_no_password),
        SERVED_TEST(a_page_of_the_node_after_the_removal_ends_nothing),
        SERVED_TEST(more_than_35_pieces_wait_for_the_next_period),
        SERVED_TEST(a_data_set_ends_through_its_provider),
        SERVED_TEST(a_data_set_ends_without_its_provider),
        SERVED_TEST(what_is_not_there_or_not_ours_is_refused),
    };
    return cmocka_run_group_tests_name("removals and terminations", tests, NULL, NULL);
}
