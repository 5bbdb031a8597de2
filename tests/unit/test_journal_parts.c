/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Parts of files that are split, equal files and rates go into the journal and come back. */
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "support/test.h"
#include "unit/journal_bench.h"

enum { SHARD = 127 << 10 };

struct seen {
    size_t count;
    struct sl_job_part parts[8];
};

static int take_part(void *ctx, const struct sl_job_part *part)
{
    struct seen *seen = ctx;
    seen->parts[seen->count++] = *part;
    return 0;
}

static struct seen read_parts(struct bench *bench, int64_t job_id)
{
    struct seen seen = {0};
    assert_int_equal(sl_journal_each_part(bench->journal, job_id, take_part, &seen, NULL), 0);
    return seen;
}

static struct sl_job_part part_of(int id, enum sl_job_state part_state)
{
    struct sl_job_part part = {.id = id,
                               .offset_bytes = (uint64_t)(id - 1) * SHARD,
                               .size_bytes = SHARD,
                               .state = part_state};
    part.has_piece = part_state != SL_JOB_QUEUED;
    if (part.has_piece)
        part.piece = piece_of(SHARD);
    return part;
}

static void put(struct bench *bench, int64_t job_id, struct sl_job_part part)
{
    assert_int_equal(sl_journal_put_part(bench->journal, job_id, &part, NULL), SL_OK);
}

static void parts_come_back_by_offset_and_are_counted_in_their_job(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/film", 1);
    job.shard_bytes = SHARD;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_OK);
    put(bench, job.id, part_of(3, SL_JOB_QUEUED));
    put(bench, job.id, part_of(1, SL_JOB_QUEUED));
    put(bench, job.id, part_of(2, SL_JOB_ACCEPTED));
    put(bench, job.id, part_of(1, SL_JOB_STORED)); /* written over */
    reopen(bench);
    const struct seen seen = read_parts(bench, job.id);
    assert_int_equal(seen.count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(seen.parts[i].id, i + 1);
    const struct sl_job_part first = part_of(1, SL_JOB_STORED);
    assert_int_equal(seen.parts[0].state, SL_JOB_STORED);
    assert_true(sl_piece_id_equal(&seen.parts[0].piece, &first.piece));
    assert_int_equal(seen.parts[0].size_bytes, SHARD);
    assert_false(seen.parts[2].has_piece);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->jobs[0].shard_bytes, SHARD);
    assert_int_equal(all->jobs[0].parts, 3);
    assert_int_equal(all->jobs[0].parts_stored, 1);
    assert_int_equal(all->jobs[0].sent_bytes, 2 * SHARD);
}

static void parts_go_one_by_one_all_at_once_and_with_their_job(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/film", 1);
    for (int i = 1; i <= 4; i++)
        put(bench, job.id, part_of(i, SL_JOB_QUEUED));
    assert_int_equal(sl_journal_drop_parts(bench->journal, job.id, 2, NULL), SL_OK);
    assert_int_equal(read_parts(bench, job.id).count, 3);
    assert_int_equal(sl_journal_drop_parts(bench->journal, job.id, 0, NULL), SL_OK);
    assert_int_equal(read_parts(bench, job.id).count, 0);
    put(bench, job.id, part_of(1, SL_JOB_QUEUED));
    assert_int_equal(sl_journal_remove(bench->journal, job.id, NULL), SL_OK);
    assert_int_equal(read_parts(bench, job.id).count, 0);
    const struct sl_job_part part = part_of(1, SL_JOB_QUEUED);
    assert_true(sl_journal_put_part(bench->journal, job.id, &part, NULL) < 0); /* of no job */
    const struct sl_job_part none = {.state = SL_JOB_QUEUED};
    assert_int_equal(sl_journal_put_part(bench->journal, job.id, &none, NULL), SL_EINVAL);
}

/* ---- owners of a piece ---- */

