/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* machine.h - the state machines of a job and of a part of a job: which input leads from which
 * state to which. */
#ifndef SL_MACHINE_H
#define SL_MACHINE_H

#include "sluice/job.h"

enum sl_input {
    SL_IN_HASH,     /* it is hashed before anything is sent */
    SL_IN_HASHED,   /* it was: it can start */
    SL_IN_START,    /* a worker takes it */
    SL_IN_UPLOADED, /* the provider has accepted all bytes */
    SL_IN_FOUND,    /* the provider lists the piece */
    SL_IN_LATER,    /* failed, worth another try */
    SL_IN_DUE,      /* its wait is over */
    SL_IN_FAIL,     /* failed for good */
    SL_IN_ABORT,    /* the upload was broken off by a stop: it is queued for the next run */
    SL_IN_MISSING,  /* stored by an earlier run, but the provider does not list it */
    SL_IN_VERIFY, /* stored by an earlier run: ask the provider whether it still is; confirmed: see
                     whether copies are missing */
    SL_IN_COMMIT, /* the provider lists the piece, and it is to be committed */
    SL_IN_GATHERED, /* it is in a batch */
    SL_IN_CONFIRM,  /* every copy has ended, one at least is on chain */
    SL_IN_REMOVED,  /* its bytes are no longer on chain: another process has noted the removal */
    SL_IN_PAUSE,
    SL_IN_RESUME,
    SL_IN_CANCEL,
    SL_IN_RETRY,
    SL_INPUT_COUNT
};

/** The next state, or SL_JOB_STATE_COUNT when the input means nothing in this state. */
enum sl_job_state sl_machine_next(enum sl_job_state state, enum sl_input input);

/** The same for a part of a split file. WAITING: another owner brings the piece. STORED: the
 * provider lists it, and the commits have it if there are any. FAILED: the commits gave it up. */
enum sl_job_state sl_machine_next_part(enum sl_job_state state, enum sl_input input);

/** In words, static: "the provider lists the piece". */
const char *sl_input_word(enum sl_input input);

#endif
