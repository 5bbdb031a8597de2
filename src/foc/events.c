/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/chain_logs.h"

static const struct {
    const char *signature;
    size_t topics;
    const char *data;
} events[] = {
#define X(name, signature, topics, data) [name] = {signature, topics, data},
    SL_EVENTS(X)
#undef X
};

void sl_event_topic(uint8_t out[static SL_ABI_WORD], enum sl_event event)
{
    sl_abi_topic(out, events[event].signature);
}

enum sl_event sl_chain_log_event(const struct sl_log *log)
{
    for (int event = 0; log->topic_count > 0 && event < SL_EVENT_OTHER; event++) {
        uint8_t topic[SL_ABI_WORD];
        sl_event_topic(topic, (enum sl_event)event);
        if (memcmp(topic, log->topics[0], sizeof topic) == 0)
            return (enum sl_event)event;
    }
    return SL_EVENT_OTHER;
}

int sl_chain_log_read(struct sl_abi_reader *r, const struct sl_log *log, enum sl_event event,
                      struct sl_err *err)
{
    if (event == SL_EVENT_OTHER || sl_chain_log_event(log) != event)
        return sl_err_set(err, SL_EPROTO, "the log belongs to another event");
    if (log->topic_count != 1 + events[event].topics)
        return sl_err_set(err, SL_EPROTO, "the log of %s has %zu topics", events[event].signature,
                          log->topic_count);
    if (log->data_len > SL_LOG_DATA_BYTES)
        return sl_err_set(err, SL_EPROTO, "the log has %zu bytes, which is too many",
                          log->data_len);
    sl_abi_read(r, events[event].data, log->data, log->data_len);
    return SL_OK;
}

static struct sl_u256 topic_number(const struct sl_log *log, size_t index)
{
    struct sl_u256 out = sl_u256(0);
    (void)!sl_u256_from_be(&out, log->topics[index], SL_ABI_WORD); /* a word always fits */
    return out;
}

/* Finish reading a log: SL_OK, or an error that names the log. */
static int end(const struct sl_abi_reader *r, bool good, struct sl_err *err)
{
    int rc = sl_abi_done(r, err);
    if (rc == SL_OK && !good)
        rc = sl_err_set(err, SL_EPROTO, "a value in the log is out of range");
    if (rc < 0)
        sl_err_ctx(err, "the log of a piece");
    return rc;
}

/* Read the bytes of a PieceCID; false if they are too long for one. */
static bool read_cid(uint8_t out[static SL_LOG_CID_BYTES], size_t *len, struct sl_abi_reader *r)
{
    sl_abi_enter(r);
    const uint8_t *cid = sl_abi_get_bytes(r, len);
    sl_abi_leave(r);
    if (*len > SL_LOG_CID_BYTES)
        return false;
    memcpy(out, cid, *len);
    return true;
}

/* ---- one piece and its metadata ---- */

/* Read a list of texts into rows of `width` bytes. False if the contract would not accept the list;
 * reading stops at the first bad text. */
static bool read_texts(char *rows, size_t width, size_t *count, struct sl_abi_reader *r)
{
    *count = sl_abi_enter_list(r);
    bool good = *count <= SL_METADATA_PIECE_ENTRIES;
    for (size_t i = 0; good && i < *count; i++) {
        size_t len;
        const char *text = sl_abi_get_str(r, &len);
        good = len < width && memchr(text, '\0', len) == NULL;
        if (good) {
            memcpy(rows + i * width, text, len);
            rows[i * width + len] = '\0';
        }
    }
    sl_abi_leave(r);
    return good;
}

int sl_chain_log_piece_added(struct sl_piece_added *out, const struct sl_log *log,
                             struct sl_err *err)
{
    struct sl_abi_reader r;
    size_t keys;
    size_t values;
    const int rc = sl_chain_log_read(&r, log, SL_EVENT_PIECE_ADDED, err);
    if (rc < 0)
        return rc;
    memset(out, 0, sizeof *out);
    out->data_set_id = topic_number(log, 1);
    const bool good_id = sl_u256_to_u64(&out->piece_id, topic_number(log, 2));
    const bool good_cid = read_cid(out->cid, &out->cid_len, &r);
    /* Read both lists whatever the first one holds: a malformed list makes the log unusable. */
    const bool good_keys = read_texts(out->keys[0], sizeof out->keys[0], &keys, &r);
    const bool good_values = read_texts(out->values[0], sizeof out->values[0], &values, &r);
    out->metadata_known = good_keys && good_values && keys == values;
    out->entries = out->metadata_known ? keys : 0;
    return end(&r, good_id && good_cid, err);
}

/* ---- the pieces of one add ---- */

/* A CID begins with 01; leading zeros only fill the word. */
static void unpack(struct sl_log_piece *out, struct sl_abi_reader *r)
{
    sl_abi_enter(r);
    const uint8_t *header = sl_abi_get_fixed(r);
    size_t zeros = 0;
    while (zeros < SL_ABI_WORD && header[zeros] == 0)
        zeros++;
    out->cid_len = SL_ABI_WORD - zeros;
    memcpy(out->cid, header + zeros, out->cid_len);
    memcpy(out->cid + out->cid_len, sl_abi_get_fixed(r), SL_ABI_WORD);
    out->cid_len += SL_ABI_WORD;
    sl_abi_leave(r);
}

/* Ids ascend from the first one. False if the ids or the pieces do not fit. */
static bool read_packed(struct sl_log_piece *out, size_t *count, size_t cap,
                        struct sl_abi_reader *r)
{
    const uint64_t first = sl_abi_get_u64(r);
    *count = sl_abi_enter_list(r);
    if (*count > cap || (*count > 0 && first > UINT64_MAX - (*count - 1)))
        return false;
    for (size_t i = 0; i < *count; i++) {
        unpack(&out[i], r);
        out[i].id = first + i;
    }
    sl_abi_leave(r);
    return true;
}

/* Two lists of the same length. */
static bool read_listed(struct sl_log_piece *out, size_t *count, size_t cap,
                        struct sl_abi_reader *r)
{
    bool good = true;
    *count = sl_abi_enter_list(r);
    if (*count > cap)
        return false;
    for (size_t i = 0; i < *count; i++)
        out[i].id = sl_abi_get_u64(r);
    sl_abi_leave(r);
    if (sl_abi_enter_list(r) != *count)
        return false;
    for (size_t i = 0; good && i < *count; i++)
        good = read_cid(out[i].cid, &out[i].cid_len, r);
    sl_abi_leave(r);
    return good;
}

int sl_chain_log_pieces(struct sl_log_piece *out, size_t *count, struct sl_u256 *data_set_id,
                        size_t cap, const struct sl_log *log, struct sl_err *err)
{
    struct sl_abi_reader r;
    const bool packed = sl_chain_log_event(log) == SL_EVENT_PIECES_ADDED_V2;
    const int rc =
        sl_chain_log_read(&r, log, packed ? SL_EVENT_PIECES_ADDED_V2 : SL_EVENT_PIECES_ADDED, err);
    if (rc < 0)
        return rc;
    *data_set_id = topic_number(log, 1);
    return end(&r, (packed ? read_packed : read_listed)(out, count, cap, &r), err);
}
