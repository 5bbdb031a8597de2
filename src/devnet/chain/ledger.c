/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/keccak.h"
#include "sluice/path.h"

#include "chain/ledger_internal.h"
#include "chain/ledger_register.h"
#include "chain/ledger_state.h"
#include "contracts/contract_multicall.h"
#include "contracts/contract_registry.h"
#include "contracts/contract_session.h"
#include "contracts/contract_token.h"
#include "contracts/fwss/contract_fwss_calls.h"
#include "contracts/fwss/contract_fwss_view.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pdp/contract_pdp.h"

enum { EPOCH_MS = 30000, EPOCH_MAX_MS = 3600000, PERIOD = 2880, WINDOW = 20 };
enum { STORED_1_3 = 13, STORED_TODAY = 15 };

/* ---- contracts ---- */

static struct sl_address contract_address(const char *name, uint64_t chain_id)
{
    uint8_t hash[SL_KECCAK_BYTES];
    struct sl_keccak keccak;
    struct sl_address address;
    uint8_t id[32];
    sl_u256_to_be(id, sl_u256(chain_id));
    sl_keccak_init(&keccak);
    sl_keccak_add(&keccak, "sluice local contract", 21);
    sl_keccak_add(&keccak, id, sizeof id);
    sl_keccak_add(&keccak, name, strlen(name));
    sl_keccak_end(hash, &keccak);
    memcpy(address.bytes, hash + sizeof hash - sizeof address.bytes, sizeof address.bytes);
    return address;
}

static struct sl_ledger_contracts place_contracts(uint64_t chain_id)
{
    /* Multicall3 has one address on every chain */
    static const struct sl_address multicall3 = {{0xca, 0x11, 0xbd, 0xe0, 0x59, 0x77, 0xb3,
                                                  0x63, 0x11, 0x67, 0x02, 0x88, 0x62, 0xbe,
                                                  0x2a, 0x17, 0x39, 0x76, 0xca, 0x11}};
    return (struct sl_ledger_contracts){
        .fwss = contract_address("fwss", chain_id),
        .view = contract_address("view", chain_id),
        .view_today = contract_address("view of today", chain_id),
        .pdp = contract_address("pdp", chain_id),
        .pay = contract_address("pay", chain_id),
        .usdfc = contract_address("usdfc", chain_id),
        .registry = contract_address("registry", chain_id),
        .endorsements = contract_address("endorsements", chain_id),
        .session_keys = contract_address("session keys", chain_id),
        .multicall3 = multicall3,
        .filbeam = contract_address("filbeam beneficiary", chain_id),
        .filbeam_controller = contract_address("filbeam controller", chain_id),
    };
}

struct sl_address sl_ledger_first_view(uint64_t chain_id)
{
    return place_contracts(chain_id).view;
}

static void index_contract(struct sl_ledger *ledger, const struct sl_address *contract,
                           enum sl_devnet_profile profile, const struct sl_function *functions)
{
    for (; functions->signature != NULL; functions++) {
        assert(ledger->entry_count < SL_LEDGER_FUNCTIONS);
        struct sl_ledger_entry *entry = &ledger->entries[ledger->entry_count++];
        entry->function = functions;
        entry->contract = contract;
        entry->profile = profile;
        sl_abi_selector(entry->selector, functions->signature);
    }
}

/* A View knows its own prices, whatever service stands in front of it later. */
static void index_view(struct sl_ledger *ledger, const struct sl_address *contract,
                       enum sl_devnet_profile profile)
{
    index_contract(ledger, contract, profile, sl_contract_view_functions);
    index_contract(ledger, contract, profile,
                   profile == SL_DEVNET_1_3 ? sl_contract_view_1_3_functions
                                            : sl_contract_view_today_functions);
}

static void index_profile(struct sl_ledger *ledger)
{
    const struct sl_ledger_contracts *at = &ledger->at;
    const bool today = ledger->profile == SL_DEVNET_TODAY;
    index_view(ledger, &at->view, today && !ledger->migrated ? SL_DEVNET_TODAY : SL_DEVNET_1_3);
    if (ledger->migrated)
        index_view(ledger, &at->view_today, SL_DEVNET_TODAY);
    if (!today)
        return;
    index_contract(ledger, &at->pdp, ledger->profile, sl_pdp_today_functions);
    index_contract(ledger, &at->fwss, ledger->profile, sl_fwss_today_functions);
    index_view(ledger, &at->fwss, ledger->profile);
}

