/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Storage providers: their current URLs, which of them failed, and how long those are left alone.
 */
#include "sluice/journal.h"

#include "change.h"
#include "read.h"

enum { ID_BYTES = 32 };

bool sl_journal_provider_cools(const struct sl_journal_provider *provider, int64_t wall_ms)
{
    const int64_t left_ms = provider->cool_until_ms - wall_ms;
    return left_ms > 0 && left_ms <= SL_COOL_MOST_MS;
}

static int64_t cooling_ms(int64_t failures)
{
    int64_t ms = SL_COOL_FIRST_MS;
    for (int64_t i = 1; i < failures && ms < SL_COOL_MOST_MS; i++)
        ms *= 2;
    return ms < SL_COOL_MOST_MS ? ms : SL_COOL_MOST_MS;
}

/* The rest of a row; chain and id are known. */
static bool read_row(struct sl_db_call *call, struct sl_journal_provider *out)
{
    out->failures = sl_db_next_int(call);
    out->failed_ms = sl_db_next_int(call);
    out->cool_until_ms = sl_db_next_int(call);
    return sl_db_next_error(call, &out->err) && sl_db_sound(call) && out->failures > 0;
}

/* Returns 1 with what is known of it, 0 when that is nothing. */
static int find(struct sl_journal_provider *out, struct sl_journal *journal,
                const uint8_t id[static ID_BYTES], struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_FIND_PROVIDER_FAILURES);
    sl_db_u64(&call, out->chain_id);
    sl_db_bytes(&call, id, ID_BYTES);
    int rc = sl_db_row(&call, "read what providers failed", err);
    if (rc == 1 && !read_row(&call, out))
        rc = sl_db_damaged(journal, "read what providers failed", err);
    sl_db_end(&call);
    return rc;
}

static int write(struct sl_journal *journal, const struct sl_journal_provider *provider,
                 const uint8_t id[static ID_BYTES], struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_PROVIDER_FAILURES);
    sl_db_u64(&call, provider->chain_id);
    sl_db_bytes(&call, id, ID_BYTES);
    sl_db_int(&call, provider->failures);
    sl_db_int(&call, provider->failed_ms);
    sl_db_int(&call, provider->cool_until_ms);
    sl_db_error(&call, &provider->err);
    const int rc = sl_db_run(&call, "note that a provider failed", err);
    return rc < 0 ? rc : SL_OK;
}

int sl_journal_provider_failed(struct sl_journal *journal, uint64_t chain_id,
                               struct sl_u256 provider_id, const struct sl_err *why,
                               struct sl_err *err)
{
    uint8_t id[ID_BYTES];
    struct sl_journal_provider provider = {.chain_id = chain_id, .provider_id = provider_id};
    const int64_t now_ms = sl_wall_ms(&journal->clock);
    sl_u256_to_be(id, provider_id);
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = find(&provider, journal, id, err);
    if (rc >= 0 && !sl_journal_provider_cools(&provider, now_ms)) {
        provider.failures++;
        provider.cool_until_ms = now_ms + cooling_ms(provider.failures);
    }
    provider.failed_ms = now_ms;
    provider.err = *why;
    if (rc >= 0)
        rc = write(journal, &provider, id, err);
    return sl_db_end_change(journal, rc, err);
}

