/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/provider_cooldown.h"

#include <stdlib.h>

struct reading {
    struct sl_cli_provider_cooldown *out;
    int64_t now_ms;
    struct sl_err *err;
};

static int on_provider(void *ctx, const struct sl_journal_provider *provider)
{
    struct reading *reading = ctx;
    struct sl_cli_provider_cooldown *out = reading->out;
    if (!sl_journal_provider_cools(provider, reading->now_ms))
        return 0;
    struct sl_journal_provider *list = realloc(out->list, (out->count + 1) * sizeof *list);
    if (list != NULL)
        out->list = list;
    struct sl_u256 *ids = realloc(out->ids, (out->count + 1) * sizeof *ids);
    if (ids != NULL)
        out->ids = ids;
    if (list == NULL || ids == NULL)
        return sl_err_set(reading->err, SL_ENOMEM, "out of memory");
    out->list[out->count] = *provider;
    out->ids[out->count++] = provider->provider_id;
    return 0;
}

int sl_cli_provider_cooldown_read(struct sl_cli_provider_cooldown *out,
                                  const struct sl_config *config, uint64_t chain_id,
                                  const struct sl_clock *clock, struct sl_err *err)
{
    struct sl_journal *journal = NULL;
    struct reading reading = {.out = out, .now_ms = sl_wall_ms(clock), .err = err};
    int rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_READ, clock, err);
    if (rc < 0) /* the cooldowns only help; do without them */
        return rc == SL_ENOMEM ? rc : SL_OK;
    rc = sl_journal_each_provider(journal, chain_id, on_provider, &reading, err);
    sl_journal_close(journal);
    return rc;
}

void sl_cli_provider_cooldown_free(struct sl_cli_provider_cooldown *cooldown)
{
    free(cooldown->list);
    free(cooldown->ids);
    *cooldown = (struct sl_cli_provider_cooldown){0};
}

const struct sl_journal_provider *
sl_cli_provider_cooldown_find(const struct sl_cli_provider_cooldown *cooldown,
                              struct sl_u256 provider_id)
{
    for (size_t i = 0; i < cooldown->count; i++) {
        if (sl_u256_cmp(cooldown->ids[i], provider_id) == 0)
            return &cooldown->list[i];
    }
    return NULL;
}
