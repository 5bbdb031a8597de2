/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that are cut into several pieces, from the hash to the last part. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/sanitized.h"
#include "support/test.h"

enum { PARTS = SL_SANITIZED ? 6 : 12 };

/* Its whole PieceCID, each of its parts at the provider, and nothing else of it. */
static void assert_split(struct rig *rig, const char *name, uint32_t parts)
{
    const struct rig_job *job = rig_job(rig, name);
    struct sl_err err = {0};
    assert_non_null(job);
    if (job->job.state != SL_JOB_STORED)
        fail_msg("%s is %s: %s", name, sl_job_state_name(job->job.state), job->job.err.text);
    const struct sl_piece_id whole = rig_piece(rig_path(rig, name));
    assert_true(job->job.has_piece);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    assert_int_equal(job->job.parts, parts);
    assert_int_equal(job->job.parts_stored, parts);
    const int fd = open(rig_path(rig, name), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (uint64_t i = 0; i < parts; i++) {
        struct sl_piece_id piece;
        if (sl_piece_of_fd(&piece, fd, i * RIG_SHARD, RIG_SHARD, NULL, NULL, &err) < 0)
            fail_msg("%s", err.text);
        assert_true(rig_provider_has(rig, &piece));
    }
    close(fd);
}

static void a_file_is_stored_in_parts_and_has_the_piece_cid_of_the_whole(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "film", PARTS * RIG_SHARD - 1000, 1));
    rig_add(rig, rig_file(rig, "note", 5000, 2));
    rig_wait_idle(rig);
    assert_split(rig, "film", PARTS);
    rig_assert_stored(rig, "note");
    const struct rig_job *film = rig_job(rig, "film");
    assert_true(film->seen & (1u << SL_JOB_HASHING));
    assert_true(film->seen & (1u << SL_JOB_UPLOADING));
    assert_false(film->job.already_stored);
    assert_int_equal(film->job.sent_bytes, PARTS * RIG_SHARD - 1000);
    assert_int_equal(rig_job(rig, "note")->job.parts, 0);
    assert_int_equal(rig_provider_files(rig, "pieces"), PARTS + 1);
    rig_free(rig);
}

static void every_part_is_told_once_with_its_label(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "film", 3 * RIG_SHARD, 1));
    rig_wait_idle(rig);
    unsigned seen = 0;
    assert_int_equal(rig->part_count, 3);
    for (int i = 0; i < 3; i++) {
        const struct sl_event *event = &rig->parts[i];
        char label[SL_PART_LABEL_CHARS];
        sl_job_part_label(label, &event->job, event->part.id);
        assert_string_equal(label + 1, "/3");
        assert_int_equal(event->part.state, SL_JOB_STORED);
        assert_int_equal(event->part.offset_bytes, (uint64_t)(event->part.id - 1) * RIG_SHARD);
        assert_string_equal(event->provider_url, rig->url);
        assert_string_equal(event->path, rig_path(rig, "film"));
        assert_true(event->job.has_piece); /* of the whole: it goes with each piece */
        seen |= 1u << event->part.id;
    }
    assert_int_equal(seen, 0xe);
    rig_send(rig, SL_CMD_PARTS, rig_job(rig, "film")->job.id, 0);
    while (rig->part_count < 6)
        rig_read(rig);
    assert_int_equal(rig->parts[5].part.id, 3);
    rig_free(rig);
}

static void a_rest_too_short_for_a_piece_goes_with_another_part(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "film", 2 * RIG_SHARD + 5, 1));
    rig_wait_idle(rig);
    const struct rig_job *job = rig_job(rig, "film");
    const struct sl_piece_id whole = rig_piece(rig_path(rig, "film"));
    assert_int_equal(job->job.state, SL_JOB_STORED);
    assert_int_equal(job->job.parts_stored, 3);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    rig_free(rig);
}

