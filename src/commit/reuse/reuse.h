/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* reuse.h - finds the pieces of a batch that must not be signed again. Layer: commit, private. */
#ifndef SL_COMMIT_REUSE_H
#define SL_COMMIT_REUSE_H

#include "commit_internal.h"

/** Who is asked. */
enum sl_reuse_source {
    SL_REUSE_JOURNAL, /* first: needs no provider, no data set and no chain */
    SL_REUSE_CHAIN    /* once the lane's provider and data set are known */
};

/**
 * Take out of the batch what must not be signed again, and emit its end. Both sources have to agree
 * before a batch is signed. SL_STEP_PROCEED: the pieces that remain may be signed, with
 * batch->nonce and batch->client_data_set_id where these are set. SL_STEP_REGATHER: something has
 * landed or was settled. SL_STEP_FAILED: not known; nothing may be signed.
 */
enum sl_step sl_reuse_check(struct sl_lane *lane, struct sl_batch *batch,
                            enum sl_reuse_source source, struct sl_err *err) SL_MUST_CHECK;

#endif
