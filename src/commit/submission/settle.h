/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* settle.h - a batch that may have been sent, until its outcome is known. Layer: commit, private. */
#ifndef SL_COMMIT_SETTLE_H
#define SL_COMMIT_SETTLE_H

#include "commit_internal.h"

/** What is known of a batch that may have been sent: settle.c. */
struct sl_settling {
    struct sl_lane *lane;
    struct sl_batch *batch;
    int64_t started_ms;
    int64_t sent_ms;  /* of the last request */
    int64_t soon_ms;  /* ms after the last request to resend the same bytes; 0: as usual */
    int soon_count;   /* such answers in a row */
    int64_t asked_ms; /* of the last look at the chain */
                      /* of the latest look at the chain */
    int64_t seen_ms;  /* of the block that it showed */
    int64_t chain_inconsistent_since_ms; /* since when the chain has not what the nonce tells of; 0:
                                            it has */
    int64_t failed_ms;                   /* since when the provider says so; 0: it does not */
    int64_t silent_since_ms; /* since when nobody answers at the provider's; 0: somebody does */
    bool told_silence;       /* the user has been told about this silence */
    int failures;            /* questions in a row without an answer */
    bool landed;             /* the chain says so: the record says where */
    bool contradicts;        /* it says what cannot be: no look changes that */
    bool is_superseded;      /* another payload with its nonce, or data set, has landed */
    bool told_behind;
    bool is_witnessed; /* a second node knows the pieces too, or no second node can be queried */
    int64_t denied_ms; /* since when the second node denies them; 0: not queried, or it does not */
    int64_t landed_ms;
    struct sl_err refusal; /* what a repeated request was answered with; code 0: no answer */
};

/** The first request, and all further ones until the batch has landed. 0: landed, `record` says
 * where. An error with record.state VOID: it is abandoned; any other state: stopped meanwhile. */
int sl_batch_commit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** The same for a batch that may have been sent already. */
int sl_batch_settle(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

void sl_settle_begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch);
/** One look. SL_STEP_PROCEED: it has landed; SL_STEP_WAIT: look again after sl_settle_wait_ms();
 * SL_STEP_FAILED: as for sl_batch_commit(). */
enum sl_step sl_settle_look(struct sl_settling *s, struct sl_err *err) SL_MUST_CHECK;
int64_t sl_settle_wait_ms(const struct sl_settling *s);

#endif
