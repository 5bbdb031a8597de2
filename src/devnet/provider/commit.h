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

void sl_devnet_commit_body_free(struct sl_devnet_commit_body *body);

/** Parse the JSON, nothing else; -1 with the reply set: "`what`: why". */
int sl_devnet_commit_parse(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                           const char *what);

/** recordKeeper must be there, an address, and the one storage service. */
int sl_devnet_commit_keeper(struct sl_devnet_request *request,
                            const struct sl_devnet_commit_body *body);

/** extraData in hex, prefix optional. `tail` closes the error text. */
int sl_devnet_commit_extra(struct sl_devnet_request *request, struct sl_devnet_commit_body *body);

/** The pieces by the provider's rules; `call` names the contract's function in a text. */
int sl_devnet_commit_pieces(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                            const char *call);

/** A number of the path; -1 with "`what`" as the reply. */
int sl_devnet_commit_id(struct sl_devnet_request *request, uint64_t *out, const char *text,
                        const char *what);

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

/**
 * Try the message, then send it as the request's fault says, and write down what it is for. Writes
 * the hash for the client. -1 with the reply set. Ends and frees message->w.
 */
int sl_devnet_commit_send(struct sl_devnet_request *request, struct sl_devnet_message *message,
                          char hash[static SL_DEVNET_HASH_CHARS]);

/** Answer "chain: ..." for revert data. */
void sl_devnet_reply_chain(struct sl_devnet_reply *reply, const struct sl_buf *data);

/** Whether addPieces() in `w`, which is ended, fits into a message to the chain; -1 with the reply
 * set. Before today's providers the number of pieces was limited instead. */
int sl_devnet_commit_fits(struct sl_devnet_request *request, const struct sl_abi_writer *w,
                          size_t count);

/** Begin addPieces() in w. `extra` is borrowed for the call. */
void sl_devnet_abi_add_pieces(struct sl_abi_writer *w, uint64_t data_set,
                              const struct sl_address *listener, const struct sl_piece_id *pieces,
                              size_t count, const struct sl_buf *extra);

/** What a create costs the provider. */
int sl_devnet_commit_deposit(struct sl_devnet *net, struct sl_u256 *out,
                             struct sl_err *err) SL_MUST_CHECK;

/** A view of one number or address: SL_OK with the first word, SL_EREVERT. */
int sl_devnet_view_word(struct sl_devnet *net, struct sl_u256 *out, const struct sl_address *to,
                        struct sl_abi_writer *w, struct sl_err *err) SL_MUST_CHECK;

/** The epoch at which the payment of a data set ends; 0 while it goes on. */
int sl_devnet_end_epoch(struct sl_devnet *net, uint64_t *epoch, uint64_t data_set,
                        struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 when the provider knows the data set, else 0. */
int sl_devnet_data_set_known(struct sl_devnet_provider *provider, uint64_t id,
                             struct sl_err *err) SL_MUST_CHECK;

/** The data set of a path's part, once it is this provider's: 0, or -1 with the reply set, 404 and
 * `missing` for one that it does not know. */
int sl_devnet_data_set_find(struct sl_devnet_request *request, uint64_t *id, const char *text,
                            const char *missing);

/** Answer with the object in `w`, or that the database failed when rc < 0. Frees the writer. */
void sl_devnet_reply_written(struct sl_devnet_request *request, struct sl_jw *w, int rc,
                             const struct sl_err *err);

/** Answer 404 (or 409 for one that ended) with all that follows from it: the pieces are discarded,
 * the client's address is marked. */
void sl_devnet_commit_unavailable(struct sl_devnet_request *request,
                                  struct sl_devnet_commit_body *body, bool ended);

/** Look at what the chain did since, send what was held, record what is due. Any thread. */
void sl_devnet_commit_watch(struct sl_devnet_provider *provider);

/** Throw away uploads that nobody committed in time; does so every five minutes at most. */
void sl_devnet_commit_clean(struct sl_devnet_provider *provider);

/** terminate.c: send what is queued. Part of the watch. */
void sl_devnet_terminations_relay(struct sl_devnet_provider *provider);

/** Log the failure, answer 500 with an error id. */
void sl_devnet_reply_failure(struct sl_devnet_request *request, const struct sl_err *err,
                             const char *text);

#endif
