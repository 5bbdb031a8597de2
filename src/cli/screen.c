/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/tui.h"

#include "commands.h"
#include "errands.h"
#include "exit.h"
#include "say.h"
#include "session.h"

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

/* A word that is no command must be a path: a typing error must not open an empty screen. */
static enum sl_exit check_paths(const struct sl_args *args)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        const char *path = args->operands[i];
        struct stat st;
        if (stat(path, &st) == 0 || errno == EACCES)
            continue;
        const char *meant = i == 0 ? sl_command_nearest(path) : NULL;
        if (meant != NULL)
            sl_say("no such file or command '%s': did you mean `sluice %s`?", path, meant);
        else
            sl_say("no such file%s '%s'", i == 0 ? " or command" : "", path);
        return SL_EXIT_NO_FILE;
    }
    return SL_EXIT_OK;
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

static int show(struct sl_session *session, const struct sl_errands *errands, struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    char theme_dir[SL_PATH_BYTES];
    const int rc = sl_path_join(theme_dir, sizeof theme_dir, config->paths.config, "themes", err);
    if (rc < 0)
        return rc;
    const struct sl_tui_options options = {
        .network =
            session->uplink.network[0] != '\0' ? session->uplink.network : config->provider_url,
        .theme = config->theme,
        .theme_dir = theme_dir,
        .keys = session->settings.keys.data,
        .ascii = config->ascii,
        .color = (enum sl_tui_color)config->color,
        .clipboard = (enum sl_tui_clipboard)config->clipboard,
        .fps = config->fps,
        .parallel = config->parallel,
        .split_bytes = config->split,
        .stop_on_hangup = config->on_hangup == 1,
        .errands = errands,
        .clock = session->clock,
    };
    return sl_tui_run(session->engine, &options, err);
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
        sl_say(
            "no terminal to show the screen on: use `sluice upload PATH...`, or `sluice status`");
        return SL_EXIT_USAGE;
    }
    struct sl_session session;
    struct sl_runners runners = {0};
    struct sl_err err = {0};
    int rc = sl_session_open(&session, args, true, &err);
    if (rc == SL_OK)
        rc = add_paths(&session, args, &err);
    if (rc == SL_OK)
        rc = sl_errands_open(&runners, &session, &err);
    if (rc == SL_OK)
        rc = show(&session, &runners.door, &err);
    sl_errands_close(&runners);
    sl_session_close(&session);
    if (rc < 0)
        return sl_exit_with(&err);
    return rc == 0 ? SL_EXIT_OK : rc == 1 ? SL_EXIT_WORK_LEFT : SL_EXIT_SOME_FAILED;
}
