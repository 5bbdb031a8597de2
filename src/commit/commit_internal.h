/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit_internal.h - the structures that the files of the commit room share.
 *
 * A lane is a thread in straight lines: recover what an earlier run left open, then gather, sign,
 * (pull,) send and settle one batch after the other. Every function below that takes a lane runs on
 * its thread.
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
    PATIENCE_RESENDS = 2, /* how many times resend_ms anything is waited for */
};

/** A piece that waits for its copy. One allocation, texts behind it. */
struct sl_item {
    struct sl_item *next;
    struct sl_piece_id piece;
    const char *url;
    struct sl_metadata metadata[ITEM_METADATA];
    size_t metadata_count;
    uint64_t serial;  /* of the latest sl_commit_add(); under the commit's lock */
    int64_t added_ms; /* monotonic, as all times here */
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

/* Pieces of a data set that the journal did not know of: onchain_pieces.c. */
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
    struct sl_u256 limited; /* a provider that has refused a batch for its size... */
    size_t limit;           /* ... and takes so many pieces; 0: none has */
    struct sl_u256 trusted; /* a provider with which a batch of this run has landed; 0: none */
    int provider_failures;  /* in a row */
    int chain_failures;     /* the same, of reading the chain before anything is signed */
    int64_t
        data_set_missing_since_ms; /* since when the chain does not show the data set; 0: it does */
    int64_t chain_inconsistent_since_ms; /* since when it does not show what a nonce tells of; 0: it
                                            does */
    struct sl_orphan *orphans;
    struct sl_onchain_pieces onchain;
    int64_t provider_silent_since_ms; /* since when nobody answers before anything is signed; 0:
                                         somebody does */

    pthread_cond_t wake; /* with the commit's lock */
    /* under the commit's lock */
    struct sl_chain *chain;  /* used by the lane's thread only; other threads may cancel it */
    struct sl_chain *second; /* the same rules; set while a second node is queried, else NULL */
    struct sl_sp *sp;        /* the same rules; client for sp_url */
    char sp_url[SL_SERVICE_URL_BYTES];
    struct sl_item *items; /* oldest first */
    struct sl_item **tail;
    int64_t last_added_ms;
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
    struct sl_err answer;        /* unclear answer to the last request; code 0: none */
    bool is_full;                /* another piece that waits does not fit */
    size_t fewer;     /* its provider refused so many pieces and takes this number; 0: it did not */
    bool is_reserved; /* its cost is included in `spent` of this run */
    bool is_away;     /* the provider did not answer, so nothing was signed */
    bool chain_failed;  /* the chain could not be read or said no, before anybody was asked */
    bool is_superseded; /* another payload with its nonce, or data set, has landed: no failure */
    bool pulls;         /* the bytes are at another provider: items[0]->url */
    bool is_gone; /* and that one is not there, or does not hand them over: nothing was sent */
};

/** What is known of a batch that may have been sent: settle.c. */
struct sl_settling {
    struct sl_lane *lane;
    struct sl_batch *batch;
    int64_t started_ms;
    int64_t sent_ms;  /* of the last request */
    int64_t soon_ms;  /* ms after the last request to resend the same bytes; 0: as usual */
    int soon_count;   /* such answers in a row */
    int64_t asked_ms; /* of the last look at the chain */
                      /* of the latest look at the chain */
    int64_t seen_ms;  /* of the block that it showed */
    int64_t chain_inconsistent_since_ms; /* since when the chain has not what the nonce tells of; 0:
                                            it has */
    int64_t failed_ms;                   /* since when the provider says so; 0: it does not */
    int64_t silent_since_ms; /* since when nobody answers at the provider's; 0: somebody does */
    bool told_silence;       /* the user has been told about this silence */
    int failures;            /* questions in a row without an answer */
    bool landed;             /* the chain says so: the record says where */
    bool contradicts;        /* it says what cannot be: no look changes that */
    bool is_superseded;      /* another payload with its nonce, or data set, has landed */
    bool told_behind;
    bool is_witnessed; /* a second node knows the pieces too, or no second node can be queried */
    int64_t denied_ms; /* since when the second node denies them; 0: not queried, or it does not */
    int64_t landed_ms;
    struct sl_err refusal; /* what a repeated request was answered with; code 0: no answer */
};

