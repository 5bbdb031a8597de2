/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commands.h - commands from the face: apply each to the jobs, the limits or the engine itself. */
#ifndef SL_ENGINE_COMMANDS_H
#define SL_ENGINE_COMMANDS_H

#include "core/engine_internal.h"

void sl_engine_command(struct sl_engine *engine, const struct sl_msg_command *command);

/** The next part of a PAUSE_ALL or RESUME_ALL. */
void sl_engine_sweep(struct sl_engine *engine);

#endif
