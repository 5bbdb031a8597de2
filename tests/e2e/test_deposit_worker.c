/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Paying from the wallet pane: what is sent, and when nothing is. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "cli/screen/deposit_worker.h"
#include "support/test.h"
#include "support/tmp.h"
#include "unit/wallet_scene.h"

enum { PATIENCE_MS = 60000 };

struct pay_scene {
    struct wallet_scene wallet;
    char dir[SL_PATH_BYTES];
    struct sl_session session;
    struct sl_answers answers;
    struct sl_deposit_worker *worker;
    struct sl_answer answer;
};

static int setup(void **state)
{
    struct pay_scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    wallet_open(&s->wallet);
    sl_chain_free(s->wallet.base.chain); /* the node serves one connection at a time */
    s->wallet.base.chain = NULL;
    sl_chain_node_bytes(s->wallet.base.node, &s->wallet.base.payments,
                        "depositWithPermit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
                        "", 0, true);
    sl_tmp_make(s->dir);
    struct sl_config *config = &s->session.settings.config;
    assert_int_equal(sl_config_defaults(config, NULL), SL_OK);
    snprintf(config->paths.state, SL_PATH_BYTES, "%s", s->dir);
    s->session.clock = s->wallet.sender.clock;
    s->session.target = (struct sl_cli_upload_target){
        .config = config,
        .clock = s->wallet.sender.clock,
        .network = "scene",
        .chain = s->wallet.base.network,
        .signer = {.key = s->wallet.key, .payer = *sl_key_address(s->wallet.key)},
        .payer = *sl_key_address(s->wallet.key)};
    assert_int_equal(sl_answers_open(&s->answers, NULL), SL_OK);
    assert_int_equal(sl_deposit_worker_open(&s->worker, &s->session, &s->answers, NULL), SL_OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct pay_scene *s = *state;
    sl_deposit_worker_close(s->worker);
    sl_answers_close(&s->answers);
    sl_config_free(&s->session.settings.config);
    wallet_close(&s->wallet);
    sl_tmp_remove(s->dir);
    free(s);
    return 0;
}

static const struct sl_paid *next(struct pay_scene *s)
{
    struct pollfd fd = {.fd = s->answers.fd, .events = POLLIN};
    while (!sl_answers_next(&s->answers, &s->answer))
        assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    assert_int_equal(s->answer.type, SL_ANSWER_PAID);
    return &s->answer.paid;
}

/* The answer that ends it. */
static const struct sl_paid *ask(struct pay_scene *s, enum sl_errand_type type,
                                 const struct sl_payment *payment)
{
    const struct sl_errand errand = {.type = type, .payment = *payment};
    const struct sl_paid *paid;
    sl_deposit_worker_ask(s->worker, &errand);
    do {
        paid = next(s);
    } while (paid->state == SL_PAID_SENT || paid->state == SL_PAID_IN_BLOCK);
    return paid;
}

static int sends(struct pay_scene *s)
{
    pthread_mutex_lock(&s->wallet.lock);
    const int sends = s->wallet.sends;
    pthread_mutex_unlock(&s->wallet.lock);
    return sends;
}

static void a_try_tells_the_fee_and_sends_nothing(void **state)
{
    struct pay_scene *s = *state;
    const struct sl_payment wanted = {.amount = sl_u256(7)};
    const struct sl_paid *paid = ask(s, SL_ERRAND_TRY_PAY, &wanted);
    assert_int_equal(paid->state, SL_PAID_TRIED);
    assert_string_equal(paid->what, "deposit 0.000000000000000007 USDFC");
    assert_false(sl_u256_is_zero(paid->payment.most_fee));
    assert_int_equal(sends(s), 0);
}

static void what_was_agreed_to_is_sent_once(void **state)
{
    struct pay_scene *s = *state;
    const struct sl_payment wanted = {.amount = sl_u256(7)};
    const struct sl_payment agreed = ask(s, SL_ERRAND_TRY_PAY, &wanted)->payment;
    const struct sl_paid *paid = ask(s, SL_ERRAND_PAY, &agreed);
    if (paid->state != SL_PAID_DONE)
        fail_msg("state %d: %s", (int)paid->state, paid->err.text);
    assert_int_equal(sends(s), 1);
}

static void no_more_than_the_agreed_fee_is_paid(void **state)
{
    struct pay_scene *s = *state;
    const struct sl_payment wanted = {.amount = sl_u256(7), .most_fee = sl_u256(1)};
    assert_int_equal(ask(s, SL_ERRAND_PAY, &wanted)->state, SL_PAID_FAILED);
    assert_int_equal(s->answer.paid.err.code, SL_EMONEY);
    assert_int_equal(sends(s), 0);
}

/* The screen is left while it waits for a block: the next payment finds it. */
static void what_was_open_is_settled_and_nothing_else_is_sent(void **state)
{
    struct pay_scene *s = *state;
    const struct sl_payment wanted = {.amount = sl_u256(7)};
    const struct sl_payment agreed = ask(s, SL_ERRAND_TRY_PAY, &wanted)->payment;
    wallet_behave(&s->wallet, (struct wallet_ways){.least_fee = UINT64_MAX}); /* in no block */
    sl_deposit_worker_ask(s->worker, &(struct sl_errand){.type = SL_ERRAND_PAY, .payment = agreed});
    assert_int_equal(next(s)->state, SL_PAID_SENT);
    sl_deposit_worker_close(s->worker);
    while (sl_answers_next(&s->answers, &s->answer))
        continue; /* it ended as it was told to */
    assert_int_equal(sl_deposit_worker_open(&s->worker, &s->session, &s->answers, NULL), SL_OK);
    wallet_behave(&s->wallet, (struct wallet_ways){0});
    assert_int_equal(ask(s, SL_ERRAND_PAY, &agreed)->state, SL_PAID_FAILED);
    assert_non_null(strstr(s->answer.paid.err.text, "nothing was sent"));
    pthread_mutex_lock(&s->wallet.lock);
    size_t landed = 0;
    for (size_t i = 0; i < s->wallet.pool_count; i++)
        landed += s->wallet.pool[i].block > 0;
    pthread_mutex_unlock(&s->wallet.lock);
    assert_int_equal(landed, 1);
}

static void a_session_key_pays_nothing(void **state)
{
    struct pay_scene *s = *state;
    s->session.target.signer.session = true;
    const struct sl_payment wanted = {.amount = sl_u256(7)};
    assert_int_equal(ask(s, SL_ERRAND_TRY_PAY, &wanted)->state, SL_PAID_FAILED);
    assert_int_equal(s->answer.paid.err.code, SL_EKEY);
    assert_int_equal(ask(s, SL_ERRAND_PAY, &wanted)->state, SL_PAID_FAILED);
    assert_int_equal(sends(s), 0);
}

static void closing_ends_a_payment_that_waits(void **state)
{
    struct pay_scene *s = *state;
    const struct sl_payment wanted = {.amount = sl_u256(7)};
    sl_chain_node_hang(s->wallet.base.node);
    sl_deposit_worker_ask(s->worker, &(struct sl_errand){.type = SL_ERRAND_PAY, .payment = wanted});
    sl_chain_node_await_hang(s->wallet.base.node);
    sl_deposit_worker_close(s->worker);
    s->worker = NULL;
    assert_int_equal(sends(s), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_try_tells_the_fee_and_sends_nothing),
        TEST(what_was_agreed_to_is_sent_once),
        TEST(no_more_than_the_agreed_fee_is_paid),
        TEST(what_was_open_is_settled_and_nothing_else_is_sent),
        TEST(a_session_key_pays_nothing),
        TEST(closing_ends_a_payment_that_waits),
    };
    return cmocka_run_group_tests_name("deposit worker", tests, NULL, NULL);
}
