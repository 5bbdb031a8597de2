/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* blame.h - decides whether a failure counts against the provider or against the file. */
#ifndef SL_ENGINE_BLAME_H
#define SL_ENGINE_BLAME_H

#include "core/engine_internal.h"

/* An upload that moved within this part of the patience speaks for its provider. */
enum { SL_MOVING_PART = 8 };

/** How long a provider may fail before another one is looked for. */
int64_t sl_engine_patience_ms(const struct sl_engine *engine);

/** Whether an upload to the provider has moved lately. */
bool sl_engine_is_moving(const struct sl_engine *engine);

/** The provider did not answer. */
void sl_engine_blame_silence(struct sl_engine *engine, const struct sl_err *err);

/** Whether the engine may look for another provider in place of this one. */
bool sl_engine_can_change(const struct sl_engine *engine);

/** A request to the provider failed. True: the engine will soon know who is at fault, and files
 * must not fail until then. */
bool sl_engine_blame(struct sl_engine *engine, const struct sl_err *err);

/** An upload failed: note whether its bytes were sent in vain. Call before sl_engine_blame(). */
void sl_engine_blame_upload(struct sl_engine *engine, const struct sl_upload *up,
                            const struct sl_err *err);

/** The provider at this URL stored or listed a piece: it works. */
void sl_engine_works(struct sl_engine *engine, const char *url);

#endif