struct owners {
    size_t count;
    struct sl_journal_owner owners[8];
    char paths[8][64];
};

static int take_owner(void *ctx, const struct sl_journal_owner *owner, const char *path)
{
    struct owners *owners = ctx;
    owners->owners[owners->count] = *owner;
    snprintf(owners->paths[owners->count++], sizeof owners->paths[0], "%s", path);
    return 0;
}

static struct owners read_owners(struct bench *bench, const struct sl_piece_id *piece)
{
    struct owners owners = {0};
    assert_int_equal(sl_journal_each_owner(bench->journal, piece, take_owner, &owners, NULL), 0);
    return owners;
}

static struct sl_job add_split(struct bench *bench, const char *path, int64_t rank)
{
    struct sl_job job = add(bench, path, rank);
    job.shard_bytes = SHARD;
    job.state = SL_JOB_CONFIRMED;
    job.has_piece = true;
    job.piece = piece_of(2000);
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_OK);
    return job;
}

static void assert_owner(const struct owners *owners, size_t at, const char *path, int part,
                         enum sl_job_state state)
{
    assert_string_equal(owners->paths[at], path);
    assert_int_equal(owners->owners[at].part, part);
    assert_int_equal(owners->owners[at].state, state);
}

static void all_who_need_a_piece_are_known_files_and_parts(void **state)
{
    struct bench *bench = *state;
    const struct sl_piece_id shared = piece_of(SHARD), whole = piece_of(2000);
    const struct sl_job film = add_split(bench, "/film", 1);
    put(bench, film.id, part_of(2, SL_JOB_CONFIRMED));
    put(bench, film.id, part_of(1, SL_JOB_STORED)); /* equal to part 2 */
    put(bench, film.id, part_of(3, SL_JOB_QUEUED)); /* not hashed yet */
    const struct sl_job cut = add_split(bench, "/film.cut", 2);
    put(bench, cut.id, part_of(1, SL_JOB_ACCEPTED));
    struct sl_job single = add(bench, "/part", 3);
    single.has_piece = true;
    single.piece = shared;
    single.state = SL_JOB_PARKED;
    assert_int_equal(sl_journal_update(bench->journal, &single, "http://p/", NULL), SL_OK);
    const struct owners owners = read_owners(bench, &shared);
    assert_int_equal(owners.count, 4);
    assert_owner(&owners, 0, "/film", 1, SL_JOB_STORED);
    assert_owner(&owners, 1, "/film", 2, SL_JOB_CONFIRMED);
    assert_owner(&owners, 2, "/film.cut", 1, SL_JOB_ACCEPTED);
    assert_owner(&owners, 3, "/part", 0, SL_JOB_PARKED);
    assert_int_equal(owners.owners[0].job.parts, 3);
    assert_int_equal(read_owners(bench, &whole).count,
                     0); /* a split file as a whole is not a piece */
}

static void labels_tell_number_count_and_place_in_a_part_that_was_cut_again(void **state)
{
    (void)state;
    char label[SL_PART_LABEL_CHARS];
    const struct sl_job job = {.file.size_bytes = 11 * SHARD + 200, .shard_bytes = SHARD};
    sl_job_part_label(label, &job, 3);
    assert_string_equal(label, "3/12");
    const int quarter = sl_job_part_child_id(3, 4, 1);
    sl_job_part_label(label, &job, quarter);
    assert_string_equal(label, "3.2-4/12");
    sl_job_part_label(label, &job, sl_job_part_child_id(quarter, 2, 1));
    assert_string_equal(label, "3.4-8/12");
    sl_job_part_label(label, &job, sl_job_part_child_id(12, 2, 0));
    assert_string_equal(label, "12.1-2/12");
    assert_int_equal(sl_job_part_child_id(sl_job_part_child_id(1, 1 << 13, 0), 2, 0),
                     0); /* no end */
}

