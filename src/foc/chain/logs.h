/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* logs.h - logs as a node sends them, and the receipt of a transaction. Layer: foc, private.
 */
#ifndef SL_FOC_CHAIN_LOGS_H
#define SL_FOC_CHAIN_LOGS_H

#include "sluice/chain_logs.h"

#include "chain/chain_internal.h"

/** A log with its emitter; log.data points into `data`. Large: keep it on the heap. */
struct sl_chain_log {
    struct sl_address from;
    struct sl_log log;
    uint8_t data[SL_LOG_DATA_BYTES];
};

/** NULL with SL_ENOMEM; free(). */
struct sl_chain_log *sl_chain_log_new(struct sl_err *err);

/** Read one log; false if no contract could emit it, or if it was removed with its block. */
bool sl_chain_log_from_json(struct sl_chain_log *out, const struct sl_json *json);

/** Whether `from` emitted it under this topic0. */
bool sl_chain_log_is(const struct sl_chain_log *log, const struct sl_address *from,
                     const uint8_t topic[static SL_ABI_WORD]);

/** Topic `index` as a number; 0 if the log has no such topic. */
struct sl_u256 sl_chain_log_topic(const struct sl_chain_log *log, size_t index);

enum { SL_CHAIN_LOGS_MAX = 10000 }; /* logs of one answer; the rest is ignored */

typedef int (*sl_chain_log_fn)(void *ctx, const struct sl_chain_log *log);
/** Call `fn` for every readable log of a JSON array. Returns the first result of `fn` that is not
 * 0, which ends the walk; else 0. Errors: SL_ENOMEM. */
int sl_chain_logs_each(const struct sl_json *logs, sl_chain_log_fn fn, void *ctx,
                       struct sl_err *err) SL_MUST_CHECK;

/** Read the receipt of `tx`. Returns 1 with *answer, owned (sl_json_free()), and its *logs; or 0 if
 * `tx` is not a hash or the node has no such receipt. For a replaced transaction, some nodes send
 * the receipt of its replacement, so the hash in the answer may differ. */
int sl_chain_receipt(struct sl_json **answer, const struct sl_json **logs, struct sl_chain *chain,
                     const char *tx, struct sl_err *err) SL_MUST_CHECK;

#endif
