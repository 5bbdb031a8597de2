/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The search for names through the logs of a data set. No contract tells in which epoch a data set
 * was made or a piece was added. Its first proving period does, nearly: that begins when it gets
 * its first pieces, within a day. So the search begins a day before it and goes on to the head.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/ask.h"
#include "chain/names.h"
#include "chain/run.h"

enum {
    WINDOW = 360, /* epochs, `to` less `from`: what gateways in front of public nodes allow */
    WINDOW_MOST = 2880,
    WINDOW_LEAST = 30, /* a node that refuses so few answers nothing */
    TEXT_BYTES = 512   /* of a refusal that are read */
};

struct search {
    struct sl_chain *chain;
    const struct sl_contracts *contracts;
    struct sl_piece_names *names;
    struct sl_name_progress *at;
    size_t first;    /* endpoint: the one that answered last */
    size_t next;     /* how many were begun */
    size_t endpoint; /* the one that is asked */
    uint64_t window;
    uint64_t most;   /* that this one may allow */
    bool is_useless; /* it has refused a small window, or has no such history */
    struct sl_err err;
};

/* ---- where to begin ---- */

static int find_anchor(uint64_t *out, struct search *s)
{
    struct sl_multicall calls = {0};
    uint64_t activated = 0, proven = 0;
    const struct sl_u256 id = s->names->data_set_id;
    const size_t first =
        sl_ask_id(&calls, &s->contracts->view, "provingActivationEpoch(uint256)", id);
    const size_t second =
        sl_ask_id(&calls, &s->contracts->verifier, "getDataSetLastProvenEpoch(uint256)", id);
    int rc = sl_ask_run(&calls, s->chain, &s->err);
    if (rc == SL_OK)
        rc = sl_decode_u64(&activated, &calls, first, "the first proving period", &s->err);
    /* a data set that was never proven has the epoch of its creation there */
    if (rc == SL_OK && activated == 0)
        rc = sl_decode_u64(&proven, &calls, second, "the last proof", &s->err);
    sl_multicall_free(&calls);
    *out = activated != 0 ? activated : proven;
    if (rc == SL_OK && *out == 0)
        rc =
            sl_err_set(&s->err, SL_ENOTFOUND,
                       "the contracts name no epoch of this data set, so its logs cannot be found");
    return rc;
}

/* ---- nodes ---- */

static int ask_head(uint64_t *out, struct search *s)
{
    struct sl_json *answer = NULL;
    struct sl_rpc_failure failure = {0};
    struct sl_u256 head = sl_u256(0);
    int rc = sl_rpc_call_one(s->chain->rpc, s->endpoint, "eth_blockNumber", "[]", &answer, &failure,
                             &s->err);
    const char *text = sl_json_str(sl_json_get(answer, "result"));
    if (rc == SL_OK && (text == NULL || sl_u256_parse_hex(&head, text, strlen(text), NULL) < 0 ||
                        !sl_u256_to_u64(out, head) || *out > INT32_MAX))
        rc = sl_err_set(&s->err, SL_EPROTO, "eth_blockNumber: the result is no epoch");
    sl_json_free(answer);
    sl_rpc_failure_free(&failure);
    return rc;
}

static bool is_final(int rc)
{
    return rc == SL_ECANCELED || rc == SL_ENOMEM;
}

/* The next node that has reached the epoch where the search is: 1; 0: there is none. */
static int next_node(struct search *s)
{
    struct sl_rpc *rpc = s->chain->rpc;
    const size_t count = sl_rpc_endpoint_count(rpc);
    while (s->next < count) {
        uint64_t head = 0;
        s->endpoint = (s->first + s->next++) % count;
        s->window = WINDOW;
        s->most = WINDOW_MOST;
        s->is_useless = false;
        const int rc = ask_head(&head, s);
        if (is_final(rc))
            return rc;
        if (rc == SL_OK && head >= s->at->next) {
            s->at->head = head;
            return 1;
        }
    }
    return 0;
}

/* ---- refusals ---- */

static void lower(char out[static TEXT_BYTES], const struct sl_buf *text)
{
    size_t len = 0;
    for (; len < text->len && len < TEXT_BYTES - 1 && text->data[len] != '\0'; len++)
        out[len] = (char)tolower((unsigned char)text->data[len]);
    out[len] = '\0';
}

static bool has_word(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(text, words[i]) != NULL)
            return true;
    }
    return false;
}

/* The largest window below `than` that a text names, as its own word of digits; 0: none. */
static uint64_t named_window(const char *text, uint64_t than)
{
    uint64_t out = 0;
    for (const char *at = text; *at != '\0';) {
        const size_t digits = strspn(at, "0123456789");
        const bool is_word =
            (at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[digits]);
        const uint64_t value = digits > 0 && digits < 8 && is_word ? strtoull(at, NULL, 10) : 0;
        if (value < than && value > out)
            out = value;
        at += digits > 0 ? digits : 1;
    }
    return out;
}

/* A window of `asked` epochs was refused: smaller ones may be allowed. An answer that is too long
 * counts as such a refusal. */
