/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ledger.h - the chain of the `local` network: blocks, accounts, and contracts that answer at their
 * ABI what the contracts of Filecoin Onchain Cloud answer.
 *
 * No virtual machine: each contract is C over one SQLite database, DIR/ledger.db (WAL, STRICT,
 * synchronous=FULL). A block with all that its transactions changed is one SQLite transaction, so
 * nonces, pieces and money agree whenever the process dies. A transaction that reverts leaves only
 * its receipt, its nonce and its fee; a call never leaves anything.
 *
 * Behaves as FilecoinWarmStorageService 1.5.0 and PDPVerifier 3.5.0 or, of the profile 1.3,
 * as 1.3.1 and 3.4.0; with FilecoinPay 1.0.0, ServiceProviderRegistry 1.2.0, SessionKeyRegistry, an
 * ERC-20 with permit called USDFC, the endorsed ProviderIdSet, and Multicall3. Source:
 * protocol/today.md sections 1 to 8, chain.md sections 3 to 8, signing.md, flows.md; proof:
 * tests/unit/test_ledger_today.c and, of 1.3, test_ledger_observed.c. Providers always prove in
 * time.
 *
 * A ledger has a profile, the contracts of today or those of 1.3. It is stored in the database (the
 * column chain.profile, since schema 7) when the folder is made; a database of an older schema is
 * one of 1.3.
 *
 * Time: epoch e has the time genesis + e * epoch_ms; genesis is when the folder was made. Blocks
 * are made by sl_ledger_tick() (one, now) and sl_ledger_catch_up() (as many as the clock asks for);
 * epochs that pass while nobody asks are null rounds. Every function may be called from any thread:
 * one lock inside serialises them.
 */
#ifndef SL_DEVNET_LEDGER_H
#define SL_DEVNET_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/devnet.h"
#include "sluice/err.h"
#include "sluice/u256.h"

enum {
    SL_LEDGER_HASH_BYTES = 32,
    SL_LEDGER_TOPICS = 4,
    SL_LEDGER_CALL_BYTES = 1 << 20, /* most bytes of call data */
};

#define SL_LEDGER_CHAIN_ID UINT64_C(31415926) /* that of a devnet */
#define SL_LEDGER_PENDING  UINT64_MAX         /* the block of what is in none yet */

struct sl_ledger;

/* ---- making one ---- */

/** A capability of a provider's PDP product beside those that every provider gets; borrowed. */
struct sl_ledger_capability {
    const char *key;      /* at most 32 bytes */
    const uint8_t *value; /* at most 128 bytes */
    size_t len;
};

/**
 * A provider in the registry; texts are borrowed for the call. Ids are given by position: the first
 * is 1. The required capabilities (serviceURL, sizes, price, proving period, location, token) are
 * filled in; one given here under the same key replaces the value.
 */
struct sl_ledger_provider {
    struct sl_address service_provider; /* sends its transactions */
    struct sl_address payee;            /* is paid, stands in signatures */
    const char *name;                   /* at most 128 bytes */
    const char *description;            /* at most 256 bytes */
    const char *service_url;            /* at most 128 bytes */
    const struct sl_ledger_capability *capabilities;
    size_t capability_count;
    bool approved; /* by the storage service */
    bool endorsed; /* may hold the first copy */
};

struct sl_ledger_options {
    const char *dir;   /* exists; borrowed for the call */
    uint64_t chain_id; /* 0: SL_LEDGER_CHAIN_ID */
    int64_t epoch_ms;  /* for a new folder, 0: 30 s; an existing folder keeps its own */
    uint64_t proving_period_epochs;   /* 0: 2880 (a day of 30 s epochs) */
    uint64_t challenge_window_epochs; /* 0: 20, or less to fit the period */
    const struct sl_ledger_provider *providers;
    size_t provider_count;
    enum sl_devnet_profile profile; /* of a new folder; an existing folder keeps its own */
    bool idle_providers; /* they do nothing by themselves: for tests of their own calls */
    struct sl_clock clock;
};

/**
 * Open the ledger of a folder, or make it with its genesis. Free with sl_ledger_close(). The
 * providers are brought up to date at every open: changed texts, URLs and payees are written, new
 * ones appended; one that is not given any more stays registered but inactive. Chain id and epoch
 * length must be those of the genesis. Errors: SL_EJOURNAL, SL_ENOSPC (the database), SL_ECONFIG
 * (another chain, a text that is too long, one address for two providers, the profile of a newer
 * sluice), SL_ENOMEM.
 */
int sl_ledger_open(struct sl_ledger **out, const struct sl_ledger_options *options,
                   struct sl_err *err) SL_MUST_CHECK;

/**
 * Bring a ledger of 1.3 to today's contracts, as the real ones were upgraded: at the same
 * addresses, with all data sets, money and nonces. The storage service names another View from then
 * on; the old one goes on answering with the getters and the price list of 1.3, and with the
 * metadata of pieces that were added before, until such a piece is removed. A data set keeps its
 * rate and its reserve until its next add. legacyPieceStorageIdLimit() is the next free id of a
 * data set. Any time, also between two blocks. Returns 1, or 0 when the ledger is today's already.
 * Errors: those of the database; the ledger is then as before.
 */
