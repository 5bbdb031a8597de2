/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Calls from outside of a block: all their changes are discarded. */
#include "chain/ledger_call.h"

#include <string.h>

#include "chain/ledger_chain.h"
#include "chain/ledger_internal.h"
#include "chain/ledger_state.h"
#include "chain/vm_call.h"

void sl_ledger_result_free(struct sl_ledger_result *result)
{
    sl_buf_free(&result->data);
}

static int call(struct sl_ledger *ledger, uint64_t epoch, struct sl_ledger_result *out,
                const struct sl_ledger_message *m, struct sl_err *err)
{
    struct sl_u256 balance;
    int rc = sl_ledger_account(ledger, &m->from, &balance, NULL, err);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(balance, m->value) < 0)
        return sl_err_set(err, SL_EMONEY, "mpool push: not enough funds to execute transaction");
    struct sl_vm vm = sl_ledger_vm(ledger, epoch, err);
    rc = sl_vm_call(&vm, &out->data, &m->from, &m->to, m->value, m->data, m->data_len);
    out->reverted = rc == SL_EREVERT;
    out->gas = vm.gas;
    if (out->reverted) {
        sl_buf_clear(&out->data);
        sl_buf_add(&out->data, vm.revert.data, vm.revert.len);
        rc = out->data.failed != 0 ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    }
    sl_vm_free(&vm);
    return rc;
}

static int estimate(struct sl_ledger *ledger, struct sl_ledger_result *out,
                    const struct sl_ledger_message *message, struct sl_err *err)
{
    const uint64_t epoch = ledger->head + 1;
    const int rc = sl_ledger_run_pending(ledger, epoch, &message->from, err);
    return rc < 0 ? rc : call(ledger, epoch, out, message, err);
}

/* Nothing of it is kept. */
static int dry_run(struct sl_ledger *ledger, struct sl_ledger_result *out,
                   const struct sl_ledger_message *message, bool on_pending, struct sl_err *err)
{
    sl_buf_clear(&out->data);
    if (message->data_len > SL_LEDGER_CALL_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "the call has %zu bytes of data", message->data_len);
    sl_ledger_lock(ledger);
    int rc = sl_ledger_db_exec(&ledger->db, "BEGIN", err);
    if (rc == SL_OK) {
        rc = on_pending ? estimate(ledger, out, message, err)
                        : call(ledger, ledger->head, out, message, err);
        const int undone = sl_ledger_db_exec(&ledger->db, "ROLLBACK", err);
        rc = rc < 0 ? rc : undone;
    }
    sl_ledger_unlock(ledger);
    return rc;
}

int sl_ledger_call(struct sl_ledger *ledger, struct sl_ledger_result *out,
                   const struct sl_ledger_message *message, struct sl_err *err)
{
    return dry_run(ledger, out, message, false, err);
}

int sl_ledger_estimate(struct sl_ledger *ledger, struct sl_ledger_result *out,
                       const struct sl_ledger_message *message, struct sl_err *err)
{
    return dry_run(ledger, out, message, true, err);
}

static void add_hex(struct sl_buf *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    sl_buf_str(out, "0x");
    for (size_t i = 0; i < len; i++) {
        sl_buf_add(out, &digits[data[i] >> 4], 1);
        sl_buf_add(out, &digits[data[i] & 0xf], 1);
    }
}

static void add_reason(struct sl_buf *out, const uint8_t *data, size_t len)
{
    struct sl_abi_reader r;
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, "Error(string)");
    if (len == 0) {
        sl_buf_str(out, "none");
        return;
    }
    if (len > sizeof selector && memcmp(data, selector, sizeof selector) == 0) {
        size_t text_len;
        sl_abi_read(&r, "(string)", data + sizeof selector, len - sizeof selector);
        const char *text = sl_abi_get_str(&r, &text_len);
        if (sl_abi_done(&r, NULL) == SL_OK) {
            sl_buf_str(out, "Error(");
            sl_buf_add(out, text, text_len);
            sl_buf_str(out, ")");
            return;
        }
    }
    add_hex(out, data, len);
}

void sl_ledger_revert_text(struct sl_buf *out, const void *data, size_t len)
{
    sl_buf_str(out, "message execution failed (exit=[33], revert reason=[");
    add_reason(out, data, len);
    sl_buf_str(out, "], vm error=[message failed with backtrace:\n"
                    "00: f01001 (method 3844450837) -- contract reverted at 75 (33)\n"
                    "01: f01001 (method 6) -- contract reverted at 4535 (33)\n"
                    " (RetCode=33)])\n");
}
