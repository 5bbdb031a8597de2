/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * results.h - applies the results of uploads and of questions about parked pieces to jobs and
 * parts.
 */
#ifndef SL_ENGINE_RESULTS_H
#define SL_ENGINE_RESULTS_H

#include "core/engine_internal.h"

void sl_parts_result(struct sl_engine *engine, struct sl_worker *worker);

void sl_parts_parked(struct sl_engine *engine, struct sl_task *task, struct sl_park_query *parked);

void sl_engine_result(struct sl_engine *engine, struct sl_worker *worker);

void sl_engine_parked(struct sl_engine *engine, struct sl_park_query *parked);

#endif
