/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice verify`: each copy by itself, and the local file where there is one. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/json.h"
#include "sluice/text.h"

#include "commands.h"
#include "fetching.h"
#include "get_report.h"
#include "json_head.h"
#include "known.h"
#include "say.h"

enum { MATCHES_MAX = 32 };

/* The worst of several counts. */
enum result { RESULT_OK, RESULT_UNREACHABLE, RESULT_MISSING, RESULT_DIFFERS, RESULT_COUNT };
static const char *const result_names[RESULT_COUNT] = {"ok", "unreachable", "missing", "differs"};

struct verify {
    const struct sl_args *args;
    struct sl_fetching f;
    struct sl_get_report report; /* the fresh line, and stdout */
    struct sl_copies own;        /* of --from */
    uint64_t sample_bytes;       /* 0: everything is compared */
    size_t counts[RESULT_COUNT];
    size_t unknown;
    struct sl_err stopped;
};

/* One copy that was looked at. */
struct verdict {
    enum result result;
    struct sl_err err;
    uint64_t compared_bytes; /* with --sample */
    size_t parts;            /* looked at */
    const struct sl_copy *copy;
};

static bool is_over(struct verify *v)
{
    return v->report.broken || v->stopped.code != SL_OK || sl_interrupt_came(&v->f.interrupt);
}

/* ---- what is said ---- */

static size_t host_length(const char *url)
{
    const char *at = strstr(url, "://");
    return at == NULL ? strlen(url) : (size_t)(at + 3 - url) + strcspn(at + 3, "/");
}

static void tell_json(struct verify *v, const char *name, const struct sl_wanted *wanted,
                      const struct verdict *verdict)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    const struct sl_copy *copy = verdict->copy;
    sl_piece_cid(cid, &wanted->file.whole);
    sl_json_begin(&w, "verified", &v->report.clock);
    sl_json_path(&w, name);
    sl_jw_u64(&w, "size", wanted->file.whole.payload_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "result", result_names[verdict->result]);
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
    if (copy != NULL && v->sample_bytes > 0)
        sl_jw_u64(&w, "comparedBytes", verdict->compared_bytes);
    if (verdict->err.code != SL_OK) {
        sl_jw_str(&w, "code", sl_err_name(verdict->err.code));
        sl_jw_str(&w, "message", verdict->err.text);
    }
    sl_json_end(&w);
    sl_get_report_out(&v->report, &w.buf);
}

static void tell(struct verify *v, const char *name, const struct sl_wanted *wanted,
                 const struct verdict *verdict)
{
    struct sl_buf text = {0}, place = {0};
    v->counts[verdict->result]++;
    if (v->report.json) {
        tell_json(v, name, wanted, verdict);
        return;
    }
    if (verdict->copy != NULL)
        sl_buf_add(&place, verdict->copy->url, host_length(verdict->copy->url));
    else
        sl_buf_str(&place, "the local file");
    sl_buf_printf(&text, "%-11s  ", result_names[verdict->result]);
    sl_name_escape(&text, place.data != NULL ? place.data : "");
    sl_buf_str(&text, "  ");
    sl_name_escape(&text, name);
    if (verdict->copy != NULL && verdict->parts < wanted->file.part_count)
        sl_buf_printf(&text, "  (%zu of %zu parts)", verdict->parts, wanted->file.part_count);
    sl_buf_str(&text, "\n");
    sl_get_report_out(&v->report, &text);
    if (verdict->err.code != SL_OK)
        sl_say("%s: %s", name, verdict->err.text);
    sl_buf_free(&place);
}

/* ---- one copy ---- */

static enum result result_of(const struct sl_err *err)
{
    if (err->code == SL_OK)
        return RESULT_OK;
    if (err->code == SL_EMISMATCH)
        return RESULT_DIFFERS;
    if (err->code == SL_ENOTFOUND ||
        (err->code == SL_EREFUSED && (err->detail == 410 || err->detail == 451)))
        return RESULT_MISSING;
    return RESULT_UNREACHABLE;
}

/* Of a part of a file, so many bytes as it is of the whole. */
static uint64_t share(const struct verify *v, const struct sl_wanted *wanted, size_t i)
{
    const double part = (double)wanted->file.parts[i].piece.payload_bytes;
    const double all = (double)wanted->file.whole.payload_bytes;
    return 1 + (uint64_t)((double)v->sample_bytes * part / all);
}

static int check_part(struct verify *v, const struct sl_wanted *wanted, size_t i, const char *url,
                      int local_fd, uint64_t offset, struct verdict *verdict, struct sl_err *err)
{
    struct sl_fetch_result result;
    const struct sl_piece_id *piece = &wanted->file.parts[i].piece;
    if (v->sample_bytes > 0) {
        uint64_t compared = 0;
        const int rc = sl_fetch_sample(v->f.fetch, url, piece, local_fd, offset,
                                       share(v, wanted, i), &compared, err);
        verdict->compared_bytes += compared;
        return rc;
    }
    const struct sl_fetch_part part = {.piece = *piece, .urls = &url, .url_count = 1};
    const struct sl_fetch_file file = {.parts = &part, .part_count = 1, .whole = *piece};
    return sl_fetch_verify(v->f.fetch, &file, &result, err);
}

/* All parts of the file that this host has. */
static void check_host(struct verify *v, const char *name, const struct sl_wanted *wanted,
                       const struct sl_copy *copy, int local_fd)
{
    struct verdict verdict = {.copy = copy};
    const size_t len = host_length(copy->url);
    uint64_t offset = 0;
    sl_get_report_begin(&v->report, name);
    for (size_t i = 0; i < wanted->file.part_count && !is_over(v); i++) {
        const struct sl_wanted_part *part = &wanted->parts[i];
        size_t k = 0;
        while (k < part->count &&
               (host_length(part->urls[k]) != len || strncmp(part->urls[k], copy->url, len) != 0))
            k++;
        struct sl_err err = {0};
        if (k < part->count) {
            verdict.parts++;
            err.code = check_part(v, wanted, i, part->urls[k], local_fd, offset, &verdict, &err);
        }
        if (err.code == SL_ECANCELED)
            return;
        if (result_of(&err) > verdict.result) {
            verdict.result = result_of(&err);
            verdict.err = err;
        }
        offset += wanted->file.parts[i].piece.payload_bytes;
    }
    if (!is_over(v))
        tell(v, name, wanted, &verdict);
}

static bool is_first_of_host(const struct sl_wanted *wanted, size_t part, size_t copy)
{
    const char *url = wanted->parts[part].urls[copy];
    const size_t len = host_length(url);
    for (size_t i = 0; i <= part; i++) {
        const size_t most = i < part ? wanted->parts[i].count : copy;
        for (size_t k = 0; k < most; k++) {
            const char *other = wanted->parts[i].urls[k];
            if (host_length(other) == len && strncmp(other, url, len) == 0)
                return false;
        }
    }
    return true;
}

/* ---- the local file ---- */

static bool stop_hashing(void *ctx, uint64_t hashed_bytes)
{
    (void)hashed_bytes;
    return sl_interrupt_came(ctx);
}

static int hash_local(struct verify *v, struct sl_piece_id *out, const char *path,
                      struct sl_err *err)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return sl_err_sys(err, errno, "open it");
    const int rc = sl_piece_of_fd_threads(out, fd, 0, 0, 0, stop_hashing, &v->f.interrupt, err);
    close(fd);
    return rc;
}

static void check_local(struct verify *v, const char *name, const char *path,
                        const struct sl_wanted *wanted)
{
    struct sl_piece_id is = {0};
    struct verdict verdict = {0};
    const int rc = hash_local(v, &is, path, &verdict.err);
    if (rc == SL_ECANCELED)
        return;
    if (rc < 0) {
        verdict.result = RESULT_UNREACHABLE;
    } else if (!sl_piece_id_equal(&is, &wanted->file.whole)) {
        verdict.result = RESULT_DIFFERS;
        (void)sl_err_set(&verdict.err, SL_ECHANGED,
                         "the local file has other bytes than those that were stored");
    }
    tell(v, name, wanted, &verdict);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* ---- one operand ---- */

static void check_copies(struct verify *v, const char *name, const char *local,
                         const struct sl_wanted *wanted)
{
    int fd = -1;
    if (v->sample_bytes > 0) {
        fd = local != NULL ? open(local, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
        if (fd < 0) {
            (void)sl_err_set(&v->stopped, SL_EUSAGE,
                             "%.100s: --sample compares with the local file, and there is none",
                             name);
            return;
        }
    } else if (local != NULL) {
        check_local(v, name, local, wanted);
    }
    for (size_t i = 0; i < wanted->file.part_count; i++) {
        for (size_t k = 0; k < wanted->parts[i].count && !is_over(v); k++) {
            if (is_first_of_host(wanted, i, k))
                check_host(v, name, wanted, wanted->parts[i].copies[k], fd);
        }
    }
    if (fd >= 0)
        close(fd);
}

static void say_unknown(struct verify *v, const char *operand, const struct sl_err *err)
{
    v->unknown++;
    sl_get_report_failed(&v->report, operand, true, err);
}

/* With --from a piece need not be known to anybody else. */
static int find_file(struct verify *v, struct sl_wanted *wanted, const struct sl_piece_id *cid,
                     struct sl_err *err)
{
    int rc = sl_copies_file(wanted, &v->f.copies, cid, err);
    if (rc == 1) {
        rc = sl_fetching_from(&v->f, wanted, &v->own, err);
        if (rc < 0)
            sl_wanted_free(wanted);
        return rc < 0 ? rc : 1;
    }
    if (rc < 0 || v->args->from == NULL)
        return rc;
    const struct sl_copy unknown = {.piece = *cid};
    rc = sl_known_from(&v->own, v->args->from, &unknown, err);
    return rc < 0 ? rc : sl_copies_file(wanted, &v->own, cid, err);
}

static void verify_cid(struct verify *v, const char *operand, const char *local,
                       const struct sl_piece_id *cid)
{
    struct sl_wanted wanted;
    struct sl_err err = {0};
    const int rc = find_file(v, &wanted, cid, &err);
    if (rc != 1) {
        say_unknown(v, operand, &err);
        return;
    }
    /* the journal has whole paths */
    if (local == NULL && wanted.name[0] == '/' && is_file(wanted.name))
        local = wanted.name;
    check_copies(v, wanted.name[0] != '\0' ? wanted.name : operand, local, &wanted);
    sl_wanted_free(&wanted);
}

/* A local file that no source knows by its name may be known by what is in it. */
static int find(struct verify *v, const char *operand, const char *local, struct sl_piece_id *found,
                size_t *count, struct sl_err *err)
{
    int rc = sl_fetching_find(&v->f, operand, found, MATCHES_MAX, count, err);
    if (local == NULL || rc < 0 || (rc == 1 && *count == 1))
        return rc;
    rc = hash_local(v, &found[0], local, err);
    *count = 1;
    return rc < 0 ? rc : 1;
}

static void verify_operand(struct verify *v, const char *operand)
{
    struct sl_piece_id found[MATCHES_MAX];
    struct sl_err err = {0};
    size_t count = 0;
    const char *local = is_file(operand) ? operand : NULL;
    const int rc = find(v, operand, local, found, &count, &err);
    if (rc == 1 && count > 1) {
        sl_fetching_list(&v->f, operand, found, count);
        (void)sl_err_set(&v->stopped, SL_EUSAGE, "nothing was compared");
    } else if (rc == 1) {
        verify_cid(v, operand, local, &found[0]);
    } else if (rc < 0 && err.code != SL_ECANCELED) {
        v->stopped = err;
        sl_err_ctx(&v->stopped, "%.100s", operand);
    } else if (rc == 0) {
        (void)sl_err_set(&err, SL_ENOTFOUND,
                         "nothing by this name is known; --from says where to look");
        say_unknown(v, operand, &err);
    }
}

/* ---- the command ---- */

static enum sl_exit end(struct verify *v)
{
    sl_meter_clear(&v->report.meter);
    if (v->report.json && !v->report.broken) {
        struct sl_jw w = {0};
        sl_json_begin(&w, "summary", &v->report.clock);
        for (int i = 0; i < RESULT_COUNT; i++)
            sl_jw_u64(&w, result_names[i], v->counts[i]);
        sl_jw_u64(&w, "unknown", v->unknown);
        sl_json_end(&w);
        sl_get_report_out(&v->report, &w.buf);
    }
    if (v->report.broken)
        return sl_exit_no_output();
    if (v->stopped.code != SL_OK)
        return sl_exit_with(&v->stopped);
    if (sl_interrupt_came(&v->f.interrupt))
        return SL_EXIT_WORK_LEFT;
    if (v->counts[RESULT_DIFFERS] + v->counts[RESULT_MISSING] > 0)
        return SL_EXIT_SOME_FAILED;
    if (v->unknown > 0)
        return SL_EXIT_NO_FILE;
    return v->counts[RESULT_UNREACHABLE] > 0 ? SL_EXIT_TEMPORARY : SL_EXIT_OK;
}

/* Every copy counts here, so both are asked. Of the local network the journal knows all that the
 * chain does, and where its providers are now. */
static int learn(struct verify *v, struct sl_err *err)
{
    int rc = sl_fetching_reach(&v->f, SL_REACH_JOURNAL, NULL, err);
    const bool knows_all = rc == 1 && v->f.uplink.localnet != NULL;
    if (rc >= 0 && !knows_all)
        rc = sl_fetching_reach(&v->f, SL_REACH_ACCOUNT, NULL, err);
    return rc < 0 ? rc : SL_OK;
}

static int take_words(struct verify *v, struct sl_err *err)
{
    if (v->args->operand_count == 0)
        return sl_err_set(err, SL_EUSAGE,
                          "verify needs a PieceCID, a name or a file: `sluice status` lists what "
                          "was stored");
    if (v->args->sample == NULL)
        return SL_OK;
    const int rc = sl_text_parse_size(&v->sample_bytes, v->args->sample, err);
    if (rc == SL_OK && v->sample_bytes > 0)
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE, "--sample: '%.40s' is no size", v->args->sample);
}

enum sl_exit sl_run_verify(const struct sl_args *args)
{
    struct verify v = {.args = args};
    struct sl_err err = {0};
    int rc = take_words(&v, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    sl_get_report_init(&v.report, args->json != NULL, false);
    rc = sl_fetching_open(&v.f, args, &err);
    if (rc == SL_OK) {
        sl_fetch_watch(v.f.fetch, sl_get_report_progress, &v.report, 250);
        rc = learn(&v, &err);
    }
    for (size_t i = 0; rc == SL_OK && i < args->operand_count && !is_over(&v); i++)
        verify_operand(&v, args->operands[i]);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : end(&v);
    sl_copies_free(&v.own);
    sl_fetching_close(&v.f);
    return status;
}
