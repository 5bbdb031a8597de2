/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * multicall.h - many contract reads in one round trip. Layer: eth.
 *
 * Calls Multicall3's aggregate3 through eth_call, with SL_MULTICALL_GROUP calls per request. Each
 * call may fail by itself; the others still get their answers. All answers of a group come from one
 * block. Source: docs/PROTOCOL.md "JSON-RPC".
 */
#ifndef SL_MULTICALL_H
#define SL_MULTICALL_H

#include "sluice/abi.h"
#include "sluice/rpc.h"

enum { SL_MULTICALL_GROUP = 20 };

/** A list of calls and their answers. Zero-initialise, sl_multicall_free(). */
struct sl_multicall {
    struct sl_multicall_entry *entries; /* private */
    size_t count;
    size_t size;
    size_t group; /* calls a request; 0: SL_MULTICALL_GROUP */
    int failed;   /* sticky: SL_ENOMEM, SL_EINVAL */
};

/**
 * Add a call and return its index for sl_multicall_result(). `args` is a writer between
 * sl_abi_call() and sl_abi_end(); this function ends, copies and frees it. A failure is kept, and
 * sl_multicall_run() returns it.
 */
size_t sl_multicall_add(struct sl_multicall *calls, const struct sl_address *to,
                        struct sl_abi_writer *args);

/** The same for a function without arguments: its signature, "VERSION()". */
size_t sl_multicall_add_plain(struct sl_multicall *calls, const struct sl_address *to,
                              const char *signature);

/**
 * Make all calls. Errors: those of sl_rpc_eth_call(), SL_EPROTO (the answer is no list of as many
 * results), and what an add kept.
 */
int sl_multicall_run(struct sl_multicall *calls, struct sl_rpc *rpc,
                     const struct sl_address *multicall3, struct sl_err *err) SL_MUST_CHECK;

/**
 * What call `index` returned; if the result is false, the data of its revert. Borrowed until the
 * next add, run or free. A call to an address without code succeeds with an empty answer.
 */
bool sl_multicall_result(const struct sl_multicall *calls, size_t index, const uint8_t **data,
                         size_t *len);

/** Begin reading the answer of `index` as `types`; a call that failed reads as broken data. */
void sl_multicall_read(struct sl_abi_reader *reader, const struct sl_multicall *calls, size_t index,
                       const char *types);

/** Whether a call goes to this contract. */
bool sl_multicall_asks(const struct sl_multicall *calls, const struct sl_address *to);

/** Send all calls of one contract to another one in the next run. */
void sl_multicall_redirect(struct sl_multicall *calls, const struct sl_address *from,
                           const struct sl_address *to);

/** Remove the call that was added last. */
void sl_multicall_drop_last(struct sl_multicall *calls);

/** Forget the calls, keep the memory of the list. */
void sl_multicall_clear(struct sl_multicall *calls);
void sl_multicall_free(struct sl_multicall *calls);

#endif
