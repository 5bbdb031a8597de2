/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a removal takes from files: the owners of a piece, lost bytes, lost copies. */
#include <string.h>

#include "sluice/journal_commit.h"

#include "journal_bench.h"
#include "support/test.h"

enum { CHAIN = 314159, SHARD = 127 << 13, MOST = 8 };

static struct sl_piece_id piece(uint8_t seed)
{
    struct sl_piece_id id = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    memset(id.root, seed & 0x3f, sizeof id.root);
    return id;
}

/* Pieces `seed`, `seed + 1` ... in a data set, under ids from `first` on. */
static void landed_on(struct bench *bench, uint64_t chain_id, uint64_t set, uint64_t first,
                      uint8_t seed, size_t count)
{
    static uint64_t nonce;
    struct sl_journal_commit commit = {.chain_id = chain_id,
                                       .copy = (unsigned)set % 10,
                                       .provider_id = sl_u256(set),
                                       .client_data_set_id = sl_u256(set + 100),
                                       .nonce = sl_u256(++nonce),
                                       .count = count};
    (void)strcpy(commit.service_url, "https://sp.example/");
    for (size_t i = 0; i < count; i++)
        commit.pieces[i] = piece((uint8_t)(seed + i));
    assert_int_equal(sl_journal_put_commit(bench->journal, &commit, "x", 1, NULL), SL_OK);
    commit.state = SL_JOURNAL_COMMIT_LANDED;
    commit.data_set_id = set;
    commit.first_piece_id = first;
    assert_int_equal(sl_journal_update_commit(bench->journal, &commit, NULL), SL_OK);
}

static void landed(struct bench *bench, uint64_t set, uint64_t first, uint8_t seed, size_t count)
{
    landed_on(bench, CHAIN, set, first, seed, count);
}

static void write_job(struct bench *bench, struct sl_job *job, int copies)
{
    job->copies.wanted = job->copies.landed = (uint8_t)copies;
    assert_int_equal(sl_journal_update(bench->journal, job, "https://first.example/", NULL), SL_OK);
    assert_int_equal(sl_journal_set_copies(bench->journal, job, NULL), SL_OK);
}

static int64_t file(struct bench *bench, const char *path, uint8_t seed, int copies)
{
    struct sl_job job = add(bench, path, 1);
    job.state = SL_JOB_CONFIRMED;
    job.has_piece = true;
    job.piece = piece(seed);
    write_job(bench, &job, copies);
    return job.id;
}

/* The whole file's piece is piece 60. */
static int64_t file_in_parts(struct bench *bench, const char *path, enum sl_job_state state,
                             uint8_t first, uint8_t second)
{
    const uint8_t seeds[] = {first, second};
    struct sl_job job = add(bench, path, 1);
    job.state = state;
    job.has_piece = true;
    job.piece = piece(60);
    job.shard_bytes = SHARD;
    write_job(bench, &job, 1);
    for (int i = 0; i < 2; i++) {
        const struct sl_job_part part = {.id = i + 1,
                                         .offset_bytes = (uint64_t)i * SHARD,
                                         .size_bytes = 1000,
                                         .state = SL_JOB_CONFIRMED,
                                         .has_piece = true,
                                         .piece = piece(seeds[i])};
        assert_int_equal(sl_journal_put_part(bench->journal, job.id, &part, NULL), SL_OK);
    }
    return job.id;
}

struct losses {
    size_t count;
    struct sl_journal_loss list[MOST];
};

static int keep(void *ctx, const struct sl_journal_loss *loss)
{
    struct losses *losses = ctx;
    assert_in_range(losses->count, 0, MOST - 1);
    losses->list[losses->count++] = *loss;
    return 0;
}

static struct losses losses_of(struct bench *bench, const struct sl_journal_removal *removal)
{
    struct losses losses = {0};
    struct sl_err err = {0};
    if (sl_journal_each_loss(bench->journal, removal, keep, &losses, &err) != 0)
        fail_msg("%s", err.text);
    return losses;
}

static struct losses losing(struct bench *bench, uint64_t set, uint64_t id)
{
    const struct sl_journal_removal removal = {
        .chain_id = CHAIN, .data_set_id = set, .ids = &id, .count = 1};
    return losses_of(bench, &removal);
}

static void gone(struct bench *bench, uint64_t set, uint64_t id)
{
    assert_int_equal(sl_journal_pieces_gone(bench->journal, CHAIN, set, &id, 1, NULL), SL_OK);
}

static const struct sl_job *job_of(struct bench *bench, int64_t id)
{
    const struct all *all = read_all(bench->journal);
    for (size_t i = 0; i < all->count; i++) {
        if (all->jobs[i].id == id)
            return &all->jobs[i];
    }
    fail_msg("no job");
    return NULL;
}

