/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The built sluice, killed at random requests of the whole way of a file: uploading, parking,
 * between journal and request, between request and answer, copying, waiting for the chain. What it
 * then goes on with ends with every piece on chain exactly once in every copy.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/chain.h"
#include "sluice/http.h"
#include "sluice/localnet.h"

#include "binary_kit.h"
#include "support/peer.h"

enum {
    EPOCH_MS = 100,
    FILES = 6,
    COPIES = 2,
    KILLS_SHORT = 16,
    KILLS_LONG = 300,
    KILLS_AN_EPISODE = 8,
    REQUESTS_MOST = 45, /* of an episode that nobody disturbs */
};

struct crash {
    char dir[SL_PATH_BYTES];
    struct sl_localnet *net;
    struct sl_network network;
    struct sl_address payer;
    uint64_t random;
    int kills;
    uint64_t files;
};

static uint64_t next_random(struct crash *crash)
{
    crash->random = crash->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return crash->random >> 33;
}

/* ---- the network ---- */

static void start_network(struct crash *crash)
{
    struct sl_err err = {0};
    const struct sl_localnet_chain chain = {.epoch_ms = EPOCH_MS, .watch_delay_ms = 20};
    const struct sl_localnet_options options = {.dir = crash->dir,
                                                .chain = &chain,
                                                .park_delay_ms = 20,
                                                .faults = true,
                                                .clock = sl_clock_system()};
    if (sl_localnet_start(&crash->net, &options, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(sl_localnet_network(crash->net, &crash->network, NULL), SL_OK);
    crash->payer = *sl_key_address(sl_localnet_key(crash->net));
}

/* Every request takes a moment, and is counted. */
static void count_requests(const struct crash *crash, size_t provider)
{
    static const char *const kinds[] = {"POST /pdp", "PUT /pdp", "GET /pdp"};
    const char *url = sl_localnet_provider_url(crash->net, provider);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct sl_answer answer = {0};
        char rule[128];
        snprintf(rule, sizeof rule, "{\"match\":\"%s\",\"action\":\"delay\",\"ms\":2}", kinds[i]);
        sl_peer_ask(url, "POST", "/fault", NULL, rule, strlen(rule), &answer);
        assert_in_range(answer.status, 200, 299);
        sl_answer_free(&answer);
    }
}

/* How many requests came, all of them or those of one kind. */
static uint64_t requests(const struct crash *crash, const char *kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < COPIES; i++) {
        struct sl_answer answer = {0};
        sl_peer_ask(sl_localnet_provider_url(crash->net, i), "GET", "/fault", NULL, NULL, 0,
                    &answer);
        cJSON *root = cJSON_Parse(answer.body.data);
        const cJSON *rules = cJSON_IsArray(root) ? root : cJSON_GetObjectItem(root, "rules");
        assert_true(cJSON_IsArray(rules));
        const cJSON *rule;
        cJSON_ArrayForEach(rule, rules)
        {
            if (kind == NULL || strcmp(bin_str(rule, "match"), kind) == 0)
                count += (uint64_t)bin_number(rule, "hits");
        }
        cJSON_Delete(root);
        sl_answer_free(&answer);
    }
    return count;
}

/* ---- the program ---- */

static void write_config(const struct crash *crash)
{
    char path[SL_PATH_BYTES], folder[SL_PATH_BYTES];
    char fwss[SL_ADDRESS_CHARS], endorsements[SL_ADDRESS_CHARS];
    struct sl_buf text = {0};
    sl_address_text(fwss, &crash->network.fwss);
    sl_address_text(endorsements, &crash->network.endorsements);
    sl_buf_printf(&text,
                  "[sluice]\nnetwork = devnet\nrpc_url = %s\nnetwork_chain_id = %" PRIu64
                  "\nfwss = %s\nendorsements = %s\nnetwork_epoch = %dms\nkey_file = %s/key\n"
                  "copies = %d\n",
                  crash->network.urls[0], crash->network.chain_id, fwss, endorsements, EPOCH_MS,
                  crash->dir, COPIES);
    assert_int_equal(sl_path_join(folder, sizeof folder, bin_home.state, "config", NULL), SL_OK);
    assert_int_equal(sl_path_make(folder, 0700, NULL), SL_OK);
    assert_int_equal(sl_path_join(path, sizeof path, folder, "config.ini", NULL), SL_OK);
    assert_int_equal(sl_file_write_atomic(path, text.data, text.len, 0600, NULL), SL_OK);
    sl_buf_free(&text);
}

