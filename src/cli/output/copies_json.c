/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/copies_json.h"

#include <inttypes.h>
#include <string.h>

#include "sluice/journal_commit.h"
#include "sluice/sp.h"

#include "output/json_lines.h"
#include "output/output.h"

enum { URL_BYTES = SL_JOURNAL_URL_BYTES + SL_PIECE_CID_CHARS + 16 };

struct writing {
    struct sl_jw *w;
    struct sl_buf *out;
    const char *indent;
    const struct sl_copies_owner *of;
    const struct sl_piece_id *piece;
};

bool sl_cli_copies_owner_has(const struct sl_copies_owner *of, uint64_t chain_id,
                             const uint8_t *payer)
{
    return of->network.chain_id == 0 ||
           (of->network.chain_id == chain_id &&
            memcmp(of->payer.bytes, payer, sizeof of->payer.bytes) == 0);
}

void sl_cli_copies_json_members(struct sl_jw *w, const struct sl_copies_owner *of,
                                const struct sl_piece_id *piece, const struct sl_journal_copy *copy)
{
    char url[URL_BYTES];
    sl_cli_json_u256(w, "providerId", copy->provider_id);
    sl_jw_u64(w, "dataSetId", copy->data_set_id);
    sl_jw_u64(w, "pieceId", copy->piece_id);
    if (copy->tx[0] != '\0')
        sl_jw_str(w, "txHash", copy->tx);
    if (sl_sp_retrieval_url(url, sizeof url, copy->service_url, piece, NULL) == SL_OK)
        sl_jw_str(w, "retrievalUrl", url);
    if (copy->has_cdn &&
        sl_network_cdn_url(url, sizeof url, &of->network, &of->payer, piece, NULL) == SL_OK)
        sl_jw_str(w, "cdnUrl", url);
}

static int json_copy(void *ctx, const struct sl_journal_copy *copy)
{
    const struct writing *writing = ctx;
    if (!sl_cli_copies_owner_has(writing->of, copy->chain_id, copy->payer))
        return 0;
    sl_jw_object(writing->w, NULL);
    sl_cli_copies_json_members(writing->w, writing->of, writing->piece, copy);
    sl_jw_end_object(writing->w);
    return 0;
}

/* ---- files in parts: each copy lists them ---- */

struct parting {
    struct writing writing;
    struct sl_journal *journal;
    const struct sl_job *job;
    const struct sl_job_part *part;
    unsigned copy;
    struct sl_err *err;
};

static int json_part_copy(void *ctx, const struct sl_journal_copy *copy)
{
    const struct parting *parting = ctx;
    const struct writing *writing = &parting->writing;
    char label[SL_PART_LABEL_CHARS], cid[SL_PIECE_CID_CHARS];
    if (copy->copy != parting->copy ||
        !sl_cli_copies_owner_has(writing->of, copy->chain_id, copy->payer))
        return 0;
    sl_job_part_label(label, parting->job, parting->part->id);
    sl_piece_cid(cid, writing->piece);
    sl_jw_object(writing->w, NULL);
    sl_jw_str(writing->w, "part", label);
    sl_jw_str(writing->w, "pieceCid", cid);
    sl_cli_copies_json_members(writing->w, writing->of, writing->piece, copy);
    sl_jw_end_object(writing->w);
    return 0;
}

static int json_part(void *ctx, const struct sl_job_part *part)
{
    struct parting *parting = ctx;
    parting->part = part;
    parting->writing.piece = &part->piece;
    return part->has_piece ? sl_journal_each_copy(parting->journal, &part->piece, json_part_copy,
                                                  parting, parting->err)
                           : SL_OK;
}

int sl_cli_copies_json_parts(struct sl_jw *w, struct sl_journal *journal,
                             const struct sl_copies_owner *of, const struct sl_job *job,
                             unsigned copy, struct sl_err *err)
{
    struct parting parting = {
        .writing = {.w = w, .of = of}, .journal = journal, .job = job, .copy = copy, .err = err};
    sl_jw_array(w, "parts");
    const int rc = sl_journal_each_part(journal, job->id, json_part, &parting, err);
    sl_jw_end_array(w);
    return rc;
}

static int json_parts(struct sl_jw *w, struct sl_journal *journal, const struct sl_copies_owner *of,
                      const struct sl_job *job, struct sl_err *err)
{
    int rc = SL_OK;
    for (unsigned c = 0; rc == SL_OK && c < job->copies.wanted; c++) {
        sl_jw_object(w, NULL);
        rc = sl_cli_copies_json_parts(w, journal, of, job, c, err);
        sl_jw_end_object(w);
    }
    return rc;
}

