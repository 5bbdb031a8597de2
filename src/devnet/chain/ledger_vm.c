/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/ledger_vm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 10 }; /* most static values of an error or an event */

void sl_vm_free(struct sl_vm *vm)
{
    sl_buf_free(&vm->revert);
    sl_buf_free(&vm->log_bytes);
    free(vm->logs);
    vm->logs = NULL;
    vm->log_count = 0;
    vm->log_room = 0;
}

/* ---- words ---- */

static void address_word(uint8_t out[static SL_ABI_WORD], const struct sl_address *address)
{
    memset(out, 0, SL_ABI_WORD);
    memcpy(out + SL_ABI_WORD - SL_ADDRESS_BYTES, address->bytes, SL_ADDRESS_BYTES);
}

static void next_word(uint8_t out[static SL_ABI_WORD], char letter, va_list *args)
{
    switch (letter) {
    case 'a':
        address_word(out, va_arg(*args, const struct sl_address *));
        break;
    case 'u':
        sl_u256_to_be(out, va_arg(*args, struct sl_u256));
        break;
    case 'i':
        sl_u256_to_be(out, sl_u256(va_arg(*args, uint64_t)));
        break;
    default:
        assert(letter == 'b');
        sl_u256_to_be(out, sl_u256(va_arg(*args, int) != 0));
    }
}

/* ---- reverts ---- */

static int reverted(struct sl_vm *vm)
{
    return vm->revert.failed != 0 ? sl_err_set(vm->err, SL_ENOMEM, "out of memory") : SL_EREVERT;
}

/* One string at most, and it stands last, in every error that the contracts have. */
static void add_tail(struct sl_vm *vm, const char *text, size_t len)
{
    static const uint8_t zeros[SL_ABI_WORD];
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, sl_u256(len));
    sl_buf_add(&vm->revert, word, sizeof word);
    sl_buf_add(&vm->revert, text, len);
    sl_buf_add(&vm->revert, zeros, (SL_ABI_WORD - len % SL_ABI_WORD) % SL_ABI_WORD);
}

int sl_vm_revert(struct sl_vm *vm, const char *signature, const char *types, ...)
{
    uint8_t word[SL_ABI_WORD];
    va_list args;
    sl_buf_clear(&vm->revert);
    sl_abi_selector(word, signature);
    sl_buf_add(&vm->revert, word, SL_ABI_SELECTOR);
    va_start(args, types);
    for (size_t i = 0; types[i] != '\0'; i++) {
        if (types[i] == 's' || types[i] == 't') {
            assert(types[i + 1] == '\0');
            const char *text = va_arg(args, const char *);
            const size_t len = types[i] == 's' ? strlen(text) : va_arg(args, size_t);
            sl_u256_to_be(word, sl_u256((i + 1) * SL_ABI_WORD));
            sl_buf_add(&vm->revert, word, sizeof word);
            add_tail(vm, text, len);
        } else {
            next_word(word, types[i], &args);
            sl_buf_add(&vm->revert, word, sizeof word);
        }
    }
    va_end(args);
    return reverted(vm);
}

int sl_vm_revert_text(struct sl_vm *vm, const char *text)
{
    return sl_vm_revert(vm, "Error(string)", "s", text);
}

int sl_vm_revert_empty(struct sl_vm *vm)
{
    sl_buf_clear(&vm->revert);
    return reverted(vm);
}

int sl_vm_panic(struct sl_vm *vm, uint64_t code)
{
    return sl_vm_revert(vm, "Panic(uint256)", "i", code);
}

/* ---- sums ---- */

struct sl_u256 sl_vm_add(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 out = {0};
    vm->overflowed |= !sl_u256_add(&out, a, b);
    return out;
}

struct sl_u256 sl_vm_sub(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 out = {0};
    vm->overflowed |= !sl_u256_sub(&out, a, b);
    return out;
}

struct sl_u256 sl_vm_mul(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 out = {0};
    vm->overflowed |= !sl_u256_mul(&out, a, b);
    return out;
}

int sl_vm_sums(struct sl_vm *vm)
{
    const bool overflowed = vm->overflowed;
    vm->overflowed = false;
    return overflowed ? sl_vm_panic(vm, SL_VM_PANIC_OVERFLOW) : SL_OK;
}

uint64_t sl_vm_id(struct sl_u256 value)
{
    uint64_t id = 0;
    return sl_u256_to_u64(&id, value) && id < INT64_MAX ? id : INT64_MAX;
}

/* ---- events ---- */

static struct sl_ledger_log *new_log(struct sl_vm *vm)
{
    if (vm->log_count == vm->log_room) {
        const size_t room = vm->log_room == 0 ? 32 : vm->log_room * 2;
        struct sl_ledger_log *logs = realloc(vm->logs, room * sizeof *logs);
        if (logs == NULL)
            return NULL;
        vm->logs = logs;
        vm->log_room = room;
    }
    struct sl_ledger_log *log = &vm->logs[vm->log_count++];
    *log = (struct sl_ledger_log){.index = vm->log_count - 1};
    return log;
}

static int add_log(struct sl_vm *vm, const struct sl_address *from, const char *signature,
                   const uint8_t (*topics)[SL_ABI_WORD], size_t topic_count, const void *data,
                   size_t len)
{
    struct sl_ledger_log *log = new_log(vm);
    sl_buf_add(&vm->log_bytes, data, len);
    if (log == NULL || vm->log_bytes.failed != 0)
        return sl_err_set(vm->err, SL_ENOMEM, "out of memory");
    log->address = *from;
    log->topic_count = topic_count + 1;
    sl_abi_topic(log->topics[0], signature);
    memcpy(log->topics[1], topics, topic_count * SL_ABI_WORD);
    log->data_len = len;
    return SL_OK;
}

int sl_vm_emit(struct sl_vm *vm, const struct sl_address *from, const char *signature,
               size_t indexed, const char *types, ...)
{
    uint8_t words[WORDS][SL_ABI_WORD];
    const size_t count = strlen(types);
    va_list args;
    assert(count <= WORDS && indexed < SL_LEDGER_TOPICS && indexed <= count);
    va_start(args, types);
    for (size_t i = 0; i < count; i++)
        next_word(words[i], types[i], &args);
    va_end(args);
    return add_log(vm, from, signature, (const uint8_t(*)[SL_ABI_WORD])words, indexed,
                   words + indexed, (count - indexed) * SL_ABI_WORD);
}

int sl_vm_emit_data(struct sl_vm *vm, const struct sl_address *from, const char *signature,
                    struct sl_abi_writer *data, const char *types, ...)
{
    uint8_t words[SL_LEDGER_TOPICS][SL_ABI_WORD];
    const size_t count = strlen(types);
    va_list args;
    assert(count < SL_LEDGER_TOPICS);
    va_start(args, types);
    for (size_t i = 0; i < count; i++)
        next_word(words[i], types[i], &args);
    va_end(args);
    int rc = sl_abi_end(data, vm->err);
    if (rc == SL_OK)
        rc = add_log(vm, from, signature, (const uint8_t(*)[SL_ABI_WORD])words, count,
                     data->buf.data, data->buf.len);
    sl_abi_free(data);
    return rc;
}
