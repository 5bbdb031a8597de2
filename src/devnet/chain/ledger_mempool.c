/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Transactions that wait for a block: those that clients signed, and those of this node. */
#include "chain/ledger_mempool.h"

#include "sluice/keccak.h"
#include "sluice/rlp.h"
#include "sluice/tx.h"

#include "chain/ledger_internal.h"
#include "chain/ledger_state.h"

enum { NONCE_GAP = 100 };

#define BLOCK_GAS UINT64_C(10000000000)

struct sl_u256 sl_ledger_priority_fee(void)
{
    return sl_u256(SL_LEDGER_TIP);
}

/* ---- nonces ---- */

static int next_nonce(struct sl_ledger *ledger, uint64_t *out, const struct sl_address *owner,
                      bool pending, struct sl_err *err)
{
    struct sl_u256 fil;
    int rc = sl_ledger_account(ledger, owner, &fil, out, err);
    while (rc >= 0 && pending) {
        rc = sl_ledger_db_row(&ledger->db, err, "SELECT 1 FROM tx WHERE sender = ? AND nonce = ?",
                              "ai", "", owner, *out);
        if (rc != 1)
            break;
        ++*out;
    }
    return rc < 0 ? rc : SL_OK;
}

int sl_ledger_nonce(struct sl_ledger *ledger, uint64_t *out, const struct sl_address *owner,
                    bool pending, struct sl_err *err)
{
    sl_ledger_lock(ledger);
    const int rc = next_nonce(ledger, out, owner, pending, err);
    sl_ledger_unlock(ledger);
    return rc;
}

/* ---- the mempool ---- */

static int insert(struct sl_ledger *ledger, const struct sl_tx *tx, const struct sl_address *sender,
                  const uint8_t *hash, const uint8_t *signature, size_t signature_len,
                  struct sl_err *err)
{
    const int rc = sl_ledger_db_run(
        &ledger->db, err,
        "INSERT INTO tx(hash, sender, nonce, recipient, value, max_fee, tip, gas_limit, data,"
        " signature) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "haiauuuibb", hash, sender, tx->nonce, &tx->to, tx->value, tx->max_fee,
        tx->max_priority_fee, tx->gas_limit, (const void *)tx->data, tx->data_len,
        (const void *)signature, signature_len);
    return rc < 0 ? rc : SL_OK;
}

static int is_known(struct sl_ledger *ledger, const uint8_t *hash, struct sl_err *err)
{
    return sl_ledger_db_row(&ledger->db, err, "SELECT 1 FROM tx WHERE hash = ?", "h", "", hash);
}

/* ---- a client's transaction ---- */

static int check_fields(const struct sl_ledger *ledger, const struct sl_tx *tx, struct sl_err *err)
{
    if (tx->chain_id != ledger->chain_id)
        return sl_err_set(err, SL_EREFUSED, "invalid chain id: expected %llu, got %llu",
                          (unsigned long long)ledger->chain_id, (unsigned long long)tx->chain_id);
    if (tx->gas_limit == 0 || tx->gas_limit > BLOCK_GAS)
        return sl_err_set(err, SL_EREFUSED,
                          "'GasLimit' field must be between 1 and a block's gas limit");
    if (sl_u256_cmp(tx->max_fee, sl_u256(SL_LEDGER_BASE_FEE)) < 0)
        return sl_err_set(err, SL_EREFUSED, "'GasFeeCap' less than base fee");
    if (sl_u256_cmp(tx->max_priority_fee, tx->max_fee) > 0)
        return sl_err_set(err, SL_EREFUSED, "'GasFeeCap' less than 'GasPremium'");
    if (tx->data_len > SL_LEDGER_CALL_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "message too big: %zu bytes of data", tx->data_len);
    return SL_OK;
}

static int check_account(struct sl_ledger *ledger, const struct sl_tx *tx,
                         const struct sl_address *sender, struct sl_err *err)
{
    struct sl_u256 balance, cost;
    uint64_t nonce;
    const int rc = sl_ledger_account(ledger, sender, &balance, &nonce, err);
    if (rc < 0)
        return rc;
    if (tx->nonce < nonce)
        return sl_err_set(err, SL_EREFUSED, "minimum expected nonce is %llu: message nonce too low",
                          (unsigned long long)nonce);
    if (tx->nonce - nonce > NONCE_GAP)
        return sl_err_set(err, SL_EREFUSED, "unfulfilled nonce gap");
    if (!sl_u256_mul(&cost, tx->max_fee, sl_u256(tx->gas_limit)) ||
        !sl_u256_add(&cost, cost, tx->value) || sl_u256_cmp(cost, balance) > 0) {
        char have[SL_U256_AMOUNT_CHARS];
        sl_u256_amount(have, balance, 18, 6);
        return sl_err_set(err, SL_EMONEY, "mpool push: not enough funds: balance %s FIL", have);
    }
    return SL_OK;
}

/* Whether a fee was raised by a quarter. */
static bool is_raised(struct sl_u256 old, struct sl_u256 fee)
{
    struct sl_u256 least;
    return sl_u256_muldiv(&least, old, sl_u256(125), sl_u256(100)) && sl_u256_cmp(fee, old) > 0 &&
           sl_u256_cmp(fee, least) >= 0;
}