static void an_equal_file_is_found_by_size_and_then_by_content(void **state)
{
    struct bench *bench = *state;
    struct sl_job stored = add(bench, "/a", 1);
    struct sl_job other = add(bench, "/b", 2);
    struct sl_job found = {0};
    const char *url = "http://p/";
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 0);
    stored.state = SL_JOB_STORED;
    stored.has_piece = true;
    stored.piece = piece_of(1000);
    assert_int_equal(sl_journal_update(bench->journal, &stored, url, NULL), SL_OK);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 1);
    assert_int_equal(found.id, stored.id);
    assert_int_equal(sl_journal_find_twin(bench->journal, &stored, url, &found, NULL), 0);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, "http://q/", &found, NULL), 0);
    other.has_piece = true;
    other.piece = piece_of(2000);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 0);
    other.piece = piece_of(1000);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 1);
    other.file.size_bytes++;
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 0);
}

/* What SQLite did for it, in its own steps: no clock is asked. */
static int steps_of(struct bench *bench, enum sl_db_statement statement)
{
    return sqlite3_stmt_status(bench->journal->statements[statement], SQLITE_STMTSTATUS_VM_STEP, 1);
}

static void an_equal_file_is_found_at_once_among_a_thousand_of_its_size(void **state)
{
    struct bench *bench = *state;
    const char *url = "http://p/";
    struct sl_job found = {0};
    struct sl_job first = {0}, other = {0};
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    for (int i = 0; i < 1000; i++) {
        char path[16];
        snprintf(path, sizeof path, "/%d", i);
        other = add(bench, path, i);
        first = i == 0 ? other : first;
        if (i % 2 == 1 && i < 500)
            continue;
        other.state = i < 500 ? SL_JOB_STORED : SL_JOB_QUEUED;
        other.has_piece = i < 500;
        other.piece = piece_of(1000 + (uint64_t)i);
        assert_int_equal(sl_journal_update(bench->journal, &other, url, NULL), SL_OK);
    }
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 1);
    assert_in_range(steps_of(bench, SL_DB_TWIN), 1, 300);
    other.has_piece = true;
    other.piece = piece_of(1000);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 1);
    assert_int_equal(found.id, first.id);
    assert_in_range(steps_of(bench, SL_DB_TWIN_OF_PIECE), 1, 300);
    other.piece = piece_of(9999);
    assert_int_equal(sl_journal_find_twin(bench->journal, &other, url, &found, NULL), 0);
    assert_in_range(steps_of(bench, SL_DB_TWIN_OF_PIECE), 1, 300);
    assert_int_equal(read_owners(bench, &other.piece).count, 0);
    assert_in_range(steps_of(bench, SL_DB_EACH_OWNER), 1, 300);
}

static void the_rate_of_a_provider_is_remembered(void **state)
{
    struct bench *bench = *state;
    uint64_t rate = 7;
    assert_int_equal(sl_journal_rate(bench->journal, "http://p/", &rate, NULL), SL_OK);
    assert_int_equal(rate, 0);
    assert_int_equal(sl_journal_set_rate(bench->journal, "http://p/", 1250000, NULL), SL_OK);
    reopen(bench);
    assert_int_equal(sl_journal_rate(bench->journal, "http://p/", &rate, NULL), SL_OK);
    assert_int_equal(rate, 1250000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(parts_come_back_by_offset_and_are_counted_in_their_job),
        TEST(parts_go_one_by_one_all_at_once_and_with_their_job),
        TEST(all_who_need_a_piece_are_known_files_and_parts),
        TEST(labels_tell_number_count_and_place_in_a_part_that_was_cut_again),
        TEST(an_equal_file_is_found_by_size_and_then_by_content),
        TEST(an_equal_file_is_found_at_once_among_a_thousand_of_its_size),
        TEST(the_rate_of_a_provider_is_remembered),
    };
    return cmocka_run_group_tests_name("journal: parts", tests, NULL, NULL);
}
