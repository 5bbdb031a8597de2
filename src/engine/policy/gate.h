/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * gate.h - the gate that stops new uploads while the provider does not answer, and reopens once it
 * does.
 */
#ifndef SL_ENGINE_GATE_H
#define SL_ENGINE_GATE_H

#include "core/engine_internal.h"

/** The provider at this URL has been silent since `since_ms`: report that once it is long, then
 * from time to time. */
void sl_engine_say_wait(struct sl_engine *engine, const char *url, int64_t since_ms);

/** The provider cannot be reached at all, and why. */
void sl_engine_close_gate(struct sl_engine *engine, const struct sl_err *err);

int64_t sl_engine_gate_wait(const struct sl_engine *engine);

void sl_engine_probed(struct sl_engine *engine, const struct sl_probed *probed);

void sl_engine_silent(struct sl_engine *engine, struct sl_silence silence);

#endif
