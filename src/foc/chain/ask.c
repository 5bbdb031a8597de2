/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/ask.h"

#include <string.h>

#include "sluice/revert.h"

size_t sl_ask_id(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                 struct sl_u256 id)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, signature);
    sl_abi_put_u256(&w, id);
    return sl_multicall_add(calls, to, &w);
}

size_t sl_ask_two(struct sl_multicall *calls, const struct sl_address *to, const char *signature,
                  struct sl_u256 a, struct sl_u256 b)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, signature);
    sl_abi_put_u256(&w, a);
    sl_abi_put_u256(&w, b);
    return sl_multicall_add(calls, to, &w);
}

size_t sl_ask_accounts(struct sl_multicall *calls, const struct sl_address *to,
                       const char *signature, const struct sl_address *const *accounts,
                       size_t count)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, signature);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_address(&w, accounts[i]);
    return sl_multicall_add(calls, to, &w);
}

int sl_decode_begin(struct sl_abi_reader *r, const struct sl_multicall *calls, size_t index,
                    const char *types, const char *what, struct sl_err *err)
{
    struct sl_revert revert;
    const uint8_t *data;
    size_t len;
    const bool success = sl_multicall_result(calls, index, &data, &len);
    int rc = SL_OK;
    if (!success && sl_revert_decode(&revert, data, len))
        rc = sl_revert_err(&revert, err);
    else if (!success)
        rc = sl_err_set(err, SL_EREVERT, "the contract refused without a reason");
    else if (len == 0)
        rc = sl_err_set(err, SL_EPROTO, "there is no contract at its address");
    if (rc < 0)
        sl_err_ctx(err, "%s", what);
    sl_multicall_read(r, calls, index, types);
    return rc;
}

int sl_ask_reason(const struct sl_rpc_failure *failure, int code, struct sl_err *err)
{
    struct sl_revert revert;
    if (failure->code == 0)
        return code;
    if (sl_revert_decode(&revert, (const uint8_t *)failure->data.data, failure->data.len) ||
        (failure->message.len > 0 &&
         sl_revert_find(&revert, failure->message.data, failure->message.len)))
        return sl_revert_err(&revert, err);
    return code;
}

int sl_decode_end(const struct sl_abi_reader *r, const char *what, struct sl_err *err)
{
    const int rc = sl_abi_done(r, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", what);
    return rc;
}

int sl_decode_u256(struct sl_u256 *out, const struct sl_multicall *calls, size_t index,
                   const char *what, struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(&r, calls, index, "(uint256)", what, err);
    *out = sl_abi_get_u256(&r);
    return rc < 0 ? rc : sl_decode_end(&r, what, err);
}

int sl_decode_u64(uint64_t *out, const struct sl_multicall *calls, size_t index, const char *what,
                  struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(&r, calls, index, "(uint256)", what, err);
    *out = sl_abi_get_u64(&r);
    return rc < 0 ? rc : sl_decode_end(&r, what, err);
}

int sl_decode_address(struct sl_address *out, const struct sl_multicall *calls, size_t index,
                      const char *what, struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(&r, calls, index, "(address)", what, err);
    *out = sl_abi_get_address(&r);
    return rc < 0 ? rc : sl_decode_end(&r, what, err);
}

int sl_decode_text(char *out, size_t cap, const struct sl_multicall *calls, size_t index,
                   const char *what, struct sl_err *err)
{
    struct sl_abi_reader r;
    size_t len;
    out[0] = '\0';
    int rc = sl_decode_begin(&r, calls, index, "(string)", what, err);
    const char *text = sl_abi_get_str(&r, &len);
    if (rc == SL_OK)
        rc = sl_decode_end(&r, what, err);
    if (rc == SL_OK && (len >= cap || memchr(text, '\0', len) != NULL))
        rc = sl_err_set(err, SL_EPROTO, "%s: not such a text", what);
    if (rc == SL_OK) {
        memcpy(out, text, len);
        out[len] = '\0';
    }
    return rc;
}

/* One list of strings, at most `most`. */
static bool decode_strings(const char **out, size_t *count, size_t most, struct sl_abi_reader *r,
                           struct sl_arena *arena, int *rc)
{
    bool plain = true;
    *count = sl_abi_enter_list(r);
    if (*count > most)
        return false;
    for (size_t i = 0; i < *count; i++) {
        size_t len;
        const char *text = sl_abi_get_str(r, &len);
        plain = plain && (len == 0 || memchr(text, '\0', len) == NULL);
        out[i] = sl_arena_text(arena, text, len);
        if (out[i] == NULL)
            *rc = SL_ENOMEM;
        if (*rc < 0)
            return false;
    }
    sl_abi_leave(r);
    return plain;
}

bool sl_decode_metadata(const struct sl_metadata **out, size_t *count, struct sl_arena *arena,
                        const struct sl_multicall *calls, size_t index, size_t most, int *rc)
{
    const char *keys[SL_METADATA_DATA_SET_ENTRIES];
    const char *values[SL_METADATA_DATA_SET_ENTRIES];
    struct sl_abi_reader r;
    size_t key_count;
    size_t value_count;
    *out = NULL;
    *count = 0;
    sl_multicall_read(&r, calls, index, "(string[],string[])");
    if (!decode_strings(keys, &key_count, most, &r, arena, rc) ||
        !decode_strings(values, &value_count, most, &r, arena, rc) || key_count != value_count ||
        sl_abi_done(&r, NULL) < 0)
        return false;
    struct sl_metadata *entries = sl_arena_alloc(arena, key_count, sizeof *entries);
    if (entries == NULL) {
        *rc = SL_ENOMEM;
        return false;
    }
    for (size_t i = 0; i < key_count; i++)
        (void)!sl_metadata_put(entries, count, key_count, keys[i], values[i], NULL);
    *out = entries;
    return true;
}