static void parts_survive_errors_of_every_step(void **state)
{
    (void)state;
    static const char *const faults[] = {
        "{'match':'PUT ','action':'reset','after_bytes':70000,'times':2}",
        "{'match':'PUT ','action':'status','status':500,'times':2}",
        "{'match':'PUT ','action':'drop','times':1}",
        "{'match':'POST /pdp/piece','action':'status','status':500,'times':2}",
        "{'match':'POST /pdp/piece','action':'drop','times':2}",
        "{'match':'GET /pdp/piece','action':'status','status':500,'times':3}",
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct rig *rig = rig_split();
        rig_engine(rig);
        rig_fault(rig, faults[i]);
        rig_add(rig, rig_file(rig, "film", 4 * RIG_SHARD, i + 1));
        rig_wait_idle(rig);
        assert_split(rig, "film", 4);
        rig_free(rig);
    }
}

static void a_part_that_fails_for_good_fails_the_file_and_keeps_the_others(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.max_attempts = 2;
    rig->options.parallel = 1;
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','skip':2,'action':'status','status':500,'body':'no room'}");
    rig_add(rig, rig_file(rig, "film", 4 * RIG_SHARD, 1));
    rig_wait_idle(rig);
    struct rig_job *job = rig_job(rig, "film");
    assert_int_equal(job->job.state, SL_JOB_FAILED);
    assert_non_null(strstr(job->job.err.text, "no room"));
    assert_non_null(strstr(job->job.err.text, "part 3/4"));
    assert_int_equal(job->job.sent_bytes, 2 * RIG_SHARD);
    rig_fault(rig, NULL);
    rig_fault(rig, "{'match':'PUT ','skip':2,'action':'status','status':403}"); /* two are left */
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 4);
    rig_free(rig);
}

/* Ended at once in the middle, as often as there are parts, it sends none of them twice. */
static void only_what_the_provider_does_not_have_is_sent_again(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 1;
    rig_engine(rig);
    const char *path = rig_file(rig, "film", PARTS * RIG_SHARD, 1);
    const int two = 2;
    rig_fault(rig, "{'match':'PUT ','skip':3,'action':'stall','after_bytes':70000}");
    rig_add(rig, path);
    rig_wait(rig, rig_has_parts, &two, "two parts");
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    /* at least two were listed, so no more than this many are sent from here on */
    char fault[128];
    snprintf(fault, sizeof fault, "{'match':'PUT ','skip':%d,'action':'status','status':403}",
             PARTS - 2);
    rig_fault(rig, fault);
    rig_engine(rig);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", PARTS);
    assert_int_equal(rig_job(rig, "film")->seen & (1u << SL_JOB_HASHING), 0);
    rig_free(rig);
}

/* As a run leaves it that was killed after the second of three parts was hashed. */
static void half_hashed(struct rig *rig, const char *path, const struct sl_piece_id *pieces)
{
    struct sl_err err = {0};
    struct stat st;
    struct sl_journal *journal = NULL;
    assert_int_equal(stat(path, &st), 0);
    struct sl_job job = {
        .state = SL_JOB_HASHING, .rank = 1, .file = sl_file_mark_of(&st), .shard_bytes = RIG_SHARD};
    if (sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err) < 0 ||
        sl_journal_add(journal, &job, path, &err) < 0)
        fail_msg("%s", err.text);
    for (int i = 0; i < 3; i++) {
        const struct sl_job_part part = {.id = i + 1,
                                         .offset_bytes = (uint64_t)i * RIG_SHARD,
                                         .size_bytes = RIG_SHARD,
                                         .state = SL_JOB_QUEUED,
                                         .has_piece = i < 2,
                                         .piece = pieces[i]};
        assert_int_equal(sl_journal_put_part(journal, job.id, &part, &err), SL_OK);
    }
    sl_journal_close(journal);
}

static void what_was_hashed_before_a_crash_is_believed_until_the_provider_objects(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    struct sl_err err = {0};
    struct sl_piece_id pieces[3];
    const char *path = rig_file(rig, "film", 3 * RIG_SHARD, 1);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(sl_piece_of_fd(&pieces[i], fd, i * RIG_SHARD, RIG_SHARD, NULL, NULL, &err),
                         0);
    close(fd);
    pieces[1].root[0] ^= 1; /* nobody looks at this one again but the provider */
    half_hashed(rig, path, pieces);
    rig_engine(rig);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 3);
    assert_true(rig_job(rig, "film")->job.attempts > 1);
    rig_free(rig);
}

