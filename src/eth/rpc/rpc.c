/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The client: endpoints, rounds and waits. What one answer means is in rpc_answer.c. */
#include "sluice/rpc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/clock.h"
#include "sluice/log.h"
#include "sluice/path.h"

#include "rpc/rpc_answer.h"

enum {
    ROUNDS = 4,
    TIMEOUT_MS = 10 * 1000,
    BACKOFF_BASE_MS = 150,
    BACKOFF_CAP_MS = 10 * 1000,
    RESPONSE_CAP = 8 << 20,
};

enum standing { NOT_ASKED, RIGHT_CHAIN, WRONG_CHAIN };

struct endpoint {
    char *url;
    int shown; /* characters of it that may stand in an error: behind the host are API keys */
    enum standing standing;
};

struct sl_rpc {
    struct sl_http *http;
    struct endpoint endpoints[SL_RPC_ENDPOINTS_MAX];
    size_t endpoint_count;
    size_t current; /* answered last */
    uint64_t chain_id;
    uint64_t next_id;
    uint64_t round_trips;
    int rounds;
    int64_t timeout_ms;
    int64_t end_ms; /* end of its life; 0: none */
    int64_t backoff_base_ms;
    int64_t backoff_cap_ms;
    int64_t patience_ms;
    size_t response_cap;
    struct sl_http_response response;
    struct sl_buf body;
};

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static int64_t now_ms(void)
{
    const struct sl_clock clock = sl_clock_system();
    return sl_now_ms(&clock);
}

/* "https://host:port" of a URL that was checked. */
static int host_end(const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    return (int)(host - url) + (int)strcspn(host, "/?#");
}

static int set_urls(struct sl_rpc *rpc, const struct sl_rpc_options *options, struct sl_err *err)
{
    if (options->url_count == 0 || options->url_count > SL_RPC_ENDPOINTS_MAX)
        return sl_err_set(err, SL_ECONFIG, "rpc_url: %zu endpoints, 1 to %d can be used",
                          options->url_count, SL_RPC_ENDPOINTS_MAX);
    for (size_t i = 0; i < options->url_count; i++) {
        char resolved[SL_PATH_BYTES];
        if (sl_url_resolve(resolved, sizeof resolved, options->urls[i], "", err) < 0) {
            sl_err_ctx(err, "rpc_url");
            return SL_ECONFIG;
        }
        rpc->endpoints[i].url = strdup(options->urls[i]);
        if (rpc->endpoints[i].url == NULL)
            return sl_err_set(err, SL_ENOMEM, "rpc: out of memory");
        rpc->endpoints[i].shown = host_end(options->urls[i]);
        rpc->endpoint_count++;
    }
    return SL_OK;
}

int sl_rpc_new(struct sl_rpc **out, const struct sl_rpc_options *options, struct sl_err *err)
{
    struct sl_rpc *rpc = calloc(1, sizeof *rpc);
    if (rpc == NULL)
        return sl_err_set(err, SL_ENOMEM, "rpc: out of memory");
    rpc->chain_id = options->chain_id;
    rpc->rounds = options->rounds > 0 ? options->rounds : ROUNDS;
    rpc->timeout_ms = or_default(options->timeout_ms, TIMEOUT_MS);
    if (options->life_ms > 0)
        rpc->end_ms = now_ms() + options->life_ms;
    rpc->backoff_base_ms = or_default(options->backoff_base_ms, BACKOFF_BASE_MS);
    rpc->backoff_cap_ms = or_default(options->backoff_cap_ms, BACKOFF_CAP_MS);
    rpc->patience_ms = options->patience_ms;
    rpc->response_cap = options->response_cap > 0 ? options->response_cap : RESPONSE_CAP;
    struct sl_http_options http = options->http;
    http.public_only = false; /* the node is the user's choice, or the network's own */
    int rc = set_urls(rpc, options, err);
    if (rc == SL_OK)
        rc = sl_http_new(&rpc->http, &http, err);
    if (rc < 0) {
        sl_rpc_free(rpc);
        return rc;
    }
    *out = rpc;
    return SL_OK;
}

void sl_rpc_free(struct sl_rpc *rpc)
{
    if (rpc == NULL)
        return;
    sl_http_free(rpc->http);
    sl_http_response_free(&rpc->response);
    sl_buf_free(&rpc->body);
    for (size_t i = 0; i < rpc->endpoint_count; i++)
        free(rpc->endpoints[i].url);
    free(rpc);
}

void sl_rpc_cancel(struct sl_rpc *rpc)
{
    sl_http_cancel(rpc->http);
}

int sl_rpc_wait(struct sl_rpc *rpc, int64_t wait_ms, struct sl_err *err)
{
    return sl_http_wait(rpc->http, wait_ms, err);
}

uint64_t sl_rpc_round_trips(const struct sl_rpc *rpc)
{
    return rpc->round_trips;
}

