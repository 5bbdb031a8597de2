/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/selection.h"

#include <stdlib.h>

static bool same(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_cmp(a, b) == 0;
}

static bool is_match(const struct sl_data_set *set, const struct sl_selection *selection)
{
    return sl_data_set_is_usable(set) && set->metadata_known &&
           sl_metadata_equal(set->metadata, set->metadata_count, selection->metadata,
                             selection->metadata_count);
}

/* Compact data sets first, since their adds are cheaper and larger; then those with pieces; then
 * the oldest. */
static bool is_better(const struct sl_data_set *a, const struct sl_data_set *b, uint64_t limit)
{
    const bool a_legacy = sl_data_set_is_legacy(a->id, limit);
    const bool b_legacy = sl_data_set_is_legacy(b->id, limit);
    const bool a_empty = sl_u256_is_zero(a->leaves);
    const bool b_empty = sl_u256_is_zero(b->leaves);
    if (a_legacy != b_legacy)
        return b_legacy;
    return a_empty != b_empty ? b_empty : sl_u256_cmp(a->id, b->id) < 0;
}

size_t sl_select_data_sets(const struct sl_data_set **out, size_t cap,
                           const struct sl_selection *selection)
{
    size_t count = 0;
    for (size_t i = 0; i < selection->data_set_count; i++) {
        const struct sl_data_set *set = &selection->data_sets[i];
        if (!is_match(set, selection))
            continue;
        size_t at = count < cap ? count++ : cap;
        for (; at > 0 && is_better(set, out[at - 1], selection->legacy_limit); at--) {
            if (at < cap)
                out[at] = out[at - 1];
        }
        if (at < cap)
            out[at] = set;
    }
    return count;
}

static bool is_in(struct sl_u256 id, const struct sl_u256 *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (same(id, list[i]))
            return true;
    }
    return false;
}

static const struct sl_provider *provider_of(const struct sl_selection *selection,
                                             struct sl_u256 id)
{
    for (size_t i = 0; i < selection->provider_count; i++) {
        if (same(selection->providers[i].id, id))
            return &selection->providers[i];
    }
    return NULL;
}

static bool takes(const struct sl_provider *provider, const struct sl_selection *selection)
{
    return selection->most_bytes == 0 ||
           sl_foc_provider_takes(provider, selection->least_bytes, selection->most_bytes);
}

/* Memory for `count` pointers; never NULL for 0. */
static void *pointers(size_t count)
{
    return calloc(count + 1, sizeof(void *));
}

/* ---- ranking ---- */

struct ranking {
    struct sl_choice *out;
    size_t cap;
    size_t count;
    bool endorsed_only;
    bool avoided; /* ranking the avoided providers; false: the others */
    const struct sl_u256 *used;
    size_t used_count;
    const struct sl_selection *selection;
};

static bool is_ranked(const struct ranking *ranking, struct sl_u256 id)
{
    for (size_t i = 0; i < ranking->count; i++) {
        if (same(ranking->out[i].provider->id, id))
            return true;
    }
    return false;
}

static void rank(struct ranking *ranking, const struct sl_provider *provider,
                 const struct sl_data_set *set)
{
    if (provider == NULL || ranking->count == ranking->cap || !provider->approved ||
        (ranking->endorsed_only && !provider->endorsed) || !takes(provider, ranking->selection) ||
        is_in(provider->id, ranking->used, ranking->used_count) ||
        is_in(provider->id, ranking->selection->avoid, ranking->selection->avoid_count) !=
            ranking->avoided ||
        is_ranked(ranking, provider->id))
        return;
    ranking->out[ranking->count++] = (struct sl_choice){.provider = provider, .data_set = set};
}

