/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One nonce on its way: sent, looked for, sent again, paid more for, until the journal knows its
 * end. What goes wrong on the way to the node is no end; only the chain's word is.
 */
#include "wallet/pending_tx.h"

#include <string.h>

#include "wallet/wallet_node.h"

enum {
    POLL_MS = 4000,
    FIRST_POLL_MS = 250, /* then as long as it has taken so far, up to POLL_MS */
    STUCK_MS = 5 * 60 * 1000,
    PATIENCE_MS = 30 * 60 * 1000,
    TAKEN_LOOKS = 5,         /* a receipt may come later than the nonce counts as used, ... */
    TAKEN_MS = 5 * 60 * 1000 /* ... from another node, which is some epochs behind */
};

void sl_pending_tx_emit(const struct sl_wallet_tx_sender *sender, enum sl_wallet_tx_event event,
                        const struct sl_journal_tx *tx)
{
    if (sender->event != NULL)
        sender->event(sender->event_ctx, event, tx);
}

void sl_pending_tx_free(struct sl_pending_tx *pending)
{
    for (size_t i = 0; i < pending->count; i++)
        sl_buf_free(&pending->raw[i]);
    *pending = (struct sl_pending_tx){0};
}

int sl_pending_tx_sign(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                       const struct sl_tx *tx, const char *what, struct sl_err *err)
{
    struct sl_buf raw = {0};
    struct sl_journal_tx row = {.chain_id = tx->chain_id, .nonce = tx->nonce};
    memcpy(row.sender, sl_key_address(sender->key)->bytes, sizeof row.sender);
    memcpy(row.what, what, strnlen(what, sizeof row.what - 1));
    int rc = sl_tx_sign(&raw, row.hash, tx, sender->key, err);
    if (rc == SL_OK)
        rc = sl_journal_put_tx(sender->journal, &row, raw.data, raw.len, err);
    if (rc < 0) {
        sl_buf_free(&raw);
        return rc;
    }
    pending->tx[pending->count] = row;
    pending->raw[pending->count++] = raw;
    pending->unsent = true;
    return SL_OK;
}

static struct sl_journal_tx *newest(struct sl_pending_tx *pending)
{
    return &pending->tx[pending->count - 1];
}

/* ---- ends ---- */

static int set_state(struct sl_journal_tx *tx, const struct sl_wallet_tx_sender *sender,
                     enum sl_journal_tx_state state, struct sl_err *err)
{
    tx->state = state;
    const int rc = sl_journal_update_tx(sender->journal, tx, err);
    if (rc == SL_OK)
        sl_pending_tx_emit(sender, SL_WALLET_TX_SETTLED, tx);
    return rc;
}

/* All but `winner` cannot land any more. */
static int set_replaced(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                        const struct sl_journal_tx *winner, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < pending->count; i++) {
        if (&pending->tx[i] != winner && pending->tx[i].state == SL_JOURNAL_TX_SIGNED)
            rc = set_state(&pending->tx[i], sender, SL_JOURNAL_TX_REPLACED, err);
    }
    return rc;
}

static int why_reverted(const struct sl_pending_tx *pending,
                        const struct sl_wallet_tx_sender *sender, size_t index, uint64_t block,
                        struct sl_err *err)
{
    struct sl_tx tx;
    struct sl_address from;
    uint8_t hash[SL_TX_HASH_BYTES];
    const struct sl_buf *raw = &pending->raw[index];
    const int rc = sl_tx_read(&tx, &from, hash, (const uint8_t *)raw->data, raw->len, err);
    if (rc < 0)
        return rc;
    const struct sl_rpc_message message = {
        .from = &from, .to = tx.to, .data = tx.data, .data_len = tx.data_len, .value = tx.value};
    return sl_wallet_node_reason(sender, &message, block, err);
}

/* It is in a block, with an epoch behind it. */
static int finish(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                  size_t index, const struct sl_wallet_node_receipt *receipt,
                  struct sl_wallet_tx_result *out, struct sl_err *err)
{
    struct sl_journal_tx *tx = &pending->tx[index];
    struct sl_err why = {0};
    tx->block = receipt->block;
    const int end =
        receipt->ok ? SL_OK : why_reverted(pending, sender, index, receipt->block, &why);
    tx->err = why;
    int rc = set_replaced(pending, sender, tx, err);
    if (rc == SL_OK)
        rc =
            set_state(tx, sender, receipt->ok ? SL_JOURNAL_TX_LANDED : SL_JOURNAL_TX_REVERTED, err);
    if (rc < 0)
        return rc;
    memcpy(out->hash, tx->hash, sizeof out->hash);
    out->block = receipt->block;
    out->fee = receipt->fee;
    if (end < 0 && err != NULL)
        *err = why;
    return end;
}

