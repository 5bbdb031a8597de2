/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal.h - what must survive: jobs, pieces and every change of state, in SQLite. Layer: store.
 *
 * STATE_DIR/journal.db, WAL, synchronous=FULL, STRICT tables, `user_version` migrations; opened by
 * one writer, which holds STATE_DIR/lock (its pid inside); readers (`sluice status`) need no lock.
 * A journal is used by one thread at a time. Changes belong inside sl_journal_txn_begin() ..
 * _commit() (one outside is a transaction of its own); a change is shown to a person only after its
 * commit returned. Errors: SL_EJOURNAL (detail = SQLite code), SL_ENOSPC, SL_ENOMEM, SL_EHELD, and
 * SL_EINVAL for calls that make no sense (a change of a reader's journal, a job that is not in it).
 * After a failed change the caller rolls back.
 */
#ifndef SL_JOURNAL_H
#define SL_JOURNAL_H

#include "sluice/clock.h"
#include "sluice/job.h"

struct sl_journal;

enum sl_journal_mode {
    SL_JOURNAL_WRITE,
    SL_JOURNAL_READ,
    SL_JOURNAL_JOIN, /* small changes beside the writer, of another process too: without its lock */
};

/**
 * Open, and for WRITE lock, create (folder 0700, file 0600) and migrate. Owned, free with
 * sl_journal_close(). Errors: SL_EHELD ("another sluice (pid 123) is using DIR"), SL_ENOENT (not
 * WRITE, and there is none yet), SL_EJOURNAL (damaged, of a newer sluice, of another program; not
 * WRITE: of an older one).
 */
int sl_journal_open(struct sl_journal **out, const char *state_dir, enum sl_journal_mode mode,
                    const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
/** Another connection to the journal of a writer, for another thread of the process; it writes too,
 * one change at a time among all. The writer has to be closed last. Owned, sl_journal_close(). */
int sl_journal_open_beside(struct sl_journal **out, const struct sl_journal *writer,
                           struct sl_err *err) SL_MUST_CHECK;
/** How long a change waits inside while another connection has the journal locked: 5 s at first. */
void sl_journal_set_patience(struct sl_journal *journal, int wait_ms);
/** Whether a change failed because another connection has the journal locked, and for nothing else:
 * nothing of it was written, and it may be made again. */
bool sl_journal_is_locked(const struct sl_err *err);
/** Whether a connection of this process is inside a change now: then this process itself holds the
 * lock. Any thread. */
bool sl_journal_is_changing(void);
/** NULL is allowed. An open transaction is rolled back. */
void sl_journal_close(struct sl_journal *journal);
const char *sl_journal_version(void); /* SQLite's, static */
/** The schema version from which sl_journal_open() has brought it up to date; 0: it had nothing to
 * do, or made a new journal. */
int64_t sl_journal_came_from(const struct sl_journal *journal);

/** The lock of the database is taken here: nothing inside waits. Errors: SL_EINVAL (one is open).
 */
int sl_journal_txn_begin(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** On disk when it returns 0, nothing of it otherwise; the transaction is over in any case. */
int sl_journal_txn_commit(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** Without a transaction it does nothing. */
void sl_journal_txn_rollback(struct sl_journal *journal);

/**
 * Add a job: stores *job and writes its id (never used before), added_ms and changed_ms. The path
 * is bytes without NUL (any encoding). Errors also: SL_EOVERFLOW (path empty or too long).
 */
int sl_journal_add(struct sl_journal *journal, struct sl_job *job, const char *path,
                   struct sl_err *err) SL_MUST_CHECK;

/**
 * Write all of *job (found by id) but path, file and added_ms. When the state differs from the
 * stored one changed_ms is set and a line of history kept; otherwise changed_ms gets the stored
 * value. provider_url NULL or "" leaves the stored one.
 */
int sl_journal_update(struct sl_journal *journal, struct sl_job *job, const char *provider_url,
                      struct sl_err *err) SL_MUST_CHECK;

/** Write job->wish_id and job->copies, except for their transient fields (batch, tx). */
int sl_journal_set_copies(struct sl_journal *journal, const struct sl_job *job,
                          struct sl_err *err) SL_MUST_CHECK;

/** As _update, and the file mark too: for a job whose file was planned anew. */
int sl_journal_replan(struct sl_journal *journal, struct sl_job *job,
                      struct sl_err *err) SL_MUST_CHECK;

/** Take the job and its pieces and history out. */
int sl_journal_remove(struct sl_journal *journal, int64_t job_id, struct sl_err *err) SL_MUST_CHECK;

/** One job with its path and provider URL ("" if none), borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_job_fn)(void *ctx, const struct sl_job *job, const char *path,
                                 const char *provider_url);
/**
 * All jobs by rank, then id, as of one moment. Returns what the callback stopped with, or 0. The
 * callback may read history and find paths, but change nothing.
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

/** Take one part out, or with part_id 0 all: a plan that is void. */
int sl_journal_drop_parts(struct sl_journal *journal, int64_t job_id, int part_id,
                          struct sl_err *err) SL_MUST_CHECK;

/** One part, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_part_fn)(void *ctx, const struct sl_job_part *part);
/** All parts of a job by their offset. Returns what the callback stopped with, or 0. The callback
 * may change nothing. */
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

/** Another job of the same size, stored at the provider `url`, and if `of` has its PieceCID of the
 * same content; the newest. Returns 1 and *job, or 0 when there is none. */
int sl_journal_find_twin(struct sl_journal *journal, const struct sl_job *of, const char *url,
                         struct sl_job *job, struct sl_err *err) SL_MUST_CHECK;

/* ---- providers ---- */

/** How fast one upload to the provider was measured; 0: never. */
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
 * Keep signed bytes (1 .. SL_JOURNAL_TX_RAW_BYTES of them, borrowed) before they are sent: they may
 * be sent when this returned 0, for they are on disk then. Writes id, added_ms and changed_ms; the
 * state is `signed`. Errors also: SL_EINVAL (inside of a transaction of the journal), SL_EOVERFLOW.
 */
int sl_journal_put_tx(struct sl_journal *journal, struct sl_journal_tx *tx, const void *raw,
                      size_t len, struct sl_err *err) SL_MUST_CHECK;

/** Write state, block and err of *tx (found by id) and changed_ms. */
int sl_journal_update_tx(struct sl_journal *journal, struct sl_journal_tx *tx,
                         struct sl_err *err) SL_MUST_CHECK;

/** One transaction with its bytes, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_tx_fn)(void *ctx, const struct sl_journal_tx *tx, const void *raw,
                                size_t len);
/** All transactions, oldest first; with `open` those that may still land. Returns what the callback
 * stopped with, or 0. The callback may change nothing. */
int sl_journal_each_tx(struct sl_journal *journal, bool open, sl_journal_tx_fn fn, void *ctx,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
