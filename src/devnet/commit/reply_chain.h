/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* reply_chain.h - answers about the chain and the database. Private to devnet. */
#ifndef SL_DEVNET_REPLY_CHAIN_H
#define SL_DEVNET_REPLY_CHAIN_H

#include "commit/commit.h"

/** Answer "chain: ..." for revert data. */
void sl_devnet_reply_chain(struct sl_devnet_reply *reply, const struct sl_buf *data);

/** Answer with the object in `w`, or that the database failed when rc < 0. Frees the writer. */
void sl_devnet_reply_written(struct sl_devnet_request *request, struct sl_jw *w, int rc,
                             const struct sl_err *err);

/** Log the failure, answer 500 with an error id. */
void sl_devnet_reply_failure(struct sl_devnet_request *request, const struct sl_err *err,
                             const char *text);

#endif
