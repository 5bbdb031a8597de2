/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Verifying for the screen: what a provider that lies, stalls or is honest makes of it. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/http.h"

#include "cli/screen/verify_worker.h"
#include "liar.h"
#include "support/test.h"
#include "support/tmp.h"

enum { LEN = 300000, PATIENCE_MS = 60000 };

/* A journal with two stored files of the same bytes, and who serves them. */
struct scene {
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    char *bytes;
    size_t len;
    struct sl_piece_id piece;
    struct liar liar;
    struct sl_session session;
    struct sl_answers answers;
    struct sl_verify_worker *checker;
    struct sl_answer answer;
    int64_t jobs[2];
};

static int64_t add_job(struct scene *s, struct sl_journal *journal, const char *path)
{
    char url[128];
    struct sl_job job = {.state = SL_JOB_QUEUED, .file.size_bytes = LEN};
    assert_int_equal(sl_journal_add(journal, &job, path, NULL), SL_OK);
    job.state = SL_JOB_STORED;
    job.has_piece = true;
    job.piece = s->piece;
    snprintf(url, sizeof url, "%s", s->liar.url);
    *strstr(url, "/piece/") = '\0';
    assert_int_equal(sl_journal_update(journal, &job, url, NULL), SL_OK);
    return job.id;
}

static void hash(struct scene *s)
{
    const int fd = open(s->path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(sl_piece_of_fd(&s->piece, fd, 0, 0, NULL, NULL, NULL), SL_OK);
    close(fd);
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    struct sl_journal *journal = NULL;
    assert_non_null(s);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    sl_tmp_make(s->dir);
    sl_tmp_file(s->path, s->dir, "film.mkv", LEN, 1);
    assert_int_equal(sl_file_read(&s->bytes, &s->len, s->path, 2 * LEN, NULL), SL_OK);
    hash(s);
    s->session.clock = sl_clock_system();
    assert_int_equal(sl_config_defaults(&s->session.settings.config, NULL), SL_OK);
    snprintf(s->session.settings.config.paths.state, SL_PATH_BYTES, "%s", s->dir);
    s->liar = (struct liar){.bytes = (const uint8_t *)s->bytes, .len = s->len, .percent = 100};
    liar_start(&s->liar);
    assert_int_equal(sl_journal_open(&journal, s->dir, SL_JOURNAL_WRITE, &s->session.clock, NULL),
                     SL_OK);
    assert_int_equal(sl_journal_txn_begin(journal, NULL), SL_OK);
    s->jobs[0] = add_job(s, journal, s->path);
    s->jobs[1] = add_job(s, journal, "/nowhere/film.mkv");
    assert_int_equal(sl_journal_txn_commit(journal, NULL), SL_OK);
    sl_journal_close(journal);
    assert_int_equal(sl_answers_open(&s->answers, NULL), SL_OK);
    assert_int_equal(sl_verify_worker_open(&s->checker, &s->session, &s->answers, NULL), SL_OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;
    sl_verify_worker_close(s->checker);
    sl_answers_close(&s->answers);
    liar_stop(&s->liar);
    sl_config_free(&s->session.settings.config);
    sl_tmp_remove(s->dir);
    free(s->bytes);
    free(s);
    return 0;
}

static void verify(struct scene *s, int which)
{
    const struct sl_errand errand = {.type = SL_ERRAND_VERIFY,
                                     .job_id = s->jobs[which],
                                     .piece = s->piece,
                                     .path = which == 0 ? s->path : "/nowhere/film.mkv"};
    sl_verify_worker_add(s->checker, &errand);
}

static const struct sl_verify *next(struct scene *s)
{
    struct pollfd fd = {.fd = s->answers.fd, .events = POLLIN};
    while (!sl_answers_next(&s->answers, &s->answer))
        assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    assert_int_equal(s->answer.type, SL_ANSWER_VERIFY);
    return &s->answer.verify;
}

static const struct sl_verify *end_of(struct scene *s, int which)
{
    const struct sl_verify *verify = next(s);
    while (verify->job_id != s->jobs[which] || verify->state <= SL_VERIFY_RUNS)
        verify = next(s);
    return verify;
}

static void an_honest_copy_and_the_local_file_are_good(void **state)
{
    struct scene *s = *state;
    verify(s, 0);
    const struct sl_verify *end = end_of(s, 0);
    assert_int_equal(end->state, SL_VERIFY_GOOD);
    assert_int_equal(end->copies, 1);
    assert_int_equal(end->good, 1);
    assert_int_equal(end->total_bytes, 2 * LEN);
    assert_string_equal(end->why, "");
    verify(s, 1);
    end = end_of(s, 1);
    assert_int_equal(end->state, SL_VERIFY_GOOD);
    assert_int_equal(end->total_bytes, LEN);
    assert_string_equal(end->why, "the local file is not there any more");
}

static void what_is_missing_or_differs_is_named(void **state)
{
    struct scene *s = *state;
    s->liar.only = LIE_MISSING;
    s->liar.lies = 1000;
    sl_tmp_file(NULL, s->dir, "film.mkv", LEN, 2);
    verify(s, 0);
    const struct sl_verify *end = end_of(s, 0);
    assert_int_equal(end->state, SL_VERIFY_BAD);
    assert_int_equal(end->good, 0);
    assert_non_null(strstr(end->why, "the local file has other bytes; 127.0.0.1:"));
    assert_non_null(strstr(end->why, " missing"));
}

static void what_stalls_is_stopped_and_what_waits_is_too(void **state)
{
    struct scene *s = *state;
    s->liar.only = LIE_STALL;
    s->liar.lies = 1000;
    verify(s, 0);
    verify(s, 1);
    verify(s, 1);            /* once is enough */
    while (next(s)->at == 0) /* until the copy is asked for */
        continue;
    sl_verify_worker_stop(s->checker, s->jobs[1]);
    assert_int_equal(end_of(s, 1)->state, SL_VERIFY_STOPPED);
    sl_verify_worker_stop(s->checker, s->jobs[0]);
    assert_int_equal(end_of(s, 0)->state, SL_VERIFY_STOPPED);
    sl_verify_worker_stop(s->checker, s->jobs[0]); /* it is over: nothing to answer */
    verify(s, 0);                                  /* and again, for the end to cut it short */
    while (next(s)->at == 0)
        continue;
}

int main(void)
{
#define CHECKER_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CHECKER_TEST(an_honest_copy_and_the_local_file_are_good),
        CHECKER_TEST(what_is_missing_or_differs_is_named),
        CHECKER_TEST(what_stalls_is_stopped_and_what_waits_is_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
