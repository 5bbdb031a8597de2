/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Providers: their URLs, and which of them failed; and the wishes of jobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"
#include "sluice/journal_commit.h"

#include "journal_bench.h"
#include "store/db.h"
#include "support/test.h"

#define MINUTE_MS INT64_C(60000)

enum { CHAIN = 314159 };

static void provider_fails(struct bench *bench, uint64_t chain, struct sl_u256 id, const char *text)
{
    struct sl_err why = {0}, err = {0};
    sl_err_set(&why, SL_ENET, "%s", text);
    if (sl_journal_provider_failed(bench->journal, chain, id, &why, &err) < 0)
        fail_msg("%s", err.text);
}

struct found {
    size_t count;
    size_t stop_at;
    struct sl_journal_provider list[8];
};

static int take_provider(void *ctx, const struct sl_journal_provider *provider)
{
    struct found *found = ctx;
    assert_in_range(found->count, 0, 7);
    found->list[found->count++] = *provider;
    return found->count == found->stop_at ? 42 : 0;
}

static struct found look(struct bench *bench, uint64_t chain)
{
    struct found found = {0};
    struct sl_err err = {0};
    if (sl_journal_each_provider(bench->journal, chain, take_provider, &found, &err) < 0)
        fail_msg("%s", err.text);
    return found;
}

static int64_t left_ms(struct bench *bench)
{
    const struct found found = look(bench, CHAIN);
    assert_int_equal(found.count, 1);
    return found.list[0].cool_until_ms - sl_wall_ms(&bench->clock);
}

static void what_failed_is_remembered_by_chain_and_id(void **state)
{
    struct bench *bench = *state;
    struct sl_u256 large = sl_u256_max();
    provider_fails(bench, CHAIN, sl_u256(7), "no answer");
    provider_fails(bench, CHAIN, large, "a wrong PieceCID");
    provider_fails(bench, UINT64_MAX, sl_u256(7), "elsewhere");
    reopen(bench);
    const struct found found = look(bench, CHAIN);
    assert_int_equal(found.count, 2);
    assert_int_equal(sl_u256_cmp(found.list[0].provider_id, sl_u256(7)), 0);
    assert_int_equal(sl_u256_cmp(found.list[1].provider_id, large), 0);
    assert_int_equal(found.list[0].chain_id, CHAIN);
    assert_int_equal(found.list[0].failures, 1);
    assert_int_equal(found.list[0].err.code, SL_ENET);
    assert_string_equal(found.list[0].err.text, "no answer");
    assert_int_equal(found.list[0].failed_ms, sl_wall_ms(&bench->clock));
    assert_true(sl_journal_provider_cools(&found.list[0], sl_wall_ms(&bench->clock)));
    assert_string_equal(look(bench, UINT64_MAX).list[0].err.text, "elsewhere");
    assert_int_equal(look(bench, 1).count, 0);
}

static void each_failure_in_a_row_doubles_the_time_up_to_a_day(void **state)
{
    struct bench *bench = *state;
    static const int64_t minutes[] = {5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440};
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        provider_fails(bench, CHAIN, sl_u256(1), "x");
        assert_int_equal(left_ms(bench), minutes[i] * MINUTE_MS);
        bench->fake.now_ms += minutes[i] * MINUTE_MS - 1;
        assert_true(
            sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
        bench->fake.now_ms += 1;
        assert_false(
            sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
    }
}

static void what_fails_at_the_same_time_is_one_failure(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "the first");
    bench->fake.now_ms += MINUTE_MS;
    provider_fails(bench, CHAIN, sl_u256(1), "the second");
    assert_int_equal(left_ms(bench), 4 * MINUTE_MS);
    assert_int_equal(look(bench, CHAIN).list[0].failures, 1);
    assert_string_equal(look(bench, CHAIN).list[0].err.text, "the second");
}

static void a_success_forgets_all_of_it(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    provider_fails(bench, CHAIN, sl_u256(2), "y");
    bench->fake.now_ms += 6 * MINUTE_MS;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(1), NULL), 0);
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(9), NULL), 0);
    assert_int_equal(look(bench, CHAIN).count, 1);
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(look(bench, CHAIN).list[0].failures, 1);
}