int sl_cli_copies_json_array(struct sl_jw *w, struct sl_journal *journal,
                             const struct sl_copies_owner *of, const struct sl_job *job,
                             struct sl_err *err)
{
    struct writing writing = {.w = w, .of = of, .piece = &job->piece};
    int rc = SL_OK;
    sl_jw_array(w, "copies");
    if (journal != NULL && job->parts > 0)
        rc = json_parts(w, journal, of, job, err);
    else if (journal != NULL)
        rc = sl_journal_each_copy(journal, &job->piece, json_copy, &writing, err);
    sl_jw_end_array(w);
    return rc;
}

static int text_copy(void *ctx, const struct sl_journal_copy *copy)
{
    const struct writing *writing = ctx;
    char url[URL_BYTES];
    if (!sl_cli_copies_owner_has(writing->of, copy->chain_id, copy->payer))
        return 0;
    sl_buf_printf(writing->out, "%sdata set %" PRIu64 ", piece %" PRIu64 "  ", writing->indent,
                  copy->data_set_id, copy->piece_id);
    if (sl_sp_retrieval_url(url, sizeof url, copy->service_url, writing->piece, NULL) == SL_OK)
        sl_output_escape(writing->out, url);
    sl_buf_str(writing->out, "\n");
    return 0;
}

int sl_cli_copies_json_text(struct sl_buf *out, const char *indent, struct sl_journal *journal,
                            const struct sl_copies_owner *of, const struct sl_piece_id *piece,
                            struct sl_err *err)
{
    struct writing writing = {.out = out, .indent = indent, .of = of, .piece = piece};
    return sl_journal_each_copy(journal, piece, text_copy, &writing, err);
}

bool sl_cli_copies_json_needs_journal(struct sl_journal *journal, const struct sl_job *job,
                                      const char *path)
{
    return journal == NULL || sl_journal_is_labelled(journal, job, path, NULL) != 1;
}

const char *sl_cli_copies_json_restorable(bool needs_journal)
{
    return needs_journal ? "journal" : "key";
}

struct counting {
    struct sl_journal *journal;
    int64_t since_ms;
    size_t needed;
};

static int count_needed(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    struct counting *counting = ctx;
    (void)url;
    if (job->state == SL_JOB_CONFIRMED && job->changed_ms >= counting->since_ms)
        counting->needed += sl_cli_copies_json_needs_journal(counting->journal, job, path);
    return SL_OK;
}

size_t sl_cli_copies_json_count_needed(struct sl_journal *journal, int64_t since_ms)
{
    struct counting counting = {.journal = journal, .since_ms = since_ms};
    if (journal != NULL)
        (void)!sl_journal_each(journal, count_needed, &counting, NULL);
    return counting.needed;
}

void sl_cli_copies_json_print_needed(size_t files)
{
    if (files > 0)
        sl_notice("%zu file%s can only be restored with this journal; `sluice export` "
                  "saves what is needed",
                  files, files == 1 ? "" : "s");
}

struct adding {
    const struct sl_copies_owner *of;
    int64_t since_ms;
    struct sl_u256 *sum;
};

static int add_fees(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                    size_t len)
{
    const struct adding *adding = ctx;
    (void)payload;
    (void)len;
    if (commit->state == SL_JOURNAL_COMMIT_LANDED && commit->changed_ms >= adding->since_ms &&
        sl_cli_copies_owner_has(adding->of, commit->chain_id, commit->payer) &&
        !sl_u256_add(adding->sum, *adding->sum, commit->fees))
        *adding->sum = sl_u256_max();
    return 0;
}

int sl_cli_copies_json_fees(struct sl_u256 *fees, struct sl_journal *journal,
                            const struct sl_copies_owner *of, int64_t since_ms, struct sl_err *err)
{
    struct adding adding = {.of = of, .since_ms = since_ms, .sum = fees};
    *fees = sl_u256(0);
    return sl_journal_each_commit(journal, false, add_fees, &adding, err);
}

/* ---- data sets that this run created ---- */

struct saying {
    const struct sl_copies_owner *of;
    int64_t since_ms;
};

static int print_made(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                      size_t len)
{
    const struct saying *saying = ctx;
    (void)payload;
    (void)len;
    if (commit->creates && commit->state == SL_JOURNAL_COMMIT_LANDED &&
        commit->changed_ms >= saying->since_ms &&
        sl_cli_copies_owner_has(saying->of, commit->chain_id, commit->payer))
        sl_notice("created data set %" PRIu64 " at %s", commit->data_set_id, commit->service_url);
    return 0;
}

int sl_cli_copies_json_print_made(struct sl_journal *journal, const struct sl_copies_owner *of,
                                  int64_t since_ms, struct sl_err *err)
{
    struct saying saying = {.of = of, .since_ms = since_ms};
    return sl_journal_each_commit(journal, false, print_made, &saying, err);
}
