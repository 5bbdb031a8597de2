/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * errands.h - slow work that the screen hands to other threads: reading the chain, paying,
 * downloading stored files to verify them, watching folders. Layer: tui.
 *
 * The caller of the screen lends it these functions. All are called on the screen's thread and
 * never block. Other threads do the work; the screen reads the answers as plain values when the
 * descriptor is readable.
 */
#ifndef SL_ERRANDS_H
#define SL_ERRANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/engine.h"
#include "sluice/err.h"
#include "sluice/piece.h"
#include "sluice/u256.h"

/* ---- errands ---- */

enum sl_errand_type {
    SL_ERRAND_WALLET,  /* read the account, and price the queue */
    SL_ERRAND_PRICE,   /* the price alone, for the account as it was read last */
    SL_ERRAND_VERIFY,  /* download each copy of a file, and compare it and the local file */
    SL_ERRAND_STOP,    /* stop verifying it, or do not begin */
    SL_ERRAND_TRY_PAY, /* the cost of a payment; sends nothing */
    SL_ERRAND_PAY,     /* sends it; only after the user has agreed */
};

/** A deposit, with the approval of the storage service if needed; amount 0: the approval alone. */
struct sl_payment {
    struct sl_u256 amount; /* base units of USDFC */
    bool approve;
    struct sl_u256 most_fee; /* PAY: the limit that the user agreed to, attoFIL */
};

/** Files that will be stored and are in no transaction yet; sizes of one copy. */
struct sl_queue_load {
    uint64_t files;
    uint64_t bytes;
    uint64_t pieces;
};

struct sl_errand {
    enum sl_errand_type type;
    struct sl_queue_load load; /* WALLET, PRICE */
    int64_t job_id;            /* VERIFY, STOP */
    struct sl_piece_id piece;  /* VERIFY */
    struct sl_payment payment; /* TRY_PAY, PAY: one at a time */
    const char *path;          /* VERIFY: of the local file; borrowed for the call */
};

/* ---- the account and the price of the queue ---- */

enum sl_wallet_state {
    SL_WALLET_UNREAD, /* not read yet */
    SL_WALLET_NONE,   /* there is no account: err says why */
    SL_WALLET_READ,
    SL_WALLET_FAILED, /* err; the sums are those of the last time, if read_ms is not 0 */
};
enum sl_wallet_approval { SL_WALLET_NOT_APPROVED, SL_WALLET_LIMITED, SL_WALLET_UNLIMITED };

/** The price of the queue; base units of USDFC. */
struct sl_queue_price {
    struct sl_queue_load load; /* what was priced; with 0 files nothing else is set */
    struct sl_err err;         /* code 0: the sums are valid */
    unsigned copies;           /* that will be made */
    unsigned wanted;
    struct sl_u256 month;
    struct sl_u256 fees;
    struct sl_u256 locked;
    struct sl_u256 deposit; /* that must be deposited first */
    struct sl_u256 runway;  /* epochs that the money lasts then; sl_u256_max(): for ever */
    bool approval;          /* must be given first */
    bool over_limit;        /* more than max_spend allows one run */
};

/** Sums in base units: FIL and USDFC both have 18 decimals. */
struct sl_wallet {
    enum sl_wallet_state state;
    struct sl_err err; /* NONE and FAILED: why, and what to do */
    bool test_money;   /* tFIL: the network is not the main one */
    bool local;        /* the built-in network */
    struct sl_address address;
    uint64_t epoch;
    int64_t read_ms; /* Unix ms; 0: never */
    struct sl_u256 fil;
    struct sl_u256 usdfc; /* in the wallet, not deposited */
    struct sl_u256 deposited;
    struct sl_u256 locked;
    struct sl_u256 available;
    struct sl_u256 debt;
    struct sl_u256 rate;   /* that the account pays per epoch */
    struct sl_u256 runway; /* epochs; sl_u256_max(): for ever */
    enum sl_wallet_approval approval;
    struct sl_queue_price price;
};

/* ---- verifying ---- */

enum sl_verify_state {
    SL_VERIFY_WAITS, /* for others before it */
    SL_VERIFY_RUNS,
    SL_VERIFY_GOOD,    /* every copy is right, and so is the local file if it exists */
    SL_VERIFY_BAD,     /* a copy or the local file is wrong: see why */
    SL_VERIFY_UNCLEAR, /* something could not be checked: see why */
    SL_VERIFY_STOPPED,
};

enum { SL_VERIFY_WHY_BYTES = 400 };

/** The progress or the result of one file. Each VERIFY ends with one of the last four states. */
struct sl_verify {
    int64_t job_id;
    enum sl_verify_state state;
    unsigned copies; /* that are known */
    unsigned good;   /* of those checked */
    unsigned at;     /* RUNS: the copy being checked, from 1; 0: the local file */
    uint64_t done_bytes;
    uint64_t total_bytes; /* of the local file and all copies */
    int64_t ended_ms;     /* Unix ms */
    char why[SL_VERIFY_WHY_BYTES];
};

/* ---- answers ---- */

/* ---- paying ---- */

enum sl_paid_state {
    SL_PAID_TRIED, /* it would succeed: see what, payment.most_fee */
    SL_PAID_SENT,
    SL_PAID_IN_BLOCK,
    SL_PAID_DONE,   /* fee */
    SL_PAID_FAILED, /* err; also of a try */
};

enum { SL_PAID_WHAT_BYTES = 160 };

/** TRY_PAY and PAY end with TRIED, DONE or FAILED. */
struct sl_paid {
    enum sl_paid_state state;
    struct sl_payment payment;
    struct sl_u256 fee; /* attoFIL; 0: not known */
    struct sl_err err;
    char what[SL_PAID_WHAT_BYTES]; /* "deposit 5 USDFC and approve the service" */
};

enum sl_answer_type { SL_ANSWER_WALLET, SL_ANSWER_VERIFY, SL_ANSWER_PAID };

struct sl_answer {
    enum sl_answer_type type;
    struct sl_wallet wallet;
    struct sl_verify verify;
    struct sl_paid paid;
};

/* ---- followed folders ---- */

/** A finished file to queue, or a note for the user. */
struct sl_found {
    bool note;
    struct sl_err err;        /* of a note */
    struct sl_file_mark file; /* the mark it was found with */
    char path[SL_PATH_BYTES]; /* of the file, or of the subject of the note; hostile */
};

struct sl_errands {
    void *ctx;
    int answer_fd; /* readable while there are answers, for poll() */
    /** Of several WALLET and PRICE, only the newest counts while one is running; each gets an
     * answer, or the one that replaced it does. */
    void (*send)(void *ctx, const struct sl_errand *errand);
    /** The next answer, false when there is none now. */
    bool (*answer)(void *ctx, struct sl_answer *out);

    size_t folders; /* watched folders; 0: the rest is not used */
    int found_fd;   /* readable while there are finds */
    /** The next one, false when there is none now. */
    bool (*found)(void *ctx, struct sl_found *out);
    /** Gets every event of the engine, before the screen does. */
    void (*event)(void *ctx, const struct sl_event *event);
};

#endif