/* ---- commit.c ---- */

void sl_commit_tell(struct sl_lane *lane, const struct sl_commit_event *event);
/** Remove the item of a piece and free it, if there is one: the copy has ended. Returns its serial,
 * or 0 without an item. Pointers to the item become invalid; only the lane's thread may hold
 * pointers, and only to items in its batch. */
uint64_t sl_lane_drop(struct sl_lane *lane, const struct sl_piece_id *piece);
/** Like sl_lane_drop(), unless an add now wants more copies than `copies`: then it returns false
 * and removes nothing. */
bool sl_lane_drop_wanted(struct sl_lane *lane, const struct sl_piece_id *piece, unsigned copies,
                         uint64_t *serial);

int sl_lanes_start(struct sl_commit *commit, struct sl_err *err) SL_MUST_CHECK;
/** End at once, join, and free what they had; they can be started again. */
void sl_lanes_stop(struct sl_commit *commit);

/* ---- choose.c: at the start ---- */

int sl_commit_choose(struct sl_commit *commit, struct sl_err *err) SL_MUST_CHECK;
/** A chain of the options' network. */
int sl_commit_chain(struct sl_chain **out, const struct sl_commit *commit,
                    struct sl_err *err) SL_MUST_CHECK;
/** What to choose from; borrows from the view. */
struct sl_selection sl_commit_selection(const struct sl_commit *commit,
                                        const struct sl_chain_view *view);
