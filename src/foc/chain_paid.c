/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What an add really took, from the events of its receipt. Only rails of the data set count: those
 * that the storage service names for it in the same receipt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "chain_ask.h"
#include "exact.h"

enum {
    RAILS_MAX = 4, /* storage, CDN, CDN cache misses */
    TX_BYTES = 32,
    DATA_MAX = 1 << 14, /* an event has 8 KiB at most */
    LOGS_MAX = 4096,
};

/* The fields of an event that are used. */
struct event {
    struct sl_address from;
    uint8_t topics[2][32]; /* the event's signature, and its subject */
    uint8_t data[DATA_MAX];
    size_t len;
};

struct adding {
    const struct sl_contracts *contracts;
    struct sl_u256 data_set;
    struct sl_u256 lockup_epochs;
    struct sl_u256 rails[RAILS_MAX];
    size_t rail_count;
    struct sl_sum locked;
    struct sl_sum fees;
};

/* ---- one event ---- */

static bool take_word(uint8_t out[static 32], const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    return text != NULL && sl_hex_decode(out, 32, text, strlen(text), NULL) == 32;
}

static bool take_event(struct event *out, const struct sl_json *log)
{
    const char *from = sl_json_str(sl_json_get(log, "address"));
    const char *data = sl_json_str(sl_json_get(log, "data"));
    const struct sl_json *topic = sl_json_first(sl_json_get(log, "topics"));
    if (from == NULL || data == NULL || !take_word(out->topics[0], topic) ||
        !take_word(out->topics[1], sl_json_next(topic)) ||
        sl_address_parse(&out->from, from, strlen(from), NULL) < 0)
        return false;
    const int n = sl_hex_decode(out->data, sizeof out->data, data, strlen(data), NULL);
    out->len = n > 0 ? (size_t)n : 0;
    return n >= 0;
}

static bool is_named(const struct event *event, const struct sl_address *from, const char *name)
{
    uint8_t topic[SL_ABI_WORD];
    sl_abi_topic(topic, name);
    return sl_address_equal(&event->from, from) &&
           memcmp(event->topics[0], topic, sizeof topic) == 0;
}

/* Word `index` of the data; 0 past its end. */
static struct sl_u256 word(const struct event *event, size_t index)
{
    struct sl_u256 out = sl_u256(0);
    if ((index + 1) * 32 <= event->len)
        (void)!sl_u256_from_be(&out, event->data + index * 32, 32);
    return out;
}

static struct sl_u256 about(const struct event *event)
{
    struct sl_u256 out = sl_u256(0);
    (void)!sl_u256_from_be(&out, event->topics[1], 32);
    return out;
}

/* ---- rails ---- */

static bool is_ours(const struct adding *adding, struct sl_u256 rail)
{
    for (size_t i = 0; i < adding->rail_count; i++) {
        if (sl_u256_cmp(adding->rails[i], rail) == 0)
            return true;
    }
    return false;
}

static void add_rail(struct adding *adding, struct sl_u256 rail)
{
    if (!sl_u256_is_zero(rail) && !is_ours(adding, rail) && adding->rail_count < RAILS_MAX)
        adding->rails[adding->rail_count++] = rail;
}

static void find_rails(struct adding *adding, const struct event *event)
{
    const struct sl_address *fwss = &adding->contracts->fwss;
    if (sl_u256_cmp(about(event), adding->data_set) != 0)
        return;
    if (is_named(event, fwss, "RailRateUpdated(uint256,uint256,uint256)"))
        add_rail(adding, word(event, 0));
    if (is_named(event, fwss,
                 "DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,address,"
                 "string[],string[])")) {
        for (size_t i = 0; i < 3; i++)
            add_rail(adding, word(event, i));
    }
}

/* ---- sums ---- */

static struct sl_u256 growth(struct sl_u256 before, struct sl_u256 after)
{
    struct sl_u256 more = sl_u256(0);
    return sl_u256_sub(&more, after, before) ? more : sl_u256(0);
}

static void add_up(struct adding *adding, const struct event *event)
{
    const struct sl_address *pay = &adding->contracts->payments;
    if (!is_ours(adding, about(event)))
        return;
    if (is_named(event, pay, "RailLockupModified(uint256,uint256,uint256,uint256,uint256)")) {
        sl_sum_add(&adding->locked, growth(word(event, 2), word(event, 3)));
    } else if (is_named(event, pay, "RailRateModified(uint256,uint256,uint256)")) {
        sl_sum_add_product(&adding->locked, growth(word(event, 0), word(event, 1)),
                           adding->lockup_epochs);
    } else if (is_named(event, pay,
                        "RailOneTimePaymentProcessed(uint256,uint256,uint256,uint256)")) {
        for (size_t i = 0; i < 3; i++) /* to the payee, to the operator, to the network */
            sl_sum_add(&adding->fees, word(event, i));
    }
}

static void each_event(struct adding *adding, const struct sl_json *logs, struct event *event,
                       void (*take)(struct adding *, const struct event *))
{
    size_t count = 0;
    for (const struct sl_json *log = sl_json_first(logs); log != NULL && count < LOGS_MAX;
         log = sl_json_next(log), count++) {
        if (take_event(event, log))
            take(adding, event);
    }
}

static int read_logs(struct sl_tx_paid *out, struct adding *adding, const struct sl_json *logs,
                     struct sl_err *err)
{
    struct event *event = malloc(sizeof *event);
    if (event == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for a receipt");
    each_event(adding, logs, event, find_rails);
    each_event(adding, logs, event, add_up);
    free(event);
    out->locked = adding->locked.plus;
    out->fees = adding->fees.plus;
    if (adding->locked.overflow || adding->fees.overflow)
        return sl_err_set(err, SL_EPROTO, "the receipt names sums that cannot be");
    return adding->rail_count > 0;
}

int sl_chain_paid(struct sl_tx_paid *out, struct sl_chain *chain, const char *tx,
                  struct sl_u256 data_set_id, struct sl_u256 lockup_epochs, struct sl_err *err)
{
    uint8_t hash[TX_BYTES];
    char hex[2 * TX_BYTES + 1], params[2 * TX_BYTES + 8];
    struct adding adding = {.data_set = data_set_id, .lockup_epochs = lockup_epochs};
    struct sl_rpc_failure failure = {0};
    struct sl_json *answer = NULL;
    *out = (struct sl_tx_paid){.locked = sl_u256(0)};
    if (sl_hex_decode(hash, sizeof hash, tx, strlen(tx), NULL) != TX_BYTES)
        return 0;
    sl_hex_encode(hex, hash, sizeof hash);
    snprintf(params, sizeof params, "[\"0x%s\"]", hex);
    int rc = sl_chain_contracts(chain, &adding.contracts, err);
    if (rc == SL_OK)
        rc = sl_rpc_call(chain->rpc, "eth_getTransactionReceipt", params, &answer, &failure, err);
    sl_rpc_failure_free(&failure);
    if (rc < 0)
        return rc == SL_EREFUSED ? 0 : rc; /* some nodes answer an unknown receipt with a refusal */
    rc = read_logs(out, &adding, sl_json_get(sl_json_get(answer, "result"), "logs"), err);
    sl_json_free(answer);
    return rc;
}
