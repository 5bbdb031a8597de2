/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Settings whose text has a form of its own. The checks call the very functions that later parse
 * these settings. So every command refuses a bad value with file and line, instead of the upload
 * failing later.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/address.h"
#include "sluice/http.h"
#include "sluice/log.h"
#include "sluice/metadata.h"
#include "sluice/timetable.h"
#include "sluice/tx.h"
#include "sluice/u256.h"

#include "table.h"

enum {
    URL_BYTES = 256,   /* URL of a provider or a node, with its NUL */
    NETWORK_BYTES = 32 /* name of a network, with its NUL */
};

/* Turn the parser's message into an error of the setting. */
static int refuse(struct sl_err *err)
{
    if (err != NULL)
        err->code = SL_ECONFIG;
    return SL_ECONFIG;
}

static int check_metadata(const char *value, struct sl_err *err)
{
    struct sl_metadata entries[SL_METADATA_DATA_SET_ENTRIES];
    size_t count;
    char *text = strdup(value);
    if (text == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    const int rc = sl_eip712_metadata_parse(entries, &count, text, err);
    free(text);
    return rc;
}

static int check_source(const char *value, struct sl_err *err)
{
    const struct sl_metadata entry = {SL_METADATA_SOURCE, value};
    if (sl_eip712_metadata_check(&entry, 1, 1, err) == SL_OK)
        return SL_OK;
    return refuse(err);
}

static int check_amount(const char *value, struct sl_err *err)
{
    enum { DECIMALS = 18 }; /* of USDFC */
    struct sl_u256 amount;
    if (value[0] == '\0' ||
        sl_u256_parse_amount(&amount, value, strlen(value), DECIMALS, NULL) == SL_OK)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "'%.60s' is not an amount of USDFC like 2 or 0.25", value);
}

static int check_number(const char *value, struct sl_err *err)
{
    struct sl_u256 number;
    if (value[0] == '\0' || sl_u256_parse_dec(&number, value, strlen(value), NULL) == SL_OK)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "'%.60s' is not a number", value);
}

static int check_limit(const char *value, struct sl_err *err)
{
    struct sl_timetable table;
    return sl_timetable_parse(&table, value, err) < 0 ? refuse(err) : SL_OK;
}

static int check_slow_limit(const char *value, struct sl_err *err)
{
    uint64_t rate = 0;
    if (sl_rate_parse(&rate, value, err) < 0)
        return refuse(err);
    return rate > 0 ? SL_OK : sl_err_set(err, SL_ECONFIG, "slow mode needs a rate like 1M");
}

static int check_time(const char *value, struct sl_err *err)
{
    int minute = 0;
    if (value[0] == '\0' || sl_day_minute_parse(&minute, value, err) == SL_OK)
        return SL_OK;
    return refuse(err);
}

static int check_network(const char *value, struct sl_err *err)
{
    if (value[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "a name is missing: auto, local, calibration, mainnet");
    if (strlen(value) >= NETWORK_BYTES)
        return sl_err_set(err, SL_ECONFIG, "the name is too long: '%.40s'", value);
    return SL_OK;
}

static int check_chain_id(const char *value, struct sl_err *err)
{
    uint64_t id;
    return value[0] == '\0' || sl_tx_chain_id_parse(&id, value, err) == SL_OK ? SL_OK : refuse(err);
}

static int check_address(const char *value, struct sl_err *err)
{
    struct sl_address address;
    if (value[0] == '\0' || sl_address_parse(&address, value, strlen(value), err) == SL_OK)
        return SL_OK;
    return refuse(err);
}

static int check_url(const char *value, struct sl_err *err)
{
    char resolved[URL_BYTES + 16];
    if (value[0] == '\0')
        return SL_OK;
    if (strlen(value) >= URL_BYTES)
        return sl_err_set(err, SL_ECONFIG, "the URL is too long: '%.60s...'", value);
    return sl_url_resolve(resolved, sizeof resolved, value, "pdp/ping", err) < 0 ? refuse(err)
                                                                                 : SL_OK;
}

static int check_folders(const char *value, struct sl_err *err)
{
    for (const char *at = value; *at != '\0'; at += at[0] == ':') {
        const size_t len = strcspn(at, ":");
        if (len >= SL_PATH_BYTES)
            return sl_err_set(err, SL_ECONFIG, "the path is too long: '%.60s...'", at);
        at += len;
    }
    return SL_OK;
}

static int check_log_level(const char *value, struct sl_err *err)
{
    struct sl_log_levels levels;
    return sl_log_levels_parse(&levels, value, err) < 0 ? refuse(err) : SL_OK;
}

int sl_option_check_text(const char *key, const char *value, struct sl_err *err)
{
    static const struct {
        const char *key;
        int (*check)(const char *value, struct sl_err *err);
    } checks[] = {
        {"network", check_network},
        {"rpc_url", check_url},
        {"network_chain_id", check_chain_id},
        {"fwss", check_address},
        {"endorsements", check_address},
        {"provider_url", check_url},
        {"source", check_source},
        {"metadata", check_metadata},
        {"provider", check_number},
        {"data_set", check_number},
        {"max_spend", check_amount},
        {"limit", check_limit},
        {"slow_limit", check_slow_limit},
        {"stop_at", check_time},
        {"watch", check_folders},
        {"log_level", check_log_level},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (strcmp(checks[i].key, key) == 0)
            return checks[i].check(value, err);
    }
    return SL_OK;
}
