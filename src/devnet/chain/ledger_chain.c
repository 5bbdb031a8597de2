/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Accounts and blocks: waiting transactions run in order, and each block is written at once. */
#include "chain/ledger_chain.h"

#include "sluice/keccak.h"

#include "chain/ledger_internal.h"
#include "chain/ledger_prove.h"
#include "chain/ledger_state.h"
#include "chain/vm_call.h"
#include "contracts/contract_token.h"

/* Where fees go: actor f099. */
static const struct sl_address burned = {{[0] = 0xff, [19] = 0x63}};

/* ---- accounts ---- */

int sl_ledger_balance(struct sl_ledger *ledger, struct sl_u256 *fil, struct sl_u256 *usdfc,
                      const struct sl_address *owner, struct sl_err *err)
{
    sl_ledger_lock(ledger);
    struct sl_vm vm = sl_ledger_vm(ledger, ledger->head, err);
    int rc = sl_ledger_account(ledger, owner, fil, NULL, err);
    if (rc == SL_OK)
        rc = sl_token_balance(&vm, owner, usdfc);
    sl_vm_free(&vm);
    sl_ledger_unlock(ledger);
    return rc;
}

static int mint_fil(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 amount,
                    struct sl_err *err)
{
    struct sl_u256 minted = {0}, balance;
    int rc = sl_ledger_db_row(&ledger->db, err, "SELECT minted_fil FROM chain", "", "u", &minted);
    if (rc < 0 || (rc = sl_ledger_account(ledger, owner, &balance, NULL, err)) < 0)
        return rc;
    if (!sl_u256_add(&minted, minted, amount) || !sl_u256_add(&balance, balance, amount))
        return sl_err_set(err, SL_EOVERFLOW, "there cannot be so much FIL");
    rc = sl_ledger_db_run(&ledger->db, err, "UPDATE chain SET minted_fil = ?", "u", minted);
    return rc < 0 ? rc : sl_ledger_set_fil(ledger, owner, balance, err);
}

int sl_ledger_fund(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                   struct sl_u256 usdfc, struct sl_err *err)
{
    sl_ledger_lock(ledger);
    struct sl_vm vm = sl_ledger_vm(ledger, ledger->head, err);
    int rc = sl_ledger_begin(ledger, err);
    if (rc == SL_OK) {
        rc = mint_fil(ledger, owner, fil, err);
        if (rc == SL_OK)
            rc = sl_token_mint(&vm, owner, usdfc);
        if (rc == SL_EREVERT)
            rc = sl_err_set(err, SL_EOVERFLOW, "there cannot be so much USDFC");
        rc = sl_ledger_end(ledger, rc, err);
    }
    sl_vm_free(&vm);
    sl_ledger_unlock(ledger);
    return rc;
}

/* ---- running one transaction ---- */

struct waiting {
    uint64_t id;
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_address sender;
    struct sl_address recipient;
    struct sl_u256 value;
    struct sl_u256 max_fee;
    struct sl_u256 tip;
    uint64_t gas_limit;
    struct sl_buf data;
};

struct outcome {
    bool ok;
    uint64_t gas_used;
    struct sl_u256 gas_price;
    struct sl_buf returned;
};

static struct sl_u256 price_of(const struct waiting *w)
{
    struct sl_u256 price = w->tip;
    if (!sl_u256_add(&price, price, sl_u256(SL_LEDGER_BASE_FEE)))
        price = sl_u256_max();
    return sl_u256_min_of(price, w->max_fee);
}

static int charge(struct sl_ledger *ledger, const struct waiting *w, const struct outcome *out,
                  struct sl_err *err)
{
    struct sl_vm vm = sl_ledger_vm(ledger, ledger->head, err);
    struct sl_u256 fee, balance;
    int rc = sl_ledger_account(ledger, &w->sender, &balance, NULL, err);
    if (rc == SL_OK) {
        /* a sender that spent what it needs for gas pays what is left */
        if (!sl_u256_mul(&fee, out->gas_price, sl_u256(out->gas_used)))
            fee = balance;
        fee = sl_u256_min_of(fee, balance);
        rc = sl_vm_move_fil(&vm, &w->sender, &burned, fee);
    }
    sl_vm_free(&vm);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(&ledger->db, err,
                              "UPDATE account SET nonce = nonce + 1 WHERE address = ?", "a",
                              &w->sender);
    return rc < 0 ? rc : SL_OK;
}

