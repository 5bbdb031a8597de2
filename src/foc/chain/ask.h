/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ask.h - calls of contracts and their answers, in batches. Layer: foc, private.
 *
 * sl_ask_*() add a call and give its index; sl_decode_*() read what came back. `what` names the
 * thing in errors. A call that the contract refused is an error with the contract's reason.
 */
#ifndef SL_FOC_CHAIN_ASK_H
#define SL_FOC_CHAIN_ASK_H

#include "sluice/data_set.h"
#include "sluice/multicall.h"
#include "sluice/rpc.h"

#include "arena.h"

size_t sl_ask_id(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                 struct sl_u256 id);
size_t sl_ask_two(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                  struct sl_u256 a, struct sl_u256 b);
/** A call whose arguments are one to three addresses. */
size_t sl_ask_accounts(struct sl_multicall *calls, const struct sl_address *to,
                       const char *signature, const struct sl_address *const *accounts,
                       size_t count);

/** Begin to read an answer. */
int sl_decode_begin(struct sl_abi_reader *r, const struct sl_multicall *calls, size_t index,
                    const char *types, const char *what, struct sl_err *err) SL_MUST_CHECK;
/** End of reading. */
int sl_decode_end(const struct sl_abi_reader *r, const char *what,
                  struct sl_err *err) SL_MUST_CHECK;

int sl_decode_u256(struct sl_u256 *out, const struct sl_multicall *calls, size_t index,
                   const char *what, struct sl_err *err) SL_MUST_CHECK;
int sl_decode_u64(uint64_t *out, const struct sl_multicall *calls, size_t index, const char *what,
                  struct sl_err *err) SL_MUST_CHECK;
int sl_decode_address(struct sl_address *out, const struct sl_multicall *calls, size_t index,
                      const char *what, struct sl_err *err) SL_MUST_CHECK;
/** A short string without a NUL; longer ones are SL_EPROTO. */
int sl_decode_text(char *out, size_t cap, const struct sl_multicall *calls, size_t index,
                   const char *what, struct sl_err *err) SL_MUST_CHECK;

/**
 * Two parallel lists of strings as metadata: entries in the arena, of a key that occurs twice the
 * last value in the place of the first. False when it is not of a form that we would write (too
 * many, a NUL in a text, lists of different lengths); SL_ENOMEM goes to *rc.
 */
bool sl_decode_metadata(const struct sl_metadata **out, size_t *count, struct sl_arena *arena,
                        const struct sl_multicall *calls, size_t index, size_t most, int *rc);

/** Why the node refused: the contract's reason when it can be found in the failure, else `code`
 * with the error as it is. */
int sl_ask_reason(const struct sl_rpc_failure *failure, int code, struct sl_err *err);

#endif