static void each_file_that_needs_a_piece_is_told(void **state)
{
    struct bench *bench = *state;
    landed(bench, 1, 0, 1, 3);
    const int64_t v1 = file_in_parts(bench, "/v1", SL_JOB_CONFIRMED, 1, 2);
    const int64_t v2 = file_in_parts(bench, "/v2", SL_JOB_CONFIRMED, 1, 3);
    const struct losses shared = losing(bench, 1, 0);
    assert_int_equal(shared.count, 2);
    assert_int_equal(shared.list[0].job.id, v1);
    assert_int_equal(shared.list[1].job.id, v2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(shared.list[i].copies, 1);
        assert_int_equal(shared.list[i].left, 0);
        assert_int_equal(shared.list[i].pieces, 2);
        assert_int_equal(shared.list[i].lost, 1);
        assert_true(shared.list[i].shared);
    }
    const struct losses own = losing(bench, 1, 2);
    assert_int_equal(own.count, 1);
    assert_int_equal(own.list[0].job.id, v2);
    assert_false(own.list[0].shared);
    assert_int_equal(losing(bench, 1, 7).count, 0);
    assert_int_equal(losing(bench, 2, 0).count, 0);
    assert_int_equal(job_of(bench, v1)->state, SL_JOB_CONFIRMED); /* only a question */
}

static void a_file_whose_bytes_were_removed_is_deleted(void **state)
{
    struct bench *bench = *state;
    struct lines lines = {0};
    landed(bench, 1, 0, 1, 3);
    const int64_t v1 = file_in_parts(bench, "/v1", SL_JOB_CONFIRMED, 1, 2);
    const int64_t v2 = file_in_parts(bench, "/v2", SL_JOB_CONFIRMED, 1, 3);
    const int64_t one = file(bench, "/one", 3, 1);
    gone(bench, 1, 1);
    assert_int_equal(job_of(bench, v1)->state, SL_JOB_DELETED);
    assert_int_equal(job_of(bench, v1)->copies.landed, 0);
    assert_int_equal(job_of(bench, v1)->parts_stored, 1);
    assert_int_equal(job_of(bench, v2)->state, SL_JOB_CONFIRMED);
    assert_int_equal(sl_journal_history(bench->journal, v1, take_line, &lines, NULL), 0);
    assert_int_equal(lines.lines[lines.count - 1].to, SL_JOB_DELETED);
    assert_int_equal(losing(bench, 1, 0).count, 1); /* /v1 no longer needs any piece */
    gone(bench, 1, 2);
    assert_int_equal(job_of(bench, v2)->state, SL_JOB_DELETED);
    assert_int_equal(job_of(bench, one)->state, SL_JOB_DELETED);
}

static void a_file_with_a_copy_left_has_one_less(void **state)
{
    struct bench *bench = *state;
    landed(bench, 1, 0, 1, 1);
    landed(bench, 2, 5, 1, 1);
    const int64_t id = file(bench, "/two", 1, 2);
    const struct losses losses = losing(bench, 1, 0);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.list[0].copies, 2);
    assert_int_equal(losses.list[0].left, 1);
    assert_int_equal(losses.list[0].lost, 0);
    gone(bench, 1, 0);
    const struct sl_job *job = job_of(bench, id);
    assert_int_equal(job->state, SL_JOB_CONFIRMED);
    assert_int_equal(job->copies.landed, 1);
    assert_int_equal(job->copies.wanted, 2);
    assert_int_equal(job->copies.data_set_id, 2);
    assert_int_equal(job->copies.piece_id, 5);
    assert_non_null(strstr(job->err.text, "1 of 2 copies"));
    assert_string_equal(read_all(bench->journal)->urls[0], "https://sp.example/");
    gone(bench, 2, 5);
    assert_int_equal(job_of(bench, id)->state, SL_JOB_DELETED);
}

static void the_same_piece_twice_at_one_provider_is_one_copy(void **state)
{
    struct bench *bench = *state;
    landed(bench, 1, 0, 1, 1);
    landed(bench, 1, 4, 1, 1);
    file(bench, "/twice", 1, 1);
    assert_int_equal(losing(bench, 1, 0).count, 0);
    gone(bench, 1, 0);
    assert_int_equal(losing(bench, 1, 4).list[0].lost, 1);
}

static void a_copy_in_a_data_set_that_has_ended_does_not_count(void **state)
{
    struct bench *bench = *state;
    const uint64_t ended = 2, id = 0;
    landed(bench, 1, 0, 1, 1);
    landed(bench, 2, 0, 1, 1);
    file(bench, "/two", 1, 2);
    const struct sl_journal_removal removal = {.chain_id = CHAIN,
                                               .data_set_id = 1,
                                               .ids = &id,
                                               .count = 1,
                                               .ended = &ended,
                                               .ended_count = 1};
    const struct losses losses = losses_of(bench, &removal);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.list[0].lost, 1);
    assert_int_equal(losing(bench, 1, 0).list[0].left, 1); /* nothing of it was kept */
}

