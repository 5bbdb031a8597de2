/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/limits.h"

#include <string.h>

#include "sluice/text.h"
#include "sluice/timetable.h"

#include "input/targets.h"

void sl_limits_parallel(struct sl_ui_input *ui, long number)
{
    struct sl_model *model = ui->model;
    if (number < 1 || number > SL_PARALLEL_MAX) {
        sl_model_notify(model, SL_LEVEL_ERROR, "parallel: use a number from 1 to %d",
                        SL_PARALLEL_MAX);
        return;
    }
    model->run.parallel = (int)number;
    ui->send(ui->ctx, SL_CMD_PARALLEL, 0, (int)number, NULL);
    sl_model_notify(model, SL_LEVEL_NOTE, "%ld upload%s at a time", number, number == 1 ? "" : "s");
}

/* False: the text is not a rate, and the user was told. */
static bool read_rate(struct sl_model *model, uint64_t *rate, const char *text)
{
    struct sl_err err = {0};
    if (sl_rate_parse(rate, text, &err) == SL_OK)
        return true;
    sl_model_notify(model, SL_LEVEL_ERROR, "%s", err.text);
    return false;
}

void sl_limits_set(struct sl_ui_input *ui, const char *text)
{
    uint64_t rate = 0;
    if (read_rate(ui->model, &rate, text))
        ui->send(ui->ctx, SL_CMD_LIMIT, 0, (int)rate, NULL);
}

static void limit_files(struct sl_ui_input *ui, const char *text)
{
    uint64_t rate = 0;
    char shown[SL_TEXT_SHORT];
    if (!read_rate(ui->model, &rate, text))
        return;
    const size_t count = sl_targets_send(ui, SL_CMD_LIMIT, (int)rate, sl_tui_target_is_unfinished);
    sl_text_rate(shown, rate);
    if (count == 0)
        sl_model_notify(ui->model, SL_LEVEL_NOTE, "nothing here to limit");
    else
        sl_model_notify(ui->model, SL_LEVEL_NOTE, "%zu file%s: limit %s", count,
                        count == 1 ? "" : "s", rate > 0 ? shown : "off");
}

/* An empty line changes nothing. */
void sl_limits_typed(struct sl_ui_input *ui, enum sl_prompt_kind prompt, const char *text)
{
    if (text[0] == '\0')
        return;
    if (prompt == SL_PROMPT_LIMIT)
        sl_limits_set(ui, text);
    else
        limit_files(ui, text);
}

void sl_limits_stop_at(struct sl_ui_input *ui, const char *text)
{
    int minute = -1;
    struct sl_err err = {0};
    if (strcmp(text, "off") != 0 && sl_day_minute_parse(&minute, text, &err) < 0) {
        sl_model_notify(ui->model, SL_LEVEL_ERROR, "%s", err.text);
        return;
    }
    ui->send(ui->ctx, SL_CMD_STOP_AT, 0, minute, NULL);
    if (minute < 0)
        sl_model_notify(ui->model, SL_LEVEL_NOTE, "no stop time");
    else
        sl_model_notify(ui->model, SL_LEVEL_NOTE, "uploads stop at %02d:%02d", minute / 60,
                        minute % 60);
}

static void shift_priority(struct sl_ui_input *ui, int by)
{
    if (sl_targets_send(ui, SL_CMD_PRIORITY, by, sl_tui_target_is_unfinished) == 0)
        sl_model_notify(ui->model, SL_LEVEL_NOTE, "nothing here to raise or lower");
}

/* The targets must not change while the user types the rate. */
static void prompt_file_limit(struct sl_ui_input *ui)
{
    sl_targets_pin(ui->model);
    sl_ui_prompt(ui, SL_PROMPT_LIMIT_FILE);
}

bool sl_limits_are_for_all(enum sl_action action)
{
    return action == SL_ACT_LIMIT || action == SL_ACT_SLOW || action == SL_ACT_FEWER ||
           action == SL_ACT_MORE;
}

bool sl_limits_act(struct sl_ui_input *ui, enum sl_action action)
{
    switch ((int)action) {
    case SL_ACT_RAISE:
    case SL_ACT_LOWER:
        shift_priority(ui, action == SL_ACT_RAISE ? 1 : -1);
        return true;
    case SL_ACT_LIMIT:
        sl_ui_prompt(ui, SL_PROMPT_LIMIT);
        return true;
    case SL_ACT_LIMIT_FILE:
        prompt_file_limit(ui);
        return true;
    case SL_ACT_SLOW:
        ui->send(ui->ctx, SL_CMD_SLOW, 0, -1, NULL);
        return true;
    case SL_ACT_FEWER:
    case SL_ACT_MORE:
        sl_limits_parallel(ui, ui->model->run.parallel + (action == SL_ACT_MORE ? 1 : -1));
        return true;
    default:
        return false;
    }
}
