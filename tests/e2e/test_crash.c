/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Kills the built sluice at random requests on the whole way of a file: uploading, parking, between
 * journal and request, between request and answer, copying, waiting for the chain. After it
 * resumes, every piece is on chain exactly once in every copy, and nothing else is. This also holds
 * for files in parts that share parts with other files, or contain one twice. Those files come back
 * with their original bytes.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/chain.h"
#include "sluice/devnet.h"
#include "sluice/http.h"

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
    WORD_MOST = 4,      /* parts of a file */
    ALPHABET = 5,       /* pieces that make up the files of an episode */
    PART_BYTES = 130048 /* 127 * 2^10 */
};

struct crash {
    char dir[SL_PATH_BYTES];
    struct sl_devnet *net;
    struct sl_network network;
    struct sl_address payer;
    uint64_t random;
    int kills;
    uint64_t files;
    uint64_t pieces;    /* pieces of all files together */
    const char *option; /* given to each upload, NULL: none */
    const char *value;
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
    const struct sl_devnet_chain chain = {.epoch_ms = EPOCH_MS, .watch_delay_ms = 20};
    const struct sl_devnet_options options = {.dir = crash->dir,
                                              .chain = &chain,
                                              .park_delay_ms = 20,
                                              .faults = true,
                                              .clock = sl_clock_system()};
    if (sl_devnet_start(&crash->net, &options, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(sl_devnet_network(crash->net, &crash->network, NULL), SL_OK);
    crash->payer = *sl_key_address(sl_devnet_key(crash->net));
}

/* Every request takes a moment, and is counted. */
static void count_requests(const struct crash *crash, size_t provider)
{
    static const char *const kinds[] = {"POST /pdp", "PUT /pdp", "GET /pdp"};
    const char *url = sl_devnet_provider_url(crash->net, provider);
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
        sl_peer_ask(sl_devnet_provider_url(crash->net, i), "GET", "/fault", NULL, NULL, 0, &answer);
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
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("upload", "--json", folder, crash->option, crash->value));
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

static void run_to_the_end(const struct crash *crash, const char *folder)
{
    struct sl_ran ran;
    RUN(&ran, "upload", "--json", folder, crash->option, crash->value);
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

static void expect_nothing_else(const struct crash *crash)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &crash->payer};
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    assert_int_equal(sl_chain_new(&chain, &crash->network, NULL, NULL), SL_OK);
    assert_int_equal(sl_chain_read(&view, chain, &wish, NULL), SL_OK);
    for (size_t i = 0; i < view->data_set_count; i++) {
        struct sl_piece_page *page = NULL;
        uint64_t count = 0, next = 0;
        bool more = true;
        while (more) {
            assert_int_equal(sl_chain_pieces(&page, chain, view->data_sets[i].id, next,
                                             SL_PIECE_PAGE, false, NULL),
                             SL_OK);
            count += page->count;
            next = page->next;
            more = page->more;
            sl_chain_piece_page_free(page);
        }
        assert_int_equal(count, crash->pieces);
    }
    sl_chain_view_free(view);
    sl_chain_free(chain);
}

/* ---- episodes ---- */

/* Kill several times, then let everything work. */
static void disturb(struct crash *crash, const char *folder, int kills)
{
    for (int i = 0; i < kills && run_and_kill(crash, folder); i++)
        crash->kills++;
    run_to_the_end(crash, folder);
    crash->files += FILES;
}

static void expect_pieces(struct crash *crash, char paths[][SL_PATH_BYTES], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char cid[SL_PIECE_CID_CHARS];
        bin_cid(cid, paths[i]);
        expect_once_in_every_copy(crash, cid);
    }
    crash->pieces += count;
    expect_nothing_else(crash);
}

static void episode(struct crash *crash, int number, int kills)
{
    char folder[SL_PATH_BYTES], name[32], paths[FILES][SL_PATH_BYTES];
    snprintf(name, sizeof name, "media-%d", number);
    bin_folder(folder, name);
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "film-%zu.mkv", i);
        sl_tmp_file(paths[i], folder, name, 200 + 70000 * i, (uint64_t)number * FILES + i + 1);
    }
    disturb(crash, folder, kills);
    expect_pieces(crash, paths, FILES);
}

/* ---- files that share parts ---- */

