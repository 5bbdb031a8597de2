/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* events.h - updates the model from events, progress records and the clock. Private to tui. */
#ifndef SL_TUI_MODEL_EVENTS_H
#define SL_TUI_MODEL_EVENTS_H

#include <stdint.h>

#include "sluice/engine.h"

#include "model/model.h"

/** Errors: SL_ENOMEM; the model stays valid, without the job. */
int sl_model_on_event(struct sl_model *model, const struct sl_event *event,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_model_on_progress(struct sl_model *model, const struct sl_progress *progress);

/** Advance the clock: rates, the age of notices, the view. Call before each frame. */
void sl_model_tick(struct sl_model *model, int64_t now_ms, int64_t wall_ms);

/** Milliseconds until a tick may change the screen; -1: never. `frame_ms` is the time between two
 * frames while bytes move. */
int sl_model_wait_ms(const struct sl_model *model, int frame_ms);

#endif
