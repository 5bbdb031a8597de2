/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_internal.h - the ledger's own members; for ledger*.c alone. */
#ifndef SL_DEVNET_LEDGER_INTERNAL_H
#define SL_DEVNET_LEDGER_INTERNAL_H

#include <pthread.h>

#include "chain/ledger.h"
#include "chain/ledger_db.h"
#include "chain/ledger_vm.h"

enum {
    SL_LEDGER_CONTRACTS = 9,
    SL_LEDGER_FUNCTIONS = 256, /* most of all contracts together */
};

#define SL_LEDGER_BASE_FEE UINT64_C(100)    /* attoFIL a unit of gas: the least that there is */
#define SL_LEDGER_TIP      UINT64_C(100000) /* attoFIL a unit of gas */

/** A function where it stands. */
struct sl_ledger_entry {
    const struct sl_function *function;
    const struct sl_address *contract;
    enum sl_devnet_profile profile; /* of its code */
    uint8_t selector[SL_ABI_SELECTOR];
};

struct sl_ledger {
    /* immutable */
    struct sl_ledger_contracts at;
    uint64_t chain_id;
    int64_t epoch_ms;
    int64_t genesis_s;
    uint64_t period;
    uint64_t window;
    struct sl_clock clock;
    bool idle_providers;

    pthread_mutex_t lock;

    /* under lock */
    struct sl_ledger_db db;
    uint64_t head; /* the newest block; written with it */
    enum sl_devnet_profile profile;
    bool migrated; /* from 1.3 to it */
    uint64_t legacy_limit;
    struct sl_ledger_entry entries[SL_LEDGER_FUNCTIONS]; /* by contract */
    size_t entry_count;
};

#endif
