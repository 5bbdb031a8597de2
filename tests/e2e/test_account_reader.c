/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The account as the wallet pane gets it: from a node that answers, is away, or says nothing. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "cli/screen/account_reader.h"
#include "support/test.h"
#include "support/tmp.h"
#include "unit/chain_scene.h"

enum { PATIENCE_MS = 60000 };

struct wallet_scene {
    char dir[SL_PATH_BYTES];
    struct scene chain;
    struct sl_config config;
    struct sl_cli_upload_target target;
    struct sl_answers answers;
    struct sl_cli_account_reader *reader;
    struct sl_answer answer;
};

static int setup(void **state)
{
    struct wallet_scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    sl_tmp_make(s->dir);
    scene_open(&s->chain);
    scene_providers(&s->chain, 4, 3, 0);
    scene_data_sets(&s->chain, 1);
    assert_int_equal(sl_config_defaults(&s->config, NULL), SL_OK);
    snprintf(s->config.paths.state, SL_PATH_BYTES, "%s", s->dir);
    s->target = (struct sl_cli_upload_target){.config = &s->config,
                                              .clock = sl_clock_system(),
                                              .network = "scene",
                                              .chain = s->chain.network,
                                              .payer = s->chain.payer};
    assert_int_equal(sl_answers_open(&s->answers, NULL), SL_OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct wallet_scene *s = *state;
    sl_cli_account_reader_close(s->reader);
    sl_answers_close(&s->answers);
    sl_config_free(&s->config);
    scene_close(&s->chain);
    sl_tmp_remove(s->dir);
    free(s);
    return 0;
}

static void open_reader(struct wallet_scene *s)
{
    assert_int_equal(sl_cli_account_reader_open(&s->reader, &s->target, &s->answers, NULL), SL_OK);
}

static void ask(struct wallet_scene *s, enum sl_errand_type type, uint64_t files)
{
    const struct sl_errand errand = {
        .type = type, .load = {.files = files, .pieces = files, .bytes = files * 1000000}};
    sl_cli_account_reader_ask(s->reader, &errand);
}

static const struct sl_wallet *next(struct wallet_scene *s)
{
    struct pollfd fd = {.fd = s->answers.fd, .events = POLLIN};
    while (!sl_answers_next(&s->answers, &s->answer))
        assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    assert_int_equal(s->answer.type, SL_ANSWER_WALLET);
    return &s->answer.wallet;
}

static void the_account_comes_with_the_price_of_the_queue(void **state)
{
    struct wallet_scene *s = *state;
    open_reader(s);
    ask(s, SL_ERRAND_WALLET, 3);
    const struct sl_wallet *wallet = next(s);
    assert_int_equal(wallet->state, SL_WALLET_READ);
    assert_int_equal(wallet->epoch, SCENE_EPOCH);
    assert_true(sl_address_equal(&wallet->address, &s->chain.payer));
    assert_false(sl_u256_is_zero(wallet->deposited));
    assert_int_equal(wallet->price.err.code, SL_OK);
    assert_int_equal(wallet->price.load.files, 3);
    assert_int_equal(wallet->price.copies, 2);
    assert_false(sl_u256_is_zero(wallet->price.month));
    const struct sl_u256 month = wallet->price.month;
    const int64_t read_ms = wallet->read_ms;
    const int requests = sl_chain_node_requests(s->chain.node);
    ask(s, SL_ERRAND_PRICE, 3000000); /* by the account that was read */
    wallet = next(s);
    assert_int_equal(wallet->read_ms, read_ms);
    assert_int_equal(wallet->price.load.files, 3000000);
    assert_true(sl_u256_cmp(wallet->price.month, month) > 0);
    ask(s, SL_ERRAND_PRICE, 0);
    wallet = next(s);
    assert_int_equal(wallet->price.load.files, 0);
    assert_int_equal(sl_chain_node_requests(s->chain.node), requests);
}

static void a_node_that_is_away_is_told_with_what_failed(void **state)
{
    struct wallet_scene *s = *state;
    snprintf(s->target.chain.urls[0], sizeof s->target.chain.urls[0], "http://127.0.0.1:1");
    s->target.chain.url_count = 1;
    s->config.stall_ms = 200; /* until when it is tried again */
    open_reader(s);
    ask(s, SL_ERRAND_WALLET, 1);
    const struct sl_wallet *wallet = next(s);
    assert_int_equal(wallet->state, SL_WALLET_FAILED);
    assert_int_equal(wallet->read_ms, 0);
    assert_non_null(strstr(wallet->err.text, "127.0.0.1"));
}

static void a_node_that_says_nothing_holds_up_nobody_who_leaves(void **state)
{
    struct wallet_scene *s = *state;
    sl_chain_node_hang(s->chain.node);
    open_reader(s);
    ask(s, SL_ERRAND_WALLET, 1);
    sl_chain_node_await_hang(s->chain.node);
    sl_cli_account_reader_close(s->reader);
    s->reader = NULL;
}

static void without_a_chain_there_is_no_account(void **state)
{
    struct wallet_scene *s = *state;
    s->target.network[0] = '\0';
    open_reader(s);
    ask(s, SL_ERRAND_WALLET, 1);
    const struct sl_wallet *wallet = next(s);
    assert_int_equal(wallet->state, SL_WALLET_NONE);
    assert_non_null(strstr(wallet->err.text, "network = none"));
}

int main(void)
{
#define ACCOUNT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        ACCOUNT_TEST(the_account_comes_with_the_price_of_the_queue),
        ACCOUNT_TEST(a_node_that_is_away_is_told_with_what_failed),
        ACCOUNT_TEST(a_node_that_says_nothing_holds_up_nobody_who_leaves),
        ACCOUNT_TEST(without_a_chain_there_is_no_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
