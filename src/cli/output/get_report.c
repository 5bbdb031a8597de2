/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/get_report.h"

#include <unistd.h>

#include "sluice/json.h"

#include "output/json_lines.h"
#include "output/output.h"
#include "output/report_json.h"

enum { PROGRESS_MS = 1000 };

void sl_get_report_init(struct sl_get_report *report, bool json, bool silent)
{
    *report = (struct sl_get_report){.clock = sl_clock_system(), .json = json, .silent = silent};
    report->shows = !json && isatty(STDERR_FILENO) != 0;
    report->start_ms = sl_now_ms(&report->clock);
}

void sl_get_report_begin(struct sl_get_report *report, const char *name)
{
    report->name = name;
    report->meter.bytes_per_s = 0;
    report->meter.rate_bytes = 0;
    report->meter.rate_ms = sl_now_ms(&report->clock);
    report->json_ms = report->meter.rate_ms;
}

void sl_get_report_out(struct sl_get_report *report, struct sl_buf *text)
{
    sl_meter_clear(&report->meter);
    if (!sl_output(text))
        report->broken = true;
    sl_buf_free(text);
}

/* ---- on the way ---- */

static void emit_progress(struct sl_get_report *report, const struct sl_fetch_progress *progress)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "progress", &report->clock);
    sl_cli_json_path(&w, report->name);
    sl_jw_u64(&w, "size", progress->total_bytes);
    sl_jw_u64(&w, "have", progress->have_bytes);
    sl_jw_u64(&w, "received", progress->received_bytes);
    sl_cli_json_end(&w);
    sl_get_report_out(report, &w.buf);
}

static void show_progress(struct sl_get_report *report, const struct sl_fetch_progress *progress)
{
    char have[SL_TEXT_SHORT], total[SL_TEXT_SHORT], rate[SL_TEXT_SHORT], eta[SL_TEXT_SHORT];
    struct sl_buf text = {0};
    const uint64_t left = progress->total_bytes - progress->have_bytes;
    sl_text_size(have, progress->have_bytes);
    sl_text_size(total, progress->total_bytes);
    sl_text_rate(rate, (uint64_t)report->meter.bytes_per_s);
    sl_meter_eta(eta, &report->meter, left);
    sl_buf_printf(&text, "%s of %s  %s  ETA %s  ", have, total, rate, eta);
    sl_output_escape(&text, sl_path_base(report->name));
    if (text.failed == SL_OK)
        sl_meter_show(&report->meter, text.data);
    sl_buf_free(&text);
}

void sl_get_report_progress(void *ctx, const struct sl_fetch_progress *progress)
{
    struct sl_get_report *report = ctx;
    const int64_t now_ms = sl_now_ms(&report->clock);
    sl_meter_sample(&report->meter, progress->received_bytes, now_ms);
    if (report->shows)
        show_progress(report, progress);
    if (!report->json || now_ms - report->json_ms < PROGRESS_MS)
        return;
    report->json_ms = now_ms;
    emit_progress(report, progress);
}

/* ---- the end of a file ---- */

static void got_json(struct sl_get_report *report, const char *path,
                     const struct sl_fetch_file *file, const struct sl_fetch_result *result)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &file->whole);
    sl_cli_json_begin(&w, "got", &report->clock);
    sl_cli_json_path(&w, path);
    sl_jw_u64(&w, "size", file->whole.payload_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    if (file->part_count > 1)
        sl_jw_u64(&w, "parts", file->part_count);
    if (result->was_there)
        sl_jw_bool(&w, "alreadyThere", true);
    if (result->from != NULL)
        sl_jw_str(&w, "from", result->from);
    sl_jw_u64(&w, "receivedBytes", result->received_bytes);
    sl_jw_u64(&w, "resumedBytes", result->resumed_bytes);
    sl_jw_u64(&w, "failures", result->failures);
    sl_cli_json_end(&w);
    sl_get_report_out(report, &w.buf);
}

void sl_get_report_got(struct sl_get_report *report, const char *path,
                       const struct sl_fetch_file *file, const struct sl_fetch_result *result)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_buf text = {0};
    report->got++;
    report->was_there += result->was_there;
    report->bytes += file->whole.payload_bytes;
    report->received_bytes += result->received_bytes;
    sl_meter_clear(&report->meter);
    if (report->json) {
        got_json(report, path, file, result);
        return;
    }
    if (result->was_there)
        sl_notice("%s already exists with the same content", path);
    if (report->silent)
        return;
    sl_piece_cid(cid, &file->whole);
    sl_output_cid_line(&text, cid, path);
    sl_get_report_out(report, &text);
}

void sl_get_report_failed(struct sl_get_report *report, const char *name, bool unknown,
                          const struct sl_err *err)
{
    sl_meter_clear(&report->meter);
    report->failed++;
    report->failed_unknown += unknown;
    report->cancelled += err->code == SL_ECANCELED;
    report->misused += err->code == SL_EUSAGE;
    report->failed_retry += sl_exit_of_code(err->code) == SL_EXIT_TEMPORARY;
    if (!report->json)
        sl_notice("%s: %s", name, err->text);
    else if (!sl_cli_json_failed(&report->clock, name, err))
        report->broken = true;
}

static enum sl_exit status_of(const struct sl_get_report *report)
{
    if (report->broken)
        return sl_exit_no_output();
    if (report->cancelled > 0)
        return SL_EXIT_WORK_LEFT;
    if (report->misused > 0)
        return SL_EXIT_USAGE;
    if (report->failed == 0)
        return SL_EXIT_OK;
    if (report->failed_unknown == report->failed)
        return SL_EXIT_NO_FILE;
    return report->failed_retry == report->failed ? SL_EXIT_TEMPORARY : SL_EXIT_SOME_FAILED;
}

enum sl_exit sl_get_report_end(struct sl_get_report *report)
{
    sl_meter_clear(&report->meter);
    if (report->json && !report->broken) {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "summary", &report->clock);
        sl_jw_u64(&w, "got", report->got);
        sl_jw_u64(&w, "alreadyThere", report->was_there);
        sl_jw_u64(&w, "failed", report->failed);
        sl_jw_u64(&w, "bytes", report->bytes);
        sl_jw_u64(&w, "receivedBytes", report->received_bytes);
        sl_jw_double(&w, "seconds", (double)(sl_now_ms(&report->clock) - report->start_ms) / 1000);
        sl_cli_json_end(&w);
        sl_get_report_out(report, &w.buf);
    }
    return status_of(report);
}
