/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* choose.h - chooses providers and data sets for all copies at the start. Layer: commit, private.
 */
#ifndef SL_COMMIT_CHOOSE_H
#define SL_COMMIT_CHOOSE_H

#include "commit_internal.h"

int sl_commit_choose(struct sl_commit *commit, struct sl_err *err) SL_MUST_CHECK;

#endif
