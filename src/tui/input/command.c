/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/add.h"
#include "input/limits.h"
#include "input/wallet.h"
#include "model/view.h"

static void do_add(struct sl_ui_input *ui, const char *rest)
{
    if (rest[0] == '\0')
        sl_tui_add_open(ui);
    else
        sl_tui_add_path(ui, rest);
}

static void do_parallel(struct sl_ui_input *ui, const char *rest)
{
    char *end = NULL;
    const long number = strtol(rest, &end, 10);
    sl_limits_parallel(ui, rest[0] != '\0' && *end == '\0' ? number : -1);
}

static void do_slow(struct sl_ui_input *ui, const char *rest)
{
    (void)rest;
    (void)sl_limits_act(ui, SL_ACT_SLOW);
}

static void do_theme(struct sl_ui_input *ui, const char *rest)
{
    ui->request(ui->ctx, SL_UI_THEME, rest);
}

static void do_sort(struct sl_ui_input *ui, const char *rest)
{
    for (int i = 0; i < SL_SORT_COUNT; i++) {
        if (strcmp(rest, sl_view_sort_name((enum sl_sort)i)) == 0) {
            ui->model->view.sort = (enum sl_sort)i;
            ui->model->view.stale = true;
            return;
        }
    }
    sl_model_notify(ui->model, SL_LEVEL_ERROR, "sort: use queue, state, name or size");
}

static void do_filter(struct sl_ui_input *ui, const char *rest)
{
    for (int i = SL_SHOW_ALL; i < SL_JOB_STATE_COUNT; i++) {
        if (strcmp(rest, sl_view_show_name(i)) == 0) {
            ui->model->view.show = i;
            ui->model->view.stale = true;
            return;
        }
    }
    sl_model_notify(ui->model, SL_LEVEL_ERROR, "filter: use all, active or the name of a state");
}

static void do_pause(struct sl_ui_input *ui, const char *rest)
{
    (void)rest;
    ui->send(ui->ctx, SL_CMD_PAUSE_ALL, 0, 0, NULL);
}

static void do_resume(struct sl_ui_input *ui, const char *rest)
{
    (void)rest;
    ui->send(ui->ctx, SL_CMD_RESUME_ALL, 0, 0, NULL);
}

static void do_help(struct sl_ui_input *ui, const char *rest)
{
    (void)rest;
    sl_ui_show(ui, SL_PANE_HELP);
}

static void do_wallet(struct sl_ui_input *ui, const char *rest)
{
    (void)rest;
    sl_tui_wallet_open(ui);
}

static void do_quit(struct sl_ui_input *ui, const char *rest)
{
    if (strcmp(rest, "now") == 0)
        sl_ui_stop(ui, SL_STOP_NOW);
    else if (strcmp(rest, "finish") == 0)
        sl_ui_stop(ui, SL_STOP_DRAIN);
    else
        sl_ui_quit(ui);
}

static const struct {
    const char *name;
    void (*run)(struct sl_ui_input *ui, const char *rest);
} commands[] = {
    {"add", do_add},          {"filter", do_filter},     {"help", do_help},
    {"limit", sl_limits_set}, {"parallel", do_parallel}, {"pause", do_pause},
    {"q", do_quit},           {"quit", do_quit},         {"resume", do_resume},
    {"slow", do_slow},        {"sort", do_sort},         {"stop-at", sl_limits_stop_at},
    {"theme", do_theme},      {"wallet", do_wallet},
};

void sl_tui_command_run(struct sl_ui_input *ui, const char *text)
{
    while (*text == ' ')
        text++;
    const size_t len = strcspn(text, " ");
    const char *rest = text + len + strspn(text + len, " ");
    if (len == 0)
        return;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strlen(commands[i].name) == len && memcmp(commands[i].name, text, len) == 0) {
            commands[i].run(ui, rest);
            return;
        }
    }
    sl_model_notify(
        ui->model, SL_LEVEL_ERROR,
        "unknown command '%.*s'; use add, filter, help, limit, parallel, pause, quit, resume, slow, "
        "sort, stop-at, theme or wallet",
        (int)(len < 40 ? len : 40), text);
}
