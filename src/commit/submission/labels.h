/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* labels.h - the names that the chain has for landed pieces. Layer: commit, private. */
#ifndef SL_COMMIT_LABELS_H
#define SL_COMMIT_LABELS_H

#include "commit_internal.h"

/** Store in the journal the labels that the chain has for the pieces of a landed batch. Labels that
 * cannot be read are logged. */
void sl_batch_note_labels(struct sl_lane *lane, const struct sl_batch *batch);

#endif
