/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * observed_today.h - tests/data/observed/today.txt, line by line, against the ledger.
 *
 * The file is read from its first line to its last. A line that begins with "==" or "--" opens a
 * scene; every other line is a fact of the scene that is open. The fact whose text is the longest
 * beginning of the line says what is done with it: `run` does what the line tells and compares the
 * outcome, or `why_not` says why the ledger does not emulate it. A line without a fact fails the
 * test, and so does a fact without a line.
 *
 * Figures of gas are of another machine. The sizes of most observed pieces are not known: those
 * here have as many leaves in every call.
 */
#ifndef SL_TEST_OBSERVED_TODAY_H
#define SL_TEST_OBSERVED_TODAY_H

#include "unit/ledger_kit.h"

enum { STORY_SETS = 16 };

/** What a call changes. */
struct books {
    struct sl_u256 client_funds, client_lockup, client_rate, provider_funds;
    struct sl_u256 reserve, pending, rate;
    uint64_t leaves, pieces;
};

struct story {
    struct ledger_kit *kit;
    const char *line;       /* the fact that is looked at */
    const char *rest;       /* behind the fact's text */
    char **lines;           /* all of the file */
    size_t at;              /* place of `line` */
    uint64_t set;           /* the data set that is spoken of */
    uint64_t number;        /* the next nonce */
    uint64_t created;       /* epoch of the story's data set */
    struct ledger_kit kept; /* what an act on a copy returns to */
    uint64_t client_ids[STORY_SETS];
    struct books before, after; /* around the last transaction */
};

struct fact {
    const char *text;
    void (*run)(struct story *story);
    const void *data;
    const char *why_not;
};

struct scene {
    const char *header;                 /* the line begins so */
    void (*begin)(struct story *story); /* NULL: goes on where the last scene ended */
    const struct fact *facts;
    size_t count;
};
#define SCENE(header, begin, facts)                                                                \
    {                                                                                              \
        header, begin, facts, sizeof(facts) / sizeof(facts)[0]                                     \
    }

extern const struct scene *const today_v1_4[];
extern const struct scene *const today_later[];
extern const struct scene *const today_removals[];
extern const struct scene *const today_end[];
extern const struct scene *const today_upgrade[];
extern const struct scene *const today_1_5[];

/** The fact that is looked at; for data of its row. */
const struct fact *story_fact(void);

/* ---- acts (observed_today_acts.c) ---- */

/** A network of its own, the client with so much USDFC deposited and everything approved. */
void story_network(struct story *s, enum sl_devnet_profile profile, const char *deposit);
struct books story_books(struct story *s);

enum form { COMPACT, FULL, SIGNED_COMPACT, SENT_COMPACT };

struct add {
    uint64_t set; /* 0: the story's; NEW_SET makes one */
    size_t count; /* 0: one, SIZE_MAX: none */
    enum form form;
    const struct kit_metadata *piece, *data_set;
    bool first_only;
    size_t key_lists, value_lists;
    enum who sender, signer, payer; /* default: SP1, the payer, the client */
    uint64_t bytes;                 /* of every piece; 0: 130, which are five leaves */
    uint64_t leaves;                /* of all of them, when not 0 */
    const struct kit_piece *pieces; /* given ones */
    const char *nonce;              /* in decimal; NULL: a new one */
    uint64_t client_id;
    bool garbage, no_payload;
    void (*spoil)(struct sl_buf *signature);
};
#define NEW_SET UINT64_MAX

/** addPieces(); `send`: as a transaction, the books are kept. Returns whether it went well. */
bool story_add(struct story *s, const struct add *add, bool send);
/** createDataSet() for the client; `least` pads its payload. */
bool story_create(struct story *s, const struct kit_metadata *data_set, size_t least, bool send);
bool story_remove(struct story *s, uint64_t set, const uint64_t *pieces, size_t count,
                  enum who sender, enum who signer, size_t least, bool send);
/** terminateService(id, signature). */
bool story_terminate(struct story *s, uint64_t set, enum who sender, enum who signer, size_t least,
                     bool send);
/** A function of one or two numbers. */
bool story_call(struct story *s, enum who from, const struct sl_address *to, const char *signature,
                uint64_t first, uint64_t second, bool send);
bool story_authorizer(struct story *s, uint64_t set, const struct sl_address *authorizer,
                      enum who from, bool send);
/** processPieceDeletions() and nextProvingPeriod() of the provider. */
bool story_process(struct story *s, uint64_t set, uint64_t count, enum who from, bool send);
bool story_period(struct story *s, uint64_t set, bool send);
/** Word `at` of a view's answer; zero when it reverts. */
struct sl_u256 story_word(struct story *s, const struct sl_address *to, const char *signature,
                          uint64_t id, size_t at);
uint64_t story_bytes_of(uint64_t leaves);

/* ---- facts of several scenes (observed_today_removals.c) ---- */

/** Schedules so many ids from `first` on, and expects the outcome. */
void story_schedule(struct story *s, uint64_t first, size_t count, enum who sender, bool send);
/** "processPieceDeletions(SET, COUNT)", "topUpLifecycleReserve". */
void do_process(struct story *s);
void do_top_up(struct story *s);

/* ---- checks (observed_today_check.c): fail with the line ---- */

/** "OK ..." or "REVERT ... 0xselector Error(types) [values]" against the last call. */
void expect_outcome(struct story *s);
/** "CALL Contract.function(args) returns 0x... | reverts, data 0x...". */
void expect_call(struct story *s);
/** The object behind `mark` in the line against FilecoinPay's account; members funds, lock, rate
 * and avail, or those of `members` alone. */
void expect_account(struct story *s, const char *mark, enum who who, const char *members);
/** The object behind "data set " against getDataSet() of the story's set. */
void expect_data_set(struct story *s);
/** Names of events, separated by ", ", against the last receipt, from `mark` on. */
void expect_events(struct story *s, const char *mark);
/** " -> B" etc: the amount behind the mark, in USDFC with a point. */
void expect_amount(struct story *s, const char *mark, struct sl_u256 is);
void expect_number(struct story *s, const char *mark, uint64_t is);
/** An integer of any size in units. */
void expect_units(struct story *s, const char *mark, struct sl_u256 is);
void expect_true(struct story *s, bool is);
/** Hex of the file ("0x..." or digits) from `mark` on against bytes. */
void expect_hex(struct story *s, const char *mark, const void *bytes, size_t len);
/** Where the mark ends in the line. */
const char *behind(struct story *s, const char *mark);

#endif
