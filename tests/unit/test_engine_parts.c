/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/core/heap.h"
#include "engine/core/mailbox.h"
#include "engine/core/outbox.h"
#include "engine/jobs/machine.h"
#include "engine/jobs/tasks.h"
#include "engine/work/park_poller.h"
#include "support/test.h"

/* ---- heap ---- */

static void a_heap_gives_the_smallest_after_any_pushes_and_removals(void **state)
{
    (void)state;
    enum { NODES = 500 };
    static struct sl_heap_node nodes[NODES];
    struct sl_heap heap = {0};
    uint64_t random = 1;
    assert_int_equal(sl_heap_reserve(&heap, NODES, NULL), SL_OK);
    for (int i = 0; i < NODES; i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        sl_heap_push(&heap, &nodes[i], (int64_t)(random >> 54));
    }
    for (int i = 0; i < NODES; i += 3)
        sl_heap_remove(&heap, &nodes[i]);
    sl_heap_remove(&heap, &nodes[0]); /* in no heap: left alone */
    int64_t last = INT64_MIN;
    size_t left = NODES - (NODES + 2) / 3;
    assert_int_equal(heap.count, left);
    for (struct sl_heap_node *top = sl_heap_top(&heap); top != NULL; top = sl_heap_top(&heap)) {
        assert_true(top->key >= last);
        last = top->key;
        sl_heap_remove(&heap, top);
        left--;
    }
    assert_int_equal(left, 0);
    sl_heap_free(&heap);
}

/* ---- machine ---- */

static void finished_states_are_left_by_a_command_only(void **state)
{
    (void)state;
    for (int from = 0; from < SL_JOB_STATE_COUNT; from++) {
        for (int input = 0; input < SL_INPUT_COUNT; input++) {
            const enum sl_job_state next =
                sl_machine_next((enum sl_job_state)from, (enum sl_input)input);
            if (next == SL_JOB_STATE_COUNT)
                continue;
            assert_int_not_equal(next, from);
            if (sl_job_state_finished((enum sl_job_state)from))
                assert_true(input == SL_IN_RETRY || input == SL_IN_VERIFY ||
                            input == SL_IN_REMOVED);
        }
    }
}

static void every_state_can_be_entered_and_every_unsent_one_cancelled(void **state)
{
    (void)state;
    for (int to = 0; to < SL_JOB_STATE_COUNT; to++) {
        int ways = 0;
        for (int from = 0; from < SL_JOB_STATE_COUNT; from++) {
            for (int input = 0; input < SL_INPUT_COUNT; input++)
                ways += (int)sl_machine_next((enum sl_job_state)from, (enum sl_input)input) == to;
        }
        assert_true(ways > 0);
        /* what is in a transaction cannot be taken back */
        if (!sl_job_state_finished((enum sl_job_state)to) && to != SL_JOB_COMMITTING)
            assert_int_equal(sl_machine_next((enum sl_job_state)to, SL_IN_CANCEL),
                             SL_JOB_CANCELLED);
    }
}

/* ---- tasks ---- */

static struct sl_task *add_task(struct sl_tasks *tasks, int64_t id, const char *path)
{
    struct sl_task *task = sl_task_new(&(struct sl_job){.id = id, .rank = id}, path);
    assert_non_null(task);
    assert_int_equal(sl_tasks_add(tasks, task, NULL), SL_OK);
    return task;
}

static void tasks_are_found_by_id_and_by_their_newest_path(void **state)
{
    (void)state;
    enum { TASKS = 3000 };
    struct sl_tasks tasks;
    char path[32];
    assert_int_equal(sl_tasks_init(&tasks, NULL), SL_OK);
    for (int i = 1; i <= TASKS; i++) {
        snprintf(path, sizeof path, "/media/%d", i % (TASKS / 2));
        add_task(&tasks, i, path);
    }
    assert_int_equal(tasks.count, TASKS);
    assert_int_equal(sl_tasks_by_id(&tasks, 7)->id, 7);
    assert_null(sl_tasks_by_id(&tasks, TASKS + 1));
    assert_null(sl_tasks_by_path(&tasks, "/media/none"));
    struct sl_task *newest = sl_tasks_by_path(&tasks, "/media/7");
    assert_int_equal(newest->id, 7 + TASKS / 2);
    sl_tasks_remove(&tasks, newest);
    sl_task_free(newest);
    assert_int_equal(sl_tasks_by_path(&tasks, "/media/7")->id, 7);
    sl_tasks_fini(&tasks);
}

static void a_task_is_compact(void **state)
{
    (void)state;
    assert_true(sizeof(struct sl_task) <= 304);
}

/* ---- mailbox ---- */

enum { NOTES = SL_MAILBOX_BOUND * 3 };

static void *put_many(void *arg)
{
    struct sl_mailbox *box = arg;
    struct sl_msg *notes = calloc(NOTES + 1, sizeof *notes);
    int taken = 0;
    while (taken < NOTES && sl_mailbox_put_bounded(box, &notes[taken]))
        taken++;
    notes[NOTES].kind = SL_MSG_BROKEN; /* the mark of the end */
    sl_mailbox_put(box, &notes[NOTES]);
    return notes;
}

