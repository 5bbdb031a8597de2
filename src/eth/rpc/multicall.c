/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/multicall.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct sl_multicall_entry {
    struct sl_address to;
    bool success;
    struct sl_buf data;   /* the call, selector and arguments */
    struct sl_buf answer; /* return data or revert data */
};

static struct sl_multicall_entry *next_entry(struct sl_multicall *calls)
{
    if (calls->count == calls->size) {
        const size_t size = calls->size == 0 ? 16 : calls->size * 2;
        struct sl_multicall_entry *entries = realloc(calls->entries, size * sizeof *entries);
        if (entries == NULL)
            return NULL;
        memset(entries + calls->size, 0, (size - calls->size) * sizeof *entries);
        calls->entries = entries;
        calls->size = size;
    }
    return &calls->entries[calls->count++];
}

size_t sl_multicall_add(struct sl_multicall *calls, const struct sl_address *to,
                        struct sl_abi_writer *args)
{
    const int rc = sl_abi_end(args, NULL);
    struct sl_multicall_entry *entry = rc == SL_OK ? next_entry(calls) : NULL;
    if (entry != NULL) {
        entry->to = *to;
        sl_buf_clear(&entry->data);
        sl_buf_add(&entry->data, args->buf.data, args->buf.len);
    }
    if (calls->failed == SL_OK && entry == NULL)
        calls->failed = rc < 0 ? rc : SL_ENOMEM;
    else if (calls->failed == SL_OK)
        calls->failed = entry->data.failed;
    sl_abi_free(args);
    return calls->count - (calls->count > 0);
}

size_t sl_multicall_add_plain(struct sl_multicall *calls, const struct sl_address *to,
                              const char *signature)
{
    struct sl_abi_writer args = {0};
    sl_abi_call(&args, signature);
    return sl_multicall_add(calls, to, &args);
}

static int write_group(struct sl_abi_writer *w, const struct sl_multicall_entry *entries,
                       size_t count, struct sl_err *err)
{
    sl_abi_call(w, "aggregate3((address target,bool allowFailure,bytes callData)[])");
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++) {
        sl_abi_open(w);
        sl_abi_put_address(w, &entries[i].to);
        sl_abi_put_bool(w, true);
        sl_abi_put_bytes(w, entries[i].data.data, entries[i].data.len);
        sl_abi_close(w);
    }
    sl_abi_close(w);
    return sl_abi_end(w, err);
}

static int read_group(struct sl_multicall_entry *entries, size_t count, const struct sl_buf *answer,
                      struct sl_err *err)
{
    struct sl_abi_reader r;
    sl_abi_read(&r, "((bool success,bytes returnData)[])", (const uint8_t *)answer->data,
                answer->len);
    if (sl_abi_enter_list(&r) != count)
        return sl_err_set(
            err, SL_EPROTO,
            "Multicall3 does not answer with as many results as calls: is its address "
            "right?");
    for (size_t i = 0; i < count; i++) {
        size_t len;
        sl_abi_enter(&r);
        entries[i].success = sl_abi_get_bool(&r);
        const uint8_t *data = sl_abi_get_bytes(&r, &len);
        sl_buf_clear(&entries[i].answer);
        sl_buf_add(&entries[i].answer, data, len);
        if (entries[i].answer.failed != SL_OK)
            return sl_err_set(err, entries[i].answer.failed, "no memory for an answer");
        sl_abi_leave(&r);
    }
    return sl_abi_done(&r, err);
}

static int run_group(struct sl_multicall_entry *entries, size_t count, struct sl_rpc *rpc,
                     const struct sl_address *multicall3, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    struct sl_buf answer = {0};
    struct sl_rpc_failure failure = {0};
    int rc = write_group(&w, entries, count, err);
    if (rc == SL_OK) {
        const struct sl_rpc_message message = {
            .to = *multicall3, .data = (const uint8_t *)w.buf.data, .data_len = w.buf.len};
        rc = sl_rpc_eth_call(rpc, &message, &answer, &failure, err);
    }
    if (rc == SL_OK)
        rc = read_group(entries, count, &answer, err);
    sl_rpc_failure_free(&failure);
    sl_buf_free(&answer);
    sl_abi_free(&w);
    return rc;
}

int sl_multicall_run(struct sl_multicall *calls, struct sl_rpc *rpc,
                     const struct sl_address *multicall3, struct sl_err *err)
{
    const size_t group = calls->group > 0 ? calls->group : SL_MULTICALL_GROUP;
    if (calls->failed != SL_OK)
        return sl_err_set(err, calls->failed, "a contract call could not be written: %s",
                          sl_err_text(calls->failed));
    for (size_t at = 0; at < calls->count; at += group) {
        const size_t left = calls->count - at;
        const int rc =
            run_group(calls->entries + at, left < group ? left : group, rpc, multicall3, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

bool sl_multicall_result(const struct sl_multicall *calls, size_t index, const uint8_t **data,
                         size_t *len)
{
    assert(index < calls->count);
    const struct sl_multicall_entry *entry = &calls->entries[index];
    *data = (const uint8_t *)entry->answer.data;
    *len = entry->answer.len;
    return entry->success;
}

void sl_multicall_read(struct sl_abi_reader *reader, const struct sl_multicall *calls, size_t index,
                       const char *types)
{
    const uint8_t *data;
    size_t len;
    const bool success = sl_multicall_result(calls, index, &data, &len);
    sl_abi_read(reader, types, data, success ? len : 0);
    if (!success)
        reader->wrong = "the contract refused the call";
}

bool sl_multicall_asks(const struct sl_multicall *calls, const struct sl_address *to)
{
    for (size_t i = 0; i < calls->count; i++) {
        if (sl_address_equal(&calls->entries[i].to, to))
            return true;
    }
    return false;
}

void sl_multicall_redirect(struct sl_multicall *calls, const struct sl_address *from,
                           const struct sl_address *to)
{
    for (size_t i = 0; i < calls->count; i++) {
        if (sl_address_equal(&calls->entries[i].to, from))
            calls->entries[i].to = *to;
    }
}

void sl_multicall_drop_last(struct sl_multicall *calls)
{
    assert(calls->count > 0);
    calls->count--;
}

void sl_multicall_clear(struct sl_multicall *calls)
{
    calls->count = 0;
    calls->failed = SL_OK;
}

void sl_multicall_free(struct sl_multicall *calls)
{
    for (size_t i = 0; i < calls->size; i++) {
        sl_buf_free(&calls->entries[i].data);
        sl_buf_free(&calls->entries[i].answer);
    }
    free(calls->entries);
    *calls = (struct sl_multicall){.group = calls->group};
}
