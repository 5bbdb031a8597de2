/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ask.h - calls of contracts and their answers, in batches. Layer: foc, private.
 *
 * sl_ask_*() add a call and give its index; sl_told_*() read what came back. `what` names the thing
 * in errors. A call that the contract refused is an error with the contract's reason.
 */
#ifndef SL_FOC_CHAIN_ASK_H
#define SL_FOC_CHAIN_ASK_H

#include "sluice/chain.h"
#include "sluice/multicall.h"

#include "arena.h"

enum { SL_ASK_GROUP = 100 }; /* calls of one round trip, unless more belong together */

struct sl_chain {
    struct sl_network network;
    struct sl_rpc *rpc;
    struct sl_contracts contracts;
    bool contracts_known;
};

/* A view and what it owns; the public part comes first. */
struct sl_view_memory {
    struct sl_chain_view view;
    struct sl_arena arena;
    size_t provider_room;
    size_t data_set_room;
};

size_t sl_ask_id(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                 struct sl_u256 id);
size_t sl_ask_two(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                  struct sl_u256 a, struct sl_u256 b);
/** A call whose arguments are one to three addresses. */
size_t sl_ask_accounts(struct sl_multicall *calls, const struct sl_address *to,
                       const char *signature, const struct sl_address *const *accounts,
                       size_t count);

/** Run the batch. Calls of the view go to the one that is in force now (struct sl_contracts), for
 * which the batch may be made up to three times. Errors also: SL_EPROTO (its address keeps
 * changing: nodes that do not agree). */
int sl_ask_run(struct sl_multicall *calls, struct sl_chain *chain,
               struct sl_err *err) SL_MUST_CHECK;

/** Begin to read an answer. */
int sl_told(struct sl_abi_reader *r, const struct sl_multicall *calls, size_t index,
            const char *types, const char *what, struct sl_err *err) SL_MUST_CHECK;
/** End of reading. */
int sl_told_end(const struct sl_abi_reader *r, const char *what, struct sl_err *err) SL_MUST_CHECK;

int sl_told_u256(struct sl_u256 *out, const struct sl_multicall *calls, size_t index,
                 const char *what, struct sl_err *err) SL_MUST_CHECK;
int sl_told_u64(uint64_t *out, const struct sl_multicall *calls, size_t index, const char *what,
                struct sl_err *err) SL_MUST_CHECK;
int sl_told_address(struct sl_address *out, const struct sl_multicall *calls, size_t index,
                    const char *what, struct sl_err *err) SL_MUST_CHECK;
/** A short string without a NUL; longer ones are SL_EPROTO. */
int sl_told_text(char *out, size_t cap, const struct sl_multicall *calls, size_t index,
                 const char *what, struct sl_err *err) SL_MUST_CHECK;

/**
 * Two parallel lists of strings as metadata: entries in the arena, of a key that occurs twice the
 * last value in the place of the first. False when it is not of a form that we would write (too
 * many, a NUL in a text, lists of different lengths); SL_ENOMEM goes to *rc.
 */
bool sl_told_metadata(const struct sl_metadata **out, size_t *count, struct sl_arena *arena,
                      const struct sl_multicall *calls, size_t index, size_t most, int *rc);

/** The reader stands before a ProviderWithProduct; appends it to the view if it can be used.
 * Returns its id. Errors: SL_ENOMEM; what is wrong with the data the reader keeps. */
int sl_told_provider(struct sl_view_memory *memory, struct sl_abi_reader *r, struct sl_u256 *id,
                     struct sl_err *err) SL_MUST_CHECK;

/** The reader stands before a data set's 13 words; appends it to the view. */
int sl_told_data_set(struct sl_view_memory *memory, struct sl_abi_reader *r,
                     struct sl_err *err) SL_MUST_CHECK;

/** Sort the data sets, drop repeated ones, and read what the list of them does not tell. */
int sl_read_set_details(struct sl_view_memory *memory, struct sl_chain *chain,
                        struct sl_err *err) SL_MUST_CHECK;

/** Why the node refused: the contract's reason when it can be found in the failure, else `code`
 * with the error as it is. */
int sl_rpc_reason(const struct sl_rpc_failure *failure, int code, struct sl_err *err);

/** Add `text` to the warning of a view, whole or not at all. */
void sl_view_warn(struct sl_chain_view *view, const char *text);

struct sl_view_memory *sl_view_new(struct sl_err *err);

#define SL_ABI_DATA_SET                                                                            \
    "(uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,uint256,uint96,"     \
    "uint96,uint256)"
#define SL_ABI_PROVIDER                                                                            \
    "(uint256,(address,address,string,string,bool),(uint8,string[],bool),bytes[])"

#endif
