/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lookup/copy_index.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/journal_commit.h"
#include "sluice/sp.h"

enum { URL_BYTES = 1024 };

/* Add a copy at a provider; skip it if its address makes no URL. */
static int add_at(struct sl_copies *out, struct sl_copy copy, const char *service_url,
                  struct sl_err *err)
{
    char url[URL_BYTES];
    if (sl_sp_retrieval_url(url, sizeof url, service_url, &copy.piece, NULL) < 0)
        return SL_OK;
    copy.url = url;
    return sl_copies_add(out, &copy, err);
}

/* ---- the journal ---- */

static uint64_t small(struct sl_u256 value)
{
    uint64_t out = 0;
    return sl_u256_to_u64(&out, value) ? out : 0;
}

/* A file of the journal; what it is in the data sets is read when the list of them is. */
struct known_job {
    int64_t id;
    uint64_t shard_bytes; /* 0: it is one piece */
    int64_t stored_ms;
    struct sl_piece_id piece;
    char *path; /* owned, as the next */
    char *url;  /* of the provider that it was uploaded to */
};

struct journal_walk {
    struct sl_copies *out;
    int64_t only; /* a job; 0: all */
    struct sl_journal *journal;
    const struct sl_devnet *devnet;
    uint64_t local_chain_id; /* 0: there is none */
    struct known_job *jobs;
    size_t count;
    size_t room;
    const struct known_job *job; /* at which it is */
    struct sl_copy copy;         /* a piece of it */
    bool is_on_chain;            /* the copy that was uploaded is among those on chain */
    struct sl_err *err;
};

static int make_room(struct journal_walk *walk)
{
    if (walk->count < walk->room)
        return SL_OK;
    const size_t room = walk->room > 0 ? walk->room * 2 : 64;
    struct known_job *jobs = realloc(walk->jobs, room * sizeof *jobs);
    if (jobs == NULL)
        return sl_err_set(walk->err, SL_ENOMEM, "out of memory");
    walk->jobs = jobs;
    walk->room = room;
    return SL_OK;
}

static int on_job(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    struct journal_walk *walk = ctx;
    if (walk->only != 0 && job->id != walk->only)
        return SL_OK;
    if (!sl_job_state_delivered(job->state) || !job->has_piece || provider_url[0] == '\0')
        return SL_OK;
    const int rc = make_room(walk);
    if (rc < 0)
        return rc;
    struct known_job *out = &walk->jobs[walk->count++];
    *out = (struct known_job){.id = job->id,
                              .shard_bytes = job->parts > 1 ? job->shard_bytes : 0,
                              .stored_ms = job->changed_ms,
                              .piece = job->piece,
                              .path = strdup(path),
                              .url = strdup(provider_url)};
    return out->path != NULL && out->url != NULL
               ? SL_OK
               : sl_err_set(walk->err, SL_ENOMEM, "out of memory");
}

/* NULL: the local network has no such provider. */
static const char *local_url(const struct sl_devnet *devnet, uint64_t provider_id)
{
    if (provider_id == 0 || provider_id > sl_devnet_provider_count(devnet))
        return NULL;
    return sl_devnet_provider_url(devnet, (size_t)provider_id - 1);
}

/* A provider of the local network may be at another port now. */
static const char *present_url(const struct journal_walk *walk,
                               const struct sl_journal_copy *on_chain)
{
    const char *url = NULL;
    if (walk->devnet != NULL && on_chain->chain_id == walk->local_chain_id)
        url = local_url(walk->devnet, small(on_chain->provider_id));
    return url != NULL ? url : on_chain->service_url;
}

static int on_copy(void *ctx, const struct sl_journal_copy *on_chain)
{
    struct journal_walk *walk = ctx;
    struct sl_copy copy = walk->copy;
    copy.provider_id = small(on_chain->provider_id);
    copy.data_set_id = on_chain->data_set_id;
    copy.piece_id = on_chain->piece_id;
    if (strcmp(on_chain->service_url, walk->job->url) == 0)
        walk->is_on_chain = true;
    return add_at(walk->out, copy, present_url(walk, on_chain), walk->err);
}

