/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/add.h"

#include <stdio.h>
#include <string.h>

#include "input/paste.h"
#include "terminal/keys.h"

static void relist(struct sl_model *model)
{
    sl_listing_of_line(&model->add.listing, model->add.line.text);
    model->add.at = -1;
    model->panes.scroll[SL_PANE_ADD] = 0;
}

void sl_tui_add_open(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    sl_ui_show(ui, SL_PANE_ADD);
    if (model->add.line.len == 0) {
        char here[SL_PATH_BYTES];
        sl_listing_start(here, sizeof here);
        sl_line_edit_set(&model->add.line, here);
    }
    relist(model);
}

void sl_tui_add_path(struct sl_ui_input *ui, const char *typed)
{
    char path[SL_PATH_BYTES];
    if (typed[0] == '\0') {
        sl_model_notify(ui->model, SL_LEVEL_ERROR, "type a path first");
        return;
    }
    if (!sl_listing_expand(path, sizeof path, typed)) {
        sl_model_notify(ui->model, SL_LEVEL_ERROR, "the path is too long: at most %d bytes",
                        SL_PATH_BYTES - 1);
        return;
    }
    if (ui->model->run.stop >= SL_STOP_NOW) {
        sl_model_notify(ui->model, SL_LEVEL_WARNING, "stopping: %s was not added", path);
        return;
    }
    ui->model->run.adds_pending++;
    ui->send(ui->ctx, SL_CMD_ADD, 0, 0, path);
    sl_ui_note_next_run(ui);
}

/* The path of a listed entry as typed. False when it does not fit. */
static bool entry_path(char *out, size_t cap, const struct sl_listing *listing, size_t i)
{
    const char *folder = listing->pasted ? "" : listing->folder;
    const int n = snprintf(out, cap, "%s%s", folder, listing->entries[i].name);
    return n >= 0 && (size_t)n < cap;
}

/* A "/" or "~" typed behind the folder that the line shows starts a whole new path. */
static bool starts_anew(const struct sl_line_edit *line, int32_t key)
{
    char here[SL_PATH_BYTES];
    if (line->cursor != line->len || line->len == 0 || line->text[line->len - 1] != '/')
        return false;
    if (key == '/')
        return true;
    sl_listing_start(here, sizeof here);
    return key == '~' && strcmp(line->text, here) == 0;
}

static void type(struct sl_model *model, int32_t key)
{
    struct sl_line_edit *line = &model->add.line;
    if (starts_anew(line, key))
        sl_line_edit_set(line, "");
    if (sl_line_edit_key(line, key))
        relist(model);
}

static void leave_pane(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    sl_listing_clear(&model->add.listing);
    sl_line_edit_set(&model->add.line, "");
    sl_ui_show(ui, model->panes.before);
}

/* Queue all marked entries. Returns their number. */
static size_t add_marked(struct sl_ui_input *ui)
{
    const struct sl_listing *listing = &ui->model->add.listing;
    char path[SL_PATH_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < listing->count; i++) {
        if (listing->entries[i].marked && entry_path(path, sizeof path, listing, i)) {
            sl_tui_add_path(ui, path);
            count++;
        }
    }
    return count;
}

static void enter_folder(struct sl_model *model, size_t i)
{
    char path[SL_PATH_BYTES];
    if (!entry_path(path, sizeof path - 1, &model->add.listing, i))
        return;
    strcat(path, "/"); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy): space was kept */
    sl_line_edit_set(&model->add.line, path);
    relist(model);
}

/* A path that does not exist stays in the line, so that the user can correct it. */
static void accept_line(struct sl_ui_input *ui)
{
    const struct sl_line_edit *line = &ui->model->add.line;
    if (line->len == 0)
        return;
    if (!sl_listing_is_there(line->text)) {
        sl_model_notify(ui->model, SL_LEVEL_ERROR, "there is no %s", line->text);
        return;
    }
    sl_tui_add_path(ui, line->text);
    leave_pane(ui);
}

/* The line is unchanged since the pane opened, so Enter may be a reflex. */
static bool is_untouched(const struct sl_model *model)
{
    char here[SL_PATH_BYTES];
    sl_listing_start(here, sizeof here);
    return model->add.at < 0 && strcmp(model->add.line.text, here) == 0;
}

void sl_tui_add_agreed(struct sl_ui_input *ui)
{
    accept_line(ui);
}

