/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "wallet_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "support/test.h"
#include "support/tmp.h"

enum { MINUTE_MS = 60000, RAW_BYTES = 4096, START_NONCE = 7 };

/* ---- the pool ---- */

static struct wallet_pool_tx *find(struct wallet_scene *scene, const uint8_t *hash)
{
    for (size_t i = 0; i < scene->pool_count; i++) {
        if (memcmp(scene->pool[i].hash, hash, SL_TX_HASH_BYTES) == 0)
            return &scene->pool[i];
    }
    return NULL;
}

/* A block with the next transaction that pays enough. */
static void make_block(struct wallet_scene *scene)
{
    scene->head++;
    for (size_t i = 0; i < scene->pool_count; i++) {
        struct wallet_pool_tx *tx = &scene->pool[i];
        if (tx->block == 0 && tx->nonce == scene->nonce &&
            sl_u256_cmp(tx->max_fee, sl_u256(scene->ways.least_fee)) >= 0) {
            tx->block = scene->head;
            scene->nonce++;
            return;
        }
    }
}

static bool take(struct wallet_scene *scene, struct wallet_pool_tx *out, const char *hex)
{
    uint8_t raw[RAW_BYTES];
    struct sl_tx tx;
    struct sl_address sender;
    const int len = hex != NULL ? sl_hex_decode(raw, sizeof raw, hex, strlen(hex), NULL) : -1;
    if (len < 0 || sl_tx_read(&tx, &sender, out->hash, raw, (size_t)len, NULL) < 0 ||
        !sl_address_equal(&sender, sl_key_address(scene->key)) || tx.chain_id != SCENE_CHAIN_ID)
        return false;
    out->max_fee = tx.max_fee;
    out->max_priority_fee = tx.max_priority_fee;
    out->nonce = tx.nonce;
    return true;
}

/* ---- answers ---- */

static void error(struct sl_buf *out, const char *message)
{
    sl_buf_printf(out, "\"error\":{\"code\":-32000,\"message\":\"%s\"}}", message);
}

static void put_hash(struct sl_buf *out, const uint8_t *hash)
{
    char hex[2 * SL_TX_HASH_BYTES + 1];
    sl_hex_encode(hex, hash, SL_TX_HASH_BYTES);
    sl_buf_printf(out, "\"0x%s\"", hex);
}

static void number(struct sl_buf *out, uint64_t value)
{
    sl_buf_printf(out, "\"result\":\"0x%llx\"}", (unsigned long long)value);
}

static bool submit(struct wallet_scene *scene, struct sl_buf *out, const char *hex)
{
    struct wallet_ways *ways = &scene->ways;
    struct wallet_pool_tx tx = {0};
    scene->sends++;
    if (ways->drop_requests > 0) {
        ways->drop_requests--;
        return false;
    }
    if (!take(scene, &tx, hex)) {
        error(out, "no such transaction");
        return true;
    }
    const bool known = find(scene, tx.hash) != NULL;
    if (ways->refuse != NULL || (known && ways->refuse_known)) {
        error(out, ways->refuse != NULL ? ways->refuse : "already in mpool");
        return true;
    }
    if (ways->steal_nonce)
        scene->nonce = tx.nonce + 1;
    if (!known && scene->pool_count < WALLET_POOL)
        scene->pool[scene->pool_count++] = tx;
    if (ways->lose_replies > 0) {
        ways->lose_replies--;
        return false;
    }
    sl_buf_str(out, "\"result\":");
    if (ways->send_result != NULL)
        sl_buf_str(out, ways->send_result);
    else
        put_hash(out, tx.hash);
    sl_buf_str(out, "}");
    return true;
}