size_t sl_rpc_endpoint_count(const struct sl_rpc *rpc)
{
    return rpc->endpoint_count;
}

size_t sl_rpc_endpoint_index(const struct sl_rpc *rpc)
{
    return rpc->current;
}

const char *sl_rpc_endpoint(const struct sl_rpc *rpc)
{
    return rpc->endpoints[rpc->current].url;
}

/* Time for one attempt; 0: its life is over. */
static int64_t time_left(const struct sl_rpc *rpc)
{
    const int64_t left_ms = rpc->end_ms != 0 ? rpc->end_ms - now_ms() : rpc->timeout_ms;
    if (left_ms <= 0)
        return 0;
    return left_ms < rpc->timeout_ms ? left_ms : rpc->timeout_ms;
}

/* One request to one endpoint. The answer's errors are in the terms of rpc.h. */
static int try_once(struct sl_rpc *rpc, const struct endpoint *endpoint, const char *method,
                    const char *params, struct sl_json **result, struct sl_rpc_failure *failure,
                    struct sl_err *err)
{
    const uint64_t id = ++rpc->next_id;
    const int64_t timeout_ms = time_left(rpc);
    failure->code = 0;
    if (timeout_ms == 0)
        return sl_err_set(err, SL_ESTALLED, "no answer in time");
    sl_buf_clear(&rpc->body);
    sl_buf_printf(&rpc->body,
                  "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64 ",\"method\":\"%s\",\"params\":%s}", id,
                  method, params);
    if (rpc->body.failed != SL_OK)
        return sl_err_set(err, rpc->body.failed, "rpc: the request does not fit in memory");
    const struct sl_http_request request = {
        .method = "POST",
        .url = endpoint->url,
        .content_type = "application/json",
        .body = rpc->body.data,
        .body_bytes = rpc->body.len,
        .response_cap = rpc->response_cap,
        .timeout_ms = timeout_ms,
    };
    rpc->round_trips++;
    const int64_t from_ms = now_ms();
    int rc = sl_http_perform(rpc->http, &request, &rpc->response, err);
    if (rc == SL_OK)
        rc = sl_rpc_read_answer(&rpc->response, id, result, failure, err);
    sl_log(SL_LOG_DEBUG, SL_LOG_RPC,
           "%s at %.*s round-trip=%" PRIu64 " %" PRId64 " ms code=%" PRId64 "%s%s", method,
           endpoint->shown, endpoint->url, rpc->round_trips, now_ms() - from_ms, failure->code,
           rc < 0 ? " failed: " : " ok", rc < 0 && err != NULL ? err->text : "");
    return rc;
}

static int check_chain(struct sl_rpc *rpc, struct endpoint *endpoint,
                       struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_json *answer = NULL;
    struct sl_u256 id;
    int rc = try_once(rpc, endpoint, "eth_chainId", "[]", &answer, failure, err);
    if (rc == SL_OK)
        rc = sl_rpc_read_quantity(&id, answer, err);
    sl_json_free(answer);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(id, sl_u256(rpc->chain_id)) == 0) {
        endpoint->standing = RIGHT_CHAIN;
        return SL_OK;
    }
    endpoint->standing = WRONG_CHAIN;
    char got[SL_U256_DEC_CHARS];
    sl_u256_dec(got, id);
    return sl_err_set(err, SL_ECONFIG, "it serves chain %s, this network is chain %" PRIu64, got,
                      rpc->chain_id);
}

/* What one endpoint refuses another may answer: their limits, plans and methods differ. A
 * transaction alone is not handed on, as a refusal of it is the chain's, and counts. */
static bool may_be_asked_elsewhere(int code, const char *method)
{
    return (code == SL_EREFUSED || code == SL_ENOTFOUND) &&
           strcmp(method, "eth_sendRawTransaction") != 0;
}

static int try_endpoint(struct sl_rpc *rpc, size_t at, const char *method, const char *params,
                        struct sl_json **result, struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct endpoint *endpoint = &rpc->endpoints[at];
    int rc = endpoint->standing == NOT_ASKED ? check_chain(rpc, endpoint, failure, err) : SL_OK;
    if (rc == SL_OK)
        rc = try_once(rpc, endpoint, method, params, result, failure, err);
    if (rc < 0)
        sl_err_ctx(err, "%s of %.*s", method, endpoint->shown, endpoint->url);
    return rc;
}

