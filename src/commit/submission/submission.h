/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * submission.h - one signed payload: what is known about it, and what to do next. Layer: commit,
 * private. Pure: no I/O, no lane, no clock of its own.
 *
 * settle.c is the executor: it asks sl_submission_decide() for an action, performs it, reports the
 * result through sl_submission_on_x(), and asks again until the action is WAIT or an end. One such
 * series is a *look*. docs/commit.md explains the states; test_submission.c runs every combination.
 * Times are monotonic ms; 0 means "not" or "never".
 */
#ifndef SL_COMMIT_SUBMISSION_H
#define SL_COMMIT_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/* ---- states, facts, actions ---- */

/* X(name): what has become of the payload, as far as is known. */
#define SL_SUBMISSION_STATES(X)                                                                    \
    X(SIGNED)       /* in the journal; no request has left */                                      \
    X(REFUSED)      /* its only request was refused for certain, or never left */                  \
    X(IN_FLIGHT)    /* a request may have left, and its nonce is unused as far as is known */      \
    X(LANDED)       /* the chain has it */                                                         \
    X(SUPERSEDED)   /* another payload with its nonce, or for its new data set, has landed */      \
    X(CONTRADICTED) /* the nodes report what cannot be */

/* X(name): what the table of rules looks at, beside the state. Those of a look are false when it
 * begins. */
#define SL_SUBMISSION_FACTS(X)                                                                     \
    X(CANCELED)        /* look: the program ends */                                                \
    X(LEFT)            /* an earlier run left the payload open, or this one could not settle it */ \
    X(HAS_TX)          /* the provider gave a transaction hash to ask about */                     \
    X(SENT)            /* look: the same bytes were sent again */                                  \
    X(PROVIDER_ASKED)  /* look */                                                                  \
    X(SILENT)          /* the provider does not answer */                                          \
    X(REPORT_DUE)      /* the silence is long enough to tell the user, who does not know yet */    \
    X(CHAIN_ASKED)     /* look */                                                                  \
    X(CHAIN_DUE)       /* the chain may know something new */                                      \
    X(NO_ANSWER)       /* look: the last question had no usable answer */                          \
    X(FAILED_LONG)     /* the provider says that it failed, and later blocks agree */              \
    X(REFUSED_LONG)    /* repeats are refused, and patience has ended */                           \
    X(SILENT_LONG)     /* later blocks do not have it either, and patience has ended */            \
    X(REPEAT_DUE)      /* the same bytes should be sent again */                                   \
    X(LISTED)          /* look: the provider lists the pieces, or is not waited for any more */    \
    X(LISTING_ASKED)   /* look */                                                                  \
    X(LISTING_OVERDUE) /* the provider should have listed the pieces by now */                     \
    X(RECHECKED)       /* look: the chain was asked once more, because of the overdue list */      \
    X(WITNESSED)       /* a second node knows the pieces, or none can be asked */                  \
    X(SECOND_ASKED)    /* look */

/* X(name): what to do next. The first group goes on with the look, the second ends it. */
#define SL_SUBMISSION_ACTIONS(X)                                                                   \
    X(SEND)           /* send the signed bytes */                                                  \
    X(ASK_PROVIDER)   /* what became of the transaction? */                                        \
    X(PING_PROVIDER)  /* does it answer at all? */                                                 \
    X(REPORT_SILENCE) /* tell the user */                                                          \
    X(ASK_CHAIN)      /* is the nonce used, and by which payload? */                               \
    X(ASK_LISTING)    /* does the provider list the pieces? */                                     \
    X(RECHECK_CHAIN)  /* are the pieces still on chain? */                                         \
    X(ASK_SECOND)     /* does a second node know the pieces? */                                    \
    X(WAIT)           /* look again later */                                                       \
    X(CONFIRM)        /* it has landed for good */                                                 \
    X(STOP)           /* leave it open, with an error */                                           \
    X(ABANDON_UNSENT)                                                                              \
    X(ABANDON_REFUSED)                                                                             \
    X(ABANDON_FAILED)                                                                              \
    X(ABANDON_SILENT)                                                                              \
    X(ABANDON_SUPERSEDED)

#define SL_SUBMISSION_STATE_ENUM(name)  SL_SUBMISSION_##name,
#define SL_SUBMISSION_FACT_ENUM(name)   SL_FACT_BIT_##name,
#define SL_SUBMISSION_FACT_MASK(name)   SL_FACT_##name = 1U << SL_FACT_BIT_##name,
#define SL_SUBMISSION_ACTION_ENUM(name) SL_ACTION_##name,
enum sl_submission_state {
    SL_SUBMISSION_STATES(SL_SUBMISSION_STATE_ENUM) SL_SUBMISSION_STATE_COUNT
};
enum sl_submission_fact_bit { SL_SUBMISSION_FACTS(SL_SUBMISSION_FACT_ENUM) SL_FACT_COUNT };
enum sl_submission_fact { SL_SUBMISSION_FACTS(SL_SUBMISSION_FACT_MASK) };
enum sl_submission_action { SL_SUBMISSION_ACTIONS(SL_SUBMISSION_ACTION_ENUM) SL_ACTION_COUNT };
#undef SL_SUBMISSION_STATE_ENUM
#undef SL_SUBMISSION_FACT_ENUM
#undef SL_SUBMISSION_FACT_MASK
#undef SL_SUBMISSION_ACTION_ENUM

