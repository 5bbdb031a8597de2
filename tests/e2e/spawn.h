/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* spawn.h - run the built sluice with pipes and a home of its own. */
#ifndef SL_TEST_SPAWN_H
#define SL_TEST_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "sluice/buf.h"
#include "sluice/path.h"

/** A home folder: HOME and --state-dir of every run in it. */
struct sl_home {
    char dir[SL_PATH_BYTES];   /* for the test's own files */
    char state[SL_PATH_BYTES]; /* given as SLUICE_STATE_DIR */
};

struct sl_child {
    pid_t pid;
    int in; /* -1: closed */
    int out;
    int err;
};

/** What a run left. Free with sl_ran_free(). */
struct sl_ran {
    int status; /* exit status, or 1000 + the signal that killed it */
    struct sl_buf out;
    struct sl_buf err;
};

void sl_home_make(struct sl_home *home);
void sl_home_remove(struct sl_home *home);

/** Start sluice with the words of `argv` (NULL behind the last; without "sluice"). `variable`: one
 * more of the environment, or NULL. */
void sl_child_start(struct sl_child *child, const struct sl_home *home, const char *variable,
                    const char *const *argv);

/** Whether it has ended, without taking its status. */
bool sl_child_has_ended(const struct sl_child *child);

/** Read both streams to their ends, wait. */
void sl_child_end(struct sl_child *child, struct sl_ran *ran);

/** Both, with `input` (may be NULL) on standard input. */
void sl_run(struct sl_ran *ran, const struct sl_home *home, const void *input, size_t len,
            const char *const *argv);

void sl_ran_free(struct sl_ran *ran);

#define SL_ARGV(...)                                                                               \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

#endif