static void index_contracts(struct sl_ledger *ledger)
{
    const struct sl_ledger_contracts *at = &ledger->at;
    const struct {
        const struct sl_address *contract;
        const struct sl_function *functions;
    } lists[] = {{&at->multicall3, sl_contract_multicall_functions},
                 {&at->pdp, sl_pdp_functions},
                 {&at->fwss, sl_fwss_functions},
                 {&at->pay, sl_pay_functions},
                 {&at->usdfc, sl_token_functions},
                 {&at->registry, sl_registry_functions},
                 {&at->endorsements, sl_endorsement_functions},
                 {&at->session_keys, sl_contract_session_functions}};
    ledger->entry_count = 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        index_contract(ledger, lists[i].contract, ledger->profile, lists[i].functions);
    index_profile(ledger);
}

/* ---- opening ---- */

static int make_genesis(struct sl_ledger *ledger, struct sl_err *err)
{
    const struct sl_u256 zero = {0};
    uint8_t hash[SL_KECCAK_BYTES];
    uint8_t nothing[SL_KECCAK_BYTES] = {0};
    sl_keccak256(hash, &ledger->at, sizeof ledger->at);
    const int rc = sl_ledger_db_run(
        &ledger->db, err,
        "INSERT INTO chain(one, chain_id, epoch_ms, genesis_s, head, next_rail, next_set,"
        " minted_fil, supply, profile, legacy_limit) VALUES(1, ?, ?, ?, 0, 1, 1, ?, ?, ?, ?)",
        "iiiuuii", ledger->chain_id, (uint64_t)ledger->epoch_ms, (uint64_t)ledger->genesis_s, zero,
        zero, (uint64_t)(ledger->profile == SL_DEVNET_1_3 ? STORED_1_3 : STORED_TODAY),
        ledger->legacy_limit);
    if (rc < 0)
        return rc;
    return sl_ledger_db_run(&ledger->db, err, "INSERT INTO block VALUES(0, ?, ?, ?, 0, 0)", "hhi",
                            hash, nothing, (uint64_t)ledger->genesis_s);
}

/* Ledger entries were timed in the ledger's own epochs, so it keeps their length. The proving
 * period keeps its length in hours. */
static void keep_epoch(struct sl_ledger *ledger, int64_t epoch_ms)
{
    const uint64_t period = ledger->period * (uint64_t)ledger->epoch_ms / (uint64_t)epoch_ms;
    ledger->epoch_ms = epoch_ms;
    ledger->period = period > 0 ? period : 1;
    if (ledger->window >= ledger->period)
        ledger->window = ledger->period / 2;
}

static int load_chain(struct sl_ledger *ledger, struct sl_err *err)
{
    uint64_t chain_id = 0, epoch_ms = 0, genesis_s = 0, profile = 0, migrated = 0;
    int rc = sl_ledger_db_row(&ledger->db, err,
                              "SELECT chain_id, epoch_ms, genesis_s, head, profile, migrated,"
                              " legacy_limit FROM chain",
                              "", "iiiiiii", &chain_id, &epoch_ms, &genesis_s, &ledger->head,
                              &profile, &migrated, &ledger->legacy_limit);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        ledger->genesis_s = sl_wall_ms(&ledger->clock) / 1000;
        ledger->legacy_limit = ledger->profile == SL_DEVNET_TODAY ? 1 : 0;
        return make_genesis(ledger, err);
    }
    ledger->genesis_s = (int64_t)genesis_s;
    if (chain_id != ledger->chain_id || epoch_ms == 0 || epoch_ms > EPOCH_MAX_MS)
        return sl_err_set(err, SL_ECONFIG,
                          "the ledger belongs to chain %llu with epochs of %llu ms; use another "
                          "folder",
                          (unsigned long long)chain_id, (unsigned long long)epoch_ms);
    if (profile != STORED_1_3 && profile != STORED_TODAY)
        return sl_err_set(err, SL_ECONFIG, "the ledger's contracts are of a newer sluice (%llu)",
                          (unsigned long long)profile);
    ledger->profile = profile == STORED_1_3 ? SL_DEVNET_1_3 : SL_DEVNET_TODAY;
    ledger->migrated = migrated != 0;
    keep_epoch(ledger, (int64_t)epoch_ms);
    return SL_OK;
}

