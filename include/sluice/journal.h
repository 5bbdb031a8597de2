/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal.h - what must survive: jobs, pieces and every change of state, in SQLite. Layer: store.
 *
 * STATE_DIR/journal.db, WAL, synchronous=FULL, STRICT tables, `user_version` migrations; opened by
 * one writer, which holds STATE_DIR/lock (its pid inside); readers (`sluice status`) need no lock.
 * A writer belongs to one thread. Changes belong inside sl_journal_begin() .. _commit(); a change
 * is shown to a person only after its commit returned. Errors: SL_EJOURNAL (detail = SQLite code),
 * SL_ENOSPC, SL_EHELD.
 */
#ifndef SL_JOURNAL_H
#define SL_JOURNAL_H

#include "sluice/clock.h"
#include "sluice/job.h"

struct sl_journal;

enum sl_journal_mode { SL_JOURNAL_WRITE, SL_JOURNAL_READ };

/**
 * Open, and for WRITE lock, create (folder 0700, file 0600) and migrate. Owned, free with
 * sl_journal_close(). Errors: SL_EHELD ("another sluice (pid 123) holds DIR"), SL_ENOENT (READ and
 * there is none yet), SL_EJOURNAL (damaged, or of a newer sluice).
 */
int sl_journal_open(struct sl_journal **out, const char *state_dir, enum sl_journal_mode mode,
                    const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
/** NULL is allowed. An open transaction is rolled back. */
void sl_journal_close(struct sl_journal *journal);
const char *sl_journal_version(void); /* SQLite's, static */

int sl_journal_begin(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
int sl_journal_commit(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
void sl_journal_rollback(struct sl_journal *journal);

/**
 * Add a job: reads state, file, rank of *job; writes id, added_ms and changed_ms. The path is bytes
 * without NUL (any encoding); provider_url may be NULL.
 */
int sl_journal_add(struct sl_journal *journal, struct sl_job *job, const char *path,
                   struct sl_err *err) SL_MUST_CHECK;

/**
 * Write all of *job (found by id) but path and file, set changed_ms, and keep a line of history
 * when the state differs from the stored one. provider_url NULL leaves the stored one.
 */
int sl_journal_update(struct sl_journal *journal, struct sl_job *job, const char *provider_url,
                      struct sl_err *err) SL_MUST_CHECK;

/** As _update, and the file mark too: for a job whose file was planned anew. */
int sl_journal_replan(struct sl_journal *journal, struct sl_job *job,
                      struct sl_err *err) SL_MUST_CHECK;

/** Take the job and its pieces and history out. */
int sl_journal_remove(struct sl_journal *journal, int64_t job_id, struct sl_err *err) SL_MUST_CHECK;

/** One job with its path and provider URL ("" if none), borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_job_fn)(void *ctx, const struct sl_job *job, const char *path,
                                 const char *provider_url);
/** All jobs by rank. Returns what the callback stopped with, or 0. */
int sl_journal_each(struct sl_journal *journal, sl_journal_job_fn fn, void *ctx,
                    struct sl_err *err) SL_MUST_CHECK;

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

#endif