static int write_log(struct sl_vm *vm, const struct waiting *w, const struct sl_ledger_log *log,
                     const char *data, uint64_t place)
{
    const int rc = sl_ledger_db_run(
        vm->db, vm->err, "INSERT INTO log VALUES(?, ?, ?, ?, ?, ?)", "iiiabb", vm->epoch, place,
        w->id, &log->address, (const void *)log->topics, log->topic_count * SL_LEDGER_HASH_BYTES,
        (const void *)data, log->data_len);
    return rc < 0 ? rc : SL_OK;
}

static int write_logs(struct sl_vm *vm, const struct waiting *w, uint64_t *logs)
{
    const char *data = vm->log_bytes.data;
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < vm->log_count; i++) {
        rc = write_log(vm, w, &vm->logs[i], data, (*logs)++);
        data += vm->logs[i].data_len;
    }
    return rc;
}

static int execute(struct sl_vm *vm, const struct waiting *w, struct outcome *out, uint64_t *logs)
{
    size_t mark;
    bool caught;
    int rc = sl_vm_try(vm, &mark);
    if (rc < 0)
        return rc;
    rc = sl_vm_call(vm, &out->returned, &w->sender, &w->recipient, w->value,
                    (const uint8_t *)w->data.data, w->data.len);
    out->gas_used = vm->gas;
    if (w->gas_limit != 0 && vm->gas > w->gas_limit && (rc == SL_OK || rc == SL_EREVERT)) {
        out->gas_used = w->gas_limit;
        rc = sl_vm_revert_empty(vm);
    }
    out->ok = rc == SL_OK;
    if (rc == SL_EREVERT) {
        sl_buf_clear(&out->returned);
        sl_buf_add(&out->returned, vm->revert.data, vm->revert.len);
    }
    rc = sl_vm_try_end(vm, mark, rc, &caught);
    if (rc == SL_OK && out->returned.failed != 0)
        rc = sl_err_set(vm->err, SL_ENOMEM, "out of memory");
    return rc < 0 ? rc : write_logs(vm, w, logs);
}

static int write_outcome(struct sl_ledger *ledger, const struct waiting *w,
                         const struct outcome *out, struct sl_ledger_block *block,
                         struct sl_err *err)
{
    const int rc = sl_ledger_db_run(
        &ledger->db, err,
        "UPDATE tx SET block = ?, place = ?, ok = ?, gas_used = ?, gas_price = ?, returned = ?"
        " WHERE id = ?",
        "iiiiubi", block->number, block->tx_count, (uint64_t)out->ok, out->gas_used, out->gas_price,
        (const void *)out->returned.data, out->returned.len, w->id);
    block->tx_count++;
    block->gas_used += out->gas_used;
    return rc < 0 ? rc : SL_OK;
}

/* Returns 1 when it was run, 0 when its sender cannot pay for it now. */
static int run(struct sl_ledger *ledger, const struct waiting *w, struct sl_ledger_block *block,
               uint64_t *logs, struct sl_err *err)
{
    struct outcome out = {.gas_price = price_of(w)};
    struct sl_u256 balance, cost;
    int rc = sl_ledger_account(ledger, &w->sender, &balance, NULL, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_mul(&cost, out.gas_price, sl_u256(w->gas_limit)) ||
        !sl_u256_add(&cost, cost, w->value) || sl_u256_cmp(cost, balance) > 0)
        return 0;
    struct sl_vm vm = sl_ledger_vm(ledger, block->number, err);
    rc = execute(&vm, w, &out, logs);
    if (rc == SL_OK)
        rc = charge(ledger, w, &out, err);
    if (rc == SL_OK)
        rc = write_outcome(ledger, w, &out, block, err);
    sl_vm_free(&vm);
    sl_buf_free(&out.returned);
    return rc < 0 ? rc : 1;
}