static void shrink(struct search *s, const struct sl_rpc_failure *failure, uint64_t asked, int rc)
{
    static const char *const signs[] = {"range",  "too large", "too far",   "maximum",
                                        "exceed", "limit",     "null round"};
    static const char *const past[] = {"lookback"};
    char text[TEXT_BYTES];
    lower(text, &failure->message);
    const bool is_about_size =
        rc == SL_EPROTO ||
        (failure->code != 0 &&
         (has_word(text, signs, 7) || failure->code == -32005 || failure->code == -32602));
    const uint64_t named = named_window(text, asked);
    s->most = named != 0 ? named : asked / 2;
    s->window = s->most;
    s->is_useless = !is_about_size || has_word(text, past, 1) || s->most < WINDOW_LEAST;
}

/* ---- windows ---- */

static int write_query(struct sl_jw *w, const struct search *s, uint64_t to)
{
    uint8_t topic[SL_ABI_WORD], id[SL_ABI_WORD];
    char from_text[SL_U256_HEX_CHARS], to_text[SL_U256_HEX_CHARS];
    sl_event_topic(topic, SL_EVENT_PIECE_ADDED);
    sl_u256_to_be(id, s->names->data_set_id);
    sl_u256_hex(from_text, sl_u256(s->at->next));
    sl_u256_hex(to_text, sl_u256(to));
    sl_jw_array(w, NULL);
    sl_jw_object(w, NULL);
    sl_jw_hex(w, "address", s->contracts->fwss.bytes, SL_ADDRESS_BYTES);
    sl_jw_array(w, "topics");
    sl_jw_hex(w, NULL, topic, sizeof topic);
    sl_jw_hex(w, NULL, id, sizeof id);
    sl_jw_end_array(w);
    sl_jw_str(w, "fromBlock", from_text);
    sl_jw_str(w, "toBlock", to_text);
    sl_jw_end_object(w);
    sl_jw_end_array(w);
    return w->buf.failed;
}

static int ask_window(struct search *s, uint64_t to)
{
    struct sl_jw query = {0};
    struct sl_rpc_failure failure = {0};
    struct sl_json *answer = NULL;
    int rc = write_query(&query, s, to);
    if (rc < 0)
        sl_err_set(&s->err, rc, "no memory for a query");
    else
        rc = sl_rpc_call_one(s->chain->rpc, s->endpoint, "eth_getLogs", query.buf.data, &answer,
                             &failure, &s->err);
    const struct sl_json *logs = sl_json_get(answer, "result");
    if (rc == SL_OK && (!sl_json_is_array(logs) || sl_json_count(logs) > SL_CHAIN_LOGS_MAX))
        rc = sl_err_set(&s->err, SL_EPROTO, "eth_getLogs: the result is no list of logs");
    if (rc == SL_OK)
        rc = sl_names_read_logs(s->names, s->contracts, logs, &s->err);
    else if (!is_final(rc))
        shrink(s, &failure, to - s->at->next, rc);
    sl_json_free(answer);
    sl_rpc_failure_free(&failure);
    sl_jw_free(&query);
    return rc;
}

/* One window further, or the same with a smaller one or of another node. 1: go on. */
static int step(struct search *s)
{
    const uint64_t left = s->at->head - s->at->next;
    const uint64_t to = left > s->window ? s->at->next + s->window : s->at->head;
    const int rc = ask_window(s, to);
    if (rc == SL_OK) {
        s->at->next = to + 1;
        s->window = s->window * 2 < s->most ? s->window * 2 : s->most;
        return 1;
    }
    if (is_final(rc))
        return rc;
    if (!s->is_useless)
        return 1;
    const int other = next_node(s);
    return other != 0 ? other : rc;
}

static int walk(struct search *s, uint64_t most_epochs, sl_name_progress_fn fn, void *ctx)
{
    int rc = next_node(s);
    if (rc == 1 && most_epochs != 0 && s->at->head - s->at->first >= most_epochs)
        return 1;
    if (rc == 0) /* all nodes are behind, or did not answer */
        rc = s->err.code < 0 ? s->err.code
                             : sl_err_set(&s->err, SL_EPROTO, "no node has come so far");
    while (rc == 1 && s->names->seen < s->names->count) {
        if (fn != NULL)
            fn(ctx, s->at);
        /* the chain of a node that is behind ends early */
        rc = s->at->next > s->at->head ? next_node(s) : step(s);
        s->at->seen = s->names->seen;
    }
    return rc < 0 ? rc : SL_OK;
}

int sl_chain_search_names(struct sl_piece_names *names, struct sl_chain *chain,
                          uint64_t most_epochs, struct sl_name_progress *progress,
                          sl_name_progress_fn fn, void *ctx, struct sl_err *err)
{
    struct search s = {.chain = chain, .names = names, .at = progress};
    uint64_t anchor = 0;
    *progress = (struct sl_name_progress){.seen = names->seen, .count = names->count};
    if (names->seen == names->count)
        return SL_OK;
    int rc = sl_chain_contracts(chain, &s.contracts, &s.err);
    if (rc == SL_OK)
        rc = find_anchor(&anchor, &s);
    if (rc == SL_OK) {
        progress->first = anchor > SL_NAMES_EPOCHS_A_DAY ? anchor - SL_NAMES_EPOCHS_A_DAY : 1;
        progress->next = progress->first;
        s.first = sl_rpc_endpoint_index(chain->rpc);
        rc = walk(&s, most_epochs, fn, ctx);
        if (rc < 0)
            sl_err_ctx(&s.err, "the logs from epoch %" PRIu64 " on", progress->next);
    }
    if (rc < 0 && err != NULL)
        *err = s.err;
    return rc;
}
