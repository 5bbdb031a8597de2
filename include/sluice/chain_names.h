/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * chain_names.h - the metadata of pieces, read from logs. Layer: foc. The PieceAdded log of a piece
 * has its filename, part and whole. One request reads the receipt of a transaction, with the logs
 * of its whole batch. Without the hash of the transaction, the logs of the data set are searched in
 * windows of epochs, at about SL_NAMES_REQUESTS_A_DAY requests a day of history.
 *
 * A log counts only if the storage service emitted it for this data set. A node can still lie about
 * its contents: compare the PieceCID with one that is known otherwise, and escape texts before
 * display.
 */
#ifndef SL_CHAIN_NAMES_H
#define SL_CHAIN_NAMES_H

#include "sluice/chain.h"

enum {
    SL_NAMES_REQUESTS_A_DAY = 8, /* with the usual limit of 360 epochs a request */
    SL_NAMES_EPOCHS_A_DAY = 2880,
    SL_NAMES_QUICK_EPOCHS =
        3 * SL_NAMES_EPOCHS_A_DAY /* a history short enough to search without asking the user */
};

/** A piece of the data set, and the contents of its log once it was seen. */
struct sl_piece_name {
    uint64_t id;
    bool seen;
    bool known; /* false: not seen, or its CID is not a PieceCID; then `piece` is zero */
    struct sl_piece_id piece;
    const struct sl_metadata
        *metadata; /* NULL: not seen, or metadata that the contract would not accept */
    size_t metadata_count;
};

/** The wanted pieces of one data set: ascending ids, each once. */
struct sl_piece_names {
    struct sl_u256 data_set_id;
    struct sl_piece_name *pieces;
    size_t count;
    size_t seen; /* of these */
};

/** Names for these ids, given in any order. Owned, sl_piece_names_free(). Errors: SL_ENOMEM. */
int sl_piece_names_new(struct sl_piece_names **out, struct sl_u256 data_set_id, const uint64_t *ids,
                       size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_piece_names_free(struct sl_piece_names *names);

/** The piece with this id; NULL if it is not one of the wanted pieces. */
const struct sl_piece_name *sl_piece_names_find(const struct sl_piece_names *names, uint64_t id);

/** Read the names from the logs in the receipt of `tx` ("0x...", as a provider reported it).
 * Returns 1, or 0 if there is no such receipt. One round trip. Malformed logs are skipped. Errors:
 * as chain.h. */
int sl_chain_names_of_tx(struct sl_piece_names *names, struct sl_chain *chain, const char *tx,
                         struct sl_err *err) SL_MUST_CHECK;

/** Progress of a search, in epochs. */
struct sl_name_progress {
    uint64_t first; /* first epoch of the search */
    uint64_t next;  /* all epochs before this were searched */
    uint64_t head;  /* last epoch; the search ends earlier once all pieces were seen */
    size_t seen;    /* pieces, of `count` */
    size_t count;
};

typedef void (*sl_name_progress_fn)(void *ctx, const struct sl_name_progress *progress);

/**
 * Search the logs of the data set until all pieces were seen, from a day before its first proving
 * period to the newest epoch. Windows adapt to the limit of the node. If a node refuses small
 * windows, lacks the history or is behind, the next node of the network takes over. `fn` (may be
 * NULL) is called on this thread for every window. *progress is filled in even after an error, and
 * all names that were found stay in `names`. Also 0 if some pieces were not seen. Returns 1 without
 * a search if the history has more than `most_epochs` (0: any number). Errors: SL_ENOTFOUND (the
 * contracts name no epoch of this data set), SL_EREFUSED and others (no node can continue; the text
 * says at which epoch), SL_ECANCELED, as chain.h.
 */
int sl_chain_search_names(struct sl_piece_names *names, struct sl_chain *chain,
                          uint64_t most_epochs, struct sl_name_progress *progress,
                          sl_name_progress_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

#endif