static void receipt(struct wallet_scene *scene, struct sl_buf *out, const uint8_t *hash)
{
    scene->fake.now_ms += scene->ways.look_ms > 0 ? scene->ways.look_ms : MINUTE_MS;
    make_block(scene);
    const struct wallet_pool_tx *tx = find(scene, hash);
    if (tx != NULL && tx->block != 0 && scene->ways.late_receipts > 0) {
        scene->ways.late_receipts--;
        tx = NULL;
    }
    if (scene->ways.receipt != NULL) {
        sl_buf_printf(out, "\"result\":%s}", scene->ways.receipt);
    } else if (tx == NULL || tx->block == 0) {
        sl_buf_str(out, "\"result\":null}");
    } else {
        sl_buf_str(out, "\"result\":{\"transactionHash\":");
        put_hash(out, hash);
        sl_buf_printf(out,
                      ",\"blockNumber\":\"0x%llx\",\"status\":\"0x%d\",\"gasUsed\":\"0x10\","
                      "\"effectiveGasPrice\":\"0x3\"}}",
                      (unsigned long long)tx->block, scene->ways.revert ? 0 : 1);
    }
}

/* As public nodes do it now and then. */
static bool misbehave(struct wallet_scene *scene, struct sl_buf *out, const char *method)
{
    struct wallet_ways *ways = &scene->ways;
    const bool head = strcmp(method, "eth_blockNumber") == 0;
    if (ways->pages > 0 && (head || strcmp(method, "eth_getTransactionReceipt") == 0)) {
        ways->pages--;
        sl_buf_str(out, "<html>one moment</html>");
        return true;
    }
    if (ways->refuse_reads > 0 && (head || strcmp(method, "eth_getTransactionCount") == 0)) {
        ways->refuse_reads--;
        error(out, "free tier: try again");
        return true;
    }
    return false;
}

static bool answer(struct wallet_scene *scene, struct sl_buf *out, const char *method,
                   const struct sl_json *params)
{
    if (misbehave(scene, out, method))
        return true;
    const struct sl_json *first = sl_json_first(params);
    const char *text = sl_json_str(first);
    uint8_t hash[SL_TX_HASH_BYTES] = {0};
    if (strcmp(method, "eth_sendRawTransaction") == 0)
        return submit(scene, out, text);
    if (strstr(method, "eth_getTransactionReceipt") != NULL ||
        strstr(method, "eth_getTransactionByHash") != NULL) {
        if (text != NULL && sl_hex_decode(hash, sizeof hash, text, strlen(text), NULL) > 0 &&
            strstr(method, "Receipt") != NULL)
            receipt(scene, out, hash);
        else
            sl_buf_str(out, find(scene, hash) != NULL ? "\"result\":{}}" : "\"result\":null}");
    } else if (strcmp(method, "eth_getTransactionCount") == 0) {
        number(out, scene->nonce);
    } else if (strcmp(method, "eth_blockNumber") == 0) {
        make_block(scene);
        number(out, scene->head);
    } else if (strcmp(method, "eth_estimateGas") == 0) {
        number(out, 100000);
    } else if (strcmp(method, "eth_maxPriorityFeePerGas") == 0) {
        sl_buf_printf(out, "\"result\":\"%s\"}",
                      scene->ways.tip != NULL ? scene->ways.tip : "0x64");
    } else if (strcmp(method, "eth_feeHistory") == 0 && !scene->ways.no_history) {
        sl_buf_str(out, "\"result\":{\"baseFeePerGas\":[\"0x3e8\",\"0x7d0\",\"0x3e8\"]}}");
    } else if (strcmp(method, "eth_getBlockByNumber") == 0) {
        sl_buf_str(out, "\"result\":{\"baseFeePerGas\":\"0x3e8\"}}");
    } else if (strcmp(method, "eth_getBalance") == 0) {
        number(out, scene->ways.poor ? 0 : 1000000000000000000);
    } else {
        error(out, "no such method");
    }
    return true;
}

static bool serve(void *ctx, struct sl_buf *out, const char *method, const struct sl_json *params)
{
    struct wallet_scene *scene = ctx;
    pthread_mutex_lock(&scene->lock);
    const bool goes_on = answer(scene, out, method, params);
    pthread_mutex_unlock(&scene->lock);
    return goes_on;
}

/* ---- the sender ---- */

