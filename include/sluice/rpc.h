/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rpc.h - JSON-RPC of a Filecoin node: calls, retries, fallback endpoints. Layer: eth.
 *
 * One client per thread; only sl_rpc_cancel() may be called from another. The client asks each
 * endpoint for its chain id once, before anything else, and never uses an endpoint of another
 * chain.
 *
 * A call tries the endpoints in order. If the error may be temporary, it waits (exponentially
 * longer, with jitter, or as Retry-After says) and tries all of them again. Temporary errors are:
 * the network, HTTP 403 408 413 429 5xx, and the codes -1 -32005 -32007 -32603 429. If an endpoint
 * refuses a call for good, each of the others is asked once, except for transactions.
 *
 * All answers are hostile: they are capped, their id is checked, and their text is escaped before
 * it goes into an error. Source: docs/PROTOCOL.md "JSON-RPC".
 */
#ifndef SL_RPC_H
#define SL_RPC_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/http.h"
#include "sluice/json.h"
#include "sluice/u256.h"

enum { SL_RPC_ENDPOINTS_MAX = 8 };

struct sl_rpc_options {
    const char *const *urls; /* in order of preference; copied */
    size_t url_count;        /* 1 .. SL_RPC_ENDPOINTS_MAX */
    uint64_t chain_id;       /* what every endpoint must serve */
    int rounds;              /* times every endpoint is tried; 0: 4 */
    int64_t patience_ms; /* more rounds follow until a call has taken this long; 0: no longer than
                            the usual rounds */
    int64_t timeout_ms;  /* for one attempt; 0: 10 s */
    int64_t life_ms; /* for all calls together, counted from now: a call without an answer by then
                        is SL_ESTALLED; 0: no end */
    int64_t backoff_base_ms; /* wait after the first round, doubled each time; 0: 150 ms */
    int64_t backoff_cap_ms;  /* longest wait; 0: 10 s */
    size_t response_cap;     /* most bytes of one answer; 0: 8 MiB */
    struct sl_http_options http;
};

struct sl_rpc;

/** Owned, free with sl_rpc_free(). Sends nothing. Errors: SL_ECONFIG (no URL, too many, not an
 * http(s) URL), SL_ENOMEM. */
int sl_rpc_new(struct sl_rpc **out, const struct sl_rpc_options *options,
               struct sl_err *err) SL_MUST_CHECK;
void sl_rpc_free(struct sl_rpc *rpc);

/** Any thread: the running call, its waits, and all later calls end with SL_ECANCELED at once. */
void sl_rpc_cancel(struct sl_rpc *rpc);

/** Wait `wait_ms` between two calls. Errors: SL_ECANCELED, at once after sl_rpc_cancel(). */
int sl_rpc_wait(struct sl_rpc *rpc, int64_t wait_ms, struct sl_err *err) SL_MUST_CHECK;

/** HTTP requests made so far, chain id checks and retries included. */
uint64_t sl_rpc_round_trips(const struct sl_rpc *rpc);

/** The endpoint that answered last, or the first one before any answer; borrowed. Its path may be
 * an API key: show only the host, as errors do. */
const char *sl_rpc_endpoint(const struct sl_rpc *rpc);
/** Its index, and how many there are: for sl_rpc_call_one(). */
size_t sl_rpc_endpoint_index(const struct sl_rpc *rpc);
size_t sl_rpc_endpoint_count(const struct sl_rpc *rpc);

/** What a node's `error` member said. Zero-initialise, reuse, sl_rpc_failure_free(). */
struct sl_rpc_failure {
    int64_t code;          /* 0: the node reported no error */
    struct sl_buf message; /* as sent (hostile), at most 64 KiB: look for reverts in it */
    struct sl_buf data;    /* revert data from `data`, wherever nodes put it; empty if none */
};
void sl_rpc_failure_free(struct sl_rpc_failure *failure);

/**
 * Call `method` with `params` (a JSON array as text). *result is the tree of the whole answer,
 * owned (sl_json_free()); the value is sl_json_get(*result, "result"), which may be null.
 * Errors: SL_EREVERT (the node executed and the chain refused; *failure is filled), SL_EREFUSED
 * (another error of the node; *failure is filled), SL_EPROTO (no JSON-RPC, wrong id, over the cap),
 * SL_ECONFIG (every endpoint serves another chain), and those of sl_http_perform() for the last
 * try.
 */
int sl_rpc_call(struct sl_rpc *rpc, const char *method, const char *params, struct sl_json **result,
                struct sl_rpc_failure *failure, struct sl_err *err) SL_MUST_CHECK;

/**
 * Like sl_rpc_call(), but asks only this endpoint: for calls whose answer depends on the node's
 * limits. Network errors, busy servers and request limits are retried as above. Anything else that
 * the node refuses is SL_EREFUSED at once, with *failure. Errors: also SL_ECONFIG (the endpoint
 * serves another chain).
 */
int sl_rpc_call_one(struct sl_rpc *rpc, size_t endpoint, const char *method, const char *params,
                    struct sl_json **result, struct sl_rpc_failure *failure,
                    struct sl_err *err) SL_MUST_CHECK;

/** A call whose result is a quantity ("0x4cb2f"). Errors: as above, SL_EPROTO for anything else. */
int sl_rpc_quantity(struct sl_rpc *rpc, const char *method, const char *params, struct sl_u256 *out,
                    struct sl_rpc_failure *failure, struct sl_err *err) SL_MUST_CHECK;

/** A call whose result is a byte string ("0x..." of even length), decoded into *out (cleared). */
int sl_rpc_bytes(struct sl_rpc *rpc, const char *method, const char *params, struct sl_buf *out,
                 struct sl_rpc_failure *failure, struct sl_err *err) SL_MUST_CHECK;

/** A message to execute without sending it. */
struct sl_rpc_message {
    const struct sl_address *from; /* NULL for reads: an account that the chain has never seen makes
                                      some nodes fail */
    struct sl_address to;
    const uint8_t *data;
    size_t data_len;
    struct sl_u256 value; /* attoFIL */
};

/** eth_call at the latest block: the return data. */
int sl_rpc_eth_call(struct sl_rpc *rpc, const struct sl_rpc_message *message, struct sl_buf *out,
                    struct sl_rpc_failure *failure, struct sl_err *err) SL_MUST_CHECK;

/** The same at a block that is not the latest. */
int sl_rpc_eth_call_at(struct sl_rpc *rpc, const struct sl_rpc_message *message, uint64_t block,
                       struct sl_buf *out, struct sl_rpc_failure *failure,
                       struct sl_err *err) SL_MUST_CHECK;

/** eth_estimateGas. */
int sl_rpc_estimate_gas(struct sl_rpc *rpc, const struct sl_rpc_message *message, uint64_t *gas,
                        struct sl_rpc_failure *failure, struct sl_err *err) SL_MUST_CHECK;

#endif