static void a_data_set_of_another_network_has_nothing_to_do_with_it(void **state)
{
    struct bench *bench = *state;
    struct sl_job job;
    landed_on(bench, 1, 1, 0, 1, 1);
    landed(bench, 7, 3, 1, 1);
    const int64_t id = file(bench, "/here", 1, 1);
    job = *job_of(bench, id);
    job.copies.data_set_id = 7;
    job.copies.piece_id = 3;
    assert_int_equal(sl_journal_set_copies(bench->journal, &job, NULL), SL_OK);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, 1, 1, NULL, 0, NULL), SL_OK);
    assert_int_equal(job_of(bench, id)->state, SL_JOB_CONFIRMED);
    gone(bench, 7, 3);
    assert_int_equal(job_of(bench, id)->state, SL_JOB_DELETED);
}

static void who_is_on_the_way_needs_its_parts_and_who_is_cancelled_does_not(void **state)
{
    struct bench *bench = *state;
    landed(bench, 1, 0, 1, 1);
    const int64_t going = file_in_parts(bench, "/going", SL_JOB_UPLOADING, 1, 9);
    file_in_parts(bench, "/cancelled", SL_JOB_CANCELLED, 1, 9);
    const struct losses losses = losing(bench, 1, 0);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.list[0].job.id, going);
    assert_int_equal(losses.list[0].lost, 1);
    assert_false(losses.list[0].shared);
    gone(bench, 1, 0);
    assert_int_equal(job_of(bench, going)->state, SL_JOB_UPLOADING);
}

static void a_whole_data_set_is_removed_at_once(void **state)
{
    struct bench *bench = *state;
    const struct sl_journal_removal removal = {.chain_id = CHAIN, .data_set_id = 1};
    landed(bench, 1, 0, 1, 3);
    landed(bench, 2, 0, 2, 1);
    const int64_t first = file(bench, "/first", 1, 1);
    const int64_t second = file(bench, "/second", 2, 2);
    const struct losses losses = losses_of(bench, &removal);
    assert_int_equal(losses.count, 2);
    assert_int_equal(losses.list[0].lost, 1);
    assert_int_equal(losses.list[1].lost, 0);
    assert_int_equal(sl_journal_pieces_gone(bench->journal, CHAIN, 1, NULL, 0, NULL), SL_OK);
    assert_int_equal(job_of(bench, first)->state, SL_JOB_DELETED);
    assert_int_equal(job_of(bench, second)->copies.landed, 1);
}

/* A running sluice still has the job in its memory as confirmed. */
static void one_that_does_not_know_of_the_removal_does_not_undo_it(void **state)
{
    struct bench *bench = *state;
    landed(bench, 1, 0, 1, 1);
    const int64_t id = file(bench, "/one", 1, 1);
    struct sl_job believed = *job_of(bench, id);
    gone(bench, 1, 0);
    assert_int_equal(sl_journal_update(bench->journal, &believed, NULL, NULL), SL_OK);
    assert_int_equal(job_of(bench, id)->state, SL_JOB_DELETED);
}

static int take_set(void *ctx, const struct sl_journal_data_set *set)
{
    uint64_t *sum = ctx;
    assert_int_equal(sl_u256_cmp(set->provider_id, sl_u256(set->id)), 0);
    assert_int_equal(sl_u256_cmp(set->client_data_set_id, sl_u256(set->id + 100)), 0);
    *sum = *sum * 10 + set->id;
    return 0;
}

static void a_data_set_and_its_pieces_are_known(void **state)
{
    struct bench *bench = *state;
    const struct sl_piece_id there = piece(2);
    struct sl_piece_id got;
    uint64_t sets = 0;
    landed(bench, 2, 0, 1, 1);
    landed(bench, 1, 10, 1, 3);
    file(bench, "/one", 2, 1);
    assert_int_equal(sl_journal_piece_at(bench->journal, CHAIN, 1, 11, &got, NULL), 1);
    assert_true(sl_piece_id_equal(&got, &there));
    assert_int_equal(sl_journal_piece_at(bench->journal, CHAIN, 1, 13, &got, NULL), 0);
    assert_int_equal(sl_journal_piece_at(bench->journal, CHAIN, 1, 9, &got, NULL), 0);
    assert_int_equal(sl_journal_each_data_set(bench->journal, CHAIN, take_set, &sets, NULL), 0);
    assert_int_equal(sets, 12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_file_that_needs_a_piece_is_told),
        TEST(a_file_whose_bytes_were_removed_is_deleted),
        TEST(a_file_with_a_copy_left_has_one_less),
        TEST(the_same_piece_twice_at_one_provider_is_one_copy),
        TEST(a_copy_in_a_data_set_that_has_ended_does_not_count),
        TEST(a_data_set_of_another_network_has_nothing_to_do_with_it),
        TEST(who_is_on_the_way_needs_its_parts_and_who_is_cancelled_does_not),
        TEST(a_whole_data_set_is_removed_at_once),
        TEST(one_that_does_not_know_of_the_removal_does_not_undo_it),
        TEST(a_data_set_and_its_pieces_are_known),
    };
    return cmocka_run_group_tests_name("removals in the journal", tests, NULL, NULL);
}