static void append_part(FILE *file, const char *path)
{
    static char bytes[PART_BYTES];
    FILE *part = fopen(path, "rb");
    assert_non_null(part);
    assert_int_equal(fread(bytes, 1, sizeof bytes, part), sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
    assert_int_equal(fclose(part), 0);
}

/* Make a file from random letters of the alphabet, and note which letters it uses. */
static void make_word(struct crash *crash, char path[static SL_PATH_BYTES], const char *folder,
                      char letters[][SL_PATH_BYTES], bool used[static ALPHABET], size_t number)
{
    char name[32];
    const size_t length = 1 + number % WORD_MOST;
    snprintf(name, sizeof name, "take-%zu.mov", number);
    assert_int_equal(sl_path_join(path, SL_PATH_BYTES, folder, name, NULL), SL_OK);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < length; i++) {
        const size_t letter = next_random(crash) % ALPHABET;
        append_part(file, letters[letter]);
        used[letter] = true;
    }
    assert_int_equal(fclose(file), 0);
}

static void expect_same(const char *path, const char *back)
{
    char cid[SL_PIECE_CID_CHARS], other[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    RUN(&ran, "get", "-o", back, path);
    if (ran.status != SL_EXIT_OK)
        fail_msg("%s does not come back: %s", path, ran.err.data);
    sl_ran_free(&ran);
    bin_cid(cid, path);
    bin_cid(other, back);
    assert_string_equal(cid, other);
    assert_int_equal(remove(back), 0);
}

static void shared_episode(struct crash *crash, int number, int kills)
{
    char folder[SL_PATH_BYTES], alphabet[SL_PATH_BYTES], back[SL_PATH_BYTES], name[32];
    char letters[ALPHABET][SL_PATH_BYTES], paths[FILES][SL_PATH_BYTES];
    bool used[ALPHABET] = {false};
    snprintf(name, sizeof name, "shared-%d", number);
    bin_folder(folder, name);
    snprintf(name, sizeof name, "letters-%d", number);
    bin_folder(alphabet, name);
    assert_int_equal(sl_path_join(back, sizeof back, alphabet, "back", NULL), SL_OK);
    for (size_t i = 0; i < ALPHABET; i++) {
        snprintf(name, sizeof name, "%zu", i);
        sl_tmp_file(letters[i], alphabet, name, PART_BYTES, (uint64_t)number * ALPHABET + i + 1);
    }
    for (size_t i = 0; i < FILES; i++)
        make_word(crash, paths[i], folder, letters, used, i);
    disturb(crash, folder, kills);
    size_t count = 0;
    for (size_t i = 0; i < ALPHABET; i++) {
        if (used[i] && count++ != i)
            memcpy(letters[count - 1], letters[i], sizeof letters[i]);
    }
    expect_pieces(crash, letters, count);
    for (size_t i = 0; i < FILES; i++)
        expect_same(paths[i], back);
}

/* ---- the tests ---- */

typedef void (*episode_fn)(struct crash *crash, int number, int kills);

static void kill_anywhere(episode_fn fn, const char *option, const char *value)
{
    struct crash *crash = calloc(1, sizeof *crash);
    assert_non_null(crash);
    const int wanted = getenv("SLUICE_LONG") != NULL ? KILLS_LONG : KILLS_SHORT;
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    crash->random = 20;
    crash->option = option;
    crash->value = value;
    assert_int_equal(sl_path_join(crash->dir, sizeof crash->dir, bin_home.dir, "net", NULL), 0);
    start_network(crash);
    for (size_t i = 0; i < COPIES; i++)
        count_requests(crash, i);
    write_config(crash);
    for (int number = 0; crash->kills < wanted; number++) {
        const int left = wanted - crash->kills;
        fn(crash, number, left < KILLS_AN_EPISODE ? left : KILLS_AN_EPISODE);
    }
    print_message("%d kills, %" PRIu64 " files of %" PRIu64 " pieces, %" PRIu64 " uploads begun\n",
                  crash->kills, crash->files, crash->pieces, requests(crash, "PUT /pdp"));
    sl_devnet_stop(crash->net);
    free(crash);
}

static void killed_anywhere_every_piece_is_committed_exactly_once(void **state)
{
    (void)state;
    kill_anywhere(episode, NULL, NULL);
}

static void the_same_holds_for_files_that_share_parts(void **state)
{
    (void)state;
    kill_anywhere(shared_episode, "--split", "130048");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        BIN_TEST(killed_anywhere_every_piece_is_committed_exactly_once),
        BIN_TEST(the_same_holds_for_files_that_share_parts),
    };
    return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
