/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/report.h"

#include <inttypes.h>
#include <unistd.h>

#include "sluice/costs.h"
#include "sluice/text.h"

#include "output/copy_progress.h"
#include "output/output.h"
#include "output/report_json.h"

enum { LINE_MS = 250, JSON_MS = 1000 };

void sl_report_init(struct sl_report *report, bool json, const struct sl_clock *clock)
{
    const int64_t now_ms = sl_now_ms(clock);
    *report = (struct sl_report){
        .json = json,
        .line = isatty(STDERR_FILENO) != 0,
        .clock = *clock,
        .began_ms = sl_wall_ms(clock),
        .started_ms = now_ms,
        .meter.rate_ms = now_ms,
        .line_ms = now_ms,
        .json_ms = now_ms,
    };
}

int sl_report_interval_ms(const struct sl_report *report)
{
    if (report->line && !report->quiet)
        return LINE_MS;
    return report->json ? JSON_MS : -1;
}

void sl_report_clear(struct sl_report *report)
{
    sl_meter_clear(&report->meter);
}

static void running_name(struct sl_buf *out, const struct sl_cli_job_totals *totals)
{
    if (totals->running_count == 0)
        return;
    const struct sl_job_totals_job *job = &totals->jobs[totals->running[0]];
    sl_buf_str(out, "  ");
    if (job->state == SL_JOB_HASHING)
        sl_buf_printf(out, "hashing %d%% of ",
                      (int)(job->hashed_bytes * 100 / (job->size_bytes + 1)));
    if (job->parts > 0)
        sl_buf_printf(out, "%u/%u of ", (unsigned)job->parts_stored, (unsigned)job->parts);
    sl_output_escape(out, sl_path_base(job->path));
}

static void tick_line(struct sl_report *report, const struct sl_cli_job_totals *totals)
{
    const uint64_t done = totals->stored_bytes + totals->open_sent_bytes;
    sl_meter_sample(&report->meter, totals->uploaded_bytes + totals->open_sent_bytes,
                    sl_now_ms(&report->clock));
    char done_text[SL_TEXT_SHORT], total[SL_TEXT_SHORT], rate[SL_TEXT_SHORT], eta[SL_TEXT_SHORT];
    sl_text_size(done_text, done);
    sl_text_size(total, totals->total_bytes);
    sl_text_rate(rate, (uint64_t)report->meter.bytes_per_s);
    sl_meter_eta(eta, &report->meter, totals->total_bytes > done ? totals->total_bytes - done : 0);
    struct sl_buf text = {0};
    sl_buf_printf(&text, "%zu/%zu files  %s of %s  %s  ETA %s", totals->stored, totals->count,
                  done_text, total, rate, eta);
    if (totals->failed > 0)
        sl_buf_printf(&text, "  %zu failed", totals->failed);
    running_name(&text, totals);
    if (text.failed == SL_OK)
        sl_meter_show(&report->meter, text.data);
    sl_buf_free(&text);
}

static bool is_due(int64_t *last_ms, int64_t now_ms, int64_t every_ms)
{
    if (now_ms - *last_ms < every_ms)
        return false;
    *last_ms = now_ms;
    return true;
}

void sl_report_tick(struct sl_report *report, struct sl_cli_job_totals *totals)
{
    const int64_t now_ms = sl_now_ms(&report->clock);
    if (report->json && is_due(&report->json_ms, now_ms, JSON_MS) &&
        !sl_cli_json_progress(&report->clock, totals))
        report->broken = true;
    if (report->line && !report->quiet && is_due(&report->line_ms, now_ms, LINE_MS))
        tick_line(report, totals);
}

/* ---- ends ---- */

static void notice_failed(const char *path, const struct sl_err *err)
{
    sl_notice("%s: %s", path, err->text[0] != '\0' ? err->text : sl_err_text(err->code));
}

static void report_failed(struct sl_report *report, const char *path, const struct sl_err *err)
{
    sl_report_clear(report);
    if (report->json && !sl_cli_json_failed(&report->clock, path, err))
        report->broken = true;
    if (!report->json && !report->quiet)
        notice_failed(path, err);
}

static void after_write(struct sl_report *report, bool written)
{
    report->broken = report->broken || !written;
}

void sl_report_reject(struct sl_report *report, const char *path, const struct sl_err *err)
{
    report_failed(report, path, err);
}

void sl_report_skip(struct sl_report *report, const struct sl_event *event)
{
    sl_report_clear(report);
    if (report->json)
        after_write(report, sl_cli_json_skipped(&report->clock, event));
    else if (!report->quiet)
        sl_notice("%s: skipped: %s", event->path, event->err.text);
}

static bool write_line(const struct sl_event *event)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_buf text = {0};
    sl_piece_cid(cid, &event->job.piece);
    sl_output_cid_line(&text, cid, event->path);
    const bool ok = sl_output(&text);
    sl_buf_free(&text);
    return ok;
}

