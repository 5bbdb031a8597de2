/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_inside.h - the ledger's own members; for ledger*.c alone. */
#ifndef SL_DEVNET_LEDGER_INSIDE_H
#define SL_DEVNET_LEDGER_INSIDE_H

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

void sl_ledger_lock(struct sl_ledger *ledger);
void sl_ledger_unlock(struct sl_ledger *ledger);

/* Everything below runs under the lock. */

/** Between these stands one SQLite transaction: end() commits when rc >= 0, else rolls back and
 * returns rc. */
int sl_ledger_begin(struct sl_ledger *ledger, struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_end(struct sl_ledger *ledger, int rc, struct sl_err *err) SL_MUST_CHECK;

/** A machine at an epoch; free with sl_vm_free(). */
struct sl_vm sl_ledger_vm(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err);

/** The row of a function, or NULL. *is_contract: whether code stands at the address. */
const struct sl_ledger_entry *sl_ledger_find(const struct sl_ledger *ledger,
                                             const struct sl_address *to, const uint8_t *data,
                                             size_t len, bool *is_contract);

/** The seconds of an epoch. */
int64_t sl_ledger_time_s(const struct sl_ledger *ledger, uint64_t epoch);

/** FIL of an account and its next nonce; zero when it was never seen. */
int sl_ledger_account(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 *fil,
                      uint64_t *nonce, struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_set_fil(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                      struct sl_err *err) SL_MUST_CHECK;

/** Write the registry's rows from the options. */
int sl_ledger_register(struct sl_ledger *ledger, const struct sl_ledger_options *options,
                       struct sl_err *err) SL_MUST_CHECK;

/** What the providers do by themselves up to and in an epoch: prove, move on, settle, delete. */
int sl_ledger_prove(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err) SL_MUST_CHECK;

/** Run what waits of one sender, as of an epoch above head, within an SQLite transaction that is
 * rolled back. */
int sl_ledger_run_pending(struct sl_ledger *ledger, uint64_t epoch, const struct sl_address *sender,
                          struct sl_err *err) SL_MUST_CHECK;

/** Make the block of an epoch (above head) within the open SQLite transaction. */
int sl_ledger_make_block(struct sl_ledger *ledger, uint64_t epoch,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
