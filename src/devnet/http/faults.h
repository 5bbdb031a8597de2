/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * faults.h - misbehaviour on request, for tests: the rules, and waiting that a client's end, the
 * end of the server and a change of the rules all cut short.
 */
#ifndef SL_DEVNET_FAULTS_H
#define SL_DEVNET_FAULTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/buf.h"
#include "sluice/err.h"

/* X(id, name) */
#define SL_DEVNET_FAULTS(X)                                                                        \
    X(SL_DEVNET_FAULT_NONE, "none")                                                                \
    X(SL_DEVNET_FAULT_STATUS, "status") /* answer `status` after after_bytes of the body */        \
    X(SL_DEVNET_FAULT_RESET, "reset") /* TCP reset after after_bytes, of the upload or download */ \
    X(SL_DEVNET_FAULT_STALL,                                                                       \
      "stall")                      /* after after_bytes nothing moves until the client leaves */  \
    X(SL_DEVNET_FAULT_SLOW, "slow") /* bytes_per_s */                                              \
    X(SL_DEVNET_FAULT_DROP, "drop") /* do the work, close without an answer */                     \
    X(SL_DEVNET_FAULT_DELAY, "delay")       /* wait `ms` before the work */                        \
    X(SL_DEVNET_FAULT_TRUNCATE, "truncate") /* end a download after after_bytes */                 \
    X(SL_DEVNET_FAULT_CORRUPT,                                                                     \
      "corrupt")                    /* flip a bit of the byte at after_bytes of a download */      \
    X(SL_DEVNET_FAULT_HOLD, "hold") /* a commit: its transaction leaves `ms` later */              \
    X(SL_DEVNET_FAULT_LOSE, "lose") /* a commit: it never does, and is given up after `ms` */      \
    X(SL_DEVNET_FAULT_FAIL, "fail") /* a commit: included, but reverted */                         \
    X(SL_DEVNET_FAULT_REPLACE, "replace") /* a commit: included under another hash */              \
    X(SL_DEVNET_FAULT_GAP, "gap")         /* a commit: recorded only `ms` after it is confirmed */ \
    X(SL_DEVNET_FAULT_END, "end")         /* an add: the data set is said to have ended */         \
    X(SL_DEVNET_FAULT_PARK, "park")       /* an upload: findable `ms` later than others */         \
    X(SL_DEVNET_FAULT_ALIKE, "alike")     /* a stream: refused when its root has another length */ \
    X(SL_DEVNET_FAULT_ADVERTISED,                                                                  \
      "advertised")                 /* a piece's status: announced, with the fields to come */     \
    X(SL_DEVNET_FAULT_AUTH, "auth") /* 401: this provider wants a registered service */            \
    /* those of the node's eth_getLogs and eth_getTransactionReceipt from here on */               \
    X(SL_DEVNET_FAULT_LOOKBACK, "lookback") /* nothing older than `blocks` */                      \
    X(SL_DEVNET_FAULT_FULL, "full")         /* a full node: `blocks` at once, and its words */     \
    X(SL_DEVNET_FAULT_SHUFFLE, "shuffle")   /* logs from the last to the first */                  \
    X(SL_DEVNET_FAULT_TWICE, "twice")       /* every log twice */                                  \
    X(SL_DEVNET_FAULT_STRAY, "stray")       /* behind every log the same of another contract */

#define SL_DEVNET_FAULT_ENUM(id, name) id,
enum sl_devnet_fault_action { SL_DEVNET_FAULTS(SL_DEVNET_FAULT_ENUM) SL_DEVNET_FAULT_COUNT };
#undef SL_DEVNET_FAULT_ENUM

enum { SL_DEVNET_FAULT_RULES = 32, SL_DEVNET_FAULT_MATCH = 160, SL_DEVNET_FAULT_BODY = 512 };

/** What happens to one request. Plain value. */
struct sl_devnet_fault {
    enum sl_devnet_fault_action action;
    unsigned status;
    uint64_t after_bytes;
    uint64_t bytes_per_s;
    uint64_t retry_after_s; /* 0: no such header */
    uint64_t ms;
    uint64_t blocks;                 /* 0: a day of 30 s epochs */
    unsigned generation;             /* of the rules it was picked from */
    size_t rule;                     /* its index among them */
    uint64_t owed_us;                /* of a slow transfer: time not waited for yet */
    char body[SL_DEVNET_FAULT_BODY]; /* "": the usual error text */
};

struct sl_devnet_fault_rule {
    char match[SL_DEVNET_FAULT_MATCH]; /* prefix of "METHOD /path"; "" is everything */
    uint64_t skip;                     /* let so many requests pass first */
    uint64_t times;                    /* then hit so many; 0: all */
    uint64_t seen;
    uint64_t hits;
    struct sl_devnet_fault fault;
};

struct sl_devnet_waiter;

struct sl_devnet_faults {
    pthread_mutex_t lock;
    /* under lock */
    struct sl_devnet_fault_rule rules[SL_DEVNET_FAULT_RULES];
    size_t count;
    struct sl_devnet_waiter *waiters;
    unsigned generation; /* counts the clearings */
    bool stopping;
};

void sl_devnet_faults_init(struct sl_devnet_faults *faults);
void sl_devnet_faults_fini(struct sl_devnet_faults *faults);

/** False when the table is full. */
bool sl_devnet_faults_add(struct sl_devnet_faults *faults, const struct sl_devnet_fault_rule *rule);
/** These instead of what there was, at once, and wake every waiter. False when they are too many.
 */
bool sl_devnet_faults_replace(struct sl_devnet_faults *faults,
                              const struct sl_devnet_fault_rule *rules, size_t count);
/** Forget all rules and wake every waiter. */
void sl_devnet_faults_clear(struct sl_devnet_faults *faults);
/** Wake every waiter, now and from now on. */
void sl_devnet_faults_stop(struct sl_devnet_faults *faults);
/** The rules with their counts as a JSON array; `held` is how many requests wait because of one. */
void sl_devnet_faults_list(struct sl_devnet_faults *faults, struct sl_buf *json);

/** Copy the first rule that hits this request into *out; counts. */
void sl_devnet_faults_pick(struct sl_devnet_faults *faults, struct sl_devnet_fault *out,
                           const char *method, const char *path);

/** enum sl_devnet_fault_action of a name; SL_DEVNET_FAULT_COUNT when unknown. */
enum sl_devnet_fault_action sl_devnet_fault_action_of(const char *name);

/** How many bytes of a slow transfer may move at once. */
uint64_t sl_devnet_fault_slice(const struct sl_devnet_fault *fault);
/** How many ms a slow transfer waits because of `bytes` more. */
int64_t sl_devnet_fault_pace(struct sl_devnet_fault *fault, size_t bytes);

enum sl_devnet_wait { SL_DEVNET_WAIT_OVER, SL_DEVNET_WAIT_CLEARED, SL_DEVNET_WAIT_GONE };

/**
 * Wait `ms` (< 0: without end) because of `fault`. CLEARED: the rules were cleared since it was
 * picked. GONE: the client closed its end or the server stops.
 */
enum sl_devnet_wait sl_devnet_faults_wait(struct sl_devnet_faults *faults,
                                          const struct sl_devnet_fault *fault, int client_fd,
                                          int64_t ms);

/** End the connection with a TCP reset. */
void sl_devnet_reset(int fd);

#endif
