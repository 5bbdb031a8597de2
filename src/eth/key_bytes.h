/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* key_bytes.h - the private key itself, for the keystore writer alone. */
#ifndef SL_ETH_KEY_BYTES_H
#define SL_ETH_KEY_BYTES_H

#include "sluice/key.h"

/** SL_KEY_BYTES bytes, borrowed; copy them nowhere but into another secret. */
const uint8_t *sl_key_bytes(const struct sl_key *key);

#endif
