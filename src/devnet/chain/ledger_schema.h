/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_schema.h - the tables of the ledger; schema i brings user_version i to i + 1. */
#ifndef SL_DEVNET_LEDGER_SCHEMA_H
#define SL_DEVNET_LEDGER_SCHEMA_H

#include <stdint.h>

extern const char *const sl_ledger_schema[];
extern const uint64_t sl_ledger_schema_version;

#endif