static void the_bound_holds_the_scanner_and_loses_nothing(void **state)
{
    (void)state;
    struct sl_mailbox box;
    pthread_t thread;
    void *notes = NULL;
    assert_int_equal(sl_mailbox_init(&box, NULL), SL_OK);
    assert_int_equal(pthread_create(&thread, NULL, put_many, &box), 0);
    int got = 0;
    bool ended = false;
    while (!ended) {
        int batch = 0;
        sl_mailbox_wait(&box, 60000);
        for (struct sl_msg *msg = sl_mailbox_take(&box); msg != NULL; msg = msg->next) {
            ended = msg->kind == SL_MSG_BROKEN;
            batch += !ended;
        }
        assert_true(batch <= SL_MAILBOX_BOUND);
        got += batch;
    }
    assert_int_equal(got, NOTES);
    assert_int_equal(pthread_join(thread, &notes), 0);
    free(notes);
    sl_mailbox_close(&box);
    struct sl_msg late = {0};
    assert_false(sl_mailbox_put_bounded(&box, &late));
    sl_mailbox_fini(&box);
}

/* ---- outbox ---- */

static void a_full_ring_sends_the_newest_state_once_and_other_events_in_order(void **state)
{
    (void)state;
    enum { TASKS = 1000 };
    static struct sl_task *all[TASKS];
    struct sl_outbox box;
    struct sl_tasks tasks;
    struct sl_event event;
    bool kick = false;
    assert_int_equal(sl_outbox_init(&box, 1, NULL), SL_OK);
    assert_int_equal(sl_tasks_init(&tasks, NULL), SL_OK);
    for (int i = 0; i < TASKS; i++) {
        all[i] = add_task(&tasks, i + 1, "/a");
        sl_outbox_task(&box, all[i]);
    }
    assert_int_equal(
        sl_outbox_notice(&box, &(struct sl_event){.type = SL_EVENT_SCANNED}, NULL, NULL), SL_OK);
    sl_outbox_idle(&box, true);
    assert_false(sl_outbox_flush(&box)); /* more than it has slots */
    for (int i = 0; i < TASKS; i++) {    /* the ones not sent yet change again */
        all[i]->state = SL_JOB_STORED;
        if (all[i]->dirty)
            sl_outbox_task(&box, all[i]);
    }
    int jobs = 0;
    int kicks = 0;
    enum sl_event_type last = SL_EVENT_JOB;
    while (sl_outbox_next(&box, SL_FACE_OWN, &event, &kick)) {
        if (event.type == SL_EVENT_JOB) {
            assert_int_equal(last, SL_EVENT_JOB);
            assert_int_equal(event.job.id, ++jobs);
            assert_true(event.job.state == (kicks == 0 ? SL_JOB_QUEUED : SL_JOB_STORED) ||
                        jobs <= 256);
        } else {
            assert_int_equal(event.type, last == SL_EVENT_JOB ? SL_EVENT_SCANNED : SL_EVENT_IDLE);
        }
        last = event.type;
        kicks += kick;
        if (kick)
            (void)sl_outbox_flush(&box);
    }
    assert_int_equal(jobs, TASKS);
    assert_int_equal(last, SL_EVENT_IDLE);
    assert_true(kicks > 0);
    sl_outbox_fini(&box);
    sl_tasks_fini(&tasks);
}

/* ---- poller ---- */

static void what_a_parker_said_can_be_read_after_its_stop(void **state)
{
    (void)state;
    struct sl_mailbox box;
    struct sl_park_poller *poller = NULL;
    const struct sl_park_poller_options options = {.url = "http://127.0.0.1:1",
                                                   .poll_ms = 1000,
                                                   .timeout_ms = 1000,
                                                   .clock = sl_clock_system()};
    assert_int_equal(sl_mailbox_init(&box, NULL), SL_OK);
    assert_int_equal(sl_park_poller_start(&poller, &options, &box, NULL), SL_OK);
    sl_park_poller_probe(poller, sl_now_ms(&options.clock));
    sl_mailbox_wait(&box, -1);
    sl_park_poller_stop(poller);
    struct sl_msg *msg = sl_mailbox_take(&box);
    assert_non_null(msg);
    assert_int_equal(msg->kind, SL_MSG_PROBED);
    assert_null(msg->next);
    assert_true(((struct sl_probed *)msg)->rc < 0);
    sl_park_poller_free(poller);
    sl_mailbox_fini(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heap_gives_the_smallest_after_any_pushes_and_removals),
        cmocka_unit_test(finished_states_are_left_by_a_command_only),
        cmocka_unit_test(every_state_can_be_entered_and_every_unsent_one_cancelled),
        cmocka_unit_test(tasks_are_found_by_id_and_by_their_newest_path),
        cmocka_unit_test(a_task_is_compact),
        cmocka_unit_test(the_bound_holds_the_scanner_and_loses_nothing),
        cmocka_unit_test(a_full_ring_sends_the_newest_state_once_and_other_events_in_order),
        cmocka_unit_test(what_a_parker_said_can_be_read_after_its_stop),
    };
    return cmocka_run_group_tests_name("engine parts", tests, NULL, NULL);
}
