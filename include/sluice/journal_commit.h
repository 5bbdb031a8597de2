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

/* ---- labels ---- */

/*
 * The labels that the chain has for landed pieces, and so which files can be restored without this
 * journal.
 *
 * A file can be restored with the account's key alone, content and file name, if the chain labels
 * some copy of each of its pieces for this very file. A single piece needs its `filename`; a part
 * needs `filename`, `part` and `whole` of this file. It cannot be restored so if a piece was first
 * stored for another file, if the name was cut or escaped to fit, if the file needs one piece
 * twice, or if the labels could not be read when the piece had landed. Folders are not on chain.
 */

/** The labels on chain; NULL: the chain has none. Borrowed for the call. */
struct sl_journal_label {
    const char *name;
    const char *part;
    const char *whole;
};

/** Store the labels of a commit's pieces, in the order of the pieces: commit->count of them. On
 * disk when it returns 0, outside of a transaction. */
int sl_journal_set_labels(struct sl_journal *journal, const struct sl_journal_commit *commit,
                          const struct sl_journal_label *labels, struct sl_err *err) SL_MUST_CHECK;

/** Whether the file of a job can be restored with the key alone: 1; 0: this journal is needed. */
int sl_journal_is_labelled(struct sl_journal *journal, const struct sl_job *job, const char *path,
                           struct sl_err *err) SL_MUST_CHECK;

/* ---- removals ---- */

/*
 * The files that need a piece of a data set, and what they lose by a removal.
 *
 * A file needs its piece or, if split, each of its parts. It has as many copies as its part with
 * the fewest, counted by provider on the chain that it was committed on. If a part has no copy
 * left, the file's bytes are lost: the job becomes SL_JOB_DELETED.
 */

/** Pieces to remove from one data set. Borrowed for the call. */
struct sl_journal_removal {
    uint64_t chain_id;
    uint64_t data_set_id;
    const uint64_t *ids; /* NULL: all pieces */
    size_t count;
    /* data sets that have ended on chain, whatever the journal says: copies there do not count */
    const uint64_t *ended;
    size_t ended_count;
};

/** What one file loses by a removal. Borrowed for the call. */
struct sl_journal_loss {
    struct sl_job job; /* the job as it is now */
    const char *path;
    unsigned copies; /* copies before; 0: a file that is not finished */
    unsigned left;   /* copies after */
    unsigned pieces; /* pieces that the file needs */
    unsigned lost;   /* pieces without any copy left; 0: the file loses a copy, not its bytes */
    bool shared;     /* another file needs one of the lost pieces too */
};

/** Non-zero stops. The callback may change nothing. */
typedef int (*sl_journal_loss_fn)(void *ctx, const struct sl_journal_loss *loss);

/**
 * What each file would lose, by job number; changes nothing. Cancelled and deleted jobs need no
 * pieces. Returns the callback's non-zero value, or 0. Errors also: SL_EINVAL (the journal is open
 * for reading, or inside a transaction: the removal is tried out in one).
 */
int sl_journal_each_loss(struct sl_journal *journal, const struct sl_journal_removal *removal,
                         sl_journal_loss_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * These piece ids, or all pieces if `ids` is NULL, are gone from a data set: they no longer count
 * as copies. Files that lost their bytes become SL_JOB_DELETED; files that lost a copy have one
 * copy less. Unknown ids are ignored. Errors also: SL_EINVAL (inside a transaction of the journal).
 */
int sl_journal_pieces_gone(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                           const uint64_t *ids, size_t count, struct sl_err *err) SL_MUST_CHECK;

/** The piece that landed under this id, even if it was removed since. Returns 1, or 0 when the
 * journal does not know it. */
int sl_journal_piece_at(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        uint64_t piece_id, struct sl_piece_id *piece,
                        struct sl_err *err) SL_MUST_CHECK;

/** A data set that commits of this journal landed in. A plain value. */
struct sl_journal_data_set {
    uint64_t id;
    struct sl_u256 provider_id;
    struct sl_u256 client_data_set_id;
};
typedef int (*sl_journal_data_set_fn)(void *ctx, const struct sl_journal_data_set *set);
/** All data sets of a chain, once each, by id. Non-zero stops; returns that value, or 0. */
int sl_journal_each_data_set(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_data_set_fn fn, void *ctx,
                             struct sl_err *err) SL_MUST_CHECK;

#endif
