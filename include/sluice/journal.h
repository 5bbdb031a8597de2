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

#endif