/* Copies on chain first, because they have ids. */
static int add_copies(struct journal_walk *walk)
{
    walk->is_on_chain = false;
    int rc = sl_journal_each_copy(walk->journal, &walk->copy.piece, on_copy, walk, walk->err);
    if (rc < 0 || walk->is_on_chain)
        return rc;
    rc = add_at(walk->out, walk->copy, walk->job->url, walk->err);
    if (rc == SL_OK && walk->devnet != NULL)
        rc = add_at(walk->out, walk->copy, sl_devnet_url(walk->devnet), walk->err);
    return rc;
}

/* The parts of one file. */
struct part_walk {
    struct journal_walk *journal;
    struct sl_copies parts;
};

static int on_part(void *ctx, const struct sl_job_part *part)
{
    struct part_walk *walk = ctx;
    const struct known_job *job = walk->journal->job;
    const struct sl_job cut = {.shard_bytes = job->shard_bytes,
                               .file.size_bytes = job->piece.payload_bytes};
    struct sl_copy copy = {.name = job->path,
                           .piece = part->piece,
                           .in_whole = true,
                           .whole = job->piece,
                           .stored_ms = job->stored_ms,
                           .serial = job->id};
    char label[SL_PART_LABEL_CHARS];
    sl_job_part_label(label, &cut, part->id);
    if (!part->has_piece || !sl_copy_label(&copy, label))
        return SL_OK;
    return sl_copies_add(&walk->parts, &copy, walk->journal->err);
}

static int add_parts(struct journal_walk *walk)
{
    struct part_walk parts = {.journal = walk};
    int rc = sl_journal_each_part(walk->journal, walk->job->id, on_part, &parts, walk->err);
    for (size_t i = 0; rc == SL_OK && i < parts.parts.count; i++) {
        walk->copy = parts.parts.list[i];
        rc = add_copies(walk);
    }
    sl_copies_free(&parts.parts);
    return rc;
}

static int add_jobs(struct journal_walk *walk)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < walk->count; i++) {
        walk->job = &walk->jobs[i];
        walk->copy = (struct sl_copy){.name = walk->job->path,
                                      .piece = walk->job->piece,
                                      .stored_ms = walk->job->stored_ms,
                                      .serial = walk->job->id};
        rc = walk->job->shard_bytes > 0 ? add_parts(walk) : add_copies(walk);
    }
    return rc;
}

static void free_jobs(struct journal_walk *walk)
{
    for (size_t i = 0; i < walk->count; i++) {
        free(walk->jobs[i].path);
        free(walk->jobs[i].url);
    }
    free(walk->jobs);
}

int sl_cli_copy_index_job(struct sl_copies *out, const char *state_dir,
                          const struct sl_clock *clock, const struct sl_devnet *devnet,
                          int64_t job_id, struct sl_err *err)
{
    struct sl_network local;
    struct sl_err why = {0};
    struct journal_walk walk = {.out = out, .only = job_id, .devnet = devnet, .err = &why};
    if (devnet != NULL && sl_devnet_network(devnet, &local, NULL) == SL_OK)
        walk.local_chain_id = local.chain_id;
    int rc = sl_journal_open(&walk.journal, state_dir, SL_JOURNAL_READ, clock, &why);
    if (rc == SL_ENOENT)
        return SL_OK;
    if (rc == SL_OK)
        rc = sl_journal_each(walk.journal, on_job, &walk, &why);
    if (rc == SL_OK)
        rc = add_jobs(&walk);
    free_jobs(&walk);
    sl_journal_close(walk.journal);
    if (rc < 0 && err != NULL)
        *err = why;
    return rc;
}

int sl_cli_copy_index_journal(struct sl_copies *out, const char *state_dir,
                              const struct sl_clock *clock, const struct sl_devnet *devnet,
                              struct sl_err *err)
{
    return sl_cli_copy_index_job(out, state_dir, clock, devnet, 0, err);
}

int sl_cli_copy_index_local(struct sl_copies *copies, const struct sl_devnet *devnet,
                            struct sl_err *err)
{
    const size_t count = copies->count;
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        const struct sl_copy copy = copies->list[i];
        const char *url = local_url(devnet, copy.provider_id);
        rc = add_at(copies, copy, url != NULL ? url : sl_devnet_url(devnet), err);
    }
    return rc;
}

/* ---- data sets ---- */

/* Addresses of the providers that have data sets. */
struct places {
    struct sl_chain_view *providers;
};

