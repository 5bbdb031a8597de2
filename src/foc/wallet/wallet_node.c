/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What own transactions ask of the node, one question a function. Nothing it says is believed
 * beyond its form. */
#include "wallet/wallet_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "chain/ask.h"

enum { HASH_PARAMS = 2 * SL_TX_HASH_BYTES + 8 };

static struct sl_rpc *rpc_of(const struct sl_wallet_tx_sender *sender)
{
    return sl_chain_rpc(sender->chain);
}

/* ["0x..."] */
static void hash_params(char out[static HASH_PARAMS], const uint8_t hash[static SL_TX_HASH_BYTES])
{
    char hex[2 * SL_TX_HASH_BYTES + 1];
    sl_hex_encode(hex, hash, SL_TX_HASH_BYTES);
    snprintf(out, HASH_PARAMS, "[\"0x%s\"]", hex);
}

static bool read_quantity(struct sl_u256 *out, const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    return text != NULL && sl_u256_parse_hex(out, text, strlen(text), NULL) == SL_OK;
}

static bool read_u64(uint64_t *out, const struct sl_json *value)
{
    struct sl_u256 large;
    return read_quantity(&large, value) && sl_u256_to_u64(out, large);
}

/* Call, without a word about why the node refused. */
static int call(const struct sl_wallet_tx_sender *sender, const char *method, const char *params,
                struct sl_json **answer, struct sl_err *err)
{
    struct sl_rpc_failure failure = {0};
    *answer = NULL;
    const int rc = sl_rpc_call(rpc_of(sender), method, params, answer, &failure, err);
    sl_rpc_failure_free(&failure);
    return rc;
}

static int ask_u64(uint64_t *out, const struct sl_wallet_tx_sender *sender, const char *method,
                   const char *params, struct sl_err *err)
{
    struct sl_rpc_failure failure = {0};
    struct sl_u256 value;
    int rc = sl_rpc_quantity(rpc_of(sender), method, params, &value, &failure, err);
    sl_rpc_failure_free(&failure);
    if (rc == SL_OK && !sl_u256_to_u64(out, value))
        rc = sl_err_set(err, SL_EPROTO, "%s: beyond any such number", method);
    return rc;
}

/* ---- receipts ---- */

static bool is_of(const struct sl_json *receipt, const uint8_t hash[static SL_TX_HASH_BYTES])
{
    uint8_t told[SL_TX_HASH_BYTES];
    const char *text = sl_json_str(sl_json_get(receipt, "transactionHash"));
    return text != NULL &&
           sl_hex_decode(told, sizeof told, text, strlen(text), NULL) == SL_TX_HASH_BYTES &&
           memcmp(told, hash, sizeof told) == 0;
}

static int read_receipt(struct sl_wallet_node_receipt *out, const struct sl_json *receipt,
                        const uint8_t hash[static SL_TX_HASH_BYTES], struct sl_err *err)
{
    struct sl_u256 used;
    struct sl_u256 price;
    uint64_t status = 0;
    *out = (struct sl_wallet_node_receipt){0};
    if (!is_of(receipt, hash) || !read_u64(&out->block, sl_json_get(receipt, "blockNumber")) ||
        !read_u64(&status, sl_json_get(receipt, "status")) || status > 1 || out->block == 0)
        return sl_err_set(err, SL_EPROTO, "the node's receipt is none of this transaction");
    out->ok = status == 1;
    if (!read_quantity(&used, sl_json_get(receipt, "gasUsed")) ||
        !read_quantity(&price, sl_json_get(receipt, "effectiveGasPrice")) ||
        !sl_u256_mul(&out->fee, used, price))
        out->fee = sl_u256(0);
    return 1;
}

