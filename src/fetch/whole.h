/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* whole.h - sizes of the parts that make up a whole file. Private to fetch. */
#ifndef SL_FETCH_WHOLE_H
#define SL_FETCH_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

/** Whether a shard may have this size: 127 * 2^k bytes. */
bool sl_fetch_is_shard_size(uint64_t bytes);

#endif
