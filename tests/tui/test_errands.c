/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Errands that the screen sends, and what the answers change on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "tui/model/answers.h"
#include "tui/screen.h"

static const uint64_t mb = 1000000;

static void job_is(struct screen *screen, int64_t id, enum sl_job_state state, uint64_t size)
{
    screen_job(screen,
               (struct screen_job){
                   .id = id, .path = "/srv/a.mp4", .state = state, .size = size, .piece = true});
}

/* ---- the wallet ---- */

static void assert_shows(struct screen *screen, const char *text)
{
    char *all = screen_text(screen, 20, 100);
    if (strstr(all, text) == NULL)
        fail_msg("no '%s' in:\n%s", text, all);
    free(all);
}

static void answer_wallet(struct screen *screen, enum sl_wallet_state state,
                          const struct sl_queue_load *load)
{
    struct sl_answer answer = {.type = SL_ANSWER_WALLET,
                               .wallet = {.state = state, .read_ms = SCREEN_WALL_MS}};
    if (load != NULL)
        answer.wallet.price.load = *load;
    sl_model_on_answer(&screen->model, &answer);
    screen_tick(screen, 100);
}

static void the_queue_that_is_priced_is_what_no_transaction_has(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_QUEUED, 10 * mb);
    job_is(screen, 2, SL_JOB_PARKED, 20 * mb);
    job_is(screen, 3, SL_JOB_QUEUED, SL_PIECE_MAX_BYTES + 1);
    job_is(screen, 4, SL_JOB_FAILED, 5 * mb);
    const struct sl_queue_load *due = &screen->model.totals.due;
    assert_int_equal(due->files, 3);
    assert_int_equal(due->pieces, 1 + 1 + 5);
    assert_int_equal(due->bytes, 30 * mb + SL_PIECE_MAX_BYTES + 1);
    job_is(screen, 3, SL_JOB_CANCELLED, SL_PIECE_MAX_BYTES + 1);
    job_is(screen, 2, SL_JOB_COMMITTING, 20 * mb);
    assert_int_equal(due->files, 1);
    assert_int_equal(due->pieces, 1);
    job_is(screen, 1, SL_JOB_CONFIRMED, 10 * mb);
    assert_int_equal(due->files + due->pieces + due->bytes, 0);
    static struct sl_event event = {.type = SL_EVENT_JOB, .path = "/srv/unpaid.mp4"};
    event.job = (struct sl_job){.id = 5, .state = SL_JOB_PARKED, .file.size_bytes = mb};
    screen_event(screen, &event);
    event.job.state = SL_JOB_FAILED;
    event.job.err.code = SL_EMONEY; /* the missing amount is still due */
    screen_event(screen, &event);
    assert_int_equal(due->files, 1);
    assert_int_equal(screen->model.totals.unpaid, 1);
    screen_event(screen, &(struct sl_event){.type = SL_EVENT_GONE, .job.id = 5});
    assert_int_equal(due->files + due->bytes + screen->model.totals.unpaid, 0);
}

static void the_account_is_read_when_the_pane_opens_and_when_asked(void **state)
{
    struct screen *screen = *state;
    screen_tick(screen, 1000);
    assert_int_equal(screen->errand_count, 0);
    screen_keys(screen, "w");
    assert_int_equal(screen->model.panes.shown, SL_PANE_WALLET);
    assert_int_equal(screen->errand_count, 1);
    assert_int_equal(screen->errands[0].type, SL_ERRAND_WALLET);
    screen_tick(screen, 1000); /* one at a time */
    assert_int_equal(screen->errand_count, 1);
    answer_wallet(screen, SL_WALLET_READ, NULL);
    assert_int_equal(screen->errand_count, 1);
    screen_keys(screen, "r");
    assert_int_equal(screen->errand_count, 2);
    assert_shows(screen, "being read again");
    screen_keys(screen, "r"); /* asked again whatever is under way */
    assert_int_equal(screen->errand_count, 3);
    answer_wallet(screen, SL_WALLET_READ, NULL);
    screen_keys(screen, "1:wallet\r");
    assert_int_equal(screen->model.panes.shown, SL_PANE_WALLET);
    assert_int_equal(screen->errand_count, 4);
}

