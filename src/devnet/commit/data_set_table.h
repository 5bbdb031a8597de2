/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* data_set_table.h - the data sets that a provider knows. Private to devnet. */
#ifndef SL_DEVNET_DATA_SET_TABLE_H
#define SL_DEVNET_DATA_SET_TABLE_H

#include "commit/commit.h"

/** Returns 1 when the provider knows the data set, else 0. */
int sl_devnet_data_set_known(struct sl_devnet_provider *provider, uint64_t id,
                             struct sl_err *err) SL_MUST_CHECK;

/** The data set of a path's part, once it is this provider's: 0, or -1 with the reply set, 404 and
 * `missing` for one that it does not know. */
int sl_devnet_data_set_find(struct sl_devnet_request *request, uint64_t *id, const char *text,
                            const char *missing);

#endif
