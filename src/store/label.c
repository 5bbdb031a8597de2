/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Labels of pieces, as on chain. */
#include "sluice/journal_commit.h"
#include "sluice/path.h"

#include "change.h"

int sl_journal_set_labels(struct sl_journal *journal, const struct sl_journal_commit *commit,
                          const struct sl_journal_label *labels, struct sl_err *err)
{
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < commit->count && rc >= 0; i++) {
        struct sl_db_call call = sl_db_call(journal, SL_DB_SET_LABEL);
        sl_db_text(&call, labels[i].name);
        sl_db_text(&call, labels[i].part);
        sl_db_text(&call, labels[i].whole);
        sl_db_int(&call, commit->id);
        sl_db_int(&call, (int64_t)i);
        rc = sl_db_run(&call, "save what the chain says of a piece", err);
    }
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

struct asking {
    struct sl_journal *journal;
    const struct sl_job *job;
    const char *name;
    const char *whole; /* NULL: the file is one piece */
    struct sl_err *err;
    uint32_t found;
};

static int is_labelled(const struct asking *asking, const struct sl_piece_id *piece,
                       const char *part)
{
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, piece);
    struct sl_db_call call = sl_db_call(asking->journal, SL_DB_IS_LABELLED);
    sl_db_int(&call, asking->job->id);
    sl_db_text(&call, cid);
    sl_db_text(&call, asking->name);
    sl_db_text(&call, part);
    sl_db_text(&call, asking->whole);
    const int rc = sl_db_row(&call, "look for the label of a piece", asking->err);
    sl_db_end(&call);
    return rc;
}

/* Stops at the first part that the chain does not name. */
static int ask_part(void *ctx, const struct sl_job_part *part)
{
    struct asking *asking = ctx;
    char label[SL_PART_LABEL_CHARS];
    sl_job_part_label(label, asking->job, part->id);
    const int rc = part->has_piece ? is_labelled(asking, &part->piece, label) : 0;
    asking->found += rc == 1;
    return rc == 1 ? SL_OK : rc < 0 ? rc : 1;
}

int sl_journal_is_labelled(struct sl_journal *journal, const struct sl_job *job, const char *path,
                           struct sl_err *err)
{
    struct asking asking = {.journal = journal, .job = job, .name = sl_path_base(path), .err = err};
    char whole[SL_PIECE_CID_CHARS];
    if (!job->has_piece)
        return 0;
    if (job->shard_bytes == 0)
        return is_labelled(&asking, &job->piece, NULL);
    sl_piece_cid(whole, &job->piece);
    asking.whole = whole;
    const int rc = sl_journal_each_part(journal, job->id, ask_part, &asking, err);
    return rc < 0 ? rc : rc == 0 && asking.found > 0;
}
