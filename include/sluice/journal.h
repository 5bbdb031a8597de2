/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal.h - what must survive a crash: jobs, pieces, changes of state. Layer: store.
 *
 * SQLite: STATE_DIR/journal.db, WAL, synchronous=FULL, STRICT tables, `user_version` migrations.
 * One writer opens it and holds STATE_DIR/lock (with its pid inside); readers (`sluice status`)
 * need no lock. One thread at a time uses a journal. Make changes between sl_journal_txn_begin()
 * and sl_journal_txn_commit(); a change outside is a transaction of its own. Show a change to the
 * user only after its commit returned.
 *
 * Errors: SL_EJOURNAL (detail = SQLite code), SL_ENOSPC, SL_ENOMEM, SL_EHELD, and SL_EINVAL for
 * invalid calls (a change through a reader's journal, a job that is not in the journal). After a
 * failed change, the caller rolls back.
 */
#ifndef SL_JOURNAL_H
#define SL_JOURNAL_H

#include "sluice/clock.h"
#include "sluice/job.h"
#include "sluice/u256.h"

struct sl_journal;

enum sl_journal_mode {
    SL_JOURNAL_WRITE,
    SL_JOURNAL_READ,
    SL_JOURNAL_JOIN, /* small changes while a writer runs, also in another process; takes no lock */
};

/**
 * Open the journal. WRITE also locks it, creates it (folder 0700, file 0600) and migrates it.
 * Owned, free with sl_journal_close(). Errors: SL_EHELD ("another sluice (pid 123) is using DIR"),
 * SL_ENOENT (not WRITE, and there is no journal yet), SL_EJOURNAL (damaged, from a newer sluice,
 * from another program; not WRITE: from an older sluice).
 */
int sl_journal_open(struct sl_journal **out, const char *state_dir, enum sl_journal_mode mode,
                    const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
/** Open another connection to a writer's journal, for another thread of the process. It may write
 * too; only one connection changes the journal at a time. Close the writer last. Owned,
 * sl_journal_close(). */
int sl_journal_open_beside(struct sl_journal **out, const struct sl_journal *writer,
                           struct sl_err *err) SL_MUST_CHECK;
/** How long a change waits while another connection has the journal locked. The default is 5 s. */
void sl_journal_set_patience(struct sl_journal *journal, int wait_ms);
/** Whether a change failed only because another connection has the journal locked: nothing was
 * written, and it may be tried again. */
bool sl_journal_is_locked(const struct sl_err *err);
/** Whether a connection of this process is inside a transaction, so that this process itself holds
 * the lock. Any thread. */
bool sl_journal_is_changing(void);
/** NULL is allowed. An open transaction is rolled back. */
void sl_journal_close(struct sl_journal *journal);
const char *sl_journal_version(void); /* SQLite's, static */
/** The schema version that sl_journal_open() migrated from; 0: no migration, or a new journal. */
int64_t sl_journal_came_from(const struct sl_journal *journal);

/** Begin a transaction and take the lock of the database, so that nothing inside waits. Errors:
 * SL_EINVAL (a transaction is open). */
int sl_journal_txn_begin(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** Commit the transaction. If this returns 0, all changes are on disk; otherwise none are. The
 * transaction is over in any case. */
int sl_journal_txn_commit(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** Roll the transaction back. Does nothing without a transaction. */
void sl_journal_txn_rollback(struct sl_journal *journal);

/**
 * Add a job: stores *job and writes its id (never used before), added_ms and changed_ms. The path
 * is bytes without NUL (any encoding). Errors also: SL_EOVERFLOW (path empty or too long).
 */
int sl_journal_add(struct sl_journal *journal, struct sl_job *job, const char *path,
                   struct sl_err *err) SL_MUST_CHECK;

/**
 * Write all of *job (found by id) except path, file and added_ms. If the state differs from the
 * stored one, sets changed_ms and adds a line of history; otherwise changed_ms gets the stored
 * value. With provider_url NULL or "", the stored one stays.
 */
int sl_journal_update(struct sl_journal *journal, struct sl_job *job, const char *provider_url,
                      struct sl_err *err) SL_MUST_CHECK;

/** Write job->wish_id and job->copies, except for their transient fields (batch, tx). */
int sl_journal_set_copies(struct sl_journal *journal, const struct sl_job *job,
                          struct sl_err *err) SL_MUST_CHECK;

/** Like sl_journal_update(), but also writes the file mark: for a file that was planned again. */
int sl_journal_replan(struct sl_journal *journal, struct sl_job *job,
                      struct sl_err *err) SL_MUST_CHECK;

/** Remove the job, its pieces and its history. */
int sl_journal_remove(struct sl_journal *journal, int64_t job_id, struct sl_err *err) SL_MUST_CHECK;

/** One job with its path and provider URL ("" if none), borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_job_fn)(void *ctx, const struct sl_job *job, const char *path,
                                 const char *provider_url);
/**
 * All jobs by rank, then id, from one snapshot. Returns the callback's non-zero value, or 0. The
 * callback may read history and find paths, but must not change anything.
 */
int sl_journal_each(struct sl_journal *journal, sl_journal_job_fn fn, void *ctx,
                    struct sl_err *err) SL_MUST_CHECK;

/** A place in the list of jobs. */
struct sl_journal_place {
    int64_t rank;
    int64_t id;
};
#define SL_JOURNAL_FIRST ((struct sl_journal_place){INT64_MIN, 0})

/**
 * At most `count` jobs behind *after, by rank, then id, each page as of its own moment. *after
 * becomes the place of the last job. Returns the number of jobs, 0 at the end, or what the callback
 * stopped with (use negative values). Reads beside a writer, without holding it up for long.
 */
int sl_journal_page(struct sl_journal *journal, struct sl_journal_place *after, size_t count,
                    sl_journal_job_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** A change of state; from == to == queued for the first line. */
struct sl_history {
    int64_t at_ms;
    enum sl_job_state from;
    enum sl_job_state to;
    struct sl_err err;
};
typedef int (*sl_journal_history_fn)(void *ctx, const struct sl_history *line);
/** History of a job, oldest first. */
int sl_journal_history(struct sl_journal *journal, int64_t job_id, sl_journal_history_fn fn,
                       void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** The job of a path, newest first. Returns 1 and *job, or 0 when there is none. */
int sl_journal_find_path(struct sl_journal *journal, const char *path, struct sl_job *job,
                         struct sl_err *err) SL_MUST_CHECK;

/* ---- parts of files that are split ---- */

/** Write a part of a job, found by its id or new. The job's own piece (of sl_journal_update()) is
 * that of the whole file. Errors also: SL_EINVAL (no id). */
int sl_journal_put_part(struct sl_journal *journal, int64_t job_id, const struct sl_job_part *part,
                        struct sl_err *err) SL_MUST_CHECK;

/** Remove one part, or all parts if part_id is 0: the plan is no longer valid. */
int sl_journal_drop_parts(struct sl_journal *journal, int64_t job_id, int part_id,
                          struct sl_err *err) SL_MUST_CHECK;

/** One part, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_part_fn)(void *ctx, const struct sl_job_part *part);
/** All parts of a job by offset. Returns the callback's non-zero value, or 0. The callback must
 * not change anything. */
int sl_journal_each_part(struct sl_journal *journal, int64_t job_id, sl_journal_part_fn fn,
                         void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** An owner of a piece: a file that is one piece, or a part of a split file. */
struct sl_journal_owner {
    struct sl_job job;
    int part;                /* 0: the whole file is the piece; else sl_job_part_label() shows it */
    enum sl_job_state state; /* state of the part, or of the job itself */
};
/** One owner with its path, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_owner_fn)(void *ctx, const struct sl_journal_owner *owner,
                                   const char *path);
/** All owners of a piece, in any state, by job and position in the file. One file may need a piece
 * several times. Returns the callback's non-zero value, or 0. The callback may read copies and
 * history but change nothing. */
int sl_journal_each_owner(struct sl_journal *journal, const struct sl_piece_id *piece,
                          sl_journal_owner_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** The newest other job of the same size that is stored at the provider `url`. If `of` has a
 * PieceCID, the content must be the same too. Returns 1 and *job, or 0 when there is none. */
int sl_journal_find_twin(struct sl_journal *journal, const struct sl_job *of, const char *url,
                         struct sl_job *job, struct sl_err *err) SL_MUST_CHECK;

/* ---- providers ---- */

/** The measured rate of one upload to the provider; 0: not measured. */
int sl_journal_set_rate(struct sl_journal *journal, const char *url, uint64_t bytes_per_s,
                        struct sl_err *err) SL_MUST_CHECK;
int sl_journal_rate(struct sl_journal *journal, const char *url, uint64_t *bytes_per_s,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- own transactions ---- */

/* X(id, name): what became of signed bytes. The name stands in the database. */
#define SL_JOURNAL_TX_STATES(X)                                                                    \
    X(SL_JOURNAL_TX_SIGNED, "signed")     /* sent or not: it may land at any time */               \
    X(SL_JOURNAL_TX_LANDED, "landed")     /* in a block, and did what it was for */                \
    X(SL_JOURNAL_TX_REVERTED, "reverted") /* in a block, without effect but for its fee */         \
    X(SL_JOURNAL_TX_REPLACED, "replaced") /* another transaction has its nonce: it cannot land */  \
    X(SL_JOURNAL_TX_REFUSED, "refused")   /* no node took it */

#define SL_JOURNAL_TX_ENUM(id, name) id,
enum sl_journal_tx_state { SL_JOURNAL_TX_STATES(SL_JOURNAL_TX_ENUM) SL_JOURNAL_TX_STATE_COUNT };
#undef SL_JOURNAL_TX_ENUM

enum { SL_JOURNAL_TX_WHAT_BYTES = 96, SL_JOURNAL_TX_RAW_BYTES = 1 << 20 };

/** A signed transaction of the payer. Several of one sender and nonce replace each other: at most
 * one of them can land. */
struct sl_journal_tx {
    int64_t id;
    uint64_t chain_id;
    uint8_t sender[20];
    uint64_t nonce;
    enum sl_journal_tx_state state;
    char what[SL_JOURNAL_TX_WHAT_BYTES]; /* for people: "deposit 5 USDFC" */
    uint8_t hash[32];
    uint64_t block;     /* that it landed or reverted in; 0: none yet */
    int64_t added_ms;   /* Unix ms */
    int64_t changed_ms; /* of the state */
    struct sl_err err;  /* why it reverted or was refused */
};

/**
 * Store signed bytes (1 .. SL_JOURNAL_TX_RAW_BYTES, borrowed) before they are sent. When this
 * returns 0 they are on disk and may be sent. Writes id, added_ms and changed_ms; the state is
 * `signed`. Errors also: SL_EINVAL (inside a transaction of the journal), SL_EOVERFLOW.
 */
int sl_journal_put_tx(struct sl_journal *journal, struct sl_journal_tx *tx, const void *raw,
                      size_t len, struct sl_err *err) SL_MUST_CHECK;

/** Write state, block and err of *tx (found by id) and changed_ms. */
int sl_journal_update_tx(struct sl_journal *journal, struct sl_journal_tx *tx,
                         struct sl_err *err) SL_MUST_CHECK;

/** One transaction with its bytes, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_tx_fn)(void *ctx, const struct sl_journal_tx *tx, const void *raw,
                                size_t len);
/** All transactions, oldest first; with `open`, only those that may still land. Returns the
 * callback's non-zero value, or 0. The callback must not change anything. */
int sl_journal_each_tx(struct sl_journal *journal, bool open, sl_journal_tx_fn fn, void *ctx,
                       struct sl_err *err) SL_MUST_CHECK;

/* ---- wishes ---- */

/*
 * The wish of a job: how the user wants its copies placed.
 *
 * A job keeps the wish that it was queued with (struct sl_job, wish_id) until an option sets
 * another one. Many jobs share one wish.
 */

enum { SL_WISH_SOURCE_BYTES = 128, SL_WISH_METADATA_BYTES = 2048, SL_WISH_NUMBER_CHARS = 80 };

/** How the copies of a job are placed, in the form of the settings. A plain value. */
struct sl_wish {
    char source[SL_WISH_SOURCE_BYTES];     /* application name in the data sets; "": none */
    char metadata[SL_WISH_METADATA_BYTES]; /* metadata of the data sets: KEY=VALUE,KEY=VALUE */
    bool with_cdn;
    char provider[SL_WISH_NUMBER_CHARS]; /* provider of the first copy, decimal; "": chosen by the
                                            commit */
    char data_set[SL_WISH_NUMBER_CHARS]; /* data set of the first copy, likewise */
};

/** Get the id of a wish, > 0; a new wish is stored. */
int sl_journal_put_wish(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
                        struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 and *wish, or 0 when no wish has this id. */
int sl_journal_wish(struct sl_journal *journal, int64_t id, struct sl_wish *wish,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- failed providers ---- */

/*
 * Storage providers: which ones failed, how long they are left alone, how many pieces they take in
 * one commit, and their current URLs.
 *
 * A provider that failed cools down for 5 minutes, doubled after each further failure, up to a day.
 * A success resets this. A failure during the cool-down belongs to work that began earlier, so it
 * counts as the same failure. Times are Unix ms.
 */

#define SL_COOL_FIRST_MS INT64_C(300000)
#define SL_COOL_MOST_MS  INT64_C(86400000)

/** A plain value: a provider whose last use failed. */
struct sl_journal_provider {
    uint64_t chain_id;
    struct sl_u256 provider_id; /* of the registry */
    int64_t failures;           /* in a row, at least 1 */
    int64_t failed_ms;          /* when it last failed */
    int64_t cool_until_ms;
    struct sl_err err; /* of the last failure */
};

/** Whether the provider is cooling down at `wall_ms`. An end more than a day ahead does not count:
 * the clock was set back. */
bool sl_journal_provider_cools(const struct sl_journal_provider *provider, int64_t wall_ms);

/** Record that the provider failed now. */
int sl_journal_provider_failed(struct sl_journal *journal, uint64_t chain_id,
                               struct sl_u256 provider_id, const struct sl_err *why,
                               struct sl_err *err) SL_MUST_CHECK;

/** Record that the provider succeeded: drop its failures. */
int sl_journal_provider_succeeded(struct sl_journal *journal, uint64_t chain_id,
                                  struct sl_u256 provider_id, struct sl_err *err) SL_MUST_CHECK;

/** One of them, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_provider_fn)(void *ctx, const struct sl_journal_provider *provider);
/** The providers of a chain whose last use failed, cooling down or not, by the bytes of their ids.
 * Returns the callback's non-zero value, or 0. The callback must not change anything. */
int sl_journal_each_provider(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_provider_fn fn, void *ctx,
                             struct sl_err *err) SL_MUST_CHECK;

/** How long a limit is believed: a provider may be upgraded. */
#define SL_PROVIDER_LIMIT_LIVES_MS INT64_C(604800000)

/** It refused a commit just now and takes so many pieces, at least 1. */
int sl_journal_provider_takes(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, size_t pieces,
                              struct sl_err *err) SL_MUST_CHECK;

/** The most pieces that it takes in one commit. Returns 1, or 0 when no limit is known, or only one
 * that is too old or from a clock that was set back. */
int sl_journal_provider_limit(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, size_t *pieces,
                              struct sl_err *err) SL_MUST_CHECK;

/**
 * The chain's registry now lists this provider at `url`. Jobs and commits that the journal has
 * under its id move to that URL. Jobs known only by the URL become this provider's. If another
 * provider of the chain had the URL, its jobs lose it: their URL is "" from now on. A URL names at
 * most one provider: the caller passes each URL once.
 */
int sl_journal_provider_is_at(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, const char *url,
                              struct sl_err *err) SL_MUST_CHECK;

/** The id of the provider known at this URL, on any chain. Returns 1, or 0 when there is none. */
int sl_journal_provider_of(struct sl_journal *journal, const char *url, struct sl_u256 *provider_id,
                           struct sl_err *err) SL_MUST_CHECK;

/* ---- refused paths ---- */

/*
 * Paths that were not queued, and why: too small, not readable, not a file.
 *
 * Each path is stored once, with its last reason, until it is queued or SL_REFUSED_DAYS have
 * passed.
 */

enum { SL_REFUSED_DAYS = 30, SL_REFUSED_MOST = 10000 };

/** Borrowed for the call. */
struct sl_journal_refused {
    const char *path; /* absolute */
    int64_t at_ms;    /* Unix ms */
    bool skipped;     /* found in a folder, with nothing to store in it: not a failure */
    struct sl_err err;
};

/** Note a path that was refused now; sets at_ms of the stored record. */
int sl_journal_refuse(struct sl_journal *journal, const struct sl_journal_refused *refused,
                      struct sl_err *err) SL_MUST_CHECK;
/** Remove the record of a path that was queued after all. */
int sl_journal_unrefuse(struct sl_journal *journal, const char *path,
                        struct sl_err *err) SL_MUST_CHECK;
/** Remove records that are too old, and the oldest above SL_REFUSED_MOST. Returns how many are
 * left. */
int sl_journal_prune_refused(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

/** Non-zero stops. */
typedef int (*sl_journal_refused_fn)(void *ctx, const struct sl_journal_refused *refused);
/** All records, by path. Returns the callback's non-zero value, or 0. */
int sl_journal_each_refused(struct sl_journal *journal, sl_journal_refused_fn fn, void *ctx,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