static void a_file_that_changed_between_two_runs_is_planned_anew(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 1;
    rig_engine(rig);
    const int one = 1;
    rig_fault(rig, "{'match':'PUT ','skip':2,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    rig_wait(rig, rig_has_parts, &one, "a part");
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    rig_file(rig, "film", 4 * RIG_SHARD, 2);
    rig_engine(rig);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 4);
    rig_free(rig);
}

/* Two parts were stored; then bytes of the first part change. */
static void
a_file_that_changed_between_two_runs_with_its_time_set_back_is_planned_anew(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 1;
    rig_engine(rig);
    const int two = 2;
    rig_fault(rig, "{'match':'PUT ','skip':3,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    rig_wait(rig, rig_has_parts, &two, "two parts");
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    sl_tmp_change_secretly(rig_path(rig, "film"), 64, "NEWTITLE");
    rig_engine(rig);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 5);
    rig_free(rig);
}

/* A new mode between two parts: the whole file is read again, and stored parts are not sent again.
 */
static void a_split_file_whose_mode_changes_is_compared_and_goes_on(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 1;
    rig_engine(rig);
    const int two = 2;
    rig_fault(rig, "{'match':'PUT ','skip':3,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    rig_wait(rig, rig_has_parts, &two, "two parts");
    assert_int_equal(chmod(rig_path(rig, "film"), 0640), 0);
    rig_fault(rig, NULL);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 5);
    rig_free(rig);
}

static void a_stored_split_file_is_only_asked_about(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    const char *path = rig_file(rig, "film", 3 * RIG_SHARD, 1);
    rig_add(rig, path);
    rig_wait_idle(rig);
    rig_engine_stop(rig);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_engine(rig);
    rig_add(rig, path);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_split(rig, "film", 3);
    assert_true(rig_job(rig, "film")->job.already_stored);
    rig_free(rig);
}

static void parts_the_provider_lost_are_sent_again(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    const char *path = rig_file(rig, "film", 3 * RIG_SHARD, 1);
    rig_add(rig, path);
    rig_wait_idle(rig);
    rig_provider_stop(rig);
    sl_tmp_remove(rig->provider);
    rig_provider(rig);
    rig_add(rig, path);
    rig_wait_idle(rig);
    assert_split(rig, "film", 3);
    assert_false(rig_job(rig, "film")->job.already_stored);
    rig_free(rig);
}

static void a_paused_split_file_goes_on_where_it_was(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 2;
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':300000}");
    rig_add(rig, rig_file(rig, "film", 6 * RIG_SHARD, 1));
    rig_wait_bytes(rig, "film", 30000);
    const int64_t id = rig_job(rig, "film")->job.id;
    rig_send(rig, SL_CMD_PAUSE, id, 0);
    rig_wait_state(rig, "film", SL_JOB_PAUSED);
    rig_fault(rig, NULL);
    rig_send(rig, SL_CMD_RESUME, id, 0);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 6);
    assert_int_equal(rig_job(rig, "film")->job.attempts, 1);
    rig_free(rig);
}

static void a_cancelled_split_file_says_what_is_stored(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.parallel = 1;
    rig_engine(rig);
    const int two = 2;
    rig_fault(rig, "{'match':'PUT ','skip':2,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    rig_wait(rig, rig_has_parts, &two, "two parts");
    rig_send(rig, SL_CMD_CANCEL, rig_job(rig, "film")->job.id, 0);
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_CANCELLED);
    assert_non_null(strstr(job->job.err.text, "2 of its 5 parts"));
    rig_fault(rig, NULL);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 5);
    rig_free(rig);
}

static void a_removed_split_file_leaves_nothing_behind(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','skip':1,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    rig_wait_state(rig, "film", SL_JOB_UPLOADING);
    rig_send(rig, SL_CMD_REMOVE, rig_job(rig, "film")->job.id, 0);
    rig_wait_idle(rig);
    assert_true(rig_job(rig, "film")->gone);
    rig_engine_stop(rig);
    rig_engine(rig);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 0);
    rig_free(rig);
}

