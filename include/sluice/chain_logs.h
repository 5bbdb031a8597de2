/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * chain_logs.h - the logs of the contracts, and the names of pieces in them. Layer: foc.
 *
 * Contracts since 1.4 do not keep the metadata of a piece, such as its name. On chain, it is only
 * in the log of the transaction that added the piece. A log comes from a node, so it may contain
 * anything. The functions that decode one log check everything that they read, copy no more than
 * their result can hold, and allocate nothing: pure functions, for any thread.
 *
 * Source: docs/PROTOCOL.md "Events"; proven by the logs of tests/data/vectors/abi.json.
 */
#ifndef SL_CHAIN_LOGS_H
#define SL_CHAIN_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/abi.h"
#include "sluice/chain.h"
#include "sluice/metadata.h"

enum {
    SL_LOG_TOPICS = 4,
    /* Data of one log; the chain itself takes 8 KiB. More is refused before it is read. */
    SL_LOG_DATA_BYTES = 64 * 1024,
    SL_LOG_CID_BYTES = 64
};

/** One entry of eth_getLogs or of a receipt. `data` is borrowed. The caller checks who emitted it:
 * any contract can log any topic. */
struct sl_log {
    uint8_t topics[SL_LOG_TOPICS][SL_ABI_WORD];
    size_t topic_count;
    const uint8_t *data;
    size_t data_len;
};

/* name, signature in the contract, number of topics after topic0, data */
#define SL_EVENTS(X)                                                                               \
    X(SL_EVENT_PIECE_ADDED, "PieceAdded(uint256,uint256,(bytes),string[],string[])", 2,            \
      "((bytes) pieceCid,string[] keys,string[] values)")                                          \
    X(SL_EVENT_PIECES_ADDED_V2, "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])", 1,           \
      "(uint256 firstPieceId,(bytes32 header,bytes32 root)[] pieceCids)")                          \
    X(SL_EVENT_PIECES_ADDED, "PiecesAdded(uint256,uint256[],(bytes)[])", 1,                        \
      "(uint256[] pieceIds,(bytes)[] pieceCids)")                                                  \
    X(SL_EVENT_PIECES_REMOVED, "PiecesRemoved(uint256,uint256[])", 1, "(uint256[] pieceIds)")      \
    X(SL_EVENT_REMOVALS_SCHEDULED, "PiecesScheduledForRemoval(uint256,uint256[])", 1,              \
      "(uint256[] pieceIds)")                                                                      \
    X(SL_EVENT_DATA_SET_CREATED,                                                                   \
      "DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,address,string[],"   \
      "string[])",                                                                                 \
      2,                                                                                           \
      "(uint256 pdpRailId,uint256 cacheMissRailId,uint256 cdnRailId,address payer,"                \
      "address serviceProvider,address payee,string[] metadataKeys,string[] metadataValues)")      \
    X(SL_EVENT_AUTHORIZER_SET, "DataSetAuthorizerSet(uint256,address)", 2, "()")                   \
    X(SL_EVENT_SERVICE_TERMINATED, "ServiceTerminated(address,uint256,uint256,uint256,uint256)",   \
      2, "(uint256 pdpRailId,uint256 cacheMissRailId,uint256 cdnRailId)")

enum sl_event {
#define X(name, signature, topics, data) name,
    SL_EVENTS(X)
#undef X
        SL_EVENT_OTHER
};

/** topic0 of an event, for a query of its logs. */
void sl_event_topic(uint8_t out[static SL_ABI_WORD], enum sl_event event);

/** The event of a log; SL_EVENT_OTHER if it is not listed or the log has no topics. */
enum sl_event sl_chain_log_event(const struct sl_log *log);

/** Begin to read the data of a log, which must be this event with all its topics. The reader
 * borrows the log. Errors: SL_EPROTO. */
int sl_chain_log_read(struct sl_abi_reader *r, const struct sl_log *log, enum sl_event event,
                      struct sl_err *err) SL_MUST_CHECK;

/** A piece in the log of the storage service: one log a piece, in the order of the request. */
struct sl_piece_added {
    struct sl_u256 data_set_id;
    uint64_t piece_id;
    uint8_t cid[SL_LOG_CID_BYTES]; /* as logged: check with sl_piece_parse_bytes() */
    size_t cid_len;
    /* False: the contract would not accept such metadata (too many, too long, a NUL in a text, keys
     * without values). Then there are no entries, but the piece is valid. */
    bool metadata_known;
    size_t entries;
    char keys[SL_METADATA_PIECE_ENTRIES][SL_METADATA_KEY_BYTES + 1];
    char values[SL_METADATA_PIECE_ENTRIES][SL_METADATA_VALUE_BYTES + 1]; /* escape for display */
};

/** PieceAdded. Errors: SL_EPROTO; then do not use *out. */
int sl_chain_log_piece_added(struct sl_piece_added *out, const struct sl_log *log,
                             struct sl_err *err) SL_MUST_CHECK;

/** A piece in the log of the verifier. */
struct sl_log_piece {
    uint64_t id;
    uint8_t cid[SL_LOG_CID_BYTES]; /* as logged: check with sl_piece_parse_bytes() */
    size_t cid_len;
};

/**
 * Read PiecesAddedV2 (a hundred pieces a log), or PiecesAdded of older verifiers, into `out` with
 * room for `cap` pieces; *count is their number. Errors: SL_EPROTO (malformed data, lists of
 * different lengths, more than `cap`); then do not use *out.
 */
int sl_chain_log_pieces(struct sl_log_piece *out, size_t *count, struct sl_u256 *data_set_id,
                        size_t cap, const struct sl_log *log, struct sl_err *err) SL_MUST_CHECK;

/* ---- names of pieces ---- */

/*
 * The metadata of pieces, read from logs. The PieceAdded log of a piece has its filename, part and
 * whole. One request reads the receipt of a transaction, with the logs of its whole batch. Without
 * the hash of the transaction, the logs of the data set are searched in windows of epochs, at about
 * SL_NAMES_REQUESTS_A_DAY requests a day of history.
 *
 * A log counts only if the storage service emitted it for this data set. A node can still lie about
 * its contents: compare the PieceCID with one that is known otherwise, and escape texts before
 * display.
 */

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

/** Names for these ids, given in any order. Owned, sl_chain_piece_names_free(). Errors: SL_ENOMEM.
 */
int sl_chain_piece_names_new(struct sl_piece_names **out, struct sl_u256 data_set_id,
                             const uint64_t *ids, size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_chain_piece_names_free(struct sl_piece_names *names);

/** The piece with this id; NULL if it is not one of the wanted pieces. */
const struct sl_piece_name *sl_chain_piece_names_find(const struct sl_piece_names *names,
                                                      uint64_t id);

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