static int load(struct sl_ledger *ledger, const struct sl_ledger_options *options,
                struct sl_err *err)
{
    int rc = sl_ledger_begin(ledger, err);
    if (rc < 0)
        return rc;
    rc = load_chain(ledger, err);
    if (rc >= 0)
        rc = sl_ledger_register(ledger, options, err);
    index_contracts(ledger);
    return sl_ledger_end(ledger, rc, err);
}

static int open_file(struct sl_ledger *ledger, const char *dir, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    const int rc = sl_path_join(path, sizeof path, dir, "ledger.db", err);
    if (rc < 0)
        return rc;
    /* SQLite gives its journal the mode of the database */
    const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return sl_err_sys(err, errno, "open %s", path);
    close(fd);
    return sl_ledger_db_open(&ledger->db, path, err);
}

int sl_ledger_open(struct sl_ledger **out, const struct sl_ledger_options *options,
                   struct sl_err *err)
{
    struct sl_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    ledger->chain_id = options->chain_id != 0 ? options->chain_id : SL_LEDGER_CHAIN_ID;
    ledger->epoch_ms = options->epoch_ms > 0 ? options->epoch_ms : EPOCH_MS;
    ledger->period = options->proving_period_epochs != 0 ? options->proving_period_epochs : PERIOD;
    ledger->window =
        options->challenge_window_epochs != 0 ? options->challenge_window_epochs : WINDOW;
    if (ledger->window >= ledger->period)
        ledger->window = ledger->period / 2;
    ledger->clock = options->clock;
    ledger->at = place_contracts(ledger->chain_id);
    ledger->profile = options->profile;
    ledger->idle_providers = options->idle_providers;
    pthread_mutex_init(&ledger->lock, NULL);
    int rc = open_file(ledger, options->dir, err);
    if (rc >= 0)
        rc = load(ledger, options, err);
    if (rc < 0) {
        sl_ledger_close(ledger);
        return rc;
    }
    *out = ledger;
    return SL_OK;
}

static int migrate(struct sl_ledger *ledger, struct sl_err *err)
{
    uint64_t next = 0;
    int rc = sl_ledger_begin(ledger, err);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_row(&ledger->db, err, "SELECT next_set FROM chain", "", "i", &next);
    if (rc >= 0)
        rc = sl_ledger_db_run(&ledger->db, err,
                              "UPDATE chain SET profile = ?, migrated = 1, legacy_limit = ?", "ii",
                              (uint64_t)STORED_TODAY, next);
    rc = sl_ledger_end(ledger, rc, err);
    if (rc < 0)
        return rc;
    ledger->profile = SL_DEVNET_TODAY;
    ledger->migrated = true;
    ledger->legacy_limit = next;
    index_contracts(ledger);
    return 1;
}

int sl_ledger_migrate(struct sl_ledger *ledger, struct sl_err *err)
{
    sl_ledger_lock(ledger);
    const int rc = ledger->profile == SL_DEVNET_TODAY ? 0 : migrate(ledger, err);
    sl_ledger_unlock(ledger);
    return rc;
}

void sl_ledger_close(struct sl_ledger *ledger)
{
    if (ledger == NULL)
        return;
    sl_ledger_db_close(&ledger->db);
    pthread_mutex_destroy(&ledger->lock);
    free(ledger);
}

const struct sl_ledger_contracts *sl_ledger_contracts(const struct sl_ledger *ledger)
{
    return &ledger->at;
}

int64_t sl_ledger_epoch_ms(const struct sl_ledger *ledger)
{
    return ledger->epoch_ms;
}

uint64_t sl_ledger_chain_id(const struct sl_ledger *ledger)
{
    return ledger->chain_id;
}

enum sl_devnet_profile sl_ledger_profile(struct sl_ledger *ledger)
{
    sl_ledger_lock(ledger);
    const enum sl_devnet_profile profile = ledger->profile;
    sl_ledger_unlock(ledger);
    return profile;
}

const struct sl_address *sl_ledger_view(struct sl_ledger *ledger)
{
    sl_ledger_lock(ledger);
    const bool migrated = ledger->migrated;
    sl_ledger_unlock(ledger);
    return migrated ? &ledger->at.view_today : &ledger->at.view;
}

bool sl_ledger_has_code(struct sl_ledger *ledger, const struct sl_address *address)
{
    bool is_contract;
    sl_ledger_lock(ledger);
    (void)sl_ledger_find(ledger, address, NULL, 0, &is_contract);
    sl_ledger_unlock(ledger);
    return is_contract;
}