static void a_provider_that_goes_away_costs_no_attempts_of_parts(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.max_attempts = 1;
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','skip':1,'action':'stall','after_bytes':70000}");
    rig_add(rig, rig_file(rig, "film", 6 * RIG_SHARD, 1));
    rig_wait_bytes(rig, "film", RIG_SHARD + 60000);
    rig_provider_stop(rig);
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_WAITING);
    const int events = job->events;
    while (job->events < events + 5) /* put off again and again */
        rig_read(rig);
    rig_provider(rig);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_split(rig, "film", 6);
    rig_free(rig);
}

static void bytes_of_a_split_file_add_up_and_never_pass_its_size(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','skip':2,'action':'reset','after_bytes':90000,'times':2}");
    rig_add(rig, rig_file(rig, "film", 6 * RIG_SHARD, 1));
    rig_wait_idle(rig);
    assert_split(rig, "film", 6);
    assert_int_equal(rig_job(rig, "film")->job.sent_bytes, 6 * RIG_SHARD);
    assert_true(rig->progress.sent_bytes <= 6 * RIG_SHARD);
    if (sl_engine_dropped(rig->engine) == 0)
        assert_int_equal(rig->most_sent, 6 * RIG_SHARD);
    assert_true(rig->most_sent <= 6 * RIG_SHARD);
    rig_free(rig);
}

static void a_moved_file_is_known_by_its_content(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    const char *path = rig_file(rig, "a", 500000, 1);
    char moved[SL_PATH_BYTES];
    rig_add(rig, path);
    rig_wait_idle(rig);
    snprintf(moved, sizeof moved, "%s/b", rig->media);
    assert_int_equal(rename(path, moved), 0);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_add(rig, moved);
    rig_file(rig, "c", 400000, 3); /* of another size: it would be sent */
    rig_wait_idle(rig);
    rig_assert_stored(rig, "b");
    assert_true(rig_job(rig, "b")->job.already_stored);
    assert_true(rig_job(rig, "b")->seen & (1u << SL_JOB_HASHING));
    rig_fault(rig, NULL);
    rig_add(rig, rig_file(rig, "d", 500000, 9)); /* of the same size alone */
    rig_wait_idle(rig);
    rig_assert_stored(rig, "d");
    assert_false(rig_job(rig, "d")->job.already_stored);
    rig_free(rig);
}

static void an_equal_file_is_sent_when_it_is_forced(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.force = true;
    rig_provider(rig);
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "a", 500000, 1));
    rig_wait_idle(rig);
    rig_add(rig, rig_file(rig, "b", 500000, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "b");
    assert_false(rig_job(rig, "b")->job.already_stored);
    rig_add(rig, rig_path(rig, "a"));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 3);
    assert_false(rig->jobs[2].job.already_stored);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_stored_in_parts_and_has_the_piece_cid_of_the_whole),
        cmocka_unit_test(every_part_is_told_once_with_its_label),
        cmocka_unit_test(a_rest_too_short_for_a_piece_goes_with_another_part),
        cmocka_unit_test(parts_survive_errors_of_every_step),
        cmocka_unit_test(a_part_that_fails_for_good_fails_the_file_and_keeps_the_others),
        cmocka_unit_test(only_what_the_provider_does_not_have_is_sent_again),
        cmocka_unit_test(what_was_hashed_before_a_crash_is_believed_until_the_provider_objects),
        cmocka_unit_test(a_file_that_changed_between_two_runs_is_planned_anew),
        cmocka_unit_test(
            a_file_that_changed_between_two_runs_with_its_time_set_back_is_planned_anew),
        cmocka_unit_test(a_split_file_whose_mode_changes_is_compared_and_goes_on),
        cmocka_unit_test(a_stored_split_file_is_only_asked_about),
        cmocka_unit_test(parts_the_provider_lost_are_sent_again),
        cmocka_unit_test(a_paused_split_file_goes_on_where_it_was),
        cmocka_unit_test(a_cancelled_split_file_says_what_is_stored),
        cmocka_unit_test(a_removed_split_file_leaves_nothing_behind),
        cmocka_unit_test(a_provider_that_goes_away_costs_no_attempts_of_parts),
        cmocka_unit_test(bytes_of_a_split_file_add_up_and_never_pass_its_size),
        cmocka_unit_test(a_moved_file_is_known_by_its_content),
        cmocka_unit_test(an_equal_file_is_sent_when_it_is_forced),
    };
    return cmocka_run_group_tests_name("engine: split", tests, NULL, NULL);
}