/* Removes the waiting transaction that a new transaction replaces. */
static int replace(struct sl_ledger *ledger, const struct sl_tx *tx,
                   const struct sl_address *sender, struct sl_err *err)
{
    struct sl_u256 max_fee = {0}, tip = {0};
    uint64_t id = 0;
    int rc = sl_ledger_db_row(&ledger->db, err,
                              "SELECT id, max_fee, tip FROM tx WHERE sender = ? AND nonce = ?"
                              " AND block IS NULL",
                              "ai", "iuu", sender, tx->nonce, &id, &max_fee, &tip);
    if (rc <= 0)
        return rc;
    if (!is_raised(max_fee, tx->max_fee) || !is_raised(tip, tx->max_priority_fee))
        return sl_err_set(err, SL_EREFUSED,
                          "message with nonce %llu already in mpool, increase GasPremium to"
                          " trigger replace by fee: replace by fee has too low GasPremium",
                          (unsigned long long)tx->nonce);
    rc = sl_ledger_db_run(&ledger->db, err, "DELETE FROM tx WHERE id = ?", "i", id);
    return rc < 0 ? rc : SL_OK;
}

/* r, s and v are the last three items of the list. */
static int read_signature(uint8_t signature[static SL_SIGNATURE_BYTES], const uint8_t *raw,
                          size_t len, struct sl_err *err)
{
    enum { SKIPPED = 8 }; /* items before the access list */
    struct sl_rlp outside = {.at = raw + 1, .left = len - 1}, inside, list;
    struct sl_u256 number = {0};
    const uint8_t *bytes;
    size_t bytes_len;
    int rc = sl_rlp_read_list(&inside, &outside, err);
    for (int i = 0; rc == SL_OK && i < SKIPPED; i++)
        rc = sl_rlp_read_bytes(&bytes, &bytes_len, &inside, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_list(&list, &inside, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&number, &inside, err);
    if (rc < 0)
        return rc;
    signature[64] = (uint8_t)(27 + number.limb[0]);
    for (int i = 0; rc == SL_OK && i < 2; i++) {
        rc = sl_rlp_read_u256(&number, &inside, err);
        sl_u256_to_be(signature + (size_t)i * 32, number);
    }
    return rc;
}

static int admit(struct sl_ledger *ledger, const struct sl_tx *tx, const struct sl_address *sender,
                 const uint8_t *hash, const uint8_t *signature, struct sl_err *err)
{
    int rc = is_known(ledger, hash, err);
    if (rc != 0)
        return rc < 0 ? rc : SL_OK;
    rc = check_fields(ledger, tx, err);
    if (rc == SL_OK)
        rc = check_account(ledger, tx, sender, err);
    if (rc == SL_OK)
        rc = replace(ledger, tx, sender, err);
    return rc < 0 ? rc : insert(ledger, tx, sender, hash, signature, SL_SIGNATURE_BYTES, err);
}

int sl_ledger_submit(struct sl_ledger *ledger, uint8_t hash[static SL_LEDGER_HASH_BYTES],
                     const uint8_t *raw, size_t len, struct sl_err *err)
{
    struct sl_tx tx;
    struct sl_address sender;
    uint8_t signature[SL_SIGNATURE_BYTES];
    int rc = sl_tx_read(&tx, &sender, hash, raw, len, err);
    if (rc < 0 || (rc = read_signature(signature, raw, len, err)) < 0)
        return rc;
    sl_ledger_lock(ledger);
    rc = sl_ledger_begin(ledger, err);
    if (rc == SL_OK)
        rc = sl_ledger_end(ledger, admit(ledger, &tx, &sender, hash, signature, err), err);
    sl_ledger_unlock(ledger);
    return rc;
}

/* ---- the node's own ---- */

static void hash_own(uint8_t hash[static SL_LEDGER_HASH_BYTES], const struct sl_ledger *ledger,
                     const struct sl_tx *tx, const struct sl_address *sender)
{
    uint8_t word[32];
    struct sl_keccak keccak;
    sl_keccak_init(&keccak);
    sl_keccak_add(&keccak, ledger->at.fwss.bytes, SL_ADDRESS_BYTES);
    sl_keccak_add(&keccak, sender->bytes, SL_ADDRESS_BYTES);
    sl_u256_to_be(word, sl_u256(tx->nonce));
    sl_keccak_add(&keccak, word, sizeof word);
    sl_keccak_add(&keccak, tx->to.bytes, SL_ADDRESS_BYTES);
    sl_keccak_add(&keccak, tx->data, tx->data_len);
    sl_keccak_end(hash, &keccak);
}

static int send(struct sl_ledger *ledger, uint8_t *hash, const struct sl_ledger_message *m,
                struct sl_err *err)
{
    struct sl_tx tx = {.chain_id = ledger->chain_id,
                       .max_priority_fee = sl_u256(SL_LEDGER_TIP),
                       .max_fee = sl_u256(2 * SL_LEDGER_BASE_FEE + SL_LEDGER_TIP),
                       .gas_limit = m->gas_limit,
                       .to = m->to,
                       .value = m->value,
                       .data = m->data,
                       .data_len = m->data_len};
    int rc = next_nonce(ledger, &tx.nonce, &m->from, true, err);
    if (rc == SL_OK)
        rc = check_account(ledger, &tx, &m->from, err);
    if (rc < 0)
        return rc;
    hash_own(hash, ledger, &tx, &m->from);
    return insert(ledger, &tx, &m->from, hash, NULL, 0, err);
}

int sl_ledger_send(struct sl_ledger *ledger, uint8_t hash[static SL_LEDGER_HASH_BYTES],
                   const struct sl_ledger_message *message, struct sl_err *err)
{
    if (message->data_len > SL_LEDGER_CALL_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "message too big: %zu bytes of data", message->data_len);
    sl_ledger_lock(ledger);
    int rc = sl_ledger_begin(ledger, err);
    if (rc == SL_OK)
        rc = sl_ledger_end(ledger, send(ledger, hash, message, err), err);
    sl_ledger_unlock(ledger);
    return rc;
}