static void note(void *ctx, enum sl_wallet_tx_event event, const struct sl_journal_tx *tx)
{
    struct wallet_scene *scene = ctx;
    assert_true(scene->event_count < WALLET_EVENTS);
    scene->states[scene->event_count] = tx->state;
    scene->events[scene->event_count++] = event;
}

static void open_journal(struct wallet_scene *scene)
{
    const struct sl_clock clock = sl_fake_clock(&scene->fake);
    if (sl_journal_open(&scene->sender.journal, scene->dir, SL_JOURNAL_WRITE, &clock,
                        &scene->base.err) < 0)
        fail_msg("%s", scene->base.err.text);
}

void wallet_open(struct wallet_scene *scene)
{
    uint8_t secret[SL_KEY_BYTES];
    memset(scene, 0, sizeof *scene);
    memset(secret, 0x17, sizeof secret);
    scene_open(&scene->base);
    assert_int_equal(pthread_mutex_init(&scene->lock, NULL), 0);
    assert_int_equal(sl_key_new(&scene->key, secret, sizeof secret, NULL), SL_OK);
    scene->base.payer = *sl_key_address(scene->key);
    scene->head = SCENE_EPOCH;
    scene->nonce = START_NONCE;
    sl_chain_node_methods(scene->base.node, serve, scene);
    sl_tmp_make(scene->dir);
    /* one try: what a lost answer does is seen, and nothing waits */
    const struct sl_rpc_options options = {.rounds = 1};
    sl_chain_free(scene->base.chain);
    assert_int_equal(sl_chain_new(&scene->base.chain, &scene->base.network, &options, NULL), SL_OK);
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &scene->base.payer};
    if (sl_chain_read(&scene->view, scene->base.chain, &wish, &scene->base.err) < 0 ||
        sl_chain_contracts(scene->base.chain, &scene->contracts, &scene->base.err) < 0)
        fail_msg("%s", scene->base.err.text);
    scene->payer = (struct sl_wallet_tx_payer){.network = &scene->base.network,
                                               .contracts = scene->contracts,
                                               .view = scene->view,
                                               .key = scene->key};
    scene->sender = (struct sl_wallet_tx_sender){.chain = scene->base.chain,
                                                 .key = scene->key,
                                                 .clock = sl_fake_clock(&scene->fake),
                                                 .poll_ms = 1,
                                                 .event = note,
                                                 .event_ctx = scene};
    open_journal(scene);
}

void wallet_close(struct wallet_scene *scene)
{
    sl_journal_close(scene->sender.journal);
    sl_chain_view_free(scene->view);
    sl_key_free(scene->key);
    scene_close(&scene->base);
    pthread_mutex_destroy(&scene->lock);
    sl_tmp_remove(scene->dir);
}

void wallet_behave(struct wallet_scene *scene, struct wallet_ways ways)
{
    pthread_mutex_lock(&scene->lock);
    scene->ways = ways;
    pthread_mutex_unlock(&scene->lock);
}

void wallet_crash(struct wallet_scene *scene)
{
    sl_journal_close(scene->sender.journal);
    scene->sender.journal = NULL;
    scene->event_count = 0;
    open_journal(scene);
}

struct counting {
    enum sl_journal_tx_state state;
    size_t count;
};

static int count_one(void *ctx, const struct sl_journal_tx *tx, const void *raw, size_t len)
{
    struct counting *counting = ctx;
    (void)raw;
    assert_true(len > 0);
    counting->count += tx->state == counting->state;
    return 0;
}

size_t wallet_rows(struct wallet_scene *scene, enum sl_journal_tx_state state)
{
    struct counting counting = {.state = state};
    assert_int_equal(sl_journal_each_tx(scene->sender.journal, false, count_one, &counting, NULL),
                     0);
    return counting.count;
}

size_t wallet_event_count(const struct wallet_scene *scene, enum sl_wallet_tx_event event)
{
    size_t count = 0;
    for (size_t i = 0; i < scene->event_count; i++)
        count += scene->events[i] == event;
    return count;
}
