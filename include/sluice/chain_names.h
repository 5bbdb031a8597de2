/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * chain_names.h - the metadata of pieces from what the contracts logged. Layer: foc.
 *
 * Storage contracts since 1.4 keep no metadata of pieces: filename, part and whole of a piece stand
 * in the PieceAdded log of the transaction that added it. The receipt of that transaction has the
 * logs of the whole batch, for one request. Without its hash the logs of the data set are searched
 * in windows of epochs, which takes about SL_NAMES_REQUESTS_A_DAY requests a day of history.
 *
 * A log counts only if the storage service emitted it for this data set. A node can still lie about
 * all of it: compare the PieceCID with that of a piece that is known otherwise, and escape texts
 * before they are shown.
 *
 * Source: docs/PROTOCOL.md "Events"; the form of a log is proven by tests/data/vectors/abi.json.
 */
#ifndef SL_CHAIN_NAMES_H
#define SL_CHAIN_NAMES_H

#include "sluice/chain.h"

enum {
    SL_NAMES_REQUESTS_A_DAY = 8, /* of nodes that allow the usual 360 epochs a request */
    SL_NAMES_EPOCHS_A_DAY = 2880,
    SL_NAMES_QUICK_EPOCHS = 3 * SL_NAMES_EPOCHS_A_DAY /* a history that is searched unasked */
};

/** A piece of the data set, and what its log says once it was seen. */
struct sl_piece_name {
    uint64_t id;
    bool seen;
    bool known; /* false: not seen, or its CID is none of ours; `piece` is zero then */
    struct sl_piece_id piece;
    const struct sl_metadata *metadata; /* NULL: not seen, or no metadata that the contract takes */
    size_t metadata_count;
};

/** The pieces of one data set whose names are looked for: ascending ids, each once. */
struct sl_piece_names {
    struct sl_u256 data_set_id;
    struct sl_piece_name *pieces;
    size_t count;
    size_t seen; /* of these */
};

/** For these ids, in any order. Owned, sl_piece_names_free(). Errors: SL_ENOMEM. */
int sl_piece_names_new(struct sl_piece_names **out, struct sl_u256 data_set_id, const uint64_t *ids,
                       size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_piece_names_free(struct sl_piece_names *names);

/** The one with this id; NULL: it is not looked for. */
const struct sl_piece_name *sl_piece_names_find(const struct sl_piece_names *names, uint64_t id);

/** Take what the receipt of `tx` ("0x...", as a provider reported it) logs. 1; 0: there is no such
 * receipt. One round trip. What is broken in it is passed over. Errors: as chain.h. */
int sl_chain_names_of_tx(struct sl_piece_names *names, struct sl_chain *chain, const char *tx,
                         struct sl_err *err) SL_MUST_CHECK;

/** How far a search is. Epochs. */
struct sl_name_progress {
    uint64_t first; /* where it began */
    uint64_t next;  /* all before it was searched */
    uint64_t head;  /* where it will end unless all pieces were seen before */
    size_t seen;    /* pieces, of `count` */
    size_t count;
};

typedef void (*sl_name_progress_fn)(void *ctx, const struct sl_name_progress *progress);

/**
 * Search the logs of the data set, from a day before its first proving period on to the newest
 * epoch, until all pieces were seen. Windows adapt to what a node allows; a node that refuses small
 * ones, has no such history or is behind is given up for the next one of the network. `fn` (may be
 * NULL) is called on this thread after every window, *progress is filled in even after an error:
 * all that was found stays in `names`. 0 also when some pieces were not seen up to the newest
 * epoch. 1: nothing was searched, for there are more than `most_epochs` (0: any number). Errors:
 * SL_ENOTFOUND (the contracts name no epoch of this data set), SL_EREFUSED and others (no node goes
 * on; the text says at which epoch), SL_ECANCELED, as chain.h.
 */
int sl_chain_search_names(struct sl_piece_names *names, struct sl_chain *chain,
                          uint64_t most_epochs, struct sl_name_progress *progress,
                          sl_name_progress_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

#endif