int sl_journal_provider_succeeded(struct sl_journal *journal, uint64_t chain_id,
                                  struct sl_u256 provider_id, struct sl_err *err)
{
    uint8_t id[ID_BYTES];
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    sl_u256_to_be(id, provider_id);
    struct sl_db_call call = sl_db_call(journal, SL_DB_FORGET_PROVIDER_FAILURES);
    sl_db_u64(&call, chain_id);
    sl_db_bytes(&call, id, sizeof id);
    rc = sl_db_run(&call, "note that a provider works", err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_each_provider(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_provider_fn fn, void *ctx, struct sl_err *err)
{
    static const char what[] = "read what providers failed";
    struct sl_db_call call = sl_db_call(journal, SL_DB_EACH_PROVIDER_FAILURES);
    int rc;
    sl_db_u64(&call, chain_id);
    while ((rc = sl_db_row(&call, what, err)) == 1) {
        struct sl_journal_provider provider = {.chain_id = chain_id};
        uint8_t id[ID_BYTES];
        if (sl_db_copy_bytes(&call, id, sizeof id) &&
            sl_u256_from_be(&provider.provider_id, id, sizeof id) && read_row(&call, &provider))
            rc = fn(ctx, &provider);
        else
            rc = sl_db_damaged(journal, what, err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

/* ---- limits ---- */

int sl_journal_provider_takes(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, size_t pieces, struct sl_err *err)
{
    uint8_t id[ID_BYTES];
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    sl_u256_to_be(id, provider_id);
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_PROVIDER_LIMIT);
    sl_db_u64(&call, chain_id);
    sl_db_bytes(&call, id, sizeof id);
    sl_db_u64(&call, pieces);
    sl_db_int(&call, sl_wall_ms(&journal->clock));
    rc = sl_db_run(&call, "note how many pieces a provider takes", err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_provider_limit(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, size_t *pieces, struct sl_err *err)
{
    static const char what[] = "read how many pieces a provider takes";
    uint8_t id[ID_BYTES];
    int64_t count = 0, age_ms = 0;
    struct sl_db_call call = sl_db_call(journal, SL_DB_PROVIDER_LIMIT);
    sl_u256_to_be(id, provider_id);
    sl_db_u64(&call, chain_id);
    sl_db_bytes(&call, id, sizeof id);
    int rc = sl_db_row(&call, what, err);
    if (rc == 1) {
        count = sl_db_next_int(&call);
        age_ms = sl_wall_ms(&journal->clock) - sl_db_next_int(&call);
        if (!sl_db_sound(&call) || count < 1)
            rc = sl_db_damaged(journal, what, err);
    }
    sl_db_end(&call);
    if (rc != 1)
        return rc;
    *pieces = (size_t)count;
    return age_ms >= 0 && age_ms < SL_PROVIDER_LIMIT_LIVES_MS;
}

/* ---- URLs ---- */

/* The row that a statement over providers finds; 0: none. Ends the call. */
static int row_of(struct sl_db_call *call, int64_t *row, struct sl_err *err)
{
    const int rc = sl_db_row(call, "look for a provider", err);
    *row = rc == 1 ? sl_db_next_int(call) : 0;
    sl_db_end(call);
    return rc < 0 ? rc : SL_OK;
}

static int run(struct sl_db_call *call, struct sl_err *err)
{
    const int rc = sl_db_run(call, "note where a provider is", err);
    return rc < 0 ? rc : SL_OK;
}

struct place {
    struct sl_journal *journal;
    uint64_t chain_id;
    uint8_t id[ID_BYTES];
    const char *url;
};

static int find_rows(const struct place *at, int64_t *known, int64_t *loose, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(at->journal, SL_DB_PROVIDER_OF_ID);
    sl_db_u64(&call, at->chain_id);
    sl_db_bytes(&call, at->id, ID_BYTES);
    const int rc = row_of(&call, known, err);
    if (rc < 0)
        return rc;
    call = sl_db_call(at->journal, SL_DB_PROVIDER_LOOSE);
    sl_db_text(&call, at->url);
    return row_of(&call, loose, err);
}

/* Rows known only by the URL become this provider's. */
static int merge(const struct place *at, int64_t known, int64_t loose, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(at->journal, SL_DB_MOVE_JOBS);
    sl_db_int(&call, known);
    sl_db_int(&call, loose);
    int rc = run(&call, err);
    if (rc < 0)
        return rc;
    call = sl_db_call(at->journal, SL_DB_DROP_PROVIDER);
    sl_db_int(&call, loose);
    return run(&call, err);
}

static int identify(const struct place *at, int64_t loose, struct sl_err *err)
{
    const bool is_new = loose == 0;
    struct sl_db_call call =
        sl_db_call(at->journal, is_new ? SL_DB_ADD_PROVIDER_ID : SL_DB_SET_PROVIDER_ID);
    if (is_new)
        sl_db_text(&call, at->url);
    sl_db_u64(&call, at->chain_id);
    sl_db_bytes(&call, at->id, ID_BYTES);
    if (!is_new)
        sl_db_int(&call, loose);
    return run(&call, err);
}

static int set_url(const struct place *at, int64_t row, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(at->journal, SL_DB_SET_URL);
    sl_db_text(&call, at->url);
    sl_db_int(&call, row);
    return run(&call, err);
}

static int settle(const struct place *at, struct sl_err *err)
{
    int64_t known = 0, loose = 0;
    struct sl_db_call call = sl_db_call(at->journal, SL_DB_TAKE_URL);
    sl_db_text(&call, at->url);
    sl_db_u64(&call, at->chain_id);
    sl_db_bytes(&call, at->id, ID_BYTES);
    int rc = run(&call, err);
    if (rc == SL_OK)
        rc = find_rows(at, &known, &loose, err);
    if (rc == SL_OK && known != 0 && loose != 0)
        rc = merge(at, known, loose, err);
    if (rc == SL_OK)
        rc = known == 0 ? identify(at, loose, err) : set_url(at, known, err);
    if (rc < 0)
        return rc;
    call = sl_db_call(at->journal, SL_DB_SET_COMMIT_URLS);
    sl_db_text(&call, at->url);
    sl_db_u64(&call, at->chain_id);
    sl_db_bytes(&call, at->id, ID_BYTES);
    return run(&call, err);
}

int sl_journal_provider_is_at(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, const char *url, struct sl_err *err)
{
    struct place at = {.journal = journal, .chain_id = chain_id, .url = url};
    sl_u256_to_be(at.id, provider_id);
    const int rc = sl_db_begin_change(journal, err);
    return rc < 0 ? rc : sl_db_end_change(journal, settle(&at, err), err);
}

int sl_journal_provider_of(struct sl_journal *journal, const char *url, struct sl_u256 *provider_id,
                           struct sl_err *err)
{
    uint8_t id[ID_BYTES];
    struct sl_db_call call = sl_db_call(journal, SL_DB_ID_OF_PROVIDER);
    sl_db_text(&call, url);
    int rc = sl_db_row(&call, "look for a provider", err);
    if (rc == 1 &&
        !(sl_db_copy_bytes(&call, id, ID_BYTES) && sl_u256_from_be(provider_id, id, ID_BYTES)))
        rc = sl_db_damaged(journal, "look for a provider", err);
    sl_db_end(&call);
    return rc;
}
