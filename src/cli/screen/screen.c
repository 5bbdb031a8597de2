/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/tui.h"

#include "commands.h"
#include "output/copies_json.h"
#include "output/output.h"
#include "screen/attach.h"
#include "screen/workers.h"
#include "setup/appearance.h"
#include "setup/session.h"

static bool has_screen(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
    const char *term = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

/* Standard input cannot be both a list and the keyboard. */
static bool takes_list(const struct sl_args *args)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        if (strcmp(args->operands[i], "-") == 0)
            return true;
    }
    return false;
}

/* A word that is not a command must be a path: a typing error must not open an empty screen. */
static enum sl_exit check_paths(const struct sl_args *args)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        const char *path = args->operands[i];
        struct stat st;
        if (stat(path, &st) == 0 || errno == EACCES)
            continue;
        const char *meant = i == 0 ? sl_command_nearest(path) : NULL;
        if (meant != NULL)
            sl_notice("no such file or command '%s': did you mean `sluice %s`?", path, meant);
        else
            sl_notice("no such file%s '%s'", i == 0 ? " or command" : "", path);
        return SL_EXIT_NO_FILE;
    }
    return SL_EXIT_OK;
}

struct operands {
    const struct sl_args *args;
    size_t next;
};

static const char *next_operand(void *ctx, const char *path)
{
    struct operands *operands = ctx;
    (void)path;
    return operands->next < operands->args->operand_count
               ? operands->args->operands[operands->next++]
               : NULL;
}

static int add_paths(struct sl_session *session, const struct sl_args *args, struct sl_err *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        const int rc = sl_engine_send_add(session->engine, args->operands[i], i + 1, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

/* The screen has closed; print the result and what to do next. */
static void notice_end(const struct sl_tui_end *end)
{
    if (end->paying)
        sl_notice("a payment was under way; the next `sluice wallet deposit`, `approve` or "
                  "`withdraw` settles it and never pays twice");
    if (end->done + end->failed + end->left + end->not_queued == 0)
        return;
    char failed[48] = "", not_queued[48] = "", left[48] = "";
    if (end->failed > 0)
        snprintf(failed, sizeof failed, ", %zu failed", end->failed);
    if (end->not_queued > 0)
        snprintf(not_queued, sizeof not_queued, ", %zu not queued", end->not_queued);
    if (end->left > 0)
        snprintf(left, sizeof left, ", %zu left", end->left);
    sl_notice("%zu done%s%s%s%s", end->done, failed, not_queued, left,
              end->left > 0     ? "; continue with `sluice` or `sluice resume`"
              : end->failed > 0 ? "; see why with `sluice status`, try again with `sluice retry`"
                                : "");
}

static int show_screen(struct sl_session *session, const struct sl_errands *errands,
                       struct sl_tui_end *end, struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    char theme_dir[SL_PATH_BYTES];
    struct sl_tui_options options = {
        .network =
            session->target.network[0] != '\0' ? session->target.network : config->provider_url,
        .ascii = config->ascii,
        .color = (enum sl_tui_color)config->color,
        .clipboard = (enum sl_tui_clipboard)config->clipboard,
        .fps = config->fps,
        .parallel = config->parallel,
        .split_bytes = config->split,
        .stop_on_hangup = config->on_hangup == 1,
        .errands = errands,
        .clock = session->clock,
        .end = end,
    };
    const int rc = sl_appearance_options(&options, theme_dir, &session->settings, err);
    return rc < 0 ? rc : sl_tui_run(sl_engine_face(session->engine, SL_FACE_OWN), &options, err);
}

/* Check for a terminal before anything is queued or sent. */
static int check_appearance(const struct sl_args *args, struct sl_err *err)
{
    struct sl_settings settings;
    char note[SL_TUI_NOTE_BYTES]; /* the screen says it */
    int rc = sl_settings_load(&settings, args, err);
    if (rc == SL_OK)
        rc = sl_appearance_check(&settings, note, err);
    sl_settings_free(&settings);
    return rc;
}

enum sl_exit sl_run_screen(const struct sl_args *args)
{
    if (takes_list(args))
        return sl_run_upload(args);
    const enum sl_exit missing = check_paths(args);
    if (missing != SL_EXIT_OK)
        return missing;
    if (args->json != NULL || !has_screen()) {
        if (args->operand_count > 0)
            return sl_run_upload(args);
        sl_notice("the screen needs a terminal; without one, use `sluice upload PATH...` "
                  "or `sluice status`");
        return SL_EXIT_USAGE;
    }
    struct sl_session session;
    struct operands operands = {.args = args};
    struct sl_cli_screen_workers workers = {0};
    struct sl_tui_end end = {0};
    struct sl_err err = {0};
    if (check_appearance(args, &err) < 0)
        return sl_exit_with(&err);
    enum sl_exit attached = SL_EXIT_OK;
    const int found = sl_attach(&attached, args, &err);
    if (found != 0)
        return found < 0 ? sl_exit_with(&err) : attached;
    const struct sl_session_options how = {.run_earlier = true,
                                           .follows = true,
                                           .signal_fd = -1,
                                           .next_path = next_operand,
                                           .ctx = &operands};
    int rc = sl_session_open(&session, args, &how, &err);
    if (rc == SL_OK)
        rc = add_paths(&session, args, &err);
    if (rc == SL_OK)
        rc = sl_cli_screen_workers_open(&workers, &session, &err);
    if (rc == SL_OK)
        rc = show_screen(&session, &workers.errands, &end, &err);
    sl_cli_screen_workers_close(&workers);
    const size_t needed = sl_cli_copies_json_count_needed(session.reader, session.started_ms);
    sl_session_close(&session);
    if (rc < 0)
        return sl_exit_with(&err);
    notice_end(&end);
    sl_cli_copies_json_print_needed(needed);
    return rc == 0 ? SL_EXIT_OK : rc == 1 ? SL_EXIT_WORK_LEFT : SL_EXIT_SOME_FAILED;
}
