/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * transaction.h - one journal transaction for each turn of the engine, and the events that leave
 * after its commit.
 */
#ifndef SL_ENGINE_TRANSACTION_H
#define SL_ENGINE_TRANSACTION_H

#include "core/engine_internal.h"

/** Keep the first failure; the engine stops after this turn. */
void sl_engine_break(struct sl_engine *engine, const struct sl_err *err);

/** Announce something that is no job. `path` may be NULL. */
void sl_engine_emit(struct sl_engine *engine, const struct sl_event *event, const char *path);

int sl_engine_txn_begin(struct sl_engine *engine);

/** 0 when there was nothing to commit. */
int sl_engine_txn_commit(struct sl_engine *engine);

int64_t sl_engine_now(const struct sl_engine *engine);

#endif