static const char *url_of(const struct places *places, struct sl_u256 provider_id,
                          char url[static SL_SERVICE_URL_BYTES])
{
    const size_t count = places->providers != NULL ? places->providers->provider_count : 0;
    for (size_t i = 0; i < count; i++) {
        const struct sl_provider *at = &places->providers->providers[i];
        if (sl_u256_cmp(at->id, provider_id) == 0 &&
            sl_offering_url(url, &at->offering, NULL) == SL_OK)
            return url;
    }
    return NULL;
}

static bool is_served(const struct sl_data_set *set)
{
    return set->live && set->managed;
}

static int add_piece(struct sl_copies *out, const struct sl_network *network,
                     const struct sl_data_set *set, const struct sl_chain_piece *piece,
                     const char *service_url, struct sl_err *err)
{
    char url[URL_BYTES];
    struct sl_copy copy = {.piece = piece->piece,
                           .unlabelled = piece->metadata == NULL,
                           .provider_id = small(set->provider_id),
                           .data_set_id = small(set->id),
                           .piece_id = piece->id};
    if (!piece->known)
        return SL_OK;
    sl_copy_describe(&copy, piece->metadata, piece->metadata != NULL ? piece->metadata_count : 0);
    int rc = SL_OK;
    if (sl_data_set_has_cdn(set) &&
        sl_network_cdn_url(url, sizeof url, network, &set->payer, &piece->piece, NULL) == SL_OK) {
        copy.url = url;
        rc = sl_copies_add(out, &copy, err);
    }
    if (rc == SL_OK && service_url != NULL)
        rc = add_at(out, copy, service_url, err);
    return rc;
}

/* What is looked for in data sets. */
struct set_walk {
    struct sl_copies *out;
    struct sl_chain *chain;
    const struct sl_piece_id *only; /* NULL: all pieces */
};

static int add_page(const struct set_walk *walk, const struct sl_data_set *set,
                    const struct sl_piece_page *page, const char *service_url, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < page->count; i++) {
        const struct sl_chain_piece *piece = &page->pieces[i];
        if (walk->only == NULL || sl_piece_id_equal(&piece->piece, walk->only))
            rc = add_piece(walk->out, sl_chain_network(walk->chain), set, piece, service_url, err);
    }
    return rc;
}

static int walk_set(const struct set_walk *walk, const struct sl_data_set *set,
                    const char *service_url, struct sl_err *err)
{
    uint64_t from = 0;
    bool more = true;
    int rc = SL_OK;
    while (rc == SL_OK && more) {
        struct sl_piece_page *page = NULL;
        rc = sl_chain_pieces(&page, walk->chain, set->id, from, SL_PIECE_PAGE, true, err);
        if (rc < 0)
            break;
        rc = add_page(walk, set, page, service_url, err);
        more = page->more && page->next > from; /* treat a page that does not advance as the last */
        from = page->next;
        sl_chain_piece_page_free(page);
    }
    return rc;
}

/* The contract finds one piece faster than all pieces can be read; then read its metadata. */
static int find_in_set(const struct set_walk *walk, const struct sl_data_set *set,
                       const char *service_url, struct sl_err *err)
{
    uint64_t id;
    struct sl_piece_page *page = NULL;
    int rc = sl_chain_find_piece(&id, 1, walk->chain, set->id, walk->only, err);
    if (rc <= 0)
        return rc;
    rc = sl_chain_pieces(&page, walk->chain, set->id, id, 1, true, err);
    if (rc == SL_OK)
        rc = add_page(walk, set, page, service_url, err);
    sl_chain_piece_page_free(page);
    return rc;
}

static int read_places(struct places *out, struct sl_chain *chain, const struct sl_chain_view *sets,
                       struct sl_err *err)
{
    size_t count = 0;
    struct sl_u256 *ids = calloc(sets->data_set_count + 1, sizeof *ids);
    if (ids == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < sets->data_set_count; i++) {
        bool have = !is_served(&sets->data_sets[i]);
        for (size_t k = 0; k < count && !have; k++)
            have = sl_u256_cmp(ids[k], sets->data_sets[i].provider_id) == 0;
        if (!have)
            ids[count++] = sets->data_sets[i].provider_id;
    }
    const int rc = sl_chain_read_providers(&out->providers, chain, ids, count, err);
    free(ids);
    return rc;
}

