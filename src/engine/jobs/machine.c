/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "jobs/machine.h"

#include <stddef.h>

struct row {
    enum sl_job_state from;
    enum sl_input input;
    enum sl_job_state to;
};

/* A paused or requeued job may still have a worker that holds its connection. That worker may have
 * sent the last byte already: then its success counts. */
static const struct row jobs[] = {
    {SL_JOB_QUEUED, SL_IN_START, SL_JOB_UPLOADING},
    {SL_JOB_QUEUED, SL_IN_HASH, SL_JOB_HASHING},
    {SL_JOB_QUEUED, SL_IN_UPLOADED, SL_JOB_ACCEPTED},
    {SL_JOB_QUEUED, SL_IN_PAUSE, SL_JOB_PAUSED},
    {SL_JOB_QUEUED, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_HASHING, SL_IN_HASHED, SL_JOB_QUEUED},
    {SL_JOB_HASHING, SL_IN_UPLOADED, SL_JOB_ACCEPTED}, /* it is there already */
    {SL_JOB_HASHING, SL_IN_LATER, SL_JOB_WAITING},
    {SL_JOB_HASHING, SL_IN_FAIL, SL_JOB_FAILED},
    {SL_JOB_HASHING, SL_IN_ABORT, SL_JOB_QUEUED},
    {SL_JOB_HASHING, SL_IN_PAUSE, SL_JOB_PAUSED},
    {SL_JOB_HASHING, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_UPLOADING, SL_IN_UPLOADED, SL_JOB_ACCEPTED},
    {SL_JOB_UPLOADING, SL_IN_LATER, SL_JOB_WAITING},
    {SL_JOB_UPLOADING, SL_IN_FAIL, SL_JOB_FAILED},
    {SL_JOB_UPLOADING, SL_IN_ABORT, SL_JOB_QUEUED},
    {SL_JOB_UPLOADING, SL_IN_PAUSE, SL_JOB_PAUSED},
    {SL_JOB_UPLOADING, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_ACCEPTED, SL_IN_FOUND, SL_JOB_STORED},
    {SL_JOB_ACCEPTED, SL_IN_LATER, SL_JOB_WAITING},
    {SL_JOB_ACCEPTED, SL_IN_FAIL, SL_JOB_FAILED},
    {SL_JOB_ACCEPTED, SL_IN_MISSING, SL_JOB_QUEUED},
    {SL_JOB_ACCEPTED, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_STORED, SL_IN_VERIFY, SL_JOB_ACCEPTED},
    {SL_JOB_STORED, SL_IN_REMOVED, SL_JOB_DELETED},

    {SL_JOB_ACCEPTED, SL_IN_COMMIT, SL_JOB_PARKED},
    {SL_JOB_PARKED, SL_IN_GATHERED, SL_JOB_COMMITTING},
    {SL_JOB_PARKED, SL_IN_CONFIRM, SL_JOB_CONFIRMED},
    {SL_JOB_PARKED, SL_IN_MISSING, SL_JOB_QUEUED},
    {SL_JOB_PARKED, SL_IN_FAIL, SL_JOB_FAILED},
    {SL_JOB_PARKED, SL_IN_CANCEL, SL_JOB_CANCELLED},
    {SL_JOB_COMMITTING, SL_IN_CONFIRM, SL_JOB_CONFIRMED},
    {SL_JOB_COMMITTING, SL_IN_MISSING, SL_JOB_QUEUED},
    {SL_JOB_COMMITTING, SL_IN_FAIL, SL_JOB_FAILED},
    {SL_JOB_COMMITTING, SL_IN_CANCEL, SL_JOB_CANCELLED}, /* its batch was taken back */
    {SL_JOB_CONFIRMED, SL_IN_VERIFY, SL_JOB_PARKED},
    {SL_JOB_CONFIRMED, SL_IN_REMOVED, SL_JOB_DELETED},

    {SL_JOB_PAUSED, SL_IN_UPLOADED, SL_JOB_ACCEPTED},
    {SL_JOB_PAUSED, SL_IN_RESUME, SL_JOB_QUEUED},
    {SL_JOB_PAUSED, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_WAITING, SL_IN_DUE, SL_JOB_QUEUED},
    {SL_JOB_WAITING, SL_IN_RETRY, SL_JOB_QUEUED},
    {SL_JOB_WAITING, SL_IN_PAUSE, SL_JOB_PAUSED},
    {SL_JOB_WAITING, SL_IN_CANCEL, SL_JOB_CANCELLED},

    {SL_JOB_FAILED, SL_IN_RETRY, SL_JOB_QUEUED},
    {SL_JOB_CANCELLED, SL_IN_RETRY, SL_JOB_QUEUED},
};

