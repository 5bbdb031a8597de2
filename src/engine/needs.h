/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * needs.h - who needs a piece now, and what for: found by PieceCID, because that is what workers,
 * the parker and the commits tell of. An owner is a file of one piece, or a part of a split file; a
 * piece has as many owners as files and parts have its bytes. Engine thread only.
 *
 * Everything comes out as a copy and is found by its key again: what is done for one owner may take
 * other owners out.
 */
#ifndef SL_NEEDS_H
#define SL_NEEDS_H

#include <stddef.h>

#include "sluice/job.h"

/** Who needs a piece. */
struct sl_owner {
    int64_t job_id;
    int part; /* 0: the whole file */
};

enum sl_need_kind {
    SL_NEED_WAITS,   /* another owner brings the piece to the provider */
    SL_NEED_BRINGS,  /* it is being sent for this one, or the provider is asked whether it lists it
                      */
    SL_NEED_COMMITS, /* it is with the commits */
};

struct sl_need {
    struct sl_owner owner;
    enum sl_need_kind kind;
    uint64_t
        serial;     /* COMMITS: of its sl_commit_add(); what answers an earlier one is not for it */
    uint32_t ended; /* COMMITS, bit by copy: nothing more will be told of it */
    uint32_t landed; /* the same */
};

/** For those that wait: the provider lists the piece, or whoever brought it has stopped. */
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
    uint64_t serial;     /* the last one given */
    struct sl_need_news *news;
    size_t news_count;
    size_t news_cap;
};

void sl_needs_free(struct sl_needs *needs);

/** The owner needs the piece for this: a new entry, or the one that is there with another kind.
 * COMMITS begins anew, with a new serial. Errors: SL_ENOMEM. */
int sl_needs_put(struct sl_needs *needs, const struct sl_piece_id *piece, struct sl_owner owner,
                 enum sl_need_kind kind) SL_MUST_CHECK;
/** The owner needs it no more; fine when it did not. */
void sl_needs_remove(struct sl_needs *needs, const struct sl_piece_id *piece,
                     struct sl_owner owner);

/** False when there is no such entry. */
bool sl_needs_find(const struct sl_needs *needs, const struct sl_piece_id *piece,
                   struct sl_owner owner, struct sl_need *out);
/** Owners of a piece by job and part, from the one behind `after` on (zeros: from the first one);
 * how many of at most `most` were copied. */
size_t sl_needs_owners(const struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner after, struct sl_owner *out, size_t most);
/** Whether an owner brings the piece. */
bool sl_needs_is_brought(const struct sl_needs *needs, const struct sl_piece_id *piece);

/** How a copy of a piece has ended. */
struct sl_copy_end {
    unsigned copy;
    bool landed;
    uint64_t serial;          /* of the add that it answers; a copy that landed answers all */
    const struct sl_err *why; /* of one that did not land */
};
/** For an owner of the kind COMMITS: *out is its entry from now on, and *why the reason why a copy
 * of the piece is missing, if one is. False when that changes nothing. */
bool sl_needs_end_copy(struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner owner, const struct sl_copy_end *end, struct sl_need *out,
                       struct sl_err *why);

/** An owner does not bring it any more: to be passed on if anybody waits. Errors: SL_ENOMEM. */
int sl_needs_tell(struct sl_needs *needs, const struct sl_piece_id *piece,
                  bool listed) SL_MUST_CHECK;
/** The oldest news, taken out; false when there is none. */
bool sl_needs_next_news(struct sl_needs *needs, struct sl_need_news *out);

#endif
