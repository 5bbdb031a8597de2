/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * `sluice upload PATH...`: reads the paths from operands and standard input, and shows the price.
 */
#include <string.h>

#include "sluice/walk.h"

#include "commands.h"
#include "commands/account/cost_plan.h"
#include "commands/queue/path_list.h"
#include "commands/queue/upload_loop.h"
#include "output/output.h"

struct listed {
    struct sl_cli_path_list list;
    const char *last; /* the path that was given last */
    size_t given;
};

/* A file that is on chain already, in all its copies, costs nothing more. A file whose change time
 * alone differs counts as unchanged; if it did change, its price is checked before its commit. */
static bool is_paid(struct sl_session *session, const struct sl_scan_item *item)
{
    struct sl_job job;
    char path[SL_PATH_BYTES];
    return sl_engine_path(path, item->path, NULL) == SL_OK &&
           sl_journal_find_path(session->reader, path, &job, NULL) == 1 &&
           job.state == SL_JOB_CONFIRMED && job.copies.landed >= job.copies.wanted &&
           sl_file_mark_alike(&job.file, &item->file);
}

struct summing {
    struct sl_session *session;
    struct sl_cli_cost_load load;
};

static int sum_up(void *ctx, const struct sl_scan_item *item)
{
    struct summing *summing = ctx;
    if (item->kind == SL_SCAN_FILE && !is_paid(summing->session, item))
        (void)!sl_cli_cost_load_add(&summing->load, item->file.size_bytes,
                                    NULL); /* reported later */
    return 0;
}

static void notice_price(const struct sl_commit_price *price, const struct sl_cli_cost_load *load)
{
    char month[SL_COST_CHARS], fees[SL_COST_CHARS], locked[SL_COST_CHARS],
        bytes[SL_SHOWN_SIZE_CHARS];
    sl_show_size(bytes, load->bytes);
    sl_cost_text(month, price->month);
    sl_cost_text(fees, price->fees);
    sl_cost_text(locked, price->locked);
    sl_notice("%s in %llu file%s: %s a month, fees %s, %s locked", bytes,
              (unsigned long long)load->files, load->files == 1 ? "" : "s", month, fees, locked);
}

static void notice_advice(const struct sl_commit_price *price)
{
    char text[SL_ADVICE_CHARS];
    for (int i = 0; i < SL_ADVICE_COUNT; i++) {
        if (sl_advice_text(text, &price->advice, (enum sl_advice)i))
            sl_notice("note: %s", text);
    }
}

/* Check the money before the first byte is sent. */
static int preflight(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                     struct sl_err *err)
{
    const struct listed *listed = feed->ctx;
    struct summing summing = {.session = session,
                              .load.split_bytes = session->settings.config.split};
    struct sl_commit_price price;
    atomic_bool stop = false;
    struct sl_walk_options options =
        sl_cli_path_rules_walk(&session->rules, &session->settings.config);
    const char *path = NULL;
    (void)report;
    options.stop = &stop;
    options.fn = sum_up;
    options.ctx = &summing;
    if (session->target.plan == NULL)
        return SL_OK;
    while ((path = sl_cli_path_list_next(&listed->list, path)) != NULL) {
        if (path[0] != '\0' && strlen(path) < SL_PATH_BYTES)
            sl_walk(&options, path, 0);
    }
    if (summing.load.files == 0)
        return SL_OK;
    const int rc = sl_commit_preflight(&price, session->target.plan, summing.load.bytes,
                                       summing.load.pieces, err);
    if (strcmp(session->target.network, "local") == 0)
        return rc; /* its money is play money */
    if (rc == SL_OK)
        notice_price(&price, &summing.load);
    if (rc == SL_OK || rc == SL_EMONEY)
        notice_advice(&price);
    return rc;
}

static const char *next_listed(struct sl_feed *feed)
{
    struct listed *listed = feed->ctx;
    const char *path = sl_cli_path_list_next(&listed->list, listed->last);
    if (path != NULL) {
        listed->last = path;
        listed->given++;
    }
    return path;
}

static const char *path_after(void *ctx, const char *path)
{
    const struct listed *listed = ctx;
    return sl_cli_path_list_next(&listed->list, path);
}

static size_t left_listed(const struct sl_feed *feed)
{
    const struct listed *listed = feed->ctx;
    return listed->list.count - listed->given;
}

enum sl_exit sl_run_upload(const struct sl_args *args)
{
    if (args->operand_count == 0) {
        sl_notice("upload: give a path, or `-` to read a list of paths from standard input");
        return SL_EXIT_USAGE;
    }
    struct sl_err err = {0};
    struct listed listed = {0};
    struct sl_feed feed = {.fd = -1,
                           .prices = true,
                           .ctx = &listed,
                           .open = preflight,
                           .next = next_listed,
                           .next_path = path_after,
                           .left = left_listed};
    struct sl_cli_job_groups groups = {0};
    const enum sl_exit status = sl_cli_path_list_fill(&listed.list, args, &err) == SL_OK
                                    ? sl_cli_upload_feed(&feed, &groups, args)
                                    : sl_exit_with(&err);
    sl_cli_job_groups_free(&groups);
    sl_cli_path_list_free(&listed.list);
    return status;
}
