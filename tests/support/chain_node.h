/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * chain_node.h - a node over real HTTP whose contracts answer from a table.
 *
 * It serves eth_chainId and eth_call, calls inside of Multicall3's aggregate3 as well as single
 * ones. A call is looked up by its contract and its data: the longest entry that the data begins
 * with counts, so the bare selector is the answer to all arguments. What is in no entry reverts
 * without a reason.
 */
#ifndef SL_TEST_CHAIN_NODE_H
#define SL_TEST_CHAIN_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/abi.h"
#include "sluice/json.h"

struct sl_chain_node;

struct sl_chain_node *sl_chain_node_start(uint64_t chain_id);
void sl_chain_node_stop(struct sl_chain_node *node);
void sl_chain_node_url(struct sl_chain_node *node, char *out, size_t cap);

/**
 * From now on a call of `to` (NULL: of any contract) with the data of `call` gives `result`; a
 * later entry for the same data replaces an earlier one. Both writers are ended and freed here;
 * `call` was begun with sl_abi_call().
 */
void sl_chain_node_on(struct sl_chain_node *node, const struct sl_address *to,
                      struct sl_abi_writer *call, struct sl_abi_writer *result);
/** The same for every call of a function, by its signature. */
void sl_chain_node_on_all(struct sl_chain_node *node, const struct sl_address *to,
                          const char *signature, struct sl_abi_writer *result);
/** The same, with bytes as they are, returned or reverted with. */
void sl_chain_node_bytes(struct sl_chain_node *node, const struct sl_address *to,
                         const char *signature, const void *data, size_t len, bool success);

/** What was said of this function last: from now on the last byte of each answer is another one. */
void sl_chain_node_waver(struct sl_chain_node *node, const char *signature);

/** The same for calls whose data begins with `call`. */
void sl_chain_node_data(struct sl_chain_node *node, const struct sl_address *to, const void *call,
                        size_t call_len, const void *data, size_t len, bool success);

/** eth_call from now on: this JSON as the whole body ($ID: the request's id); NULL: the table. */
void sl_chain_node_say(struct sl_chain_node *node, const char *body);
/** eth_call from now on: no answer at all; sl_chain_node_await_hang() waits until it is so. */
void sl_chain_node_hang(struct sl_chain_node *node);
void sl_chain_node_await_hang(struct sl_chain_node *node);

/**
 * Other methods than eth_call and eth_chainId from now on: write the rest of the answer into `out`
 * ("\"result\":\"0x1\"}" or "\"error\":{...}}") and return true; false closes the connection
 * without an answer. Called by the node's thread, under its lock: no assertions, no
 * sl_chain_node_*.
 */
typedef bool (*sl_chain_node_fn)(void *ctx, struct sl_buf *out, const char *method,
                                 const struct sl_json *params);
void sl_chain_node_methods(struct sl_chain_node *node, sl_chain_node_fn fn, void *ctx);

/** HTTP requests so far. */
int sl_chain_node_requests(struct sl_chain_node *node);
/** Calls of contracts so far, those inside of a batch counted one by one. */
int sl_chain_node_calls(struct sl_chain_node *node);
/** The body of the last request; owned, free(). */
char *sl_chain_node_last(struct sl_chain_node *node);

#endif