int sl_wallet_node_receipt(struct sl_wallet_node_receipt *out,
                           const struct sl_wallet_tx_sender *sender,
                           const uint8_t hash[static SL_TX_HASH_BYTES], struct sl_err *err)
{
    char params[HASH_PARAMS];
    struct sl_json *answer;
    hash_params(params, hash);
    int rc = call(sender, "eth_getTransactionReceipt", params, &answer, err);
    if (rc == SL_EREFUSED) /* some nodes refuse to tell of what is in no block yet */
        return 0;
    if (rc < 0)
        return rc;
    const struct sl_json *receipt = sl_json_get(answer, "result");
    rc = sl_json_is_object(receipt) ? read_receipt(out, receipt, hash, err) : 0;
    sl_json_free(answer);
    return rc;
}

static int is_known(const struct sl_wallet_tx_sender *sender,
                    const uint8_t hash[static SL_TX_HASH_BYTES], struct sl_err *err)
{
    char params[HASH_PARAMS];
    struct sl_json *answer;
    hash_params(params, hash);
    const int rc = call(sender, "eth_getTransactionByHash", params, &answer, err);
    if (rc < 0)
        return rc;
    const bool known = sl_json_is_object(sl_json_get(answer, "result"));
    sl_json_free(answer);
    return known;
}

/* ---- numbers ---- */

int sl_wallet_node_nonce(uint64_t *out, const struct sl_wallet_tx_sender *sender, bool pending,
                         struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    char params[SL_ADDRESS_CHARS + 24];
    sl_address_text(address, sl_key_address(sender->key));
    snprintf(params, sizeof params, "[\"%s\",\"%s\"]", address, pending ? "pending" : "latest");
    return ask_u64(out, sender, "eth_getTransactionCount", params, err);
}

int sl_wallet_node_head(uint64_t *out, const struct sl_wallet_tx_sender *sender, struct sl_err *err)
{
    return ask_u64(out, sender, "eth_blockNumber", "[]", err);
}

/* ---- fees ---- */

/* The highest of the base fees; false when there is none among them. */
static bool highest(struct sl_u256 *out, const struct sl_json *list)
{
    bool any = false;
    const struct sl_json *one = sl_json_is_array(list) ? sl_json_first(list) : NULL;
    for (; one != NULL; one = sl_json_next(one)) {
        struct sl_u256 fee;
        if (!read_quantity(&fee, one))
            continue;
        *out = any ? sl_u256_max_of(*out, fee) : fee;
        any = true;
    }
    return any;
}

static int base_fee(struct sl_u256 *out, const struct sl_wallet_tx_sender *sender,
                    struct sl_err *err)
{
    struct sl_json *answer;
    int rc = call(sender, "eth_feeHistory", "[\"0x78\",\"latest\",[]]", &answer, NULL);
    bool told =
        rc == SL_OK && highest(out, sl_json_get(sl_json_get(answer, "result"), "baseFeePerGas"));
    sl_json_free(answer);
    if (told || rc == SL_ECANCELED)
        return told ? SL_OK : sl_err_set(err, rc, "cancelled");
    /* a node without a history still knows its last block */
    rc = call(sender, "eth_getBlockByNumber", "[\"latest\",false]", &answer, err);
    if (rc < 0)
        return rc;
    told = read_quantity(out, sl_json_get(sl_json_get(answer, "result"), "baseFeePerGas"));
    sl_json_free(answer);
    return told ? SL_OK : sl_err_set(err, SL_EPROTO, "the node tells no base fee");
}

int sl_wallet_node_fees(struct sl_wallet_tx_cost *out, const struct sl_wallet_tx_sender *sender,
                        struct sl_err *err)
{
    struct sl_rpc_failure failure = {0};
    struct sl_u256 base = {{0}};
    int rc = sl_rpc_quantity(rpc_of(sender), "eth_maxPriorityFeePerGas", "[]",
                             &out->max_priority_fee, &failure, err);
    sl_rpc_failure_free(&failure);
    if (rc == SL_OK)
        rc = base_fee(&base, sender, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_add(&base, base, base) || !sl_u256_add(&out->max_fee, base, out->max_priority_fee))
        return sl_err_set(err, SL_EPROTO, "the node's fees are beyond any number");
    return SL_OK;
}

