/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* engine.h - the engine's main loop: take messages, apply them, commit the journal, launch work. */
#ifndef SL_ENGINE_ENGINE_H
#define SL_ENGINE_ENGINE_H

#include "core/engine_internal.h"

/** The engine thread; arg is the engine. */
void *sl_engine_main(void *arg);

/** Run one turn of the engine, which waits until there is work. False: the engine has stopped. */
bool sl_engine_turn(struct sl_engine *engine);

/** Apply a message, and free it unless it is part of something else. */
void sl_engine_apply(struct sl_engine *engine, struct sl_msg *msg);

/** Free unread messages, except those that are part of something else. */
void sl_engine_discard(struct sl_msg *list);

#endif