static int lost_nonce(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                      struct sl_err *err)
{
    const int rc = set_replaced(pending, sender, NULL, err);
    return rc < 0 ? rc
                  : sl_err_set(err, SL_EREFUSED,
                               "%s: another transaction of this key took its place (nonce %llu)",
                               newest(pending)->what, (unsigned long long)newest(pending)->nonce);
}

/* ---- on the way ---- */

/* The newest bytes to the node, once more. When no node takes them and nothing else of this nonce
 * is on its way, that is the end. */
static int send_newest(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                       struct sl_err *err)
{
    struct sl_journal_tx *tx = newest(pending);
    const struct sl_buf *raw = &pending->raw[pending->count - 1];
    enum sl_wallet_node_reply reply;
    struct sl_err why = {0};
    int rc = sl_wallet_node_broadcast(&reply, sender, raw->data, raw->len, tx->hash, &why);
    if (rc == SL_OK && reply == SL_WALLET_NODE_UNCLEAR)
        return SL_OK;
    if (rc == SL_OK && reply == SL_WALLET_NODE_ACCEPTED) {
        pending->unsent = false;
        sl_pending_tx_emit(sender, SL_WALLET_TX_SENT, tx);
        return SL_OK;
    }
    if (rc == SL_OK) {
        pending->unsent = false;
        why.code = SL_EREFUSED;
        tx->err = why;
        rc = set_state(tx, sender, SL_JOURNAL_TX_REFUSED, &why);
        if (rc == SL_OK && pending->count == 1)
            rc = SL_EREFUSED;
    }
    if (rc < 0 && err != NULL)
        *err = why;
    return rc;
}

static void raise(struct sl_u256 *fee, struct sl_u256 least)
{
    struct sl_u256 more = sl_u256_shr(*fee, 2);
    if (!sl_u256_add(&more, more, sl_u256(1)) || !sl_u256_add(&more, more, *fee))
        more = sl_u256_max(); /* refused by the cap */
    *fee = sl_u256_max_of(more, least);
}

/* The same for more: both fees a quarter higher, or what is asked now if that is more. A fee that
 * is over the cap is no failure: what was sent may still land. */
static int pay_more(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                    struct sl_err *err)
{
    struct sl_tx tx;
    struct sl_address from;
    uint8_t hash[SL_TX_HASH_BYTES];
    struct sl_wallet_tx_cost cost = {0};
    const struct sl_buf *raw = &pending->raw[pending->count - 1];
    if (pending->count == SL_PENDING_TX_MAX || sl_wallet_node_fees(&cost, sender, NULL) < 0)
        return SL_OK;
    int rc = sl_tx_read(&tx, &from, hash, (const uint8_t *)raw->data, raw->len, err);
    if (rc < 0)
        return rc;
    raise(&tx.max_priority_fee, cost.max_priority_fee);
    raise(&tx.max_fee, cost.max_fee);
    cost.gas = tx.gas_limit;
    cost.max_fee = tx.max_fee;
    if (sl_wallet_node_cap(&cost, sender, NULL) < 0)
        return SL_OK;
    rc = sl_pending_tx_sign(pending, sender, &tx, newest(pending)->what, err);
    if (rc == SL_OK) {
        sl_pending_tx_emit(sender, SL_WALLET_TX_FEE_RAISED, newest(pending));
        rc = send_newest(pending, sender, err);
    }
    return rc;
}

/* ---- looking ---- */

/* A receipt of any of them. Returns 1 with its index, 0 without. */
static int look(size_t *index, struct sl_wallet_node_receipt *receipt,
                const struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                struct sl_err *err)
{
    for (size_t i = pending->count; i-- > 0;) {
        const int rc = sl_wallet_node_receipt(receipt, sender, pending->tx[i].hash, err);
        *index = i;
        if (rc != 0)
            return rc;
    }
    return 0;
}