static const struct row parts[] = {
    {SL_JOB_QUEUED, SL_IN_START, SL_JOB_UPLOADING},
    {SL_JOB_QUEUED, SL_IN_LATER, SL_JOB_WAITING},

    {SL_JOB_WAITING, SL_IN_FOUND, SL_JOB_STORED},
    {SL_JOB_WAITING, SL_IN_DUE, SL_JOB_QUEUED},

    {SL_JOB_UPLOADING, SL_IN_UPLOADED, SL_JOB_ACCEPTED},
    {SL_JOB_UPLOADING, SL_IN_ABORT, SL_JOB_QUEUED},

    {SL_JOB_ACCEPTED, SL_IN_FOUND, SL_JOB_STORED},
    {SL_JOB_ACCEPTED, SL_IN_MISSING, SL_JOB_QUEUED},

    {SL_JOB_STORED, SL_IN_VERIFY, SL_JOB_ACCEPTED},
    {SL_JOB_STORED, SL_IN_MISSING, SL_JOB_QUEUED},
    {SL_JOB_STORED, SL_IN_CONFIRM, SL_JOB_CONFIRMED},
    {SL_JOB_STORED, SL_IN_FAIL, SL_JOB_FAILED},

    {SL_JOB_CONFIRMED, SL_IN_VERIFY, SL_JOB_STORED}, /* are copies missing? */

    {SL_JOB_FAILED, SL_IN_RETRY, SL_JOB_ACCEPTED}, /* does the provider still list it? */
};

static enum sl_job_state look_up(const struct row *rows, size_t count, enum sl_job_state state,
                                 enum sl_input input)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].from == state && rows[i].input == input)
            return rows[i].to;
    }
    return SL_JOB_STATE_COUNT;
}

enum sl_job_state sl_machine_next(enum sl_job_state state, enum sl_input input)
{
    return look_up(jobs, sizeof jobs / sizeof jobs[0], state, input);
}

enum sl_job_state sl_machine_next_part(enum sl_job_state state, enum sl_input input)
{
    return look_up(parts, sizeof parts / sizeof parts[0], state, input);
}

const char *sl_input_word(enum sl_input input)
{
    static const char *const words[SL_INPUT_COUNT] = {
        [SL_IN_HASH] = "to be hashed first",
        [SL_IN_HASHED] = "hashed",
        [SL_IN_START] = "a worker takes it",
        [SL_IN_UPLOADED] = "the provider has all bytes",
        [SL_IN_FOUND] = "the provider lists the piece",
        [SL_IN_LATER] = "not now",
        [SL_IN_DUE] = "the wait is over",
        [SL_IN_FAIL] = "failed for good",
        [SL_IN_ABORT] = "upload broken off",
        [SL_IN_MISSING] = "the provider does not list the piece",
        [SL_IN_VERIFY] = "to be verified",
        [SL_IN_COMMIT] = "the provider lists the piece",
        [SL_IN_GATHERED] = "in a batch",
        [SL_IN_CONFIRM] = "every copy has ended",
        [SL_IN_REMOVED] = "removed from the chain",
        [SL_IN_PAUSE] = "paused",
        [SL_IN_RESUME] = "resumed",
        [SL_IN_CANCEL] = "cancelled",
        [SL_IN_RETRY] = "to be tried again",
    };
    return words[input];
}
