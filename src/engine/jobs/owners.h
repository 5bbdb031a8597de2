/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * owners.h - the only map from a piece to its owners. Workers, the park poller and the commits
 * report by PieceCID; an owner is a file that is one piece, or one part of a split file. A piece
 * has one owner for each file and part with its bytes. An owner may wait for another owner to bring
 * the piece, bring the piece itself, or wait for the commits. Engine thread only.
 *
 * All results are copies: a step for one owner may add or remove other owners.
 */
#ifndef SL_ENGINE_OWNERS_H
#define SL_ENGINE_OWNERS_H

#include <stddef.h>

#include "sluice/job.h"

/** A file or part that needs a piece. */
struct sl_owner {
    int64_t job_id;
    int part; /* 0: the whole file */
};

enum sl_need_kind {
    SL_NEED_WAITS,   /* another owner brings the piece to the provider */
    SL_NEED_BRINGS,  /* this owner uploads it, or the park poller asks the provider whether it lists
                        it */
    SL_NEED_COMMITS, /* the commits have it */
};

struct sl_need {
    struct sl_owner owner;
    enum sl_need_kind kind;
    uint64_t serial; /* COMMITS: the serial of its sl_commit_add(); it ignores events with an
                        earlier serial */
    uint32_t ended;  /* COMMITS, one bit a copy: the commits are done with it */
    uint32_t landed; /* COMMITS, one bit a copy: that copy landed */
};

/** News for owners that wait: the provider lists the piece, or the owner that brought it has
 * stopped. */
struct sl_owner_news {
    struct sl_piece_id piece;
    bool listed;
};

/** Zero-initialise, free with sl_owners_free(). */
struct sl_owners {
    struct sl_owned_piece **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;        /* pieces */
    size_t committing;   /* owners of the kind COMMITS */
    uint64_t serial;     /* the serial given last */
    struct sl_owner_news *news;
    size_t news_count;
    size_t news_cap;
};

void sl_owners_free(struct sl_owners *owners);

/** The owner needs the piece for `kind`: adds an entry, or changes the kind of the existing one.
 * COMMITS starts over with a new serial. Errors: SL_ENOMEM. */
int sl_owners_put(struct sl_owners *owners, const struct sl_piece_id *piece, struct sl_owner owner,
                  enum sl_need_kind kind) SL_MUST_CHECK;
/** The owner no longer needs the piece; no error if it did not. */
void sl_owners_remove(struct sl_owners *owners, const struct sl_piece_id *piece,
                      struct sl_owner owner);

/** False when there is no such entry. */
bool sl_owners_find(const struct sl_owners *owners, const struct sl_piece_id *piece,
                    struct sl_owner owner, struct sl_need *out);
/** Copy the next owner of a piece, by job and part, over *owner (zeros: the first). False when
 * there is none. Owners may come and go between two calls. */
bool sl_owners_next(const struct sl_owners *owners, const struct sl_piece_id *piece,
                    struct sl_owner *owner);
/** Whether an owner brings the piece. */
bool sl_owners_is_brought(const struct sl_owners *owners, const struct sl_piece_id *piece);

/** How a copy of a piece has ended. */
struct sl_copy_end {
    unsigned copy;
    bool landed;
    uint64_t serial;          /* of the add that it answers; a landed copy answers every add */
    const struct sl_err *why; /* why the copy did not land */
};
/** Note the end of a copy for an owner of kind COMMITS. *out: its new entry; *why: why a copy of
 * the piece is missing, if one is. False when the end changes nothing. */
bool sl_owners_end_copy(struct sl_owners *owners, const struct sl_piece_id *piece,
                        struct sl_owner owner, const struct sl_copy_end *end, struct sl_need *out,
                        struct sl_err *why);

/** An owner no longer brings the piece: queue this news for owners that wait, if there are any.
 * Errors: SL_ENOMEM. */
int sl_owners_queue_news(struct sl_owners *owners, const struct sl_piece_id *piece,
                         bool listed) SL_MUST_CHECK;
/** Take out the oldest news; false when there is none. */
bool sl_owners_next_news(struct sl_owners *owners, struct sl_owner_news *out);

#endif