static void a_clock_that_was_set_back_keeps_nobody_waiting(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    bench->fake.wall_offset_ms -= 48 * 60 * MINUTE_MS;
    assert_false(sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(left_ms(bench), 10 * MINUTE_MS);
}

static void a_failure_goes_back_with_its_transaction(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    sl_journal_txn_rollback(bench->journal);
    assert_int_equal(look(bench, CHAIN).count, 0);
}

static void reading_stops_when_it_is_told_to_and_a_reader_changes_nothing(void **state)
{
    struct bench *bench = *state;
    const struct sl_err why = {.code = SL_ENET};
    struct found found = {.stop_at = 1};
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    provider_fails(bench, CHAIN, sl_u256(2), "x");
    assert_int_equal(sl_journal_each_provider(bench->journal, CHAIN, take_provider, &found, NULL),
                     42);
    sl_journal_close(bench->journal);
    bench->journal = open_as(bench, SL_JOURNAL_READ);
    assert_int_equal(look(bench, CHAIN).count, 2);
    assert_int_equal(sl_journal_provider_failed(bench->journal, CHAIN, sl_u256(1), &why, NULL),
                     SL_EINVAL);
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(1), NULL),
                     SL_EINVAL);
}

/* ---- the most pieces in one commit ---- */

static size_t limit_of(struct bench *bench, uint64_t chain, struct sl_u256 id)
{
    size_t pieces = 0;
    struct sl_err err = {0};
    const int rc = sl_journal_provider_limit(bench->journal, chain, id, &pieces, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    return rc == 1 ? pieces : 0;
}

static void a_provider_takes(struct bench *bench, uint64_t chain, struct sl_u256 id, size_t pieces)
{
    struct sl_err err = {0};
    if (sl_journal_provider_takes(bench->journal, chain, id, pieces, &err) < 0)
        fail_msg("%s", err.text);
}

static void a_limit_is_remembered_for_a_week(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 0);
    a_provider_takes(bench, CHAIN, sl_u256(1), 40);
    a_provider_takes(bench, CHAIN, sl_u256_max(), 100);
    a_provider_takes(bench, CHAIN + 1, sl_u256(1), 7);
    reopen(bench);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 40);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256_max()), 100);
    assert_int_equal(limit_of(bench, CHAIN + 1, sl_u256(1)), 7);
    a_provider_takes(bench, CHAIN, sl_u256(1), 20);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 20);
    bench->fake.now_ms += SL_PROVIDER_LIMIT_LIVES_MS - 1;
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 20);
    bench->fake.now_ms += 1;
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 0);
    a_provider_takes(bench, CHAIN, sl_u256(1), 30);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 30);
    bench->fake.now_ms += -1000;
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 0);
}

static void a_journal_of_the_version_before_learns_limits(void **state)
{
    struct bench *bench = *state;
    const struct sl_job job = add(bench, "/a", 1);
    assert_int_equal(sl_db_exec(bench->journal,
                                "DROP TABLE provider_limits; PRAGMA user_version = 12", "age",
                                NULL),
                     SL_OK);
    reopen(bench);
    assert_int_equal(sl_journal_came_from(bench->journal), 12);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 0);
    a_provider_takes(bench, CHAIN, sl_u256(1), 40);
    assert_int_equal(limit_of(bench, CHAIN, sl_u256(1)), 40);
    assert_string_equal(read_all(bench->journal)->paths[0], "/a");
    assert_int_equal(read_all(bench->journal)->jobs[0].id, job.id);
}

static void a_limit_that_was_never_written_is_damage(void **state)
{
    struct bench *bench = *state;
    size_t pieces = 0;
    a_provider_takes(bench, CHAIN, sl_u256(1), 40);
    assert_int_equal(sl_db_exec(bench->journal,
                                "PRAGMA ignore_check_constraints = 1;"
                                "UPDATE provider_limits SET pieces = 0",
                                "harm", NULL),
                     SL_OK);
    assert_int_equal(sl_journal_provider_limit(bench->journal, CHAIN, sl_u256(1), &pieces, NULL),
                     SL_EJOURNAL);
}