static void accept(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    const struct sl_listing *listing = &model->add.listing;
    char path[SL_PATH_BYTES];
    if (add_marked(ui) > 0) {
        leave_pane(ui);
    } else if (listing->pasted) {
        sl_model_notify(model, SL_LEVEL_WARNING, "none of these paths exists on this machine");
    } else if (is_untouched(model)) {
        model->prompt.confirm = SL_CONFIRM_ADD;
    } else if (model->add.at < 0) {
        accept_line(ui);
    } else if (listing->entries[model->add.at].folder) {
        enter_folder(model, (size_t)model->add.at);
    } else if (entry_path(path, sizeof path, listing, (size_t)model->add.at)) {
        sl_tui_add_path(ui, path);
        leave_pane(ui);
    }
}

static void parent(struct sl_model *model)
{
    struct sl_line_edit *line = &model->add.line;
    size_t len = strlen(model->add.listing.folder);
    if (model->add.listing.pasted || len < 2)
        return;
    len--; /* the slash at the end */
    while (len > 0 && model->add.listing.folder[len - 1] != '/')
        len--;
    char path[SL_PATH_BYTES];
    snprintf(path, sizeof path, "%.*s", (int)len, model->add.listing.folder);
    sl_line_edit_set(line, path);
    relist(model);
}

static void complete(struct sl_model *model)
{
    char path[SL_PATH_BYTES];
    if (sl_listing_complete(&model->add.listing, path, sizeof path, model->add.line.text)) {
        sl_line_edit_set(&model->add.line, path);
        relist(model);
    } else if (model->add.listing.count > 0) {
        model->add.at = 0; /* no common prefix: let the user choose */
    }
}

static void step_listing(struct sl_model *model, int by)
{
    const int last = (int)model->add.listing.count - 1;
    const int first = model->add.listing.pasted ? 0 : -1;
    int at = model->add.at + by;
    at = at > last ? last : at;
    model->add.at = at < first ? first : at;
}

static void toggle(struct sl_model *model)
{
    struct sl_entry *entry = &model->add.listing.entries[model->add.at];
    if (!entry->missing)
        entry->marked = !entry->marked;
    step_listing(model, 1);
}

/* Handle the keys of the list below the line. False: the key is for the line. */
static bool list_key(struct sl_model *model, int32_t key)
{
    if (model->add.at < 0 || model->add.at >= (int)model->add.listing.count)
        return false;
    if (key == ' ')
        toggle(model);
    else if (key == SL_KEY_RIGHT && model->add.listing.entries[model->add.at].folder)
        enter_folder(model, (size_t)model->add.at);
    else if (key == SL_KEY_LEFT)
        parent(model);
    else
        return false;
    return true;
}

void sl_tui_add_key(struct sl_ui_input *ui, int32_t key)
{
    struct sl_model *model = ui->model;
    model->changed = true;
    const int page = (int)model->view.page > 1 ? (int)model->view.page : 1;
    if (key == SL_KEY_ESC)
        leave_pane(ui);
    else if (key == SL_KEY_ENTER)
        accept(ui);
    else if (key == SL_KEY_TAB)
        complete(model);
    else if (key == SL_KEY_DOWN || key == SL_KEY_UP)
        step_listing(model, key == SL_KEY_DOWN ? 1 : -1);
    else if (key == SL_KEY_PAGE_DOWN || key == SL_KEY_PAGE_UP)
        step_listing(model, key == SL_KEY_PAGE_DOWN ? page : -page);
    else if (!list_key(model, key))
        type(model, key);
}

void sl_tui_add_pasted(struct sl_ui_input *ui, const char *text, size_t len)
{
    struct sl_model *model = ui->model;
    char path[SL_PATH_BYTES];
    size_t at = 0, missing = 0;
    sl_listing_clear(&model->add.listing);
    while (sl_paste_next(path, sizeof path, text, len, &at, sl_listing_is_there) > 0)
        sl_listing_add_pasted(&model->add.listing, path);
    for (size_t i = 0; i < model->add.listing.count; i++)
        missing += model->add.listing.entries[i].missing;
    if (model->add.listing.count == 0)
        return;
    sl_ui_show(ui, SL_PANE_ADD);
    sl_line_edit_set(&model->add.line, "");
    model->add.at = 0;
    model->panes.scroll[SL_PANE_ADD] = 0;
    if (missing == model->add.listing.count)
        sl_model_notify(
            model, SL_LEVEL_WARNING,
            "not on this machine: over SSH, a dropped file is a path on your own computer");
}
