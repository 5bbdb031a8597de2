/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* send.h - sends one commit request. Layer: commit, private. */
#ifndef SL_COMMIT_SEND_H
#define SL_COMMIT_SEND_H

#include "commit_internal.h"

/** One request with the payload of the record; written to the journal before and after. */
int sl_batch_send(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

#endif
