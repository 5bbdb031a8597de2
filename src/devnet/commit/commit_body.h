/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_body.h - reads a commit request, in the order in which the provider checks it. Private to
 * devnet. */
#ifndef SL_DEVNET_COMMIT_BODY_H
#define SL_DEVNET_COMMIT_BODY_H

#include "commit/commit.h"

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

/** Whether addPieces() in `w`, which is ended, fits into a message to the chain; -1 with the reply
 * set. Before today's providers the number of pieces was limited instead. */
int sl_devnet_commit_fits(struct sl_devnet_request *request, const struct sl_abi_writer *w,
                          size_t count);

#endif