static void the_price_follows_the_queue_while_it_is_looked_at(void **state)
{
    struct screen *screen = *state;
    screen_keys(screen, "4");
    answer_wallet(screen, SL_WALLET_READ, NULL);
    job_is(screen, 1, SL_JOB_QUEUED, 10 * mb);
    screen_tick(screen, 100);
    assert_int_equal(screen->errand_count, 2);
    assert_int_equal(screen->errands[1].type, SL_ERRAND_PRICE);
    assert_int_equal(screen->errands[1].load.files, 1);
    assert_int_equal(screen->errands[1].load.bytes, 10 * mb);
    answer_wallet(screen, SL_WALLET_READ, &screen->errands[1].load);
    assert_int_equal(screen->errand_count, 2);
    screen_keys(screen, "1");
    job_is(screen, 2, SL_JOB_QUEUED, 10 * mb);
    screen_tick(screen, 100);
    assert_int_equal(screen->errand_count, 2);
}

static void what_lands_has_the_account_read_again(void **state)
{
    struct screen *screen = *state;
    static struct sl_event event;
    screen_keys(screen, "w");
    answer_wallet(screen, SL_WALLET_READ, NULL);
    event = (struct sl_event){
        .type = SL_EVENT_JOB,
        .job = {
            .id = 1, .state = SL_JOB_COMMITTING, .file.size_bytes = mb, .copies = {.wanted = 2}}};
    memcpy(event.path, "/a", 3);
    screen_event(screen, &event);
    screen_tick(screen, 100);
    assert_int_equal(screen->errand_count, 1);
    event.job.copies.landed = 1;
    screen_event(screen, &event);
    screen_tick(screen, 100);
    assert_int_equal(screen->errand_count, 2);
    assert_int_equal(screen->errands[1].type, SL_ERRAND_WALLET);
}

static void what_cannot_be_read_is_not_asked_for_without_end(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_QUEUED, 10 * mb);
    screen_keys(screen, "w");
    answer_wallet(screen, SL_WALLET_READ, &screen->errands[0].load);
    screen_keys(screen, "r");
    answer_wallet(screen, SL_WALLET_FAILED, NULL);
    screen_tick(screen, 1000);
    assert_int_equal(screen->errand_count, 2);
    assert_int_equal(screen->model.wallet.account.read_ms,
                     SCREEN_WALL_MS); /* the earlier sums stay */
    screen_keys(screen, "\033");
    assert_int_equal(screen->model.panes.shown, SL_PANE_QUEUE);
}

/* ---- paying ---- */

static void answer_paid(struct screen *screen, enum sl_paid_state state, const char *what)
{
    struct sl_answer answer = {
        .type = SL_ANSWER_PAID,
        .paid = {.state = state,
                 .payment = {.amount = sl_u256(7), .approve = true, .most_fee = sl_u256(99)}}};
    snprintf(answer.paid.what, sizeof answer.paid.what, "%s", what);
    sl_err_set(&answer.paid.err, SL_ENET, "%s", what);
    sl_model_on_answer(&screen->model, &answer);
    screen_tick(screen, 100);
}

/* An account that has what is missing: 7 base units and the approval. */
static void lack_money(struct screen *screen)
{
    struct sl_answer answer = {.type = SL_ANSWER_WALLET,
                               .wallet = {.state = SL_WALLET_READ,
                                          .test_money = true,
                                          .read_ms = SCREEN_WALL_MS,
                                          .fil = sl_u256(1000),
                                          .usdfc = sl_u256(1000),
                                          .debt = sl_u256(7)}};
    screen_keys(screen, "w");
    screen_tick(screen, 100);
    sl_model_on_answer(&screen->model, &answer);
    screen_tick(screen, 100);
    screen->errand_count = 0;
}

static void money_moves_after_a_yes_and_never_before(void **state)
{
    struct screen *screen = *state;
    lack_money(screen);
    screen_keys(screen, "d");
    assert_int_equal(screen->errand_count, 1);
    assert_int_equal(screen->errands[0].type, SL_ERRAND_TRY_PAY);
    assert_true(sl_u256_cmp(screen->errands[0].payment.amount, sl_u256(7)) == 0);
    assert_true(screen->errands[0].payment.approve);
    screen_keys(screen, "dy"); /* not twice, and there is no question yet */
    assert_int_equal(screen->errand_count, 1);
    answer_paid(screen, SL_PAID_TRIED, "deposit 7");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_PAY);
    screen_golden(screen, "wallet-pay-80", 28, 80);
    screen_golden(screen, "wallet-pay-120", 28, 120);
    screen_golden(screen, "wallet-pay-40", 28, 40);
    sl_dispatch_paste(&screen->ui, "y", 1);
    screen_keys(screen, "j d\r");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_PAY); /* other keys are not answers */
    screen_keys(screen, "n");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_NONE);
    screen_keys(screen, "y");
    assert_int_equal(screen->errand_count, 1);
    screen_keys(screen, "d");
    answer_paid(screen, SL_PAID_TRIED, "deposit 7");
    screen_keys(screen, "y");
    assert_int_equal(screen->errand_count, 3);
    assert_int_equal(screen->errands[2].type, SL_ERRAND_PAY);
    assert_true(sl_u256_cmp(screen->errands[2].payment.amount, sl_u256(7)) == 0);
    assert_true(sl_u256_cmp(screen->errands[2].payment.most_fee, sl_u256(99)) == 0);
    screen_keys(screen, "d"); /* one at a time */
    answer_paid(screen, SL_PAID_SENT, "deposit 7");
    assert_true(screen->model.wallet.agreed);
    assert_int_equal(screen->errand_count, 3);
    answer_paid(screen, SL_PAID_DONE, "deposit 7");
    assert_shows(screen, "deposit 7: done");
    assert_false(screen->model.wallet.agreed);
    assert_int_equal(screen->errands[3].type, SL_ERRAND_WALLET); /* the sums have changed */
}

