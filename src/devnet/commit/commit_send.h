/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_send.h - from a checked request to a transaction. Private to devnet. */
#ifndef SL_DEVNET_COMMIT_SEND_H
#define SL_DEVNET_COMMIT_SEND_H

#include "commit/commit.h"

/**
 * Try the message, then send it as the request's fault says, and write down what it is for. Writes
 * the hash for the client. -1 with the reply set. Ends and frees message->w.
 */
int sl_devnet_commit_send(struct sl_devnet_request *request, struct sl_devnet_message *message,
                          char hash[static SL_DEVNET_HASH_CHARS]);

/** Begin addPieces() in w. `extra` is borrowed for the call. */
void sl_devnet_abi_add_pieces(struct sl_abi_writer *w, uint64_t data_set,
                              const struct sl_address *listener, const struct sl_piece_id *pieces,
                              size_t count, const struct sl_buf *extra);

#endif