/* ---- the decision ---- */

/** All that a decision depends on. */
struct sl_submission_view {
    enum sl_submission_state state;
    unsigned facts; /* enum sl_submission_fact */
};

/** One row: in these states, with all facts of `with` and none of `without`, do `action`. */
struct sl_submission_rule {
    const char *name;
    unsigned states; /* 1 << state */
    unsigned with;
    unsigned without;
    enum sl_submission_action action;
};

enum { SL_SUBMISSION_RULES = 24 };
/** In order: the first row that matches decides. Every view has one. */
extern const struct sl_submission_rule sl_submission_rules[SL_SUBMISSION_RULES];

/** The first matching row of a table of this form. */
const struct sl_submission_rule *sl_submission_match(const struct sl_submission_rule *rules,
                                                     struct sl_submission_view view);
enum sl_submission_action sl_submission_decide(struct sl_submission_view view);

/* ---- what is known ---- */

/** How long things take, from the options. */
struct sl_submission_times {
    int64_t epoch_ms;
    int64_t resend_ms;
    int64_t settle_ms;
};

/** What the provider says about the transaction. */
enum sl_provider_word {
    SL_PROVIDER_KNOWS_NOTHING,
    SL_PROVIDER_PENDING,
    SL_PROVIDER_DONE,
    SL_PROVIDER_FAILED
};

/** What the chain says about the nonce. */
enum sl_nonce_word {
    SL_NONCE_NO_ANSWER,
    SL_NONCE_UNUSED,
    SL_NONCE_DATA_SET_TAKEN, /* unused, but another payload has made the data set */
    SL_NONCE_OURS,           /* used, by this payload */
    SL_NONCE_OTHERS,         /* used, by another payload of the journal */
    SL_NONCE_UNCLEAR,        /* the node caught up between two questions: ask again */
    SL_NONCE_UNMATCHED,      /* used, but the pieces are not there: wrong, or a node behind */
    SL_NONCE_IMPOSSIBLE      /* used, by something that this payload cannot be */
};

/** Everything known about one payload. A plain value; written by the functions below only. */
struct sl_submission {
    struct sl_submission_times times;
    bool is_left;
    bool is_sent;
    bool is_refused;
    bool has_tx;
    int64_t started_ms; /* of the first request */
    int64_t sent_ms;    /* of the last request */
    int64_t soon_ms;    /* after the last request: when to send again early; 0: as usual */
    int soon_count;     /* answers in a row that ask for that */
    bool has_refusal;   /* the last repeat was answered with an error */
    int64_t asked_ms;   /* of the last answer of the chain */
    int64_t seen_ms;    /* of the block that this answer describes */
    int64_t failed_ms;  /* since when the provider says that it failed */
    int64_t silent_since_ms;
    bool is_reported; /* the user knows about this silence */
    int failures;     /* looks in a row without a usable answer */
    int64_t landed_ms;
    bool is_landed;
    bool is_superseded;
    bool is_contradicted;
    int64_t chain_inconsistent_since_ms;
    bool is_witnessed;
    int64_t denied_ms; /* since when the second node denies the pieces */
    struct {           /* of this look */
        unsigned facts;
        enum sl_provider_word word;
    } look;
};

/** What the journal knows of it. */
struct sl_submission_start {
    bool is_sent;    /* a request may have left... */
    int64_t sent_ms; /* ... at this time */
    bool is_left;    /* SL_FACT_LEFT */
    bool has_tx;
};
void sl_submission_begin(struct sl_submission *s, const struct sl_submission_times *times,
                         const struct sl_submission_start *start);
void sl_submission_begin_look(struct sl_submission *s);
/** After WAIT: count looks without an answer. */
void sl_submission_end_look(struct sl_submission *s);
/** age_ms: since the payload was signed, by the wall clock of all runs. */
struct sl_submission_view sl_submission_view(const struct sl_submission *s, int64_t now_ms,
                                             int64_t age_ms);

/* ---- results of actions: rc as the action returned it ---- */

/** The first request. `left`: the journal says that it left. */
void sl_submission_on_first_request(struct sl_submission *s, int rc, bool left,
                                    const struct sl_err *answer, int64_t sent_ms);
void sl_submission_on_repeat(struct sl_submission *s, int rc, const struct sl_err *answer,
                             int64_t now_ms);
void sl_submission_on_provider(struct sl_submission *s, int rc, enum sl_provider_word word,
                               int64_t now_ms);
void sl_submission_on_ping(struct sl_submission *s, int rc, int64_t now_ms);
void sl_submission_on_reported(struct sl_submission *s);
/** A node has answered: as of this block. */
void sl_submission_on_block(struct sl_submission *s, int64_t seen_ms, int64_t now_ms);
/** After sl_submission_on_block(); rc < 0 with SL_NONCE_NO_ANSWER. */
void sl_submission_on_nonce(struct sl_submission *s, int rc, enum sl_nonce_word word,
                            enum sl_submission_action asked, int64_t now_ms);
/** rc 1: the provider lists the pieces. */
void sl_submission_on_listing(struct sl_submission *s, int rc, int64_t now_ms);
/** rc 1: a second node knows the pieces; 0: it does not. */
void sl_submission_on_second(struct sl_submission *s, int rc, int64_t now_ms);

/** Whether an error means that the peer did not answer at all. */
bool sl_is_silence(int code);

#endif