static void a_question_about_money_comes_only_to_who_looks_at_the_wallet(void **state)
{
    struct screen *screen = *state;
    lack_money(screen);
    screen_keys(screen, "d1");
    answer_paid(screen, SL_PAID_TRIED, "deposit 7");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_NONE);
    screen_keys(screen, "y");
    assert_int_equal(screen->errand_count, 1);
    screen_keys(screen, "w");
    screen_tick(screen, 100);
    answer_wallet(screen, SL_WALLET_READ, NULL);
    screen->errand_count = 0;
    lack_money(screen);
    screen_keys(screen, "d");
    answer_paid(screen, SL_PAID_FAILED, "no node answers");
    assert_shows(screen, "not paid: no node answers");
    assert_false(screen->model.wallet.paying);
}

static void nothing_is_paid_that_is_not_missing_or_not_there(void **state)
{
    struct screen *screen = *state;
    screen_keys(screen, "w");
    screen_tick(screen, 100);
    screen->errand_count = 0;
    screen_keys(screen, "d"); /* nothing was read yet */
    screen->model.wallet.account.state = SL_WALLET_READ;
    screen->model.wallet.account.approval = SL_WALLET_UNLIMITED;
    screen_keys(screen, "d");
    assert_string_equal(sl_model_notice(&screen->model, 0)->text, "nothing is missing");
    screen->model.wallet.account.debt = sl_u256(5);
    screen->model.wallet.account.usdfc = sl_u256(4);
    screen_keys(screen, "d");
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "does not hold that much"));
    assert_int_equal(screen->errand_count, 0);
}

/* ---- verifying ---- */

static const struct sl_row *row(const struct screen *screen, int64_t id)
{
    const struct sl_row *found = sl_rows_find(&screen->model.rows, id);
    assert_non_null(found);
    return found;
}

static void answer_verify(struct screen *screen, int64_t id, enum sl_verify_state state,
                          const char *why)
{
    struct sl_answer answer = {.type = SL_ANSWER_VERIFY,
                               .verify = {.job_id = id,
                                          .state = state,
                                          .copies = 2,
                                          .good = state == SL_VERIFY_GOOD ? 2 : 1,
                                          .at = 1,
                                          .done_bytes = 30 * mb,
                                          .total_bytes = 60 * mb,
                                          .ended_ms = SCREEN_WALL_MS}};
    memcpy(answer.verify.why, why, strlen(why) + 1);
    sl_model_on_answer(&screen->model, &answer);
    screen_tick(screen, 100);
}

static void only_what_is_stored_is_verified(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_QUEUED, 20 * mb);
    screen_keys(screen, "v");
    assert_int_equal(screen->errand_count, 0);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "nothing here to verify"));
    job_is(screen, 2, SL_JOB_CONFIRMED, 20 * mb);
    job_is(screen, 3, SL_JOB_STORED, 20 * mb);
    screen_keys(screen, "Av");
    assert_int_equal(screen->errand_count, 2);
    assert_int_equal(screen->errands[0].type, SL_ERRAND_VERIFY);
    assert_int_equal(screen->errands[0].job_id, 2);
    assert_int_equal(screen->errands[1].job_id, 3);
    assert_string_equal(screen->errands[1].path, "/srv/a.mp4");
    assert_int_equal(screen->model.totals.verifying, 2);
    screen_keys(screen, "v"); /* once is enough */
    assert_int_equal(screen->errand_count, 2);
}

