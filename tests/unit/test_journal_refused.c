/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Paths that were not queued, in the journal. */
#include <stdio.h>
#include <string.h>

#include "sluice/journal.h"

#include "journal_bench.h"
#include "support/test.h"

enum { MOST = 4 };

struct found {
    size_t count;
    char paths[MOST][32];
    struct sl_journal_refused list[MOST];
};

static int keep(void *ctx, const struct sl_journal_refused *refused)
{
    struct found *found = ctx;
    assert_in_range(found->count, 0, MOST - 1);
    (void)strcpy(found->paths[found->count], refused->path);
    found->list[found->count++] = *refused;
    return 0;
}

static struct found all_of(struct bench *bench)
{
    struct found found = {0};
    assert_int_equal(sl_journal_each_refused(bench->journal, keep, &found, NULL), 0);
    return found;
}

static void refuse(struct bench *bench, const char *path, bool skipped, int code)
{
    struct sl_journal_refused refused = {.path = path, .skipped = skipped};
    sl_err_set(&refused.err, code, "why %d", code);
    assert_int_equal(sl_journal_refuse(bench->journal, &refused, NULL), SL_OK);
}

static void a_path_stands_once_with_the_last_reason(void **state)
{
    struct bench *bench = *state;
    refuse(bench, "/b", false, SL_EACCES);
    refuse(bench, "/a", true, SL_EFILETYPE);
    bench->fake.wall_offset_ms += 1000;
    refuse(bench, "/b", true, SL_ETOOSMALL);
    reopen(bench);
    const struct found found = all_of(bench);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.paths[0], "/a");
    assert_string_equal(found.paths[1], "/b");
    assert_true(found.list[1].skipped);
    assert_int_equal(found.list[1].err.code, SL_ETOOSMALL);
    assert_int_equal(found.list[1].at_ms, found.list[0].at_ms + 1000);
    assert_int_equal(sl_journal_unrefuse(bench->journal, "/a", NULL), SL_OK);
    assert_int_equal(sl_journal_unrefuse(bench->journal, "/never", NULL), SL_OK);
    assert_int_equal(all_of(bench).count, 1);
}

static void what_is_old_is_dropped(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_prune_refused(bench->journal, NULL), 0);
    refuse(bench, "/old", true, SL_ETOOSMALL);
    bench->fake.wall_offset_ms += SL_REFUSED_DAYS * INT64_C(86400000) + 1;
    refuse(bench, "/new", true, SL_ETOOSMALL);
    assert_int_equal(sl_journal_prune_refused(bench->journal, NULL), 1);
    assert_string_equal(all_of(bench).paths[0], "/new");
}

static void there_are_never_too_many(void **state)
{
    struct bench *bench = *state;
    char path[32];
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    for (int i = 0; i < SL_REFUSED_MOST + 5; i++) {
        bench->fake.wall_offset_ms++;
        snprintf(path, sizeof path, "/%d", i);
        refuse(bench, path, true, SL_ETOOSMALL);
    }
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_prune_refused(bench->journal, NULL), SL_REFUSED_MOST);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_path_stands_once_with_the_last_reason),
        TEST(what_is_old_is_dropped),
        TEST(there_are_never_too_many),
    };
    return cmocka_run_group_tests_name("paths that were not queued", tests, NULL, NULL);
}
