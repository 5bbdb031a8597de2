/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lookup/name_search.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/journal_commit.h"

#include "output/meter.h"
#include "output/output.h"

/* ---- receipts ---- */

/* A commit that has landed. */
struct sl_name_search_batch {
    char tx[SL_JOURNAL_HASH_CHARS];
    uint64_t data_set_id;
    uint64_t first;
    uint64_t count;
};

void sl_name_search_free(struct sl_name_search *search)
{
    free(search->batches);
    *search = (struct sl_name_search){0};
}

static int on_commit(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                     size_t len)
{
    struct sl_name_search *search = ctx;
    (void)payload;
    (void)len;
    if (commit->state != SL_JOURNAL_COMMIT_LANDED || commit->tx[0] == '\0' ||
        commit->chain_id != sl_chain_network(search->chain)->chain_id)
        return 0;
    if (search->batch_count == search->batch_room) {
        const size_t room = search->batch_room > 0 ? 2 * search->batch_room : 16;
        struct sl_name_search_batch *list = realloc(search->batches, room * sizeof *list);
        if (list == NULL)
            return SL_ENOMEM;
        search->batches = list;
        search->batch_room = room;
    }
    struct sl_name_search_batch *batch = &search->batches[search->batch_count++];
    *batch = (struct sl_name_search_batch){.data_set_id = commit->data_set_id,
                                           .first = commit->first_piece_id,
                                           .count = commit->count};
    memcpy(batch->tx, commit->tx, sizeof batch->tx);
    return 0;
}

static int read_batches(struct sl_name_search *search, struct sl_err *err)
{
    struct sl_journal *journal = NULL;
    struct sl_err why = {0};
    if (search->read_journal)
        return SL_OK;
    int rc = sl_journal_open(&journal, search->state_dir, SL_JOURNAL_READ, &search->clock, &why);
    if (rc == SL_OK)
        rc = sl_journal_each_commit(journal, false, on_commit, search, &why);
    if (rc == SL_ENOMEM && why.code == SL_OK)
        (void)sl_err_set(&why, SL_ENOMEM, "out of memory");
    sl_journal_close(journal);
    search->read_journal = rc == SL_OK || rc == SL_ENOENT;
    if (search->read_journal)
        return SL_OK;
    if (err != NULL)
        *err = why;
    return rc;
}

static bool is_wanted(const struct sl_piece_names *names, const struct sl_name_search_batch *batch)
{
    if (sl_u256_cmp(sl_u256(batch->data_set_id), names->data_set_id) != 0)
        return false;
    for (uint64_t i = 0; i < batch->count; i++) {
        const struct sl_piece_name *name = sl_chain_piece_names_find(names, batch->first + i);
        if (name != NULL && !name->seen)
            return true;
    }
    return false;
}

static bool ends_all(int rc)
{
    return rc == SL_ECANCELED || rc == SL_ENOMEM;
}

/* One request for each batch, as long as the node answers. */
static int find_in_receipts(struct sl_piece_names *names, struct sl_name_search *search,
                            struct sl_err *err)
{
    struct sl_err why = {0};
    int rc = read_batches(search, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; rc >= 0 && i < search->batch_count; i++) {
        if (is_wanted(names, &search->batches[i]))
            rc = sl_chain_names_of_tx(names, search->chain, search->batches[i].tx, &why);
    }
    if (ends_all(rc)) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    if (rc < 0)
        sl_notice("the node did not return the receipts that have the names: %s", why.text);
    return SL_OK;
}

/* ---- logs ---- */

struct emitter {
    struct sl_meter meter;
    char set[SL_U256_DEC_CHARS];
    bool shows;
    bool began;
};

static void on_progress(void *ctx, const struct sl_name_progress *at)
{
    struct emitter *emitter = ctx;
    char line[160];
    const uint64_t epochs = at->head + 1 - at->first, done = at->next - at->first;
    if (!emitter->began)
        sl_notice("data set %s: looking for %zu name%s in the logs of %" PRIu64
                  " epochs, about %" PRIu64 " requests",
                  emitter->set, at->count - at->seen, at->count - at->seen == 1 ? "" : "s", epochs,
                  epochs / (SL_NAMES_EPOCHS_A_DAY / SL_NAMES_REQUESTS_A_DAY) + 1);
    emitter->began = true;
    if (!emitter->shows)
        return;
    snprintf(line, sizeof line,
             "data set %s: %" PRIu64 " of %" PRIu64 " epochs searched, %zu of %zu names found",
             emitter->set, done, epochs, at->seen, at->count);
    sl_meter_show(&emitter->meter, line);
}