/* Data sets that are being paid for first; a terminated one may still be served. */
static int walk_sets(const struct set_walk *walk, const struct sl_chain_view *sets,
                     struct sl_err *err)
{
    struct places places = {0};
    char url[SL_SERVICE_URL_BYTES];
    int rc = sets->data_set_count > 0 ? read_places(&places, walk->chain, sets, err) : SL_OK;
    for (int paid = 1; paid >= 0; paid--) {
        for (size_t i = 0; rc == SL_OK && i < sets->data_set_count; i++) {
            const struct sl_data_set *set = &sets->data_sets[i];
            if (!is_served(set) || sl_data_set_is_usable(set) != (paid == 1))
                continue;
            const char *at = url_of(&places, set->provider_id, url);
            walk->out->unplaced_sets +=
                walk->only == NULL && at == NULL && !sl_data_set_has_cdn(set);
            rc =
                walk->only != NULL ? find_in_set(walk, set, at, err) : walk_set(walk, set, at, err);
            if (rc == SL_EREVERT) { /* it has ended since, or the node says so: count it */
                walk->out->unread_sets += walk->only == NULL;
                if (err != NULL)
                    *err = (struct sl_err){0};
                rc = SL_OK;
            }
        }
    }
    sl_chain_view_free(places.providers);
    return rc;
}

int sl_cli_copy_index_account(struct sl_copies *out, struct sl_chain *chain,
                              const struct sl_address *payer, const struct sl_piece_id *only,
                              struct sl_err *err)
{
    const struct set_walk walk = {.out = out, .chain = chain, .only = only};
    struct sl_chain_view *sets = NULL;
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = payer};
    int rc = sl_chain_read(&sets, chain, &wish, err);
    if (rc == SL_OK)
        rc = walk_sets(&walk, sets, err);
    sl_chain_view_free(sets);
    return rc;
}

int sl_cli_copy_index_data_sets(struct sl_copies *out, struct sl_chain *chain,
                                const struct sl_u256 *ids, size_t count, struct sl_err *err)
{
    const struct set_walk walk = {.out = out, .chain = chain};
    struct sl_chain_view *sets = NULL;
    int rc = sl_chain_read_data_sets(&sets, chain, ids, count, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < sets->data_set_count; k++)
            found = found || sl_u256_cmp(sets->data_sets[k].id, ids[i]) == 0;
        char text[SL_U256_DEC_CHARS];
        sl_u256_dec(text, ids[i]);
        if (!found)
            rc = sl_err_set(err, SL_ENOTFOUND,
                            "there is no data set %s; `sluice datasets` lists yours", text);
    }
    if (rc == SL_OK)
        rc = walk_sets(&walk, sets, err);
    sl_chain_view_free(sets);
    return rc;
}

/* ---- any provider ---- */

int sl_cli_copy_index_approved(struct sl_copies *out, struct sl_chain *chain,
                               const struct sl_piece_id *piece, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS};
    const struct sl_copy copy = {.piece = *piece};
    char url[SL_SERVICE_URL_BYTES];
    int rc = sl_chain_read(&view, chain, &wish, err);
    for (size_t i = 0; rc == SL_OK && i < view->provider_count; i++) {
        const struct sl_provider *at = &view->providers[i];
        if (at->approved && sl_offering_url(url, &at->offering, NULL) == SL_OK)
            rc = add_at(out, copy, url, err);
    }
    sl_chain_view_free(view);
    return rc;
}

int sl_cli_copy_index_from(struct sl_copies *out, const char *url, const struct sl_copy *like,
                           struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS], resolved[URL_BYTES];
    struct sl_copy copy = *like;
    struct sl_err why = {0};
    sl_piece_cid(cid, &copy.piece);
    const char *at = strstr(url, cid);
    copy.url = url;
    if (at == NULL || at[strlen(cid)] != '\0') {
        if (sl_sp_retrieval_url(resolved, sizeof resolved, url, &copy.piece, &why) < 0)
            return sl_err_set(err, SL_EUSAGE, "--from: %s", why.text);
        copy.url = resolved;
    }
    return sl_copies_add(out, &copy, err);
}
