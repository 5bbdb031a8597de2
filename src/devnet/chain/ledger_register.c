/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Writes the providers of the options into the registry at every open. */
#include "chain/ledger_register.h"

#include <string.h>

#include "sluice/piece.h"

#include "chain/ledger_internal.h"

enum { NAME_BYTES = 128, DESCRIPTION_BYTES = 256, KEY_BYTES = 32, VALUE_BYTES = 128 };

/* attoUSDFC a TiB and day: what the price list comes to */
#define PRICE_PER_TIB_DAY UINT64_C(83333333333333333)

static int check_text(const char *text, size_t most, const char *what, struct sl_err *err)
{
    if (text == NULL || strlen(text) > most)
        return sl_err_set(err, SL_ECONFIG, "a provider's %s has more than %zu bytes", what, most);
    return SL_OK;
}

static int set_capability(struct sl_ledger *ledger, uint64_t provider, const char *key,
                          const void *value, size_t len, struct sl_err *err)
{
    int rc = check_text(key, KEY_BYTES, "capability name", err);
    if (rc < 0)
        return rc;
    if (len == 0 || len > VALUE_BYTES)
        return sl_err_set(err, SL_ECONFIG, "a provider's capability %s has %zu bytes", key, len);
    rc = sl_ledger_db_run(&ledger->db, err,
                          "INSERT INTO capability VALUES(?1, (SELECT count(*) FROM capability"
                          " WHERE provider = ?1), ?2, ?3)"
                          " ON CONFLICT(provider, name) DO UPDATE SET value = excluded.value",
                          "itb", provider, key, value, len);
    return rc < 0 ? rc : SL_OK;
}

/* A number as a provider registers it: big-endian, as short as it goes. */
static int set_number(struct sl_ledger *ledger, uint64_t provider, const char *key, uint64_t value,
                      struct sl_err *err)
{
    uint8_t bytes[32];
    size_t skip = 0;
    sl_u256_to_be(bytes, sl_u256(value));
    while (skip < sizeof bytes - 1 && bytes[skip] == 0)
        skip++;
    return set_capability(ledger, provider, key, bytes + skip, sizeof bytes - skip, err);
}

static int set_capabilities(struct sl_ledger *ledger, uint64_t id,
                            const struct sl_ledger_provider *p, struct sl_err *err)
{
    static const char location[] = "C=XX;ST=Local;L=Loopback";
    int rc =
        sl_ledger_db_run(&ledger->db, err, "DELETE FROM capability WHERE provider = ?", "i", id);
    if (rc >= 0)
        rc = set_capability(ledger, id, "serviceURL", p->service_url, strlen(p->service_url), err);
    if (rc >= 0)
        rc = set_number(ledger, id, "minPieceSizeInBytes", SL_PIECE_MIN_BYTES, err);
    if (rc >= 0)
        rc = set_number(ledger, id, "maxPieceSizeInBytes", SL_PIECE_MAX_BYTES, err);
    if (rc >= 0)
        rc = set_number(ledger, id, "storagePricePerTibPerDay", PRICE_PER_TIB_DAY, err);
    if (rc >= 0)
        rc = set_number(ledger, id, "minProvingPeriodInEpochs", ledger->period, err);
    if (rc >= 0)
        rc = set_capability(ledger, id, "location", location, sizeof location - 1, err);
    if (rc >= 0)
        rc = set_capability(ledger, id, "paymentTokenAddress", ledger->at.usdfc.bytes,
                            SL_ADDRESS_BYTES, err);
    for (size_t i = 0; rc >= 0 && i < p->capability_count; i++)
        rc = set_capability(ledger, id, p->capabilities[i].key, p->capabilities[i].value,
                            p->capabilities[i].len, err);
    return rc;
}

static int register_one(struct sl_ledger *ledger, const struct sl_ledger_provider *p,
                        struct sl_err *err)
{
    uint64_t id = 0;
    int rc = check_text(p->name, NAME_BYTES, "name", err);
    if (rc == SL_OK)
        rc = check_text(p->description, DESCRIPTION_BYTES, "description", err);
    if (rc == SL_OK)
        rc = check_text(p->service_url, VALUE_BYTES, "URL", err);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(
            &ledger->db, err,
            "INSERT INTO provider VALUES((SELECT count(*) FROM provider) + 1, ?, ?, ?, ?, 1, ?, ?)"
            " ON CONFLICT(address) DO UPDATE SET payee = excluded.payee, name = excluded.name,"
            " description = excluded.description, active = 1, approved = excluded.approved,"
            " endorsed = excluded.endorsed",
            "aattii", &p->service_provider, &p->payee, p->name, p->description,
            (uint64_t)p->approved, (uint64_t)p->endorsed);
    if (rc >= 0)
        rc = sl_ledger_db_row(&ledger->db, err, "SELECT id FROM provider WHERE address = ?", "a",
                              "i", &p->service_provider, &id);
    return rc < 0 ? rc : set_capabilities(ledger, id, p, err);
}

static int check_distinct(const struct sl_ledger_options *options, struct sl_err *err)
{
    for (size_t i = 0; i < options->provider_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (sl_address_equal(&options->providers[i].service_provider,
                                 &options->providers[k].service_provider))
                return sl_err_set(err, SL_ECONFIG, "two providers have one address");
        }
    }
    return SL_OK;
}

int sl_ledger_register(struct sl_ledger *ledger, const struct sl_ledger_options *options,
                       struct sl_err *err)
{
    int rc = check_distinct(options, err);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(&ledger->db, err,
                              "UPDATE provider SET active = 0, approved = 0, endorsed = 0", "");
    for (size_t i = 0; rc >= 0 && i < options->provider_count; i++)
        rc = register_one(ledger, &options->providers[i], err);
    return rc < 0 ? rc : SL_OK;
}
