/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit_internal.h - the structures that the files of the commit module share. Layer: commit,
 * private.
 *
 * A lane is the thread of one copy. It recovers what an earlier run left open. Then it gathers,
 * signs, (pulls,) sends and settles one batch after the other: docs/commit.md. Functions that take
 * a lane run on its thread, unless their header says otherwise.
 */
#ifndef SL_COMMIT_INTERNAL_H
#define SL_COMMIT_INTERNAL_H

#include <pthread.h>

#include "sluice/buf.h"
#include "sluice/commit.h"
#include "sluice/sp.h"

#include "reuse/piece_index.h"
#include "reuse/piece_set.h"

enum {
    USED_MAX = 64,
    ITEM_METADATA = SL_METADATA_PIECE_ENTRIES,
    PATIENCE_RESENDS = 2, /* waits end after so many times resend_ms */
};

/** What a step for a batch leads to. Functions that return it take an err that is not NULL. */
enum sl_step {
    SL_STEP_FAILED,   /* *err says why */
    SL_STEP_PROCEED,  /* take the next step */
    SL_STEP_REGATHER, /* pieces of the batch have landed or are settled: gather them again */
    SL_STEP_WAIT,     /* not decided yet: look again later */
};

/** A piece that waits for its copy. One allocation, texts behind it. */
struct sl_item {
    struct sl_item *next;
    struct sl_piece_id piece;
    const char *url;
    struct sl_metadata metadata[ITEM_METADATA];
    size_t metadata_count;
    uint64_t serial;   /* from the latest sl_commit_add(); under the commit's lock */
    int64_t leaves_ms; /* when it no longer waits for others; monotonic, as all times here */
    int64_t not_before_ms;
    unsigned copies; /* copies wanted of the piece; under the commit's lock */
    int tries;       /* failed batches that contained it */
    bool in_batch;   /* under the commit's lock */
};

/** Where a lane commits to. */
struct sl_target {
    struct sl_u256 provider_id; /* 0: no provider chosen yet */
    struct sl_address service_provider;
    struct sl_address payee;
    struct sl_u256 data_set;           /* 0: a new one */
    struct sl_u256 client_data_set_id; /* of that data set */
    struct sl_u256 leaves;             /* leaves already in the data set */
    struct sl_u256 reserve;            /* the data set's reserve for its fees */
    struct sl_u256 pending;            /* fees that the data set has not paid */
    struct sl_u256 end_epoch;          /* 0: the data set is being paid for */
    struct sl_u256 pdp_rail;           /* the rail that pays for its storage */
    struct sl_u256 rail_rate;          /* what that rail pays an epoch */
    bool rail_rate_known;
    struct sl_commit_target shown;
};

/* Pieces of a data set that the journal does not know: onchain_pieces.c. */
struct sl_onchain_pieces {
    struct sl_u256 data_set; /* 0: none yet */
    uint64_t to;             /* ids below were looked at */
    struct sl_piece_index pieces;
};

struct sl_lane {
    /* immutable once it runs */
    struct sl_commit *commit;
    unsigned copy;
    pthread_t thread;
    bool running;

    /* lane thread only */
    struct sl_journal *journal;
    struct sl_target target;
    struct sl_u256 excluded; /* a data set that its provider refuses; 0: none */
    size_t most;            /* pieces a batch, whatever the provider takes: fewer after one that the
                               chain refused */
    struct sl_u256 limited; /* the provider that `limit` was looked up for... */
    size_t limit;           /* ... which takes so many pieces, as it said; 0: it said nothing */
    struct sl_u256 trusted; /* a provider with which a batch of this run has landed; 0: none */
    int provider_failures;  /* in a row */
    int chain_failures;     /* the same, of reading the chain before anything is signed */
    int64_t
        data_set_missing_since_ms; /* since when the chain does not show the data set; 0: it does */
    int64_t chain_inconsistent_since_ms; /* since when the chain does not show what a used nonce
                                            implies; 0: it does */
    struct sl_orphan *orphans;
    struct sl_onchain_pieces onchain;
    int64_t provider_silent_since_ms; /* since when the provider has not answered before signing; 0:
                                         it answers */

    pthread_cond_t wake; /* with the commit's lock */
    /* under the commit's lock */
    struct sl_chain *chain;  /* used by the lane's thread only; other threads may cancel it */
    struct sl_chain *second; /* the same rules; set while a second node is queried, else NULL */
    struct sl_sp *sp;        /* the same rules; client for sp_url */
    char sp_url[SL_SERVICE_URL_BYTES];
    struct sl_item *items; /* oldest first */
    struct sl_item **tail;
    bool woken;
};

struct sl_commit {
    /* immutable once open */
    struct sl_commit_options options; /* defaults filled in; borrowed pointers only where said */
    struct sl_metadata metadata[SL_METADATA_DATA_SET_ENTRIES]; /* of new data sets; texts owned */
    size_t metadata_count;
    char *texts[2 * SL_METADATA_DATA_SET_ENTRIES];
    char *ca_file;
    char *user_agent;
    char *second_node;
    char warning[SL_WARNING_BYTES];
    struct sl_chain_view money; /* of the start: prices, account, approval; nothing else */
    struct sl_cost_target start[SL_COPIES_MAX]; /* the lanes' data sets then, nothing to be added */
    bool is_compact;            /* of the contracts at the start: how batches are planned */
    uint64_t legacy_limit;      /* the same */
    struct sl_stored stored;    /* what the account paid for then */
    struct sl_journal *journal; /* the engine's: its thread alone reads it */
    struct sl_lane lanes[SL_COPIES_MAX];
    size_t lane_count;
    sl_commit_event_fn fn;
    void *fn_ctx;

    pthread_mutex_t lock;
    /* under lock */
    bool expect;
    bool quit;
    struct sl_u256 spent;
    struct sl_err overpaid; /* set once a commit took more than promised: nothing more is signed */
    int64_t second_from_ms; /* the second node was silent: do not query it before this time */
    struct sl_u256 used[USED_MAX]; /* providers of lanes, and those that failed them */
    size_t used_count;
    struct sl_cost_target last[SL_COPIES_MAX]; /* the lanes' data sets as last known, nothing to be
                                                  added */
    struct sl_u256 now[SL_COPIES_MAX];         /* the provider of each lane; 0: not known yet */
    uint64_t *fits;                            /* ids of the data sets that match options.asked */
    size_t fit_count;
    size_t fit_room;
};

/** What is signed, and the items in it. */
struct sl_batch {
    struct sl_journal_commit record;
    struct sl_buf payload;
    struct sl_item *items[SL_COMMIT_PIECES]; /* of the lane's list; NULL: of an earlier run */
    struct sl_u256 nonce;                    /* to be signed with; 0: a new one */
    struct sl_u256 client_data_set_id;       /* the same, of a data set that is to be made */
    size_t abandoned;                        /* payloads with that nonce before */
    struct sl_cost_target after; /* its data set once it has landed; set when is_reserved */
    struct sl_u256 promised;     /* cost by the prices that the node reported; 0: not known */
    bool is_full;                /* another piece that waits does not fit */
    size_t fewer; /* its provider refused the number of pieces and takes this many; 0: it did not */
    bool is_reserved;   /* its cost is included in `spent` of this run */
    bool is_away;       /* the provider did not answer, so nothing was signed */
    bool chain_failed;  /* the chain could not be read, or refused, before any provider was asked */
    bool is_superseded; /* another payload with its nonce, or data set, has landed: no failure */
    bool pulls;         /* the bytes are at another provider: items[0]->url */
    bool is_gone; /* that provider does not answer or does not hand them over: nothing was sent */
};

#endif