static void what_was_never_written_is_damage(void **state)
{
    struct bench *bench = *state;
    static const char *const harm[] = {
        "UPDATE provider_failures SET error = 'headache'",
        "PRAGMA ignore_check_constraints = 1; UPDATE provider_failures SET failures = 0",
        "PRAGMA ignore_check_constraints = 1; UPDATE provider_failures SET provider_id = x'01'",
    };
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct found found = {0};
        provider_fails(bench, CHAIN, sl_u256(1), "x");
        assert_int_equal(sl_db_exec(bench->journal, harm[i], "harm", NULL), SL_OK);
        assert_int_equal(
            sl_journal_each_provider(bench->journal, CHAIN, take_provider, &found, NULL),
            SL_EJOURNAL);
        assert_int_equal(sl_db_exec(bench->journal, "DELETE FROM provider_failures", "clean", NULL),
                         SL_OK);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- URLs ---- */

static void is_at(struct bench *bench, uint64_t id, const char *url)
{
    struct sl_err err = {0};
    if (sl_journal_provider_is_at(bench->journal, CHAIN, sl_u256(id), url, &err) < 0)
        fail_msg("%s", err.text);
}

static struct sl_job job_at(struct bench *bench, const char *path, const char *url)
{
    struct sl_job job = add(bench, path, 1);
    assert_int_equal(sl_journal_update(bench->journal, &job, url, NULL), SL_OK);
    return job;
}

static const char *url_of(struct bench *bench, size_t i)
{
    return read_all(bench->journal)->urls[i];
}

static void jobs_follow_their_provider_to_its_new_url(void **state)
{
    struct bench *bench = *state;
    is_at(bench, 1, "http://h:4000/");
    (void)job_at(bench, "/a", "http://h:4000/");
    is_at(bench, 1, "http://h:5000/");
    assert_string_equal(url_of(bench, 0), "http://h:5000/");
    reopen(bench);
    assert_string_equal(url_of(bench, 0), "http://h:5000/");
}

static void what_was_known_by_the_url_alone_becomes_the_providers(void **state)
{
    struct bench *bench = *state;
    (void)job_at(bench, "/a", "http://h:4000/");
    is_at(bench, 1, "http://h:4000/");
    is_at(bench, 1, "http://h:5000/");
    assert_string_equal(url_of(bench, 0), "http://h:5000/");
    (void)job_at(bench, "/b", "http://h:6000/"); /* known by its URL before the registry */
    is_at(bench, 1, "http://h:6000/");
    is_at(bench, 1, "http://h:7000/");
    assert_string_equal(url_of(bench, 0), "http://h:7000/");
    assert_string_equal(url_of(bench, 1), "http://h:7000/");
}

static void providers_that_change_places_keep_their_own_jobs(void **state)
{
    struct bench *bench = *state;
    is_at(bench, 1, "http://h:4000/");
    is_at(bench, 2, "http://h:4001/");
    (void)job_at(bench, "/a", "http://h:4000/");
    (void)job_at(bench, "/b", "http://h:4001/");
    is_at(bench, 1, "http://h:4001/");
    is_at(bench, 2, "http://h:4000/");
    assert_string_equal(url_of(bench, 0), "http://h:4001/");
    assert_string_equal(url_of(bench, 1), "http://h:4000/");
}

static void a_provider_whose_url_another_one_has_is_nowhere(void **state)
{
    struct bench *bench = *state;
    is_at(bench, 1, "http://h:4000/");
    (void)job_at(bench, "/a", "http://h:4000/");
    is_at(bench, 2, "http://h:4000/");
    assert_string_equal(url_of(bench, 0), "");
    (void)job_at(bench, "/b", "http://h:4000/");
    assert_string_equal(url_of(bench, 1), "http://h:4000/");
}

static int keep_url(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                    size_t len)
{
    (void)payload;
    (void)len;
    snprintf(ctx, SL_JOURNAL_URL_BYTES, "%s", commit->service_url);
    return 0;
}

static void open_commits_and_copies_follow_too(void **state)
{
    struct bench *bench = *state;
    char url[SL_JOURNAL_URL_BYTES] = "";
    struct sl_journal_commit commit = {.chain_id = CHAIN,
                                       .provider_id = sl_u256(1),
                                       .service_url = "http://h:4000/",
                                       .pieces = {piece_of(500)},
                                       .count = 1};
    assert_int_equal(sl_journal_put_commit(bench->journal, &commit, "abc", 3, NULL), SL_OK);
    is_at(bench, 2, "http://h:9000/");
    assert_int_equal(sl_journal_each_commit(bench->journal, true, keep_url, url, NULL), 0);
    assert_string_equal(url, "http://h:4000/");
    is_at(bench, 1, "http://h:5000/");
    assert_int_equal(sl_journal_each_commit(bench->journal, true, keep_url, url, NULL), 0);
    assert_string_equal(url, "http://h:5000/");
}

static bool is_equal(const struct sl_wish *a, const struct sl_wish *b)
{
    return strcmp(a->source, b->source) == 0 && strcmp(a->metadata, b->metadata) == 0 &&
           a->with_cdn == b->with_cdn && strcmp(a->provider, b->provider) == 0 &&
           strcmp(a->data_set, b->data_set) == 0;
}

/* ---- wishes ---- */

static void a_wish_is_kept_once_and_read_back(void **state)
{
    struct bench *bench = *state;
    const struct sl_wish wish = {.source = "studio",
                                 .metadata = "reel=7,take=2",
                                 .with_cdn = true,
                                 .provider = "12",
                                 .data_set =
                                     "115792089237316195423570985008687907853269984665640564039"
                                     "457584007913129639935"};
    const struct sl_wish other = {.source = "studio"};
    struct sl_wish read;
    int64_t id = 0, again = 0, third = 0;
    assert_int_equal(sl_journal_put_wish(bench->journal, &wish, &id, NULL), SL_OK);
    assert_int_equal(sl_journal_put_wish(bench->journal, &other, &third, NULL), SL_OK);
    assert_int_equal(sl_journal_put_wish(bench->journal, &wish, &again, NULL), SL_OK);
    assert_true(id > 0);
    assert_int_equal(id, again);
    assert_int_not_equal(id, third);
    assert_int_equal(sl_journal_wish(bench->journal, id, &read, NULL), 1);
    assert_true(is_equal(&read, &wish));
    assert_false(is_equal(&read, &other));
    assert_int_equal(sl_journal_wish(bench->journal, 99, &read, NULL), 0);
}

static void a_job_keeps_its_wish_and_its_copies(void **state)
{
    struct bench *bench = *state;
    const struct sl_wish wish = {.source = "studio"};
    struct sl_job job = a_job(1);
    assert_int_equal(sl_journal_put_wish(bench->journal, &wish, &job.wish_id, NULL), SL_OK);
    job.copies.wanted = 3;
    assert_int_equal(sl_journal_add(bench->journal, &job, "/a", NULL), SL_OK);
    (void)add(bench, "/b", 2);
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->jobs[0].copies.wanted, 3);
    assert_int_equal(all->jobs[0].wish_id, job.wish_id);
    assert_int_equal(all->jobs[1].wish_id, 0);
    job.copies = (struct sl_job_copies){.wanted = 2, .landed = 1};
    assert_int_equal(sl_journal_set_copies(bench->journal, &job, NULL), SL_OK);
    assert_int_equal(read_all(bench->journal)->jobs[0].copies.wanted, 2);
    assert_int_equal(read_all(bench->journal)->jobs[0].wish_id, job.wish_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_failed_is_remembered_by_chain_and_id),
        T(each_failure_in_a_row_doubles_the_time_up_to_a_day),
        T(what_fails_at_the_same_time_is_one_failure),
        T(a_success_forgets_all_of_it),
        T(a_clock_that_was_set_back_keeps_nobody_waiting),
        T(a_failure_goes_back_with_its_transaction),
        T(reading_stops_when_it_is_told_to_and_a_reader_changes_nothing),
        T(a_limit_is_remembered_for_a_week),
        T(a_journal_of_the_version_before_learns_limits),
        T(a_limit_that_was_never_written_is_damage),
        T(what_was_never_written_is_damage),
        T(jobs_follow_their_provider_to_its_new_url),
        T(what_was_known_by_the_url_alone_becomes_the_providers),
        T(providers_that_change_places_keep_their_own_jobs),
        T(a_provider_whose_url_another_one_has_is_nowhere),
        T(open_commits_and_copies_follow_too),
        T(a_wish_is_kept_once_and_read_back),
        T(a_job_keeps_its_wish_and_its_copies),
    };
    return cmocka_run_group_tests_name("providers", tests, NULL, NULL);
}