static struct sl_u256 most_fee(const struct sl_wallet_tx_sender *sender)
{
    return sl_u256_is_zero(sender->most_fee) ? sl_u256(1000000000000000000) : sender->most_fee;
}

int sl_wallet_node_cap(struct sl_wallet_tx_cost *cost, const struct sl_wallet_tx_sender *sender,
                       struct sl_err *err)
{
    char asks[SL_U256_AMOUNT_CHARS];
    char may[SL_U256_AMOUNT_CHARS];
    if (!sl_u256_mul(&cost->most, sl_u256(cost->gas), cost->max_fee))
        return sl_err_set(err, SL_EPROTO, "the node's fees are beyond any number");
    if (sl_u256_cmp(cost->most, most_fee(sender)) <= 0)
        return SL_OK;
    sl_u256_amount(asks, cost->most, SL_TOKEN_DECIMALS, 6);
    sl_u256_amount(may, most_fee(sender), SL_TOKEN_DECIMALS, 6);
    return sl_err_set(err, SL_EMONEY,
                      "the network's fee could be %.30s FIL, more than the %s that a transaction "
                      "may cost: try again later",
                      asks, may);
}

/* ---- sending ---- */

static int send_raw(const struct sl_wallet_tx_sender *sender, const void *raw, size_t len,
                    struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_json *answer = NULL;
    char *hex = malloc(2 * len + 1);
    struct sl_buf params = {0};
    if (hex == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for a transaction");
    sl_hex_encode(hex, raw, len);
    sl_buf_str(&params, "[\"0x");
    sl_buf_str(&params, hex);
    sl_buf_str(&params, "\"]");
    free(hex);
    int rc = params.failed;
    if (rc < 0)
        return sl_err_set(err, rc, "no memory for a transaction");
    rc = sl_rpc_call(rpc_of(sender), "eth_sendRawTransaction", params.data, &answer, failure, err);
    sl_json_free(answer);
    sl_buf_free(&params);
    return rc;
}

int sl_wallet_node_broadcast(enum sl_wallet_node_reply *reply,
                             const struct sl_wallet_tx_sender *sender, const void *raw, size_t len,
                             const uint8_t hash[static SL_TX_HASH_BYTES], struct sl_err *err)
{
    struct sl_rpc_failure failure = {0};
    const uint64_t before = sl_rpc_round_trips(rpc_of(sender));
    int rc = send_raw(sender, raw, len, &failure, err);
    const bool answered = failure.code != 0;
    sl_rpc_failure_free(&failure);
    /* An earlier try whose answer was lost may have been taken: then a refusal means nothing. */
    const bool one_try = sl_rpc_round_trips(rpc_of(sender)) == before + 1;
    *reply = rc == SL_OK ? SL_WALLET_NODE_ACCEPTED : SL_WALLET_NODE_UNCLEAR;
    if (rc == SL_OK || rc == SL_ECANCELED || rc == SL_ENOMEM)
        return rc;
    if (!answered)
        return SL_OK;
    rc = is_known(sender, hash, NULL);
    if (rc == 1)
        *reply = SL_WALLET_NODE_ACCEPTED;
    else if (rc == 0 && one_try)
        *reply = SL_WALLET_NODE_REJECTED;
    return SL_OK;
}

int sl_wallet_node_reason(const struct sl_wallet_tx_sender *sender,
                          const struct sl_rpc_message *message, uint64_t block, struct sl_err *err)
{
    struct sl_rpc_failure failure = {0};
    struct sl_buf out = {0};
    int rc = sl_rpc_eth_call_at(rpc_of(sender), message, block, &out, &failure, err);
    rc = rc < 0 ? sl_ask_reason(&failure, rc, err) : SL_OK;
    if (rc != SL_EREVERT && rc != SL_EMONEY && rc != SL_EKEY)
        rc = sl_err_set(err, SL_EREVERT, "the chain refused it, and does not say why");
    sl_buf_free(&out);
    sl_rpc_failure_free(&failure);
    return rc;
}
