/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_commit.h - signed commits in the journal, and the copies they made. Layer: store.
 *
 * A commit is one payload that was signed for one provider. It is stored before it is sent, with
 * its nonce and its pieces in their order, until its outcome is known. Several commits may share a
 * nonce: at most one of them lands. Times are Unix ms. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_COMMIT_H
#define SL_JOURNAL_COMMIT_H

#include "sluice/journal.h"
#include "sluice/u256.h"

/* X(id, name): the name stands in the database. */
#define SL_JOURNAL_COMMIT_STATES(X)                                                                \
    X(SL_JOURNAL_COMMIT_SIGNED, "signed")   /* not sent: it may be dropped */                      \
    X(SL_JOURNAL_COMMIT_SENDING, "sending") /* requested, outcome unknown: may land */             \
    X(SL_JOURNAL_COMMIT_SENT, "sent")       /* tx is known: may land */                            \
    X(SL_JOURNAL_COMMIT_LANDED, "landed")   /* on chain: data_set_id and first_piece_id count */   \
    X(SL_JOURNAL_COMMIT_ABANDONED, "void")  /* abandoned, or can no longer land */

#define SL_JOURNAL_COMMIT_ENUM(id, name) id,
enum sl_journal_commit_state {
    SL_JOURNAL_COMMIT_STATES(SL_JOURNAL_COMMIT_ENUM) SL_JOURNAL_COMMIT_STATE_COUNT
};
#undef SL_JOURNAL_COMMIT_ENUM

enum {
    SL_JOURNAL_COMMIT_PIECES = 404,
    SL_JOURNAL_HASH_CHARS = 67,
    SL_JOURNAL_URL_BYTES = 512,
    SL_JOURNAL_PAYLOAD_BYTES = 1 << 20
};

/** A plain value. */
struct sl_journal_commit {
    int64_t id;
    uint64_t chain_id;
    uint8_t payer[20];
    unsigned copy;              /* 0: on the provider that the files were uploaded to */
    struct sl_u256 provider_id; /* of the registry */
    char service_url[SL_JOURNAL_URL_BYTES];
    bool creates;         /* it creates the data set */
    uint64_t data_set_id; /* 0: unknown, because its creation has not landed */
    struct sl_u256 client_data_set_id;
    struct sl_u256 nonce;
    struct sl_u256 cost; /* base units: fees and lockup */
    struct sl_u256 fees; /* the part of it that is spent */
    enum sl_journal_commit_state state;
    char tx[SL_JOURNAL_HASH_CHARS]; /* "" when not known */
    uint64_t first_piece_id;        /* LANDED: the pieces have this id and those that follow */
    int64_t added_ms;
    int64_t sent_ms; /* time of the last request with the payload, including pulls; 0: never sent */
    int64_t changed_ms;
    struct sl_err err; /* why it was abandoned, or what is unclear */
    size_t count;
    struct sl_piece_id pieces[SL_JOURNAL_COMMIT_PIECES]; /* in the order that was signed */
};

/**
 * Store a signed payload (1 .. SL_JOURNAL_PAYLOAD_BYTES bytes, borrowed). When this returns 0 it is
 * on disk. Writes id (0 after an error), added_ms and changed_ms; the state is SIGNED. Errors also:
 * SL_EINVAL (inside a transaction of the journal, no piece, too many), SL_EOVERFLOW.
 */
int sl_journal_put_commit(struct sl_journal *journal, struct sl_journal_commit *commit,
                          const void *payload, size_t len, struct sl_err *err) SL_MUST_CHECK;

/** Write state, tx, data_set_id, first_piece_id, sent_ms and err of *commit (found by id) and
 * changed_ms: on disk when this returns 0, outside of a transaction. */
int sl_journal_update_commit(struct sl_journal *journal, struct sl_journal_commit *commit,
                             struct sl_err *err) SL_MUST_CHECK;

/** One commit with its payload, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_commit_fn)(void *ctx, const struct sl_journal_commit *commit,
                                    const void *payload, size_t len);
/** All commits, oldest first; with `open`, only those that may still land or were never sent.
 * Returns the callback's non-zero value, or 0. The callback must not change anything. */
int sl_journal_each_commit(struct sl_journal *journal, bool open, sl_journal_commit_fn fn,
                           void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** Like sl_journal_each_commit(), for all commits, newest first. */
int sl_journal_latest_commits(struct sl_journal *journal, sl_journal_commit_fn fn, void *ctx,
                              struct sl_err *err) SL_MUST_CHECK;

/** Like sl_journal_each_commit(), for abandoned commits with this piece that were sent, newest
 * first. Leaves out commits whose nonce another commit landed with. The others have not landed so
 * far; nothing more is known about them. */
int sl_journal_abandoned_commits(struct sl_journal *journal, const struct sl_piece_id *piece,
                                 sl_journal_commit_fn fn, void *ctx,
                                 struct sl_err *err) SL_MUST_CHECK;

/** Like sl_journal_each_commit(), for commits that were sent, would create a data set and have not
 * landed, abandoned or not, newest first. Leaves out commits whose client data set id another
 * commit landed with. */
int sl_journal_creations(struct sl_journal *journal, sl_journal_commit_fn fn, void *ctx,
                         struct sl_err *err) SL_MUST_CHECK;

/** Like sl_journal_each_commit(), for all commits signed with this nonce, on any chain and by any
 * payer, those with the most pieces first. */
int sl_journal_commits_of_nonce(struct sl_journal *journal, struct sl_u256 nonce,
                                sl_journal_commit_fn fn, void *ctx,
                                struct sl_err *err) SL_MUST_CHECK;

/** *to: every piece id of the data set below this one belongs to a commit that landed. */
int sl_journal_known_ids(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                         uint64_t *to, struct sl_err *err) SL_MUST_CHECK;

/** A piece in a data set on chain. */
struct sl_journal_copy {
    uint64_t chain_id;
    uint8_t payer[20];
    unsigned copy;
    struct sl_u256 provider_id;
    char service_url[SL_JOURNAL_URL_BYTES];
    uint64_t data_set_id;
    uint64_t piece_id;
    char tx[SL_JOURNAL_HASH_CHARS];
    int64_t landed_ms;
    bool has_cdn; /* the CDN serves its data set: sl_journal_note_cdn() */
};

/** Note whether the CDN serves a data set, according to the chain. */
int sl_journal_note_cdn(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        bool has_cdn, struct sl_err *err) SL_MUST_CHECK;

/** The copy is borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_copy_fn)(void *ctx, const struct sl_journal_copy *copy);
/** Every copy of a piece that landed and was not removed, by number of the copy. Returns the
 * callback's non-zero value, or 0. */
int sl_journal_each_copy(struct sl_journal *journal, const struct sl_piece_id *piece,
                         sl_journal_copy_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

#endif