int sl_ledger_migrate(struct sl_ledger *ledger, struct sl_err *err) SL_MUST_CHECK;

/** Where the View of 1.3 stands in a migrated ledger of this chain; the only View of any other. */
struct sl_address sl_ledger_first_view(uint64_t chain_id);

/** Pending transactions stay pending. NULL allowed. */
void sl_ledger_close(struct sl_ledger *ledger);

/** Where the contracts stand: the same in every ledger of a chain id. */
struct sl_ledger_contracts {
    struct sl_address fwss;       /* the proxy: record keeper, verifying contract, operator */
    struct sl_address view;       /* its StateView; of a migrated ledger the one of 1.3 */
    struct sl_address view_today; /* of a migrated ledger; without code in any other */
    struct sl_address pdp;
    struct sl_address pay;
    struct sl_address usdfc;
    struct sl_address registry;
    struct sl_address endorsements;
    struct sl_address session_keys;
    struct sl_address multicall3;         /* the address it has on every chain */
    struct sl_address filbeam;            /* payee of CDN rails */
    struct sl_address filbeam_controller; /* may end the CDN of a data set */
};

/** Borrowed until close; constant. */
const struct sl_ledger_contracts *sl_ledger_contracts(const struct sl_ledger *ledger);
/** The StateView that the storage service names now. */
const struct sl_address *sl_ledger_view(struct sl_ledger *ledger);
/** Whether a contract stands there. */
bool sl_ledger_has_code(struct sl_ledger *ledger, const struct sl_address *address);
uint64_t sl_ledger_chain_id(const struct sl_ledger *ledger);
/** What the folder says, whatever the options said. */
enum sl_devnet_profile sl_ledger_profile(struct sl_ledger *ledger);
int64_t sl_ledger_epoch_ms(const struct sl_ledger *ledger);

/* ---- blocks ---- */

struct sl_ledger_block {
    uint64_t number; /* the epoch */
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    uint8_t parent[SL_LEDGER_HASH_BYTES];
    int64_t timestamp_s;
    struct sl_u256 base_fee; /* attoFIL a unit of gas */
    uint64_t gas_used;
    uint64_t tx_count;
};

/* ---- calls ---- */

/** What is sent to a contract or an account; `data` is borrowed. */
struct sl_ledger_message {
    struct sl_address from;
    struct sl_address to;
    struct sl_u256 value; /* attoFIL */
    const uint8_t *data;
    size_t data_len;
    uint64_t gas_limit; /* 0: what is needed; only for sl_ledger_send() */
};

/** Zero-initialise; free with sl_ledger_result_free(). */
struct sl_ledger_result {
    bool reverted;
    struct sl_buf data; /* what was returned, or the revert data (may be empty) */
    uint64_t gas;       /* what a transaction of it would use; also of a revert */
};

/* ---- transactions ---- */

/** A transaction as it was taken. Zero-initialise; free with sl_ledger_tx_free(). */
struct sl_ledger_tx {
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_address from;
    struct sl_address to;
    uint64_t nonce;
    struct sl_u256 value;
    struct sl_u256 max_fee;
    struct sl_u256 max_priority_fee;
    uint64_t gas_limit;
    uint64_t block; /* SL_LEDGER_PENDING while in none */
    uint64_t index; /* in its block */
    struct sl_buf data;
    struct sl_buf signature; /* r || s || v (27, 28); empty for sl_ledger_send() */
};

struct sl_ledger_log {
    struct sl_address address;
    size_t topic_count;
    uint8_t topics[SL_LEDGER_TOPICS][SL_LEDGER_HASH_BYTES];
    const uint8_t *data; /* into the receipt's or the list's memory */
    size_t data_len;
    uint64_t block;
    uint64_t tx_index;
    uint64_t index; /* within the block */
    uint8_t tx_hash[SL_LEDGER_HASH_BYTES];
};

/** Zero-initialise; free with sl_ledger_receipt_free(). */
struct sl_ledger_receipt {
    uint8_t tx_hash[SL_LEDGER_HASH_BYTES];
    uint8_t block_hash[SL_LEDGER_HASH_BYTES];
    struct sl_address from;
    struct sl_address to;
    bool ok; /* false: reverted */
    uint64_t block;
    uint64_t index;
    uint64_t gas_used;
    struct sl_u256 gas_price;
    struct sl_ledger_log *logs;
    size_t log_count;
    struct sl_buf returned; /* what the call returned, or its revert data; for tests and messages */
    struct sl_buf log_bytes; /* owns the data of the logs */
};

/** eth_getLogs: an address and topics that are NULL match all. Blocks inclusive. */
struct sl_ledger_log_filter {
    uint64_t from_block;
    uint64_t to_block;
    const struct sl_address *address;
    const uint8_t *topics[SL_LEDGER_TOPICS];
};

/** Called once a log, which is borrowed for the call; must not call the ledger. */
typedef void (*sl_ledger_log_fn)(void *ctx, const struct sl_ledger_log *log);

#endif
