/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * own_scene.h - the scene of chain_scene.h with a pool, blocks and receipts, and somebody who sends
 * transactions to it. Every question for the newest block makes one; every question for a receipt
 * lets a minute pass on the sender's clock.
 */
#ifndef SL_TEST_OWN_SCENE_H
#define SL_TEST_OWN_SCENE_H

#include <pthread.h>

#include "sluice/own_tx.h"
#include "sluice/path.h"

#include "chain_scene.h"
#include "support/fake_clock.h"

enum { OWN_POOL = 16, OWN_EVENTS = 64 };

struct own_pool_tx {
    uint8_t hash[SL_TX_HASH_BYTES];
    struct sl_u256 max_fee;
    struct sl_u256 max_priority_fee;
    uint64_t nonce;
    uint64_t block; /* 0: waits */
};

/** How the node behaves; set before it is asked. */
struct own_ways {
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

struct own_scene {
    struct scene base;
    struct sl_chain_view *view;
    const struct sl_contracts *contracts;
    struct sl_key *key;
    struct sl_own_payer payer;
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock fake;
    struct sl_own own;
    pthread_mutex_t lock; /* guards what follows */
    struct own_ways ways;
    struct own_pool_tx pool[OWN_POOL];
    size_t pool_count;
    uint64_t head;
    uint64_t nonce; /* used so far */
    int sends;      /* eth_sendRawTransaction asked for */
    enum sl_own_event events[OWN_EVENTS];
    enum sl_journal_tx_state states[OWN_EVENTS];
    size_t event_count;
};

void own_open(struct own_scene *scene);
void own_close(struct own_scene *scene);

/** Change how the node behaves. */
void own_behave(struct own_scene *scene, struct own_ways ways);

/** A new program on the same journal and chain: what is in memory is gone. */
void own_crash(struct own_scene *scene);

/** How many rows the journal has, in that state. */
size_t own_rows(struct own_scene *scene, enum sl_journal_tx_state state);

/** How often an event was told. */
size_t own_told(const struct own_scene *scene, enum sl_own_event event);

#endif
