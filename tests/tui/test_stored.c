/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the user does with stored files: their URL, and their records. */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "tui/render/qr.h"
#include "tui/screen.h"

static const uint64_t mb = 1000000;

static struct screen_job job(int64_t id, enum sl_job_state state)
{
    return (struct screen_job){
        .id = id, .path = "/srv/film.mp4", .state = state, .size = 20 * mb, .piece = true};
}

/* ---- records ---- */

static void a_record_of_what_is_stored_does_not_go_by_one_key(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_CONFIRMED));
    screen_keys(screen, "d");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_FORGET);
    screen_golden(screen, "forget-80", 8, 80);
    screen_golden(screen, "forget-40", 8, 40);
    screen_keys(screen, "n");
    assert_int_equal(screen->sent_count, 0);
    screen_keys(screen, "dy");
    assert_int_equal(screen->sent_count, 1);
    assert_int_equal(screen->sent[0].type, SL_CMD_REMOVE);
}

static void what_nothing_was_stored_of_goes_at_once(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_QUEUED));
    screen_job(screen, job(2, SL_JOB_FAILED));
    screen_keys(screen, "Ad");
    assert_int_equal(screen->sent_count, 2);
    screen_job(screen, job(3, SL_JOB_STORED)); /* one among many */
    screen_keys(screen, "Ad");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_FORGET);
    assert_int_equal(screen->model.prompt.confirm_count, 3);
    screen_golden(screen, "forget-many-80", 8, 80);
}

static void a_cancelled_file_with_stored_parts_is_asked_about(void **state)
{
    struct screen *screen = *state;
    screen_split_job(screen, job(1, SL_JOB_CANCELLED), (struct screen_parts){4, 2, 0});
    screen_keys(screen, "d");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_FORGET);
}

/* ---- the URL ---- */

static void the_url_is_shown_with_its_code_and_the_next_key_leads_back(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_CONFIRMED));
    screen_keys(screen, "o");
    assert_true(screen->model.panes.url_shown);
    screen_golden(screen, "url-80", 24, 80);
    screen_golden(screen, "url-60x15", 15, 60); /* no room for the code */
    screen_golden(screen, "url-40x6", 6, 40);
    screen->model.ascii = true;
    screen_golden(screen, "url-ascii-40x6", 6, 40);
    screen_keys(screen, "q");
    assert_false(screen->model.panes.url_shown);
    assert_int_equal(screen->sent_count, 0); /* it has not quit */
    screen_keys(screen, "oyu");
    assert_false(screen->model.panes.url_shown);
    assert_non_null(strstr(screen->requested, "copy http://127.0.0.1:4801/piece/bafkzcib"));
}

static void a_file_without_a_url_says_why(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_ACCEPTED));
    screen_keys(screen, "o");
    assert_false(screen->model.panes.url_shown);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "once it is stored"));
    screen_keys(screen, "yu");
    assert_string_equal(screen->requested, "");
    screen_split_job(screen, job(1, SL_JOB_CONFIRMED), (struct screen_parts){4, 4, 0});
    screen_keys(screen, "oyu"); /* no provider has the whole under its PieceCID */
    assert_false(screen->model.panes.url_shown);
    assert_string_equal(screen->requested, "");
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "sluice get"));
}

static void a_shown_url_goes_with_its_file(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_CONFIRMED));
    screen_keys(screen, "o");
    screen_event(screen, &(struct sl_event){.type = SL_EVENT_GONE, .job.id = 1});
    screen_tick(screen, 100);
    char *text = screen_text(screen, 12, 80);
    assert_null(strstr(text, "bafkzcib"));
    assert_non_null(strstr(text, "sluice"));
    free(text);
}

/* ---- codes ---- */

/* Sizes by ISO/IEC 18004, table 7: bytes that level L holds. */
static void a_code_is_as_small_as_the_text_allows(void **state)
{
    static const size_t most[] = {17, 32, 53, 78, 106, 134, 154, 192, 230, 271};
    static struct sl_qr qr;
    char text[SL_QR_TEXT_MAX + 1];
    (void)state;
    memset(text, 'a', sizeof text);
    for (int i = 0; i < SL_QR_VERSION_MAX; i++) {
        assert_true(sl_qr_make(&qr, text, most[i]));
        assert_int_equal(qr.side, 21 + 4 * i);
        assert_true(sl_qr_make(&qr, text, most[i] + (i + 1 < SL_QR_VERSION_MAX)));
        assert_int_equal(qr.side, 21 + 4 * (i + (i + 1 < SL_QR_VERSION_MAX)));
    }
    assert_false(sl_qr_make(&qr, text, SL_QR_TEXT_MAX + 1));
    assert_false(sl_qr_make(&qr, text, 0));
}

/* A sum over the codes of libqrencode 4.1. jsQR 1.4 read each of them back as its text. */
static void codes_are_those_that_other_programs_read(void **state)
{
    static struct sl_qr qr;
    char text[SL_QR_TEXT_MAX];
    (void)state;
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t len = 1; len <= SL_QR_TEXT_MAX; len++) {
        for (size_t i = 0; i < len; i++)
            text[i] = "https://abcdefghijklmnop.example/piece/"[i % 39];
        text[len - 1] = (char)('a' + len % 26);
        assert_true(sl_qr_make(&qr, text, len));
        for (int i = 0; i < qr.side * qr.side; i++)
            sum = (sum ^ qr.dark[i]) * UINT64_C(1099511628211);
    }
    assert_int_equal(sum, UINT64_C(0x28583376bfd3bbc0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(a_record_of_what_is_stored_does_not_go_by_one_key),
        ON_A_SCREEN(what_nothing_was_stored_of_goes_at_once),
        ON_A_SCREEN(a_cancelled_file_with_stored_parts_is_asked_about),
        ON_A_SCREEN(the_url_is_shown_with_its_code_and_the_next_key_leads_back),
        ON_A_SCREEN(a_file_without_a_url_says_why),
        ON_A_SCREEN(a_shown_url_goes_with_its_file),
        cmocka_unit_test(a_code_is_as_small_as_the_text_allows),
        cmocka_unit_test(codes_are_those_that_other_programs_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
