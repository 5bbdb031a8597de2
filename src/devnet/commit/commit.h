/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit.h - a provider's commit side: requests that become transactions, and what it learns from
 * their receipts.
 *
 * A transaction is known by the hash that the client was told, for good; the one that went into a
 * block may have another. Included is "confirmed" once another block stands on it; some time later
 * the provider has recorded the data set, and the pieces. Source: docs/PROTOCOL.md "Storage
 * provider".
 */
#ifndef SL_DEVNET_COMMIT_H
#define SL_DEVNET_COMMIT_H

#include "sluice/abi.h"
#include "sluice/json.h"
#include "sluice/piece.h"

#include "chain/ledger.h"
#include "network.h"

enum {
    SL_DEVNET_COMMIT_PIECES = 40, /* of a request, before today's providers */
    SL_DEVNET_SUB_PIECES = 4096,  /* of a whole request; real ones have no limit */
    SL_DEVNET_REMOVALS = 35,
    SL_DEVNET_HASH_CHARS = 2 * SL_LEDGER_HASH_BYTES + 3,
};

enum sl_devnet_kind { SL_DEVNET_CREATE, SL_DEVNET_ADD, SL_DEVNET_REMOVE, SL_DEVNET_TERMINATE };

/** A commit request as parsed. Zero-initialise; sl_devnet_commit_body_free(). */
struct sl_devnet_commit_body {
    struct sl_json *root;
    struct sl_piece_id *pieces; /* NULL before sl_devnet_commit_pieces() */
    size_t count;
    bool untracked;      /* a piece has several sub-pieces */
    struct sl_buf extra; /* extraData */
};

/** A call to a contract that is to become a transaction. `w` is written up to its end. */
struct sl_devnet_message {
    enum sl_devnet_kind kind;
    uint64_t data_set; /* 0: not known yet */
    struct sl_address to;
    struct sl_u256 value;
    struct sl_abi_writer w;
    const struct sl_piece_id *pieces;
    size_t count;
    bool untracked; /* real providers fail to write down pieces of several sub-pieces, and do so
                       after the transaction has left: nobody looks after those pieces then */
};

void sl_devnet_data_set_create(struct sl_devnet_request *request);
void sl_devnet_data_set_create_and_add(struct sl_devnet_request *request);
void sl_devnet_pieces_add(struct sl_devnet_request *request);

#endif
