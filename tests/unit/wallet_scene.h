/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wallet_scene.h - the scene of chain_scene.h with a pool, blocks and receipts, and somebody who
 * sends transactions to it. Every question for the newest block makes one; every question for a
 * receipt lets a minute pass on the sender's clock.
 */
#ifndef SL_TEST_WALLET_SCENE_H
#define SL_TEST_WALLET_SCENE_H

#include <pthread.h>

#include "sluice/path.h"
#include "sluice/wallet_tx.h"

#include "chain_scene.h"
#include "support/fake_clock.h"

enum { WALLET_POOL = 16, WALLET_EVENTS = 64 };

struct wallet_pool_tx {
    uint8_t hash[SL_TX_HASH_BYTES];
    struct sl_u256 max_fee;
    struct sl_u256 max_priority_fee;
    uint64_t nonce;
    uint64_t block; /* 0: waits */
};

/** How the node behaves; set before it is asked. */
struct wallet_ways {
    int lose_replies;        /* take that many transactions without an answer */
    int drop_requests;       /* close the connection on that many without taking them */
    const char *refuse;      /* refuse transactions with this message */
    bool refuse_known;       /* ... those that it has already */
    uint64_t least_fee;      /* puts only those into a block that pay at least this */
    bool revert;             /* what lands has no effect */
    bool steal_nonce;        /* somebody else uses the nonce first */
    bool no_history;         /* eth_feeHistory is unknown */
    const char *tip;         /* eth_maxPriorityFeePerGas; NULL: 0x64 */
    const char *receipt;     /* the result for every receipt */
    bool poor;               /* the account holds no FIL */
    int late_receipts;       /* that many receipts are not told though there is one */
    int look_ms;             /* what passes with a question for a receipt; 0: a minute */
    int pages;               /* that many questions for a receipt or the newest block are answered
                                with a page */
    int refuse_reads;        /* ... that many for a nonce or the newest block with a refusal */
    const char *send_result; /* what eth_sendRawTransaction tells instead of the hash */
};

struct wallet_scene {
    struct scene base;
    struct sl_chain_view *view;
    const struct sl_contracts *contracts;
    struct sl_key *key;
    struct sl_wallet_tx_payer payer;
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock fake;
    struct sl_wallet_tx_sender sender;
    pthread_mutex_t lock; /* guards what follows */
    struct wallet_ways ways;
    struct wallet_pool_tx pool[WALLET_POOL];
    size_t pool_count;
    uint64_t head;
    uint64_t nonce; /* used so far */
    int sends;      /* eth_sendRawTransaction asked for */
    enum sl_wallet_tx_event events[WALLET_EVENTS];
    enum sl_journal_tx_state states[WALLET_EVENTS];
    size_t event_count;
};

void wallet_open(struct wallet_scene *scene);
void wallet_close(struct wallet_scene *scene);

/** Change how the node behaves. */
void wallet_behave(struct wallet_scene *scene, struct wallet_ways ways);

/** A new program on the same journal and chain: what is in memory is gone. */
void wallet_crash(struct wallet_scene *scene);

/** How many rows the journal has, in that state. */
size_t wallet_rows(struct wallet_scene *scene, enum sl_journal_tx_state state);

/** How often an event was told. */
size_t wallet_event_count(const struct wallet_scene *scene, enum sl_wallet_tx_event event);

#endif
