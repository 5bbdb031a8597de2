/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* answers.h - what the answers to errands change in the model. Private to tui. */
#ifndef SL_TUI_MODEL_ANSWERS_H
#define SL_TUI_MODEL_ANSWERS_H

#include <stdbool.h>

#include "sluice/errands.h"

#include "model/model.h"

/** The row is to be verified. False: out of memory. */
bool sl_model_begin_check(struct sl_model *model, struct sl_row *row);
/** What was known of verifying it does not count any more. */
void sl_model_drop_check(struct sl_model *model, struct sl_row *row);

/** What came of an errand. */
void sl_model_on_answer(struct sl_model *model, const struct sl_answer *answer);

#endif