/* ---- blocks ---- */

/* The next transaction whose turn it is, of `sender` if that is not NULL. Returns 1 or 0. `place`
 * marks what was tried already. */
static int next_waiting(struct sl_ledger *ledger, struct waiting *w, uint64_t epoch,
                        const struct sl_address *sender, struct sl_err *err)
{
    static const struct sl_address none;
    sqlite3_stmt *row = NULL;
    int rc = sl_ledger_db_walk(
        &ledger->db, &row, err,
        "SELECT id, hash, sender, recipient, value, max_fee, tip, gas_limit, data FROM tx"
        " LEFT JOIN account ON address = sender WHERE block IS NULL"
        " AND tx.nonce = coalesce(account.nonce, 0) AND coalesce(place, 0) <> ?"
        " AND (? OR sender = ?) ORDER BY id LIMIT 1",
        "iia", epoch, (uint64_t)(sender == NULL), sender != NULL ? sender : &none);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(&ledger->db, row, err);
    if (rc != 1)
        return rc;
    size_t len;
    w->id = sl_ledger_db_u64(row, 0);
    sl_ledger_db_hash(w->hash, row, 1);
    w->sender = sl_ledger_db_address(row, 2);
    w->recipient = sl_ledger_db_address(row, 3);
    w->value = sl_ledger_db_u256(row, 4);
    w->max_fee = sl_ledger_db_u256(row, 5);
    w->tip = sl_ledger_db_u256(row, 6);
    w->gas_limit = sl_ledger_db_u64(row, 7);
    const void *data = sl_ledger_db_blob(row, 8, &len);
    sl_buf_clear(&w->data);
    sl_buf_add(&w->data, data, len);
    sqlite3_reset(row);
    return w->data.failed != 0 ? sl_err_set(err, SL_ENOMEM, "out of memory") : 1;
}

static int run_waiting(struct sl_ledger *ledger, struct sl_ledger_block *block,
                       struct sl_keccak *hash, const struct sl_address *sender, struct sl_err *err)
{
    struct waiting w = {0};
    uint64_t logs = 0;
    int rc;
    while ((rc = next_waiting(ledger, &w, block->number, sender, err)) == 1) {
        sl_keccak_add(hash, w.hash, sizeof w.hash);
        rc = run(ledger, &w, block, &logs, err);
        if (rc == 0)
            rc = sl_ledger_db_run(&ledger->db, err, "UPDATE tx SET place = ? WHERE id = ?", "ii",
                                  block->number, w.id);
        if (rc < 0)
            break;
    }
    sl_buf_free(&w.data);
    return rc;
}

int sl_ledger_run_pending(struct sl_ledger *ledger, uint64_t epoch, const struct sl_address *sender,
                          struct sl_err *err)
{
    struct sl_ledger_block block = {.number = epoch};
    struct sl_keccak hash; /* of a block that is never written */
    sl_keccak_init(&hash);
    const int rc = run_waiting(ledger, &block, &hash, sender, err);
    return rc < 0 ? rc : SL_OK;
}

static int make_block(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err)
{
    struct sl_ledger_block block = {.number = epoch,
                                    .timestamp_s = sl_ledger_time_s(ledger, epoch)};
    struct sl_keccak hash;
    uint8_t number[32];
    int rc =
        sl_ledger_db_row(&ledger->db, err, "SELECT hash FROM block ORDER BY number DESC LIMIT 1",
                         "", "h", block.parent);
    if (rc < 0)
        return rc;
    sl_keccak_init(&hash);
    sl_keccak_add(&hash, block.parent, sizeof block.parent);
    sl_u256_to_be(number, sl_u256(epoch));
    sl_keccak_add(&hash, number, sizeof number);
    rc = sl_ledger_prove(ledger, epoch, err);
    if (rc >= 0)
        rc = run_waiting(ledger, &block, &hash, NULL, err);
    sl_keccak_end(block.hash, &hash);
    if (rc >= 0)
        rc = sl_ledger_db_run(&ledger->db, err, "INSERT INTO block VALUES(?, ?, ?, ?, ?, ?)",
                              "ihhiii", epoch, block.hash, block.parent,
                              (uint64_t)block.timestamp_s, block.gas_used, block.tx_count);
    if (rc >= 0)
        rc = sl_ledger_db_run(&ledger->db, err, "UPDATE chain SET head = ?", "i", epoch);
    return rc < 0 ? rc : SL_OK;
}