void sl_report_end(struct sl_report *report, const struct sl_event *event)
{
    const enum sl_job_state state = event->job.state;
    if (state != SL_JOB_STORED && state != SL_JOB_CONFIRMED) {
        report_failed(report, event->path, &event->job.err);
        return;
    }
    sl_report_clear(report);
    const bool needed = state == SL_JOB_CONFIRMED &&
                        sl_cli_copies_json_needs_journal(report->reader, &event->job, event->path);
    report->need_journal += needed;
    if (sl_job_missing_copies(&event->job) > 0 && !report->quiet && !report->json)
        notice_failed(event->path, &event->job.err);
    if (!report->json)
        after_write(report, write_line(event));
    else if (state == SL_JOB_STORED)
        after_write(report, sl_cli_json_stored(&report->clock, event));
    else
        after_write(report, sl_cli_json_confirmed(&report->clock, event, report->reader,
                                                  &report->of, needed));
}

void sl_report_parked(struct sl_report *report, const struct sl_event *event)
{
    if (report->json)
        after_write(report, sl_cli_json_stored(&report->clock, event));
}

void sl_report_sent(struct sl_report *report, const struct sl_event *event)
{
    if (report->json)
        after_write(report, sl_cli_json_added(&report->clock, event));
}

void sl_report_copies(struct sl_report *report, struct sl_job_totals_job *job,
                      const struct sl_event *event)
{
    const struct sl_cli_copy_progress progress = {.clock = &report->clock,
                                                  .reader = report->reader,
                                                  .of = &report->of,
                                                  .since_ms = report->began_ms};
    if (report->json && report->reader != NULL)
        after_write(report, sl_cli_copy_progress_emit(&progress, job, event));
}

void sl_report_part(struct sl_report *report, const struct sl_event *event)
{
    if (report->json && event->part.state == SL_JOB_STORED &&
        !sl_cli_json_part(&report->clock, event))
        report->broken = true;
}

void sl_report_wait(struct sl_report *report, const struct sl_event *event)
{
    if (report->json || report->quiet)
        return;
    sl_report_clear(report);
    sl_notice("%s: %s; will try again", event->path, event->job.err.text);
}

/* ---- the end ---- */

static void notice_summary(const struct sl_cli_job_totals *totals, size_t left, int64_t ms,
                           struct sl_u256 fees, bool confirmed)
{
    char bytes[SL_TEXT_SHORT], time[SL_TEXT_SHORT], rate[SL_TEXT_SHORT];
    sl_text_size(bytes, totals->stored_bytes);
    sl_text_duration(time, ms);
    sl_text_rate(rate, ms > 0 ? totals->uploaded_bytes * 1000 / (uint64_t)ms : 0);
    struct sl_buf text = {0};
    sl_buf_printf(&text, "%zu %s, %s", totals->stored, confirmed ? "confirmed" : "stored", bytes);
    if (totals->already_stored > 0)
        sl_buf_printf(&text, " (%zu already stored)", totals->already_stored);
    if (totals->incomplete > 0)
        sl_buf_printf(&text, ", %zu with fewer copies than wanted: %s", totals->incomplete,
                      totals->incomplete > totals->incomplete_for_good
                          ? "`sluice retry` makes the missing ones"
                          : "`sluice status` shows why");
    if (totals->failed > 0)
        sl_buf_printf(&text, ", %zu failed", totals->failed);
    if (totals->skipped > 0)
        sl_buf_printf(&text, ", %zu skipped", totals->skipped);
    if (left > 0)
        sl_buf_printf(&text, ", %zu left; run the command again to continue", left);
    sl_buf_printf(&text, ", in %s", time);
    if (totals->uploaded_bytes > 0)
        sl_buf_printf(&text, ", %s", rate);
    if (!sl_u256_is_zero(fees)) {
        char sum[SL_COST_CHARS];
        sl_cost_text(sum, fees);
        sl_buf_printf(&text, ", fees %s", sum);
    }
    sl_notice("%s", text.data != NULL ? text.data : "");
    sl_buf_free(&text);
    if (totals->links > 0)
        sl_notice("%" PRIu64 " link%s not followed; use --follow-links to follow them",
                  totals->links, totals->links == 1 ? "" : "s");
}

void sl_report_summary(struct sl_report *report, const struct sl_cli_job_totals *totals,
                       size_t left, enum sl_exit status, const struct sl_err *why)
{
    const int64_t ms = sl_now_ms(&report->clock) - report->started_ms;
    struct sl_u256 fees = sl_u256(0);
    if (report->reader != NULL)
        (void)!sl_cli_copies_json_fees(&fees, report->reader, &report->of, report->began_ms, NULL);
    sl_report_clear(report);
    if (report->json && !report->broken)
        after_write(report, sl_cli_json_summary(
                                &report->clock, totals,
                                &(struct sl_cli_json_end){.left = left,
                                                          .seconds = (double)ms / 1000,
                                                          .fees = fees,
                                                          .need_journal = report->need_journal,
                                                          .status = status,
                                                          .why = why}));
    if (!report->quiet && report->reader != NULL)
        (void)!sl_cli_copies_json_print_made(report->reader, &report->of, report->began_ms, NULL);
    if (report->json || report->quiet)
        return;
    notice_summary(totals, left, ms, fees, report->reader != NULL);
    sl_cli_copies_json_print_needed(report->need_journal);
}