struct watch {
    int64_t started_ms;
    int64_t sent_ms;  /* the newest */
    int taken_looks;  /* the nonce is used, and by nothing of ours that can be seen */
    int64_t taken_ms; /* since when */
    bool in_block;
};

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static bool is_lost(struct watch *watch, const struct sl_wallet_tx_sender *sender)
{
    const int64_t now_ms = sl_now_ms(&sender->clock);
    if (watch->taken_looks++ == 0)
        watch->taken_ms = now_ms;
    return watch->taken_looks >= TAKEN_LOOKS &&
           now_ms - watch->taken_ms >= or_default(sender->stuck_ms, TAKEN_MS);
}

/* A node may refuse a question: the next one may not. */
static int or_later(int rc)
{
    return rc == SL_EREFUSED || rc == SL_ENOTFOUND ? SL_EPROTO : rc;
}

/* Nothing has a receipt: is the nonce still free, was it sent at all, is it stuck? */
static int push(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                struct watch *watch, struct sl_err *err)
{
    uint64_t next;
    const int rc = or_later(sl_wallet_node_nonce(&next, sender, false, err));
    if (rc < 0)
        return rc;
    if (next > newest(pending)->nonce)
        return is_lost(watch, sender) ? lost_nonce(pending, sender, err) : SL_OK;
    watch->taken_looks = 0;
    if (pending->unsent)
        return send_newest(pending, sender, err);
    if (sl_now_ms(&sender->clock) - watch->sent_ms < or_default(sender->stuck_ms, STUCK_MS))
        return SL_OK;
    watch->sent_ms = sl_now_ms(&sender->clock);
    return pay_more(pending, sender, err);
}

/* One look. Returns 1 when the end is known: *end is the result. */
static int step(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                struct watch *watch, struct sl_wallet_tx_result *out, int *end, struct sl_err *err)
{
    size_t index = 0;
    uint64_t head = 0;
    struct sl_wallet_node_receipt receipt;
    int rc = look(&index, &receipt, pending, sender, err);
    if (rc == 0)
        return push(pending, sender, watch, err);
    watch->taken_looks = 0;
    if (rc == 1 && !watch->in_block) {
        pending->tx[index].block = receipt.block;
        sl_pending_tx_emit(sender, SL_WALLET_TX_IN_BLOCK, &pending->tx[index]);
        watch->in_block = true;
    }
    if (rc == 1)
        rc = or_later(sl_wallet_node_head(&head, sender, err));
    if (rc < 0 || head <= receipt.block) /* the next epoch makes it certain */
        return rc < 0 ? rc : 0;
    *end = finish(pending, sender, index, &receipt, out, err);
    return 1;
}

/* What may pass is waited out, nonsense too: the transaction is on its way whatever the network
 * does. */
static bool goes_on(int code)
{
    return code >= 0 || code == SL_EPROTO ||
           (code != SL_ENOMEM && sl_err_class_of(code) == SL_CLASS_RETRY);
}

static int still_open(const struct sl_pending_tx *pending, struct sl_err *err)
{
    return sl_err_set(err, SL_EBUSY,
                      "%s: sent, and in no block yet: it may still land, run this again to go on "
                      "waiting",
                      pending->tx[pending->count - 1].what);
}

/* Chains with short epochs are not waited for as long as those with long ones. */
static int64_t pause_ms(const struct sl_wallet_tx_sender *sender, const struct watch *watch)
{
    const int64_t passed_ms = sl_now_ms(&sender->clock) - watch->started_ms;
    const int64_t soon_ms = passed_ms > FIRST_POLL_MS ? passed_ms : FIRST_POLL_MS;
    return or_default(sender->poll_ms, soon_ms < POLL_MS ? soon_ms : POLL_MS);
}

int sl_pending_tx_land(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                       struct sl_wallet_tx_result *out, struct sl_err *err)
{
    int end = SL_OK;
    const int64_t now = sl_now_ms(&sender->clock);
    struct watch watch = {.started_ms = now, .sent_ms = now};
    for (;;) {
        int rc = step(pending, sender, &watch, out, &end, err);
        if (rc == 1)
            return end;
        if (!goes_on(rc))
            return rc;
        if (sl_now_ms(&sender->clock) - watch.started_ms >=
            or_default(sender->patience_ms, PATIENCE_MS))
            return still_open(pending, err);
        rc = sl_rpc_wait(sl_chain_rpc(sender->chain), pause_ms(sender, &watch), err);
        if (rc < 0)
            return rc;
    }
}
