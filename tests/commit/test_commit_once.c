/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Nothing is paid twice, also where an answer, a program or a provider is lost halfway. */
#include <sched.h>
#include <string.h>
#include <time.h>

#include "commit_rig.h"
#include "support/test.h"
#include "support/tmp.h"

static void start(struct commit_rig *rig)
{
    rig_open(rig);
    rig_add(rig, 0, rig->piece_count);
    sl_commit_expect(rig->commit, false);
}

static void each_is_there_once(struct commit_rig *rig)
{
    for (size_t i = 0; i < rig->piece_count; i++)
        assert_int_equal(rig_on_chain(rig, i), 1);
}

/* ---- a journal that another program has locked ---- */

enum { LOCKED_MS = 900 };

/* Locked until the first piece has ended, or for a while that every change would fail in. */
static void lock_for_a_while(struct commit_rig *rig, struct sl_journal *locker)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOCKED_MS * INT64_C(1000000);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&rig->lock);
    while (late == 0 && rig->copies[0][0].failed == 0)
        late = pthread_cond_timedwait(&rig->changed, &rig->lock, &until);
    pthread_mutex_unlock(&rig->lock);
    sl_journal_rollback(locker);
    sl_journal_close(locker);
}

static struct sl_journal *lock_journal(struct commit_rig *rig)
{
    struct sl_journal *locker = NULL;
    assert_int_equal(sl_journal_open_beside(&locker, rig->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_begin(locker, NULL), SL_OK);
    return locker;
}

static void a_locked_journal_is_waited_for_before_anything_is_sent(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_open(rig);
    struct sl_journal *locker = lock_journal(rig);
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    lock_for_a_while(rig, locker);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
}

static void a_locked_journal_is_waited_for_when_a_commit_has_landed(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_fault(rig, 0, "{\"match\":\"GET /pdp/data-sets\",\"action\":\"status\",\"status\":404}");
    start(rig);
    while (rig_on_chain(rig, 0) == 0)
        sched_yield();
    struct sl_journal *locker = lock_journal(rig);
    rig_no_faults(rig, 0);
    lock_for_a_while(rig, locker);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
}

static void a_journal_that_stays_locked_ends_no_run(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_open(rig);
    struct sl_journal *locker = lock_journal(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    sl_commit_close(rig->commit); /* at once, whatever is locked */
    rig->commit = NULL;
    assert_int_equal(rig->copies[0][0].failed, 0);
    sl_journal_close(locker);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_locked_journal_is_waited_for_before_anything_is_sent),
        TEST(a_locked_journal_is_waited_for_when_a_commit_has_landed),
        TEST(a_journal_that_stays_locked_ends_no_run),
    };
    return cmocka_run_group_tests_name("commit once", tests, NULL, NULL);
}