/** Providers that failed lately and are left alone for a while. */
struct sl_avoid {
    const struct sl_commit *commit;
    struct sl_u256 ids[USED_MAX];
    size_t count;
};
int sl_avoid_read(struct sl_avoid *avoid, const struct sl_commit *commit,
                  struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** Errors: SL_EPROTO (a service URL that cannot be used). */
int sl_target_of(struct sl_target *out, const struct sl_choice *choice,
                 struct sl_err *err) SL_MUST_CHECK;
/** Copy the sums of a data set that pricing needs. */
void sl_target_take_sums(struct sl_target *target, const struct sl_data_set *set);
/** The target as a place for pieces, with none added yet. */
struct sl_cost_target sl_target_cost(const struct sl_commit *commit,
                                     const struct sl_target *target);
/** Whether providers answer, asked at once and kept for a choice: ctx of sl_alive_fn. */
struct sl_alive {
    const struct sl_provider *providers[SL_PROVIDERS_MAX];
    bool answered[SL_PROVIDERS_MAX];
    size_t count;
};
int sl_alive_ask(struct sl_alive *alive, const struct sl_commit *commit,
                 const struct sl_chain_view *view, struct sl_err *err) SL_MUST_CHECK;
bool sl_alive(void *ctx, const struct sl_provider *provider);

/* ---- places.c ---- */

/** Store in the journal the URLs that the registry lists for the providers. */
int sl_commit_note_places(const struct sl_commit *commit, const struct sl_chain_view *view,
                          struct sl_err *err) SL_MUST_CHECK;

/* ---- asked.c: copies that match the explicit options ---- */

/** At the start: find the data sets that match options.asked, and note in the journal which ones
 * the CDN serves. Errors: SL_ENOMEM, SL_EJOURNAL. */
int sl_commit_find_fits(struct sl_commit *commit, const struct sl_chain_view *view,
                        struct sl_err *err) SL_MUST_CHECK;
/** Register a data set that a lane has created. */
void sl_commit_made(struct sl_lane *lane, uint64_t data_set_id);
/** Whether the copy is on our chain, belongs to our payer and matches options.asked. */
bool sl_commit_counts(struct sl_commit *commit, const struct sl_journal_copy *copy);
/** Whether the first copy must stay at its own provider, because the user named that provider or
 * data set. */
bool sl_commit_asks_place(const struct sl_commit *commit);

/* ---- target.c: before a batch ---- */

/** Make sure that the lane's data set can take pieces, choose another one when it cannot. */
int sl_lane_check_target(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;
/** Choose another provider for the copy, or its first one. A failing provider is not chosen again.
 * SL_ENOTFOUND: none is left. */
int sl_lane_replace(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;

/* ---- money.c ---- */

/** What these targets cost, and SL_EMONEY with what to do when the account cannot pay it. */
struct sl_sums {
    struct sl_u256 cost; /* fees and what is locked */
    struct sl_u256 most; /* the same cost for checking a limit: the known price replaces a lower
                            reported one */
    struct sl_u256 fees;
    struct sl_u256 add_fees; /* of those, for adding */
};
int sl_money_check(struct sl_sums *sums, const struct sl_commit *commit,
                   const struct sl_chain_view *view, const struct sl_cost_target *targets,
                   size_t count, struct sl_err *err) SL_MUST_CHECK;
/** The account cannot pay for the next payload: put into *err the cost of everything that the
 * journal has queued, in all copies. `lane`: its data set is known better than at the start; may
 * be NULL. *err is unchanged when nothing is queued. */
void sl_commit_price_queue(struct sl_commit *commit, struct sl_journal *journal,
                           const struct sl_chain_view *view, const struct sl_lane *lane,
                           struct sl_err *err);
/** The same for a batch, with the limit of the run, by the account, the prices and the data set of
 * this moment: they are read here. Errors: also SL_EBUSY (the data set has ended meanwhile, or the
 * node does not know it: choose again). */
int sl_lane_check_money(struct sl_lane *lane, struct sl_batch *batch,
                        struct sl_err *err) SL_MUST_CHECK;
/** The chain refused a payload for money, as another one of the account came before it: put into
 * *err what is missing now. *err stays as it is when nothing is, or when that cannot be read. */
void sl_lane_explain_money(struct sl_lane *lane, const struct sl_batch *batch, struct sl_err *err);
/** A batch has landed: the data sets of the whole queue are priced as they are then. */
void sl_lane_note_paid(struct sl_lane *lane, const struct sl_batch *batch);

/* ---- prices.c ---- */

/** Refuse prices far from those that this release knows, unless the user gave a limit for this run.
 * Errors: SL_EMONEY, with both numbers. */
int sl_commit_check_prices(const struct sl_commit *commit, const struct sl_prices *told,
                           struct sl_err *err) SL_MUST_CHECK;
/** Prices for checking a limit. False: they equal the reported prices. */
bool sl_commit_limit_prices(struct sl_prices *out, const struct sl_commit *commit,
                            const struct sl_prices *told);

/* ---- second.c: does a second node confirm the first? ---- */

/** Compare the prices that `chain` reported with those from a second node. Also SL_OK when there is
 * no second node or it is silent; *note then says why, else it is "". `lane`: NULL at the start,
 * later the lane on whose thread this runs. Errors: SL_EMONEY (the prices differ; with both
 * numbers), SL_ECANCELED. */
int sl_commit_compare_prices(struct sl_commit *commit, struct sl_lane *lane, struct sl_chain *chain,
                             const struct sl_prices *told, struct sl_err *note,
                             struct sl_err *err) SL_MUST_CHECK;
/** Compare what a landed batch took with its promised cost. If it took more, the run commits
 * nothing more and tells the user. A missing receipt proves nothing. */
void sl_batch_check_paid(struct sl_lane *lane, const struct sl_batch *batch);
/** Whether a second node knows the pieces of a landed batch. 1: yes, or no second node can be
 * queried; 0: not yet. Errors: SL_ECANCELED. */
int sl_batch_ask_second(struct sl_lane *lane, const struct sl_batch *batch,
                        struct sl_err *err) SL_MUST_CHECK;

/* ---- notes.c: lines of the log ---- */

/** What this thread does next, in all components, is for this batch: sl_log_about("%s", "") ends
 * that. */
void sl_batch_about(const struct sl_batch *batch);
/** "signed", "sent", "landed"; sl_batch_about() too. `why` may be NULL. */
void sl_batch_note(const struct sl_batch *batch, const char *what, const struct sl_err *why);

/* ---- batch.c ---- */

/** Sign, and write to the journal. While another program has that locked both of these wait, as
 * long as for anything; SL_ECANCELED when the commit ends. */
int sl_batch_sign(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** Store in the journal the labels that the chain has for the pieces of a landed batch. Labels that
 * cannot be read are logged. */
void sl_batch_note_labels(struct sl_lane *lane, const struct sl_batch *batch);
/** Write the record as it is now; for a landed batch, write the labels too. */
int sl_batch_save(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** Keep in the journal that the one piece of the batch, which nobody here has signed for, is in the
 * lane's data set under this id. */
int sl_batch_note_landed(struct sl_lane *lane, struct sl_batch *batch, uint64_t piece_id,
                         struct sl_err *err) SL_MUST_CHECK;
/** It is given up: why. A failure to write is only logged: it stays open, and is looked at
 * again by the next run. */
void sl_batch_void(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *why);
/** As requests name it; borrows from the batch. */
struct sl_sp_commit sl_batch_request(const struct sl_batch *batch);

/** Its cost counts as taken, whatever the run may spend: it was taken. */
void sl_batch_reserve(struct sl_lane *lane, const struct sl_batch *batch);
/** Pieces that the lane's data set takes in one batch, as far as is known: from old contracts, from
 * refusals of its provider in this run, and few at first, for a failed batch repeats everything. */
size_t sl_lane_limit(const struct sl_lane *lane);
/** Its provider has refused it for the number of its pieces (`fewer`): they go in smaller batches
 * at once, and so do later ones to this provider. It is empty then. */
void sl_batch_divide(struct sl_lane *lane, struct sl_batch *batch);
/** Its items are nobody's again; it is empty then. */
void sl_batch_let_go(struct sl_lane *lane, struct sl_batch *batch);
/** The same for these pieces alone; NULL: all. */
void sl_batch_leave_out(struct sl_lane *lane, struct sl_batch *batch,
                        const struct sl_piece_set *pieces);

/* ---- nonce.c ---- */

/** What has left for these pieces, or for a data set, keeps its nonce: put that into the batch, and
 * take pieces of another one out. 1: gather anew, what was given up has landed; 0: sign. */
int sl_batch_recall(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** 1: the use is that of this record, which says where from now on; 0: it is not, or the node does
 * not know it yet. */
int sl_lane_is_landed_as(struct sl_journal_commit *record, struct sl_lane *lane,
                         const struct sl_nonce_use *use, struct sl_err *err) SL_MUST_CHECK;
/** Which of the payloads with this nonce it is that has used it: 1 and *out as above, or 0. */
int sl_lane_whose(struct sl_journal_commit *out, struct sl_lane *lane, struct sl_u256 nonce,
                  const struct sl_nonce_use *use, struct sl_err *err) SL_MUST_CHECK;

/* ---- onchain_pieces.c ---- */

/** Whether the data set has pieces of the batch already: 1, gather anew, they are told; 0. */
int sl_batch_ask_data_set(struct sl_lane *lane, struct sl_batch *batch,
                          struct sl_err *err) SL_MUST_CHECK;
/** These pieces are known without a look. */
void sl_onchain_pieces_skip(struct sl_onchain_pieces *seen, const struct sl_journal_commit *landed);
void sl_onchain_pieces_free(struct sl_onchain_pieces *seen);

/* ---- pull.c ---- */

/** Let the lane's provider fetch the pieces: 0 when it has all. SL_EMISMATCH and the like: some
 * failed, and their items were marked. */
int sl_batch_pull(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

/* ---- send.c, settle.c ---- */

/** The first request, and all until it has landed. 0: landed, `record` says where. An error with
 * record.state VOID: it will never land; any other state: stopped meanwhile. */
int sl_batch_commit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** One request with the payload of the record; journalled before and after. */
int sl_batch_send(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** For one that may have been sent. */
int sl_batch_settle(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

void sl_settle_begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch);
/** One look. 1: it has landed; 0: look again, after sl_settle_wait_ms(); an error as of
 * sl_batch_commit(). */
int sl_settle_look(struct sl_settling *s, struct sl_err *err) SL_MUST_CHECK;
int64_t sl_settle_wait_ms(const struct sl_settling *s);

/* ---- orphan.c: what was signed for a provider that the lane has left ---- */

/** Whether the record is of another provider than the lane's. */
bool sl_batch_is_orphan(const struct sl_lane *lane, const struct sl_batch *batch);
/** Look at it from time to time, while the lane does other work; its payload is given. One that is
 * looked at already is left out. Without memory it waits for the next run. */
void sl_orphan_add(struct sl_lane *lane, struct sl_batch *batch);
/** Nothing is signed for such a piece. Under the lock or not. */
bool sl_orphan_has(const struct sl_lane *lane, const struct sl_piece_id *piece);
/** When one is to be looked at; INT64_MAX: there is none. */
int64_t sl_orphans_next_ms(const struct sl_lane *lane);
/** All of them are due. */
void sl_orphans_hurry(struct sl_lane *lane);
/** Look at those that are due, and tell. */
void sl_orphans_look(struct sl_lane *lane);
void sl_orphans_free(struct sl_lane *lane);

/* ---- recover.c ---- */

/** Whether a commit of the journal is on our chain, for our payer. */
bool sl_commit_is_own(const struct sl_commit_options *options,
                      const struct sl_journal_commit *record);
/** And whether this lane has to look after it. */
bool sl_lane_owns(const struct sl_lane *lane, const struct sl_journal_commit *record);

/** Whether a copy of the journal is on our chain, for our payer. */
bool sl_commit_is_own_copy(const struct sl_commit_options *options,
                           const struct sl_journal_copy *copy);
/** 1: the piece is on chain as this lane's copy, for a caller that wants `copies` copies; *event
 * reports it. 0: the journal knows no such copy. Any thread, with a journal of its own. Errors:
 * SL_EJOURNAL. */
int sl_lane_has_landed(struct sl_commit_event *event, const struct sl_lane *lane,
                       struct sl_journal *journal, const struct sl_piece_id *piece, unsigned copies,
                       struct sl_err *err) SL_MUST_CHECK;
/** Settle what the journal says is open. Errors: SL_EJOURNAL, SL_ENOMEM. */
int sl_lane_recover(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;
/** 1: all of the batch may be signed, and what has landed earlier was taken out of it; 0: gather
 * anew, nothing was left of it or an open commit had to be settled. Errors as above. */
int sl_lane_sort_out(struct sl_lane *lane, struct sl_batch *batch,
                     struct sl_err *err) SL_MUST_CHECK;

/* ---- gather.c ---- */

/** Wait until pieces are to go, and put them into the batch. False when the commit ends. An empty
 * batch: a stray is to be looked at. */
bool sl_lane_gather(struct sl_lane *lane, struct sl_batch *batch) SL_MUST_CHECK;

/* ---- lane.c ---- */

void *sl_lane_main(void *arg);
/** One event for each piece of the batch; those that end a copy take its item out. */
void sl_lane_tell_all(struct sl_lane *lane, const struct sl_batch *batch,
                      enum sl_commit_event_type type, const struct sl_err *err);
/** A batch of this run or an earlier one is on chain: learn from it, and tell. */
void sl_lane_landed(struct sl_lane *lane, const struct sl_batch *batch);
/** The client of a provider: the one that is there, or a new one. */
int sl_lane_client(struct sl_lane *lane, const char *url, struct sl_err *err) SL_MUST_CHECK;
/** Whether an error means that nobody answered there. */
bool sl_lane_is_silence(int code);
/** Let time pass; SL_ECANCELED when the commit ends. A person's wake-up ends it early. */
int sl_lane_wait(struct sl_lane *lane, int64_t wait_ms, struct sl_err *err) SL_MUST_CHECK;
/** Wait before try number `tries` (from 1) is repeated, not less than the peer asked for. */
int64_t sl_lane_backoff_ms(struct sl_lane *lane, int tries, int64_t least_ms);
int64_t sl_lane_now_ms(const struct sl_lane *lane);
/** Under the commit's lock: sleep until a wake-up or this time; INT64_MAX: a wake-up alone. */
void sl_lane_sleep_until(struct sl_lane *lane, int64_t until_ms);
int64_t sl_lane_poll_ms(const struct sl_lane *lane);

#endif