/* Every usable endpoint once, the one that answered last first. */
static int try_round(struct sl_rpc *rpc, const char *method, const char *params,
                     struct sl_json **result, struct sl_rpc_failure *failure, struct sl_err *err)
{
    int rc = SL_ECONFIG;
    const size_t first = rpc->current;
    for (size_t n = 0; n < rpc->endpoint_count; n++) {
        const size_t at = (first + n) % rpc->endpoint_count;
        if (rpc->endpoints[at].standing == WRONG_CHAIN)
            continue;
        rc = try_endpoint(rpc, at, method, params, result, failure, err);
        if (rc < 0 && rc != SL_EREVERT && rpc->endpoint_count > 1)
            sl_log(SL_LOG_INFO, SL_LOG_RPC, "%s; endpoint %zu of %zu", err->text, at + 1,
                   rpc->endpoint_count);
        if (rc == SL_OK || rc == SL_EREVERT)
            rpc->current = at;
        if (rc == SL_OK || (rc != SL_ECONFIG && !sl_rpc_may_pass(rc, failure) &&
                            !may_be_asked_elsewhere(rc, method)))
            break;
    }
    return rc;
}

/* Half of an exponentially growing span and a random part of the rest, and never less than the
 * node asked for. */
static int64_t wait_before(const struct sl_rpc *rpc, int round, const struct sl_err *err)
{
    int64_t span = rpc->backoff_base_ms;
    for (int i = 1; i < round && span < rpc->backoff_cap_ms; i++)
        span *= 2;
    if (span > rpc->backoff_cap_ms)
        span = rpc->backoff_cap_ms;
    uint32_t random;
    sl_random(&random, sizeof random);
    const int64_t wait = span / 2 + (int64_t)random % (span / 2 + 1);
    const int64_t asked = err->wait_ms < rpc->backoff_cap_ms ? err->wait_ms : rpc->backoff_cap_ms;
    return wait > asked ? wait : asked;
}

int sl_rpc_call(struct sl_rpc *rpc, const char *method, const char *params, struct sl_json **result,
                struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_err mine = {0};
    sl_err_set(&mine, SL_ECONFIG, "%s: every rpc_url serves another chain", method);
    const int64_t until_ms = now_ms() + rpc->patience_ms;
    int rc = try_round(rpc, method, params, result, failure, &mine);
    for (int round = 1;
         (round < rpc->rounds || now_ms() < until_ms) && sl_rpc_may_pass(rc, failure); round++) {
        rc = sl_http_wait(rpc->http, wait_before(rpc, round, &mine), &mine);
        if (rc == SL_OK)
            rc = try_round(rpc, method, params, result, failure, &mine);
    }
    if (rc < 0 && err != NULL)
        *err = mine;
    return rc;
}

/* In the words and codes of nodes: a limit that passes, unlike those of a call. */
static bool is_rate_limit(const struct sl_rpc_failure *failure)
{
    static const char *const signs[] = {"rate limit", "Rate limit", "too many requests",
                                        "Too many requests", "Too Many Requests"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (failure->message.len > 0 && strstr(failure->message.data, signs[i]) != NULL)
            return true;
    }
    return failure->code == 429;
}

static bool may_pass_here(int rc, const struct sl_rpc_failure *failure)
{
    return failure->code == 0 ? sl_rpc_may_pass(rc, failure)
                              : rc == SL_EREFUSED && is_rate_limit(failure);
}

int sl_rpc_call_one(struct sl_rpc *rpc, size_t endpoint, const char *method, const char *params,
                    struct sl_json **result, struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_err mine = {0};
    if (endpoint >= rpc->endpoint_count || rpc->endpoints[endpoint].standing == WRONG_CHAIN)
        return sl_err_set(err, SL_ECONFIG, "%s: this rpc_url serves another chain", method);
    int rc = try_endpoint(rpc, endpoint, method, params, result, failure, &mine);
    for (int round = 1; round < rpc->rounds && may_pass_here(rc, failure); round++) {
        rc = sl_http_wait(rpc->http, wait_before(rpc, round, &mine), &mine);
        if (rc == SL_OK)
            rc = try_endpoint(rpc, endpoint, method, params, result, failure, &mine);
    }
    if (rc < 0 && err != NULL)
        *err = mine;
    return rc;
}

static void name_endpoint(const struct sl_rpc *rpc, const char *method, struct sl_err *err)
{
    const struct endpoint *endpoint = &rpc->endpoints[rpc->current];
    sl_err_ctx(err, "%s of %.*s", method, endpoint->shown, endpoint->url);
}

int sl_rpc_quantity(struct sl_rpc *rpc, const char *method, const char *params, struct sl_u256 *out,
                    struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_json *answer = NULL;
    int rc = sl_rpc_call(rpc, method, params, &answer, failure, err);
    if (rc < 0)
        return rc;
    rc = sl_rpc_read_quantity(out, answer, err);
    if (rc < 0)
        name_endpoint(rpc, method, err);
    sl_json_free(answer);
    return rc;
}

int sl_rpc_bytes(struct sl_rpc *rpc, const char *method, const char *params, struct sl_buf *out,
                 struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_json *answer = NULL;
    int rc = sl_rpc_call(rpc, method, params, &answer, failure, err);
    if (rc < 0)
        return rc;
    rc = sl_rpc_read_bytes(out, answer, err);
    if (rc < 0)
        name_endpoint(rpc, method, err);
    sl_json_free(answer);
    return rc;
}
