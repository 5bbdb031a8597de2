/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A process that is killed in the middle of everything, and the next one on its journal. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/test.h"

enum { BIG = 32000000, SMALL_FILES = 20 };

struct pipes {
    int to_child[2];
    int to_parent[2];
};

static char read_byte(int fd)
{
    char byte = 0;
    assert_int_equal(read(fd, &byte, 1), 1);
    return byte;
}

static bool is_mid_way(struct rig *rig, const void *arg)
{
    (void)arg;
    int stored = 0;
    for (int i = 0; i < rig->job_count; i++)
        stored += rig->jobs[i].job.state == SL_JOB_STORED;
    const struct rig_job *big = rig_job(rig, "zbig");
    return stored == SMALL_FILES && big != NULL && big->sent_bytes > 500000;
}

/* Runs the engine until the big upload is in the middle, says so, and waits to be killed. */
static void victim(struct rig *rig, const struct pipes *pipes)
{
    if (read(pipes->to_child[0], rig->url, sizeof rig->url) <= 0)
        _exit(1);
    rig->options.provider_url = rig->url;
    rig_engine(rig);
    rig_add(rig, rig->media);
    rig_wait(rig, is_mid_way, NULL, "the middle");
    (void)!write(pipes->to_parent[1], "m", 1);
    (void)poll(NULL, 0, 60000);
    _exit(1);
}

static void after_a_kill_nothing_is_lost_and_nothing_sent_twice(void **state)
{
    (void)state;
    struct pipes pipes;
    struct rig *rig = rig_new();
    char name[16];
    for (int i = 0; i < SMALL_FILES; i++) {
        snprintf(name, sizeof name, "s%02d", i);
        rig_file(rig, name, 3000, (uint64_t)i + 1);
    }
    rig_file(rig, "zbig", BIG, 99);
    assert_int_equal(pipe(pipes.to_child), 0);
    assert_int_equal(pipe(pipes.to_parent), 0);
    const pid_t child = fork(); /* before this process has threads */
    assert_true(child >= 0);
    if (child == 0)
        victim(rig, &pipes);
    close(pipes.to_child[0]); /* so that the end of the child is seen */
    close(pipes.to_parent[1]);
    rig_provider(rig);
    rig_fault(rig, "{'match':'PUT ','action':'stall','after_bytes':1000000}");
    assert_int_equal(write(pipes.to_child[1], rig->url, sizeof rig->url), sizeof rig->url);
    assert_int_equal(read_byte(pipes.to_parent[0]), 'm');
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    rig_fault(rig, NULL);
    assert_int_equal(rig_provider_files(rig, "pieces"), SMALL_FILES);

    rig->options.run_earlier = true;
    rig_engine(rig);
    rig_wait_state(rig, "zbig", SL_JOB_STORED);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, SMALL_FILES + 1);
    rig_assert_stored(rig, "zbig");
    for (int i = 0; i < rig->job_count; i++) {
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_STORED);
        assert_int_equal(rig->jobs[i].job.attempts, 1);
    }
    assert_int_equal(rig_provider_files(rig, "pieces"), SMALL_FILES + 1);
    close(pipes.to_child[1]);
    close(pipes.to_parent[0]);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_kill_nothing_is_lost_and_nothing_sent_twice),
    };
    return cmocka_run_group_tests_name("engine: crash", tests, NULL, NULL);
}
