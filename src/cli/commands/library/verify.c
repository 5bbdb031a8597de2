/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice verify`: compares each copy, and the local file if there is one. */
#include <fcntl.h>
#include <unistd.h>

#include "sluice/json.h"
#include "sluice/text.h"

#include "commands.h"
#include "lookup/copy_check.h"
#include "lookup/copy_index.h"
#include "lookup/lookup.h"
#include "output/get_report.h"
#include "output/json_lines.h"
#include "output/output.h"

struct verify {
    const struct sl_args *args;
    struct sl_lookup f;
    struct sl_get_report report; /* the progress line, and stdout */
    struct sl_copies own;        /* of --from */
    struct sl_check_run check;
    const char *name; /* being looked at */
    size_t counts[SL_CHECK_RESULTS];
    size_t unknown;
    size_t unnamed; /* of those, where the chain has pieces without names */
    struct sl_err stopped;
};

static bool is_over(void *ctx)
{
    struct verify *v = ctx;
    return v->report.broken || v->stopped.code != SL_OK || sl_interrupt_came(&v->f.interrupt);
}

/* ---- messages ---- */

static void print_verdict_json(struct verify *v, const struct sl_wanted *wanted,
                               const struct sl_verdict *verdict)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    const struct sl_copy *copy = verdict->copy;
    sl_piece_cid(cid, &wanted->file.whole);
    sl_cli_json_begin(&w, "verified", &v->report.clock);
    sl_cli_json_path(&w, v->name);
    sl_jw_u64(&w, "size", wanted->file.whole.payload_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "result", sl_check_name(verdict->result));
    sl_jw_bool(&w, "local", copy == NULL);
    if (copy != NULL) {
        sl_jw_str(&w, "url", copy->url);
        sl_jw_u64(&w, "partsChecked", verdict->parts);
    }
    if (copy != NULL && copy->provider_id != 0)
        sl_jw_u64(&w, "providerId", copy->provider_id);
    if (copy != NULL && copy->data_set_id != 0) {
        sl_jw_u64(&w, "dataSetId", copy->data_set_id);
        sl_jw_u64(&w, "pieceId", copy->piece_id);
    }
    if (copy != NULL && v->check.sample_bytes > 0)
        sl_jw_u64(&w, "comparedBytes", verdict->compared_bytes);
    if (verdict->err.code != SL_OK) {
        sl_jw_str(&w, "code", sl_err_name(verdict->err.code));
        sl_jw_str(&w, "message", verdict->err.text);
    }
    sl_cli_json_end(&w);
    sl_get_report_out(&v->report, &w.buf);
}

static void on_verdict(void *ctx, const struct sl_wanted *wanted, const struct sl_verdict *verdict)
{
    struct verify *v = ctx;
    struct sl_buf text = {0}, place = {0};
    v->counts[verdict->result]++;
    if (v->report.json) {
        print_verdict_json(v, wanted, verdict);
        return;
    }
    if (verdict->copy != NULL)
        sl_buf_add(&place, verdict->copy->url, sl_check_host_length(verdict->copy->url));
    else
        sl_buf_str(&place, "the local file");
    sl_buf_printf(&text, "%-11s  ", sl_check_name(verdict->result));
    sl_output_escape(&text, place.data != NULL ? place.data : "");
    sl_buf_str(&text, "  ");
    sl_output_escape(&text, v->name);
    if (verdict->copy != NULL && verdict->parts < wanted->file.part_count)
        sl_buf_printf(&text, "  (%zu of %zu parts)", verdict->parts, wanted->file.part_count);
    sl_buf_str(&text, "\n");
    sl_get_report_out(&v->report, &text);
    if (verdict->err.code != SL_OK)
        sl_notice("%s: %s", v->name, verdict->err.text);
    sl_buf_free(&place);
}

static void begin(void *ctx, const struct sl_copy *copy)
{
    struct verify *v = ctx;
    (void)copy;
    sl_get_report_begin(&v->report, v->name);
}

/* ---- one operand ---- */

static void check_copies(struct verify *v, const char *name, const char *local,
                         const struct sl_wanted *wanted)
{
    int fd = -1;
    v->name = name;
    if (v->check.sample_bytes > 0) {
        fd = local != NULL ? open(local, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
        if (fd < 0) {
            (void)sl_err_set(&v->stopped, SL_EUSAGE,
                             "%.100s: --sample compares with the local file, which does not exist",
                             name);
            return;
        }
    } else if (local != NULL) {
        sl_check_local(&v->check, wanted, local);
    }
    sl_check_copies(&v->check, wanted, fd);
    if (fd >= 0)
        close(fd);
}

static void notice_unknown(struct verify *v, const char *operand, const struct sl_piece_id *cid,
                           struct sl_err *err)
{
    v->unknown++;
    v->unnamed += sl_lookup_explain_unnamed(&v->f, cid, err);
    sl_get_report_failed(&v->report, operand, true, err);
}

/* With --from, no other source has to know the piece. */
static int find_file(struct verify *v, struct sl_wanted *wanted, const struct sl_piece_id *cid,
                     struct sl_err *err)
{
    int rc = sl_copies_file(wanted, &v->f.copies, cid, err);
    if (rc == 1) {
        rc = sl_lookup_use_from(&v->f, wanted, &v->own, err);
        if (rc < 0)
            sl_wanted_free(wanted);
        return rc < 0 ? rc : 1;
    }
    if (rc < 0 || v->args->from == NULL)
        return rc;
    const struct sl_copy unknown = {.piece = *cid};
    rc = sl_cli_copy_index_from(&v->own, v->args->from, &unknown, err);
    return rc < 0 ? rc : sl_copies_file(wanted, &v->own, cid, err);
}

static void verify_cid(struct verify *v, const char *operand, const char *local,
                       const struct sl_piece_id *cid)
{
    struct sl_wanted wanted;
    struct sl_err err = {0};
    const int rc = find_file(v, &wanted, cid, &err);
    if (rc != 1) {
        notice_unknown(v, operand, cid, &err);
        return;
    }
    /* the journal has whole paths */
    if (local == NULL && wanted.name[0] == '/' && sl_check_is_file(wanted.name))
        local = wanted.name;
    check_copies(v, wanted.name[0] != '\0' ? wanted.name : operand, local, &wanted);
    sl_wanted_free(&wanted);
}

/* Resolve an operand: 1 and its PieceCID, or 0 when nothing is known by that name. A local file
 * that no source knows by name may be known by its content. */
static int find(struct verify *v, const char *operand, const char *local, struct sl_piece_id *cid,
                struct sl_err *err)
{
    struct sl_versions versions = {0};
    int rc = sl_lookup_cid(&v->f, cid, operand, err);
    if (rc == 1 || (rc < 0 && local == NULL))
        return rc;
    const int files = sl_lookup_find(&v->f, &versions, operand, err);
    rc = files;
    if (files == 1) {
        sl_lookup_warn_unnamed(&v->f, operand, &versions);
        *cid = versions.list[0].cid;
    } else if (files >= 0 && local != NULL)
        rc = sl_check_hash(&v->check, cid, local, err) < 0 ? err->code : 1;
    else if (files > 1) {
        sl_lookup_print_matches(operand, &versions);
        rc = sl_err_set(err, SL_EUSAGE, "nothing was compared");
    }
    sl_versions_free(&versions);
    return rc;
}

static void verify_operand(struct verify *v, const char *operand)
{
    struct sl_piece_id cid = {0};
    struct sl_err err = {0};
    const char *local = sl_check_is_file(operand) ? operand : NULL;
    const int rc = find(v, operand, local, &cid, &err);
    if (rc == 1) {
        verify_cid(v, operand, local, &cid);
    } else if (rc == SL_ENOTFOUND) {
        v->unknown++;
        sl_get_report_failed(&v->report, operand, true, &err);
    } else if (rc < 0 && err.code != SL_ECANCELED) {
        v->stopped = err;
        sl_err_ctx(&v->stopped, "%.100s", operand);
    } else if (rc == 0) {
        (void)sl_err_set(&err, SL_ENOTFOUND,
                         "nothing by this name is known; use --from to name a provider");
        notice_unknown(v, operand, NULL, &err);
    }
}

/* ---- the command ---- */

static enum sl_exit end(struct verify *v)
{
    sl_meter_clear(&v->report.meter);
    if (v->report.json && !v->report.broken) {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "summary", &v->report.clock);
        for (int i = 0; i < SL_CHECK_RESULTS; i++)
            sl_jw_u64(&w, sl_check_name((enum sl_check_result)i), v->counts[i]);
        sl_jw_u64(&w, "unknown", v->unknown);
        sl_cli_json_end(&w);
        sl_get_report_out(&v->report, &w.buf);
    }
    if (v->report.broken)
        return sl_exit_no_output();
    if (v->stopped.code != SL_OK)
        return sl_exit_with(&v->stopped);
    if (sl_interrupt_came(&v->f.interrupt))
        return SL_EXIT_WORK_LEFT;
    if (v->counts[SL_CHECK_DIFFERS] + v->counts[SL_CHECK_MISSING] + v->unnamed > 0)
        return SL_EXIT_SOME_FAILED;
    if (v->unknown > 0)
        return SL_EXIT_NO_FILE;
    const bool again = v->counts[SL_CHECK_UNREACHABLE] > 0 || v->f.copies.unread_sets > 0;
    return again ? SL_EXIT_TEMPORARY : SL_EXIT_OK;
}

/* Every copy counts, so ask both journal and chain. For the local network, the journal knows all
 * that the chain does, and the present URLs of its providers. */
static int learn(struct verify *v, struct sl_err *err)
{
    int rc = sl_lookup_read(&v->f, SL_LOOKUP_JOURNAL, NULL, err);
    const bool knows_all = rc == 1 && v->f.devnet != NULL;
    if (rc >= 0 && !knows_all)
        rc = sl_lookup_read(&v->f, SL_LOOKUP_ACCOUNT, NULL, err);
    if (rc >= 0 && !knows_all)
        rc = sl_lookup_read(&v->f, SL_LOOKUP_LOGS, NULL, err);
    if (rc >= 0 && v->f.copies.unread_sets > 0)
        sl_notice("warning: the node refused to list %zu data set%s; copies there are not "
                  "compared",
                  v->f.copies.unread_sets, v->f.copies.unread_sets == 1 ? "" : "s");
    return rc < 0 ? rc : SL_OK;
}

static int read_operands(struct verify *v, struct sl_err *err)
{
    if (v->args->operand_count == 0)
        return sl_err_set(err, SL_EUSAGE,
                          "verify: give a PieceCID, a name or a file; `sluice status` lists what "
                          "was stored");
    if (v->args->sample == NULL)
        return SL_OK;
    const int rc = sl_text_parse_size(&v->check.sample_bytes, v->args->sample, err);
    if (rc == SL_OK && v->check.sample_bytes > 0)
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE, "--sample: '%.40s' is not a size", v->args->sample);
}

enum sl_exit sl_run_verify(const struct sl_args *args)
{
    struct verify v = {.args = args,
                       .check = {.is_over = is_over, .on_begin = begin, .on_verdict = on_verdict}};
    struct sl_err err = {0};
    v.check.ctx = &v;
    int rc = read_operands(&v, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    sl_get_report_init(&v.report, args->json != NULL, false);
    rc = sl_lookup_open(&v.f, args, &err);
    if (rc == SL_OK) {
        v.check.fetch = v.f.fetch;
        sl_fetch_watch(v.f.fetch, sl_get_report_progress, &v.report, 250);
        rc = learn(&v, &err);
    }
    for (size_t i = 0; rc == SL_OK && i < args->operand_count && !is_over(&v); i++)
        verify_operand(&v, args->operands[i]);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : end(&v);
    sl_copies_free(&v.own);
    sl_lookup_close(&v.f);
    return status;
}