static int find_in_logs(struct sl_piece_names *names, struct sl_name_search *search,
                        struct sl_err *err)
{
    struct emitter emitter = {.shows = isatty(STDERR_FILENO) != 0};
    struct sl_name_progress at;
    struct sl_err why = {0};
    sl_u256_dec(emitter.set, names->data_set_id);
    const int rc = sl_chain_search_names(names, search->chain, search->most_epochs, &at,
                                         on_progress, &emitter, &why);
    sl_meter_clear(&emitter.meter);
    if (rc < 0 && at.head > 0)
        sl_notice("data set %s: the search of the logs ended at epoch %" PRIu64 " of %" PRIu64
                  ", %zu of %zu names found",
                  emitter.set, at.next, at.head, at.seen, at.count);
    if (ends_all(rc)) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    if (rc == 1)
        return SL_OK;
    if (rc < 0)
        sl_notice("data set %s: %s; try another node with --rpc-url", emitter.set, why.text);
    else if (at.seen < at.count)
        sl_notice("data set %s: the logs up to epoch %" PRIu64 " have %zu of %zu names",
                  emitter.set, at.head, at.seen, at.count);
    return SL_OK;
}

int sl_name_search_find(struct sl_piece_names *names, struct sl_name_search *search,
                        struct sl_err *err)
{
    int rc = find_in_receipts(names, search, err);
    if (rc == SL_OK && search->logs && names->seen < names->count)
        rc = find_in_logs(names, search, err);
    return rc;
}

/* ---- copies ---- */

static bool is_unnamed(const struct sl_copy *copy, uint64_t data_set_id)
{
    return copy->unlabelled && copy->data_set_id == data_set_id;
}

/* The least id above `after` of a data set with unlabelled copies; 0: there is none. */
static uint64_t next_set(const struct sl_copies *copies, uint64_t after)
{
    uint64_t out = 0;
    for (size_t i = 0; i < copies->count; i++) {
        const struct sl_copy *copy = &copies->list[i];
        if (copy->unlabelled && copy->data_set_id > after && (out == 0 || copy->data_set_id < out))
            out = copy->data_set_id;
    }
    return out;
}

static int names_for(struct sl_piece_names **out, const struct sl_copies *copies,
                     uint64_t data_set_id, struct sl_err *err)
{
    size_t count = 0;
    uint64_t *ids = calloc(copies->count + 1, sizeof *ids);
    *out = NULL;
    if (ids == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < copies->count; i++) {
        if (is_unnamed(&copies->list[i], data_set_id))
            ids[count++] = copies->list[i].piece_id;
    }
    const int rc = sl_chain_piece_names_new(out, sl_u256(data_set_id), ids, count, err);
    free(ids);
    return rc;
}

/* A node may report other content under this id. Pieces that were stored without a name get no
 * label. */
static int copy_labels(struct sl_copies *labels, struct sl_copies *copies,
                       const struct sl_piece_names *names, uint64_t data_set_id, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < copies->count; i++) {
        struct sl_copy *copy = &copies->list[i];
        const struct sl_piece_name *name =
            is_unnamed(copy, data_set_id) ? sl_chain_piece_names_find(names, copy->piece_id) : NULL;
        struct sl_copy label = {.piece = copy->piece};
        if (name == NULL || !name->known || name->metadata == NULL ||
            !sl_piece_id_equal(&name->piece, &copy->piece))
            continue;
        sl_copy_describe(&label, name->metadata, name->metadata_count);
        if (label.name[0] != '\0' || label.in_whole)
            rc = sl_copies_add(labels, &label, err);
        else
            copy->unlabelled = false;
    }
    return rc;
}

int sl_name_search_label(size_t *left, struct sl_copies *copies, struct sl_name_search *search,
                         struct sl_err *err)
{
    struct sl_copies labels = {0};
    int rc = SL_OK;
    for (uint64_t set = 0; rc == SL_OK && (set = next_set(copies, set)) != 0;) {
        struct sl_piece_names *names = NULL;
        rc = names_for(&names, copies, set, err);
        assert(rc < 0 || names != NULL);
        if (rc == SL_OK)
            rc = sl_name_search_find(names, search, err);
        if (rc == SL_OK)
            rc = copy_labels(&labels, copies, names, set, err);
        sl_chain_piece_names_free(names);
    }
    if (rc == SL_OK)
        rc = sl_copies_label(left, copies, &labels, err);
    sl_copies_free(&labels);
    return rc;
}