/* Killed once so many requests have come, or it ends before. True when it was killed. */
static bool run_and_kill(struct crash *crash, const char *folder)
{
    struct sl_child child;
    struct sl_ran ran;
    const uint64_t at = requests(crash, NULL) + 1 + next_random(crash) % REQUESTS_MOST;
    sl_child_start(&child, &bin_home, NULL, SL_ARGV("upload", "--json", folder));
    while (requests(crash, NULL) < at && !sl_child_has_ended(&child))
        sched_yield();
    kill(child.pid, SIGKILL);
    sl_child_end(&child, &ran);
    const bool killed = ran.status == 1000 + SIGKILL;
    if (!killed && ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    sl_ran_free(&ran);
    return killed;
}

static void run_to_the_end(const char *folder)
{
    struct sl_ran ran;
    RUN(&ran, "upload", "--json", folder);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s\n%s", ran.status, ran.err.data, ran.out.data);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "confirmed"), FILES);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

/* ---- what is on chain ---- */

static void expect_once_in_every_copy(struct crash *crash, const char *cid)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &crash->payer};
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    struct sl_piece_id piece;
    int found = 0;
    assert_int_equal(sl_piece_parse(&piece, cid, strlen(cid), NULL), SL_OK);
    assert_int_equal(sl_chain_new(&chain, &crash->network, NULL, NULL), SL_OK);
    assert_int_equal(sl_chain_read(&view, chain, &wish, NULL), SL_OK);
    assert_int_equal(view->data_set_count, COPIES); /* none was made twice either */
    for (size_t i = 0; i < view->data_set_count; i++) {
        uint64_t ids[4];
        const int n = sl_chain_find_piece(ids, 4, chain, view->data_sets[i].id, &piece, NULL);
        if (n != 1)
            fail_msg("%s is %d times in data set %zu", cid, n, i + 1);
        found += n;
    }
    assert_int_equal(found, COPIES);
    sl_chain_view_free(view);
    sl_chain_free(chain);
}

/* ---- episodes ---- */

static void episode(struct crash *crash, int number, int kills)
{
    char folder[SL_PATH_BYTES], name[32], paths[FILES][SL_PATH_BYTES];
    snprintf(name, sizeof name, "media-%d", number);
    bin_folder(folder, name);
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "film-%zu.mkv", i);
        sl_tmp_file(paths[i], folder, name, 200 + 70000 * i, (uint64_t)number * FILES + i + 1);
    }
    for (int i = 0; i < kills && run_and_kill(crash, folder); i++)
        crash->kills++;
    run_to_the_end(folder);
    for (size_t i = 0; i < FILES; i++) {
        char cid[SL_PIECE_CID_CHARS];
        bin_cid(cid, paths[i]);
        expect_once_in_every_copy(crash, cid);
    }
    crash->files += FILES;
}

static void killed_anywhere_every_piece_is_committed_exactly_once(void **state)
{
    (void)state;
    struct crash *crash = calloc(1, sizeof *crash);
    assert_non_null(crash);
    const int wanted = getenv("SLUICE_LONG") != NULL ? KILLS_LONG : KILLS_SHORT;
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    crash->random = 20;
    assert_int_equal(sl_path_join(crash->dir, sizeof crash->dir, bin_home.dir, "net", NULL), 0);
    start_network(crash);
    for (size_t i = 0; i < COPIES; i++)
        count_requests(crash, i);
    write_config(crash);
    for (int number = 0; crash->kills < wanted; number++) {
        const int left = wanted - crash->kills;
        episode(crash, number, left < KILLS_AN_EPISODE ? left : KILLS_AN_EPISODE);
    }
    print_message("%d kills, %" PRIu64 " files, %" PRIu64 " uploads begun\n", crash->kills,
                  crash->files, requests(crash, "PUT /pdp"));
    sl_localnet_stop(crash->net);
    free(crash);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        BIN_TEST(killed_anywhere_every_piece_is_committed_exactly_once),
    };
    return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