/* The next pseudo-random number (splitmix64). */
static uint64_t next_number(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void shuffle(const struct sl_provider **list, size_t count, uint64_t seed)
{
    for (size_t left = count; left > 1; left--) {
        const size_t at = (size_t)(next_number(&seed) % left);
        const struct sl_provider *chosen = list[at];
        list[at] = list[left - 1];
        list[left - 1] = chosen;
    }
}

/* Move the preferred providers to the front, the most wanted one last, so that it ends up first. */
static void bring_forward(const struct sl_provider **list, size_t count,
                          const struct sl_selection *selection)
{
    for (size_t wish = selection->prefer_count; wish > 0; wish--) {
        size_t at = 0;
        while (at < count && !same(list[at]->id, selection->prefer[wish - 1]))
            at++;
        if (at == count)
            continue;
        const struct sl_provider *found = list[at];
        for (; at > 0; at--)
            list[at] = list[at - 1];
        list[0] = found;
    }
}

static void rank_all(struct ranking *ranking, const struct sl_data_set **sets,
                     const struct sl_provider **others)
{
    const struct sl_selection *selection = ranking->selection;
    const size_t matching = sl_select_data_sets(sets, selection->data_set_count, selection);
    for (size_t i = 0; i < selection->provider_count; i++)
        others[i] = &selection->providers[i];
    if (selection->seed != 0)
        shuffle(others, selection->provider_count, selection->seed);
    bring_forward(others, selection->provider_count, selection);
    for (int round = 0; round < 2; round++) {
        ranking->avoided = round == 1;
        for (size_t i = 0; i < matching; i++)
            rank(ranking, provider_of(selection, sets[i]->provider_id), sets[i]);
        for (size_t i = 0; i < selection->provider_count; i++)
            rank(ranking, others[i], NULL);
    }
}

int sl_select_ranked(struct sl_choice *out, size_t cap, const struct sl_selection *selection,
                     bool endorsed_only, const struct sl_u256 *used, size_t used_count,
                     struct sl_err *err)
{
    struct ranking ranking = {.out = out,
                              .cap = cap,
                              .endorsed_only = endorsed_only,
                              .used = used,
                              .used_count = used_count,
                              .selection = selection};
    const struct sl_data_set **sets = pointers(selection->data_set_count);
    const struct sl_provider **others = pointers(selection->provider_count);
    int rc = SL_OK;
    if (sets == NULL || others == NULL)
        rc = sl_err_set(err, SL_ENOMEM, "no memory to choose a provider");
    else
        rank_all(&ranking, sets, others);
    free(others);
    free(sets);
    return rc < 0 ? rc : (int)ranking.count;
}

/* ---- choosing ---- */

/* Choose the first ranked provider that is alive. Returns 1, or 0 if there is none. */
static int choose(struct sl_choice *out, const struct sl_selection *selection, bool endorsed_only,
                  const struct sl_u256 *used, size_t used_count, sl_alive_fn alive, void *ctx,
                  struct sl_err *err)
{
    const size_t cap = selection->provider_count;
    struct sl_choice *ranked = calloc(cap + 1, sizeof *ranked);
    int found = 0;
    if (ranked == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory to choose a provider");
    const int count =
        sl_select_ranked(ranked, cap, selection, endorsed_only, used, used_count, err);
    for (int i = 0; i < count && found == 0; i++) {
        if (!alive(ctx, ranked[i].provider))
            continue;
        *out = ranked[i];
        found = 1;
    }
    free(ranked);
    return count < 0 ? count : found;
}

int sl_select_copies(struct sl_choice *out, size_t copies, const struct sl_selection *selection,
                     sl_alive_fn alive, void *ctx, struct sl_err *err)
{
    struct sl_u256 used[SL_COPIES_MAX];
    size_t count = 0;
    if (copies < 1 || copies > SL_COPIES_MAX)
        return sl_err_set(err, SL_EINVAL, "copies: 1 to %d", SL_COPIES_MAX);
    while (count < copies) {
        const int rc = choose(&out[count], selection, count == 0, used, count, alive, ctx, err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
        used[count] = out[count].provider->id;
        count++;
    }
    if (count == 0)
        return sl_err_set(err, SL_ENOTFOUND,
                          "no endorsed provider answers and accepts these pieces; choose one with "
                          "--provider");
    return (int)count;
}

int sl_select_another(struct sl_choice *out, const struct sl_selection *selection,
                      const struct sl_u256 *used, size_t used_count, sl_alive_fn alive, void *ctx,
                      struct sl_err *err)
{
    const int rc = choose(out, selection, false, used, used_count, alive, ctx, err);
    if (rc == 0)
        return sl_err_set(err, SL_ENOTFOUND, "no other approved provider answers");
    return rc < 0 ? rc : SL_OK;
}

/* Check that the provider accepts pieces of these sizes. */
static int check_sizes(const struct sl_provider *provider, const struct sl_selection *selection,
                       struct sl_err *err)
{
    if (takes(provider, selection))
        return SL_OK;
    const bool small =
        sl_u256_cmp(sl_u256(selection->least_bytes), provider->offering.min_piece_bytes) < 0;
    return sl_err_set(err, small ? SL_ETOOSMALL : SL_ETOOBIG,
                      "the provider does not accept pieces of this size");
}

int sl_select_provider(struct sl_choice *out, const struct sl_selection *selection,
                       struct sl_u256 provider_id, struct sl_err *err)
{
    const struct sl_provider *provider = provider_of(selection, provider_id);
    if (provider == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "there is no active storage provider with this id");
    if (!provider->approved)
        return sl_err_set(err, SL_EREFUSED, "the storage service has not approved this provider");
    int rc = check_sizes(provider, selection, err);
    if (rc < 0)
        return rc;
    const struct sl_data_set **sets = pointers(selection->data_set_count);
    if (sets == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory to choose a data set");
    const size_t count = sl_select_data_sets(sets, selection->data_set_count, selection);
    *out = (struct sl_choice){.provider = provider};
    for (size_t i = 0; i < count && out->data_set == NULL; i++) {
        if (same(sets[i]->provider_id, provider_id))
            out->data_set = sets[i];
    }
    free(sets);
    return SL_OK;
}

static int check_data_set(const struct sl_data_set *set, const struct sl_address *payer,
                          struct sl_err *err)
{
    const char *why = NULL;
    if (!sl_address_equal(&set->payer, payer))
        why = "the data set belongs to another account";
    else if (!sl_u256_is_zero(set->end_epoch))
        why = "the data set was terminated; new pieces need another data set";
    else if (!set->live)
        why = "the data set no longer exists";
    else if (!set->managed)
        why = "the data set belongs to another storage service";
    else if (sl_data_set_has_authorizer(set))
        why =
            "a contract (the authorizer) controls the data set, so your signature has no effect on "
            "it; choose another data set";
    return why != NULL ? sl_err_set(err, SL_EREFUSED, "%s", why) : SL_OK;
}

int sl_select_data_set(struct sl_choice *out, const struct sl_selection *selection,
                       struct sl_u256 data_set_id, const struct sl_address *payer,
                       struct sl_err *err)
{
    const struct sl_data_set *set = NULL;
    for (size_t i = 0; i < selection->data_set_count && set == NULL; i++) {
        if (same(selection->data_sets[i].id, data_set_id))
            set = &selection->data_sets[i];
    }
    if (set == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "the account has no such data set");
    int rc = check_data_set(set, payer, err);
    if (rc < 0)
        return rc;
    const struct sl_provider *provider = provider_of(selection, set->provider_id);
    if (provider == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "the provider of the data set is no longer active");
    rc = check_sizes(provider, selection, err);
    if (rc == SL_OK)
        *out = (struct sl_choice){.provider = provider, .data_set = set};
    return rc;
}