static int advance(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err)
{
    int rc = sl_ledger_begin(ledger, err);
    if (rc < 0)
        return rc;
    rc = sl_ledger_end(ledger, make_block(ledger, epoch, err), err);
    if (rc >= 0)
        ledger->head = epoch;
    return rc;
}

int sl_ledger_skip(struct sl_ledger *ledger, uint64_t count, struct sl_err *err)
{
    sl_ledger_lock(ledger);
    const int rc = advance(ledger, ledger->head + count, err);
    sl_ledger_unlock(ledger);
    return rc;
}

int sl_ledger_tick(struct sl_ledger *ledger, struct sl_err *err)
{
    return sl_ledger_skip(ledger, 1, err);
}

int sl_ledger_catch_up(struct sl_ledger *ledger, int64_t *wait_ms, struct sl_err *err)
{
    const int64_t age_ms = sl_wall_ms(&ledger->clock) - ledger->genesis_s * 1000;
    const uint64_t now = age_ms > 0 ? (uint64_t)(age_ms / ledger->epoch_ms) : 0;
    sl_ledger_lock(ledger);
    int rc = 0;
    if (now > ledger->head) {
        rc = advance(ledger, now, err);
        rc = rc < 0 ? rc : 1;
    }
    sl_ledger_unlock(ledger);
    if (wait_ms != NULL)
        *wait_ms = ledger->epoch_ms - (age_ms > 0 ? age_ms % ledger->epoch_ms : 0);
    return rc;
}

/* ---- reading blocks ---- */

#define BLOCK "SELECT number, hash, parent, timestamp_s, gas_used, tx_count FROM block WHERE "

static int read_block(struct sl_ledger_block *out, uint64_t time_s, int rc)
{
    out->timestamp_s = (int64_t)time_s;
    out->base_fee = sl_u256(SL_LEDGER_BASE_FEE);
    return rc;
}

int sl_ledger_block(struct sl_ledger *ledger, struct sl_ledger_block *out, uint64_t number,
                    struct sl_err *err)
{
    uint64_t time_s = 0;
    sl_ledger_lock(ledger);
    const uint64_t wanted = number == SL_LEDGER_PENDING ? ledger->head : number;
    *out = (struct sl_ledger_block){.number = wanted};
    const int rc = wanted > INT64_MAX
                       ? 0
                       : sl_ledger_db_row(&ledger->db, err, BLOCK "number = ?", "i", "ihhiii",
                                          wanted, &out->number, out->hash, out->parent, &time_s,
                                          &out->gas_used, &out->tx_count);
    sl_ledger_unlock(ledger);
    return read_block(out, time_s, rc);
}

int sl_ledger_block_by_hash(struct sl_ledger *ledger, struct sl_ledger_block *out,
                            const uint8_t hash[static SL_LEDGER_HASH_BYTES], struct sl_err *err)
{
    uint64_t time_s = 0;
    *out = (struct sl_ledger_block){0};
    sl_ledger_lock(ledger);
    const int rc =
        sl_ledger_db_row(&ledger->db, err, BLOCK "hash = ?", "h", "ihhiii", hash, &out->number,
                         out->hash, out->parent, &time_s, &out->gas_used, &out->tx_count);
    sl_ledger_unlock(ledger);
    return read_block(out, time_s, rc);
}
