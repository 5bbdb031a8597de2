/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* answers.h - updates the model from the answers to errands. Private to tui. */
#ifndef SL_TUI_MODEL_ANSWERS_H
#define SL_TUI_MODEL_ANSWERS_H

#include <stdbool.h>

#include "sluice/errands.h"

#include "model/model.h"

/** Start verifying the row. False: out of memory. */
bool sl_model_begin_check(struct sl_model *model, struct sl_row *row);
/** Drop the result of verifying the row, or stop counting on it. */
void sl_model_drop_check(struct sl_model *model, struct sl_row *row);

/** Take an answer into the model. */
void sl_model_on_answer(struct sl_model *model, const struct sl_answer *answer);

#endif