static void the_row_says_how_far_it_is_and_how_it_ended(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_CONFIRMED, 20 * mb);
    screen_keys(screen, "v");
    assert_shows(screen, "waits to be verified");
    answer_verify(screen, 1, SL_VERIFY_RUNS, "");
    assert_shows(screen, "50%  verifying copy 1/2");
    assert_int_equal(screen->model.totals.verifying, 1);
    answer_verify(screen, 1, SL_VERIFY_GOOD, "");
    assert_shows(screen, "verified 12:00, 2 of 2 copies");
    assert_int_equal(screen->model.totals.verifying, 0);
    answer_verify(screen, 1, SL_VERIFY_GOOD, ""); /* once is enough */
    assert_int_equal(screen->model.totals.verifying, 0);
    screen_keys(screen, "v"); /* again */
    assert_int_equal(screen->errand_count, 2);
    answer_verify(screen, 1, SL_VERIFY_BAD, "127.0.0.1:4802 \033[31mmissing");
    assert_shows(screen, "127.0.0.1:4802 \\x1b[31mmissing; 1 of 2 copies");
    assert_true(screen->model.alerts.bell);
    assert_int_equal(screen->model.totals.failed, 0); /* the job's own state is another thing */
    assert_int_equal(row(screen, 1)->state, SL_JOB_CONFIRMED);
    screen_keys(screen, "l");
    assert_shows(screen, "Verified    2026-01-31 12:00:00, 1 of 2 copies");
}

static void escape_and_x_stop_verifying(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_CONFIRMED, 20 * mb);
    screen_keys(screen, "vx");
    assert_int_equal(screen->errand_count, 2);
    assert_int_equal(screen->errands[1].type, SL_ERRAND_STOP);
    assert_int_equal(screen->errands[1].job_id, 1);
    assert_int_equal(screen->sent_count, 0);
    answer_verify(screen, 1, SL_VERIFY_STOPPED, "");
    assert_null(row(screen, 1)->check);
    assert_int_equal(screen->model.totals.verifying, 0);
    screen_keys(screen, "v");
    answer_verify(screen, 1, SL_VERIFY_RUNS, "");
    screen_key(screen, SL_KEY_ESC);
    assert_int_equal(screen->errands[3].type, SL_ERRAND_STOP);
    screen_keys(screen, "v"); /* it is stopping still: not twice */
    assert_int_equal(screen->errand_count, 4);
}

static void a_row_that_goes_or_is_stored_anew_is_verified_no_more(void **state)
{
    struct screen *screen = *state;
    job_is(screen, 1, SL_JOB_CONFIRMED, 20 * mb);
    job_is(screen, 2, SL_JOB_CONFIRMED, 20 * mb);
    screen_keys(screen, "Avdy");
    assert_int_equal(screen->errands[2].type, SL_ERRAND_STOP);
    assert_int_equal(screen->errands[3].type, SL_ERRAND_STOP);
    assert_int_equal(screen->sent[0].type, SL_CMD_REMOVE);
    screen_event(screen, &(struct sl_event){.type = SL_EVENT_GONE, .job.id = 1});
    assert_int_equal(screen->model.totals.verifying, 1);
    job_is(screen, 2, SL_JOB_UPLOADING, 20 * mb);
    assert_int_equal(screen->model.totals.verifying, 0);
    answer_verify(screen, 1, SL_VERIFY_STOPPED, ""); /* late */
    answer_verify(screen, 2, SL_VERIFY_GOOD, "");
    assert_null(row(screen, 2)->check);
    assert_int_equal(screen->model.totals.verifying, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(the_queue_that_is_priced_is_what_no_transaction_has),
        ON_A_SCREEN(the_account_is_read_when_the_pane_opens_and_when_asked),
        ON_A_SCREEN(the_price_follows_the_queue_while_it_is_looked_at),
        ON_A_SCREEN(what_lands_has_the_account_read_again),
        ON_A_SCREEN(what_cannot_be_read_is_not_asked_for_without_end),
        ON_A_SCREEN(money_moves_after_a_yes_and_never_before),
        ON_A_SCREEN(a_question_about_money_comes_only_to_who_looks_at_the_wallet),
        ON_A_SCREEN(nothing_is_paid_that_is_not_missing_or_not_there),
        ON_A_SCREEN(only_what_is_stored_is_verified),
        ON_A_SCREEN(the_row_says_how_far_it_is_and_how_it_ended),
        ON_A_SCREEN(escape_and_x_stop_verifying),
        ON_A_SCREEN(a_row_that_goes_or_is_stored_anew_is_verified_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
