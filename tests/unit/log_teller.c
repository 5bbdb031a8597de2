/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "log_teller.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "chain_scene.h"

enum { BIG = 1 << 20 };

struct sl_piece_id teller_piece(uint64_t id)
{
    struct sl_piece_id piece = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    memset(piece.root, (int)id + 1, sizeof piece.root);
    piece.root[31] &= 0x3f;
    return piece;
}

/* ---- logs ---- */

static void put_hex(struct sl_buf *out, const void *bytes, size_t len)
{
    char *text = malloc(2 * len + 1);
    if (text == NULL)
        abort();
    sl_hex_encode(text, bytes, len);
    sl_buf_str(out, "\"0x");
    sl_buf_str(out, text);
    sl_buf_str(out, "\"");
    free(text);
}

static void put_texts(struct sl_abi_writer *w, const char *text, size_t len, size_t count)
{
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_strn(w, text, len);
    sl_abi_close(w);
}

static void put_data(struct sl_buf *out, const struct made *made)
{
    static char big[BIG];
    uint8_t cid[SL_PIECE_CID_BYTES] = "no CID";
    const struct sl_piece_id piece = teller_piece(made->id);
    const size_t len = made->no_cid ? 6 : sl_piece_cid_bytes(cid, &piece);
    const char *name = made->name != NULL ? made->name : "film.mkv";
    struct sl_abi_writer w = {0};
    memset(big, 'k', sizeof big);
    sl_abi_values(&w, "((bytes),string[],string[])");
    sl_abi_open(&w);
    sl_abi_put_bytes(&w, cid, len);
    sl_abi_close(&w);
    put_texts(&w, made->long_key ? big : "filename", made->long_key ? sizeof big : 8,
              made->more_keys ? 2 : 1);
    put_texts(&w, name, strlen(name), 1);
    if (sl_abi_end(&w, NULL) < 0)
        abort();
    put_hex(out, w.buf.data, w.buf.len);
    sl_abi_free(&w);
}

static void put_word(struct sl_buf *out, uint64_t value)
{
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, sl_u256(value));
    put_hex(out, word, sizeof word);
}

static void put_log(struct sl_buf *out, const struct made *made, bool first)
{
    uint8_t topic[SL_ABI_WORD];
    sl_abi_topic(topic, "PieceAdded(uint256,uint256,(bytes),string[],string[])");
    sl_buf_str(out, first ? "{\"address\":" : ",{\"address\":");
    const struct sl_address from = scene_address(made->foreign ? 0x99 : 0x11);
    put_hex(out, from.bytes, sizeof from.bytes);
    sl_buf_str(out, ",\"topics\":[");
    put_hex(out, topic, sizeof topic);
    sl_buf_str(out, ",");
    put_word(out, made->set != 0 ? made->set : 7);
    sl_buf_str(out, ",");
    put_word(out, made->id);
    sl_buf_str(out, "],\"data\":");
    put_data(out, made);
    sl_buf_str(out, made->undone ? ",\"removed\":true}" : ",\"removed\":false}");
}

/* ---- a node ---- */

static uint64_t quantity(const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    return text != NULL ? strtoull(text, NULL, 16) : 0;
}

static void tell_logs(struct teller *t, struct sl_buf *out, const struct query *query)
{
    bool first = true;
    sl_buf_str(out, "[");
    for (size_t i = 0; i < t->log_count; i++) {
        const struct made *made = &t->logs[i];
        if (query != NULL && (made->epoch < query->from || made->epoch > query->to))
            continue;
        put_log(out, made, first);
        first = false;
    }
    sl_buf_str(out, "]");
}

static void tell_window(struct teller *t, struct sl_buf *out, const struct sl_json *params)
{
    const struct sl_json *filter = sl_json_first(params);
    const struct query query = {.from = quantity(sl_json_get(filter, "fromBlock")),
                                .to = quantity(sl_json_get(filter, "toBlock"))};
    if (t->query_count < QUERIES)
        t->queries[t->query_count++] = query;
    if (query.from < t->history) {
        sl_buf_str(out, "\"error\":{\"code\":1,\"message\":\"bad tipset height: lookbacks of more "
                        "than 24h0m0s are disallowed\"}}");
    } else if (t->allows == 0 || query.to - query.from > t->allows) {
        sl_buf_str(out, "\"error\":");
        sl_buf_str(out, t->refusal);
        sl_buf_str(out, "}");
    } else {
        sl_buf_str(out, "\"result\":");
        tell_logs(t, out, &query);
        sl_buf_str(out, "}");
    }
}

bool teller_answer(void *ctx, struct sl_buf *out, const char *method, const struct sl_json *params)
{
    struct teller *t = ctx;
    if (strcmp(method, "eth_blockNumber") == 0) {
        sl_buf_printf(out, "\"result\":\"0x%llx\"}", (unsigned long long)t->head);
    } else if (strcmp(method, "eth_getLogs") == 0) {
        tell_window(t, out, params);
    } else if (t->receipt != NULL) {
        sl_buf_str(out, t->receipt);
    } else {
        sl_buf_str(out, "\"result\":{\"logs\":");
        tell_logs(t, out, NULL);
        sl_buf_str(out, "}}");
    }
    return true;
}
