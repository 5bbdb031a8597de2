/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * needs.h - the owners of each piece that is needed now, and what each needs it for. Entries are
 * found by PieceCID, because workers, the park poller and the commits report by PieceCID. An owner
 * is a file that is one piece, or a part of a split file. A piece has one owner for each file and
 * part with its bytes. Engine thread only.
 *
 * All results are copies, and callers look entries up again by key: a step for one owner may remove
 * other owners.
 */
#ifndef SL_NEEDS_H
#define SL_NEEDS_H

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
struct sl_need_news {
    struct sl_piece_id piece;
    bool listed;
};

/** Zero-initialise, free with sl_needs_free(). */
struct sl_needs {
    struct sl_needed **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;        /* pieces */
    size_t committing;   /* owners of the kind COMMITS */
    uint64_t serial;     /* the serial given last */
    struct sl_need_news *news;
    size_t news_count;
    size_t news_cap;
};

void sl_needs_free(struct sl_needs *needs);

/** The owner needs the piece for `kind`: adds an entry, or changes the kind of the existing one.
 * COMMITS starts over with a new serial. Errors: SL_ENOMEM. */
int sl_needs_put(struct sl_needs *needs, const struct sl_piece_id *piece, struct sl_owner owner,
                 enum sl_need_kind kind) SL_MUST_CHECK;
/** The owner no longer needs the piece; no error if it did not. */
void sl_needs_remove(struct sl_needs *needs, const struct sl_piece_id *piece,
                     struct sl_owner owner);

/** False when there is no such entry. */
bool sl_needs_find(const struct sl_needs *needs, const struct sl_piece_id *piece,
                   struct sl_owner owner, struct sl_need *out);
/** Copy the owners of a piece, sorted by job and part, that come after `after` (zeros: from the
 * first). Returns the number of owners copied, at most `most`. */
size_t sl_needs_owners(const struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner after, struct sl_owner *out, size_t most);
/** Whether an owner brings the piece. */
bool sl_needs_is_brought(const struct sl_needs *needs, const struct sl_piece_id *piece);

/** How a copy of a piece has ended. */
struct sl_copy_end {
    unsigned copy;
    bool landed;
    uint64_t serial;          /* of the add that it answers; a landed copy answers every add */
    const struct sl_err *why; /* why the copy did not land */
};
/** Note the end of a copy for an owner of kind COMMITS. *out: its new entry; *why: why a copy of
 * the piece is missing, if one is. False when the end changes nothing. */
bool sl_needs_end_copy(struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner owner, const struct sl_copy_end *end, struct sl_need *out,
                       struct sl_err *why);

/** An owner no longer brings the piece: queue this news for owners that wait, if there are any.
 * Errors: SL_ENOMEM. */
int sl_needs_tell(struct sl_needs *needs, const struct sl_piece_id *piece,
                  bool listed) SL_MUST_CHECK;
/** Take out the oldest news; false when there is none. */
bool sl_needs_next_news(struct sl_needs *needs, struct sl_need_news *out);

#endif
