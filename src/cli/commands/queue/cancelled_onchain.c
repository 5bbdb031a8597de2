/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/cancelled_onchain.h"

#include <inttypes.h>
#include <stdlib.h>

#include "output/output.h"

struct onchain {
    char label[SL_PART_LABEL_CHARS]; /* "": the file is one piece */
    uint64_t chain_id;
    uint64_t data_set_id;
    uint64_t piece_id;
    bool shared; /* another job has the same piece */
};

struct list {
    struct sl_journal *journal;
    const struct sl_job *job;
    struct sl_err *err;
    const struct sl_piece_id *piece; /* that is looked at, of this part */
    const struct sl_job_part *part;
    bool shared;
    uint32_t pieces; /* of the job that are there */
    uint32_t open;   /* in a transaction that may still land */
    struct onchain *items;
    size_t count;
};

/* ---- what is there ---- */

static int add_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct list *list = ctx;
    struct onchain *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return sl_err_set(list->err, SL_ENOMEM, "out of memory");
    list->items = items;
    struct onchain *item = &items[list->count++];
    *item = (struct onchain){.chain_id = copy->chain_id,
                             .data_set_id = copy->data_set_id,
                             .piece_id = copy->piece_id,
                             .shared = list->shared};
    if (list->part != NULL)
        sl_job_part_label(item->label, list->job, list->part->id);
    return SL_OK;
}

/* Stops at another file that needs the piece. */
static int is_another(void *ctx, const struct sl_journal_owner *owner, const char *path)
{
    const struct list *list = ctx;
    (void)path;
    return owner->job.id != list->job->id && owner->job.state != SL_JOB_CANCELLED &&
           owner->job.state != SL_JOB_DELETED;
}

static int add_piece(struct list *list, const struct sl_piece_id *piece)
{
    const size_t before = list->count;
    list->piece = piece;
    int rc = sl_journal_each_owner(list->journal, piece, is_another, list, list->err);
    list->shared = rc == 1;
    if (rc >= 0)
        rc = sl_journal_each_copy(list->journal, piece, add_copy, list, list->err);
    list->pieces += list->count > before;
    return rc;
}

static int add_part(void *ctx, const struct sl_job_part *part)
{
    struct list *list = ctx;
    list->part = part;
    return part->has_piece ? add_piece(list, &part->piece) : SL_OK;
}

struct counting {
    struct list *list;
    const struct sl_journal_commit *commit;
};

static int count_part(void *ctx, const struct sl_job_part *part)
{
    const struct counting *counting = ctx;
    for (size_t i = 0; part->has_piece && i < counting->commit->count; i++)
        counting->list->open += sl_piece_id_equal(&counting->commit->pieces[i], &part->piece);
    return SL_OK;
}

static int count_open(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                      size_t len)
{
    struct list *list = ctx;
    const struct counting counting = {list, commit};
    const struct sl_job_part whole = {.has_piece = list->job->has_piece, .piece = list->job->piece};
    (void)payload;
    (void)len;
    if (commit->state == SL_JOURNAL_COMMIT_SIGNED)
        return SL_OK; /* it was never sent */
    if (list->job->shard_bytes == 0)
        return count_part((void *)&counting, &whole);
    return sl_journal_each_part(list->journal, list->job->id, count_part, (void *)&counting,
                                list->err);
}

static int find(struct list *list)
{
    const struct sl_job *job = list->job;
    int rc = SL_OK;
    if (job->shard_bytes > 0)
        rc = sl_journal_each_part(list->journal, job->id, add_part, list, list->err);
    else if (job->has_piece)
        rc = add_piece(list, &job->piece);
    return rc == SL_OK ? sl_journal_each_commit(list->journal, true, count_open, list, list->err)
                       : rc;
}

/* ---- the text ---- */

static int by_data_set(const void *a, const void *b)
{
    const struct onchain *x = a;
    const struct onchain *y = b;
    if (x->chain_id != y->chain_id)
        return x->chain_id < y->chain_id ? -1 : 1;
    if (x->data_set_id != y->data_set_id)
        return x->data_set_id < y->data_set_id ? -1 : 1;
    return x->piece_id < y->piece_id ? -1 : x->piece_id > y->piece_id;
}

static void add_line(struct sl_buf *out, const struct onchain *item)
{
    sl_buf_printf(out, "  %s%s%sdata set %" PRIu64 ", piece %" PRIu64 "%s\n",
                  item->label[0] != '\0' ? "part " : "", item->label,
                  item->label[0] != '\0' ? "  " : "", item->data_set_id, item->piece_id,
                  item->shared ? "  (another job has it, too)" : "");
}

static void add_commands(struct sl_buf *out, const struct onchain *items, size_t count)
{
    const struct onchain *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (items[i].shared)
            continue;
        if (last == NULL)
            sl_buf_str(out, "to have them removed:");
        if (last == NULL || last->chain_id != items[i].chain_id ||
            last->data_set_id != items[i].data_set_id)
            sl_buf_printf(out, "\n  sluice rm %" PRIu64, items[i].data_set_id);
        sl_buf_printf(out, " %" PRIu64, items[i].piece_id);
        last = &items[i];
    }
    if (last != NULL)
        sl_buf_str(out, "\n");
}

static void write_text(struct sl_buf *out, struct list *list, const char *path)
{
    const struct sl_job *job = list->job;
    if (list->count > 0) {
        sl_output_escape(out, sl_path_base(path));
        if (job->shard_bytes > 0)
            sl_buf_printf(out, ": %" PRIu32 " of its %" PRIu32 " parts are on chain and paid for\n",
                          list->pieces, job->parts);
        else
            sl_buf_str(out, ": it is on chain and paid for\n");
        qsort(list->items, list->count, sizeof *list->items, by_data_set);
        for (size_t i = 0; i < list->count; i++)
            add_line(out, &list->items[i]);
        add_commands(out, list->items, list->count);
    }
    if (list->open > 0)
        sl_buf_printf(out,
                      "%" PRIu32 " more may still come on chain, a transaction has them: "
                      "`sluice status %" PRId64 "` tells later\n",
                      list->open, job->id);
}

int sl_cancelled_onchain_text(struct sl_buf *out, struct sl_journal *journal,
                              const struct sl_job *job, const char *path, struct sl_err *err)
{
    struct list list = {.journal = journal, .job = job, .err = err};
    const int rc = find(&list);
    if (rc == SL_OK)
        write_text(out, &list, path);
    free(list.items);
    return rc;
}
