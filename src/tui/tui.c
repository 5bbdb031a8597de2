/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/tui.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/log.h"

#include "input/dispatch.h"
#include "input/jobs.h"
#include "input/keymap.h"
#include "input/ui_input.h"
#include "input/wallet.h"
#include "model/answers.h"
#include "model/events.h"
#include "model/view.h"
#include "render/screen.h"
#include "terminal/key_reader.h"
#include "terminal/keys.h"
#include "terminal/signals.h"
#include "terminal/terminal.h"

enum {
    EVENTS_AT_ONCE = 4096,
    EMPTY_READS_MOST = 8,
    FPS_DEFAULT = 10,
    WHEEL_LINES = 3,
    ADDS_MOST = 64,
    AWAY_LOOK_MS = 500
};

struct tui {
    struct sl_face *face;
    const struct sl_tui_options *options;
    struct sl_model model;
    struct sl_keymap keys;
    struct sl_theme theme;
    struct sl_ui_input ui;
    struct sl_grid grid;
    struct sl_buf paste;
    struct sl_event event; /* large, so not on the stack of every turn; the next two too */
    struct sl_answer answer;
    struct sl_found found;
    uint64_t last_request;
    int64_t frame_ms;
    int64_t drawn_ms; /* time of the last frame */
    bool at_once;     /* a key was pressed: do not wait for the next frame */
    bool unwritable;  /* the terminal accepts no bytes now: draw no frame until it does */
    bool gone;        /* the terminal is gone */
    bool away;        /* the process is in the background; the shell has the terminal */
    int empty_reads;  /* reads without input from a readable terminal: its end */
};

/* ---- what the ui reaches out to ---- */

static void send_command(void *ctx, enum sl_command_type type, int64_t job_id, int number,
                         const char *path)
{
    struct tui *tui = ctx;
    struct sl_err err = {0};
    const int rc = type == SL_CMD_ADD ? sl_face_send_add(tui->face, path, ++tui->last_request, &err)
                                      : sl_face_send_job(tui->face, type, job_id, number, &err);
    if (rc >= 0)
        return;
    sl_model_notify(&tui->model, SL_LEVEL_ERROR, "%s", err.text);
    if (type == SL_CMD_ADD)
        tui->model.run.adds_pending--; /* no event will follow */
}

static void set_theme(struct tui *tui, const char *name)
{
    struct sl_err err = {0};
    struct sl_theme_report report = {0};
    if (name[0] == '\0')
        name = sl_theme_after(tui->theme.name);
    if (sl_theme_load(&tui->theme, name, tui->options->theme_dir, &report, &err) < 0) {
        sl_model_notify(&tui->model, SL_LEVEL_ERROR, "%s", err.text);
        return;
    }
    sl_term_theme(&tui->theme);
    if (report.unknown > 0)
        sl_model_notify(&tui->model, SL_LEVEL_WARNING, "theme %s: no role is called '%s'",
                        tui->theme.name, report.first_unknown);
    else
        sl_model_notify(&tui->model, SL_LEVEL_NOTE, "theme %s", tui->theme.name);
}

static void copy_text(struct tui *tui, const char *text)
{
    /* a terminal does not confirm: report what was sent, and show the text */
    const bool sent = sl_term_copy(text, tui->options->clipboard);
    const char *more = strchr(text, '\n') != NULL ? " and more" : "";
    sl_model_notify(&tui->model, SL_LEVEL_NOTE, "%s %.*s%s",
                    sent ? "sent to the terminal:" : "the clipboard is off:",
                    (int)strcspn(text, "\n"), text, more);
}

/* Also after `bg`: the process continues in the background, without a screen until it is back. */
static void resume(struct tui *tui)
{
    tui->away = !sl_term_resume();
    if (!tui->away)
        tui->model.changed = tui->at_once = true;
}

static void suspend(struct tui *tui)
{
    sl_term_suspend();
    resume(tui);
}

static void request(void *ctx, enum sl_ui_request what, const char *text)
{
    struct tui *tui = ctx;
    switch (what) {
    case SL_UI_COPY:
        copy_text(tui, text);
        break;
    case SL_UI_THEME:
        set_theme(tui, text);
        break;
    case SL_UI_REDRAW:
        sl_term_redraw();
        break;
    case SL_UI_SUSPEND:
        suspend(tui);
        break;
    case SL_UI_MOUSE:
        sl_tui_input_mouse(text[0] != '\0');
        break;
    }
}

/* Answer the errands of a screen that has only an engine. */
static void answer_errand_here(struct tui *tui, const struct sl_errand *errand)
{
    struct sl_answer *answer = &tui->answer;
    const bool verify = errand->type == SL_ERRAND_VERIFY || errand->type == SL_ERRAND_STOP;
    const bool pay = errand->type == SL_ERRAND_TRY_PAY || errand->type == SL_ERRAND_PAY;
    *answer = (struct sl_answer){
        .type = verify ? SL_ANSWER_VERIFY
                : pay  ? SL_ANSWER_PAID
                       : SL_ANSWER_WALLET,
        .paid = {.state = SL_PAID_FAILED,
                 .err = {.code = SL_ECONFIG, .text = "not available here"}},
        .wallet = {.state = SL_WALLET_NONE},
        .verify = {
            .job_id = errand->job_id, .state = SL_VERIFY_UNCLEAR, .why = "not available here"}};
    sl_err_set(&answer->wallet.err, SL_ECONFIG, "this screen has no account");
    sl_model_on_answer(&tui->model, answer);
}

static void send_errand(void *ctx, const struct sl_errand *errand)
{
    struct tui *tui = ctx;
    const struct sl_errands *errands = tui->options->errands;
    if (errands == NULL)
        answer_errand_here(tui, errand);
    else
        errands->send(errands->ctx, errand);
}

/* ---- frames ---- */

static void fit_grid(struct tui *tui)
{
    int rows = 0, cols = 0;
    sl_term_size(&rows, &cols);
    struct sl_grid fresh;
    if (tui->grid.rows == rows && tui->grid.cols == cols)
        return;
    if (sl_grid_init(&fresh, rows, cols, NULL) < 0)
        return; /* keep the old size until there is memory */
    sl_grid_fini(&tui->grid);
    tui->grid = fresh;
}

static bool is_writable(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

static void draw(struct tui *tui, int64_t now_ms)
{
    struct sl_model *model = &tui->model;
    tui->unwritable = !is_writable();
    if (tui->unwritable)
        return;
    char title[96];
    fit_grid(tui);
    model->view.page = sl_screen_page(model, tui->grid.rows, tui->grid.cols);
    sl_view_update(model);
    sl_screen_render(&tui->grid, model);
    sl_term_show(&tui->grid);
    sl_screen_title(title, sizeof title, model);
    sl_term_title(title);
    sl_term_progress(sl_screen_percent(model));
    if (model->alerts.bell)
        sl_term_bell();
    model->alerts.bell = false;
    model->changed = false;
    tui->at_once = false;
    tui->drawn_ms = now_ms;
}

/* ---- one turn ---- */

static int read_events(struct tui *tui, struct sl_err *err)
{
    const struct sl_errands *errands = tui->options->errands;
    for (int i = 0; i < EVENTS_AT_ONCE; i++) {
        if (!sl_face_next_event(tui->face, &tui->event))
            return SL_OK;
        if (errands != NULL)
            errands->event(errands->ctx, &tui->event);
        const int rc = sl_model_on_event(&tui->model, &tui->event, err);
        if (rc < 0)
            return rc;
        if (tui->event.type == SL_EVENT_TX && tui->model.selection.tx_pending == 0)
            sl_jobs_on_tx(&tui->ui);
    }
    return SL_OK;
}

static void read_answers(struct tui *tui)
{
    const struct sl_errands *errands = tui->options->errands;
    while (errands != NULL && errands->answer(errands->ctx, &tui->answer))
        sl_model_on_answer(&tui->model, &tui->answer);
}

/* Take only a few at a time, which holds the watcher back. */
static bool wants_found(const struct tui *tui)
{
    return tui->model.run.watched_folders > 0 && tui->model.run.stop == SL_STOP_NO &&
           tui->model.run.adds_pending < ADDS_MOST;
}

static void add_found(struct tui *tui)
{
    const struct sl_errands *errands = tui->options->errands;
    const struct sl_found *found = &tui->found;
    while (wants_found(tui) && errands->found(errands->ctx, &tui->found)) {
        if (found->note) {
            sl_model_notify(&tui->model, SL_LEVEL_WARNING, "%.200s%s%s", found->path,
                            found->path[0] != '\0' ? ": " : "", found->err.text);
            continue;
        }
        struct sl_err err = {0};
        tui->model.run.adds_pending++;
        if (sl_face_send_found(tui->face, found->path, &found->file, ++tui->last_request, &err) < 0)
            sl_model_notify(&tui->model, SL_LEVEL_ERROR, "%s", err.text);
    }
}

static void read_progress(struct tui *tui)
{
    struct sl_progress progress;
    while (sl_face_next_progress(tui->face, &progress))
        sl_model_on_progress(&tui->model, &progress);
}

/* The terminal went away: continue or finish without a screen, as the options say. */
static void lose_terminal(struct tui *tui)
{
    if (tui->gone)
        return;
    tui->gone = true;
    sl_log(SL_LOG_INFO, SL_LOG_TUI, "the terminal is gone");
    if (sl_term_abandon() && !tui->options->stop_on_hangup && tui->options->attached_pid == 0)
        fprintf(stderr, "sluice: the terminal is gone; the uploads go on (pid %ld)\n",
                (long)getpid());
    if (tui->options->stop_on_hangup || tui->options->attached_pid > 0)
        sl_ui_stop(&tui->ui, SL_STOP_DRAIN);
}

static void on_signals(struct tui *tui)
{
    const unsigned signals = sl_signals_read();
    if ((signals & SL_SIGNAL_HANGUP) != 0)
        lose_terminal(tui);
    if ((signals & SL_SIGNAL_STOP) != 0)
        sl_ui_stop(&tui->ui, SL_STOP_NOW);
    if ((signals & SL_SIGNAL_INTERRUPT) != 0 && (tui->gone || tui->away))
        sl_ui_stop(&tui->ui, SL_STOP_NOW); /* a question would stay unseen */
    else if ((signals & SL_SIGNAL_INTERRUPT) != 0)
        sl_dispatch_key(&tui->ui, SL_KEY_CTRL('c'));
    if ((signals & SL_SIGNAL_SLOW) != 0)
        send_command(tui, SL_CMD_SLOW, 0, -1, NULL);
    if (tui->gone)
        return;
    if ((signals & SL_SIGNAL_SUSPEND) != 0)
        suspend(tui);
    if ((signals & SL_SIGNAL_CONTINUE) != 0)
        resume(tui);
    else if ((signals & SL_SIGNAL_RESIZE) != 0 && !tui->away)
        sl_term_resize();
    if (signals != 0)
        tui->model.changed = tui->at_once = true;
}

/* False: the input is not from the mouse. */
static bool on_mouse(struct tui *tui, enum sl_input input, int32_t row)
{
    if (input == SL_INPUT_WHEEL_UP || input == SL_INPUT_WHEEL_DOWN)
        sl_dispatch_wheel(&tui->ui, input == SL_INPUT_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
    else if (input == SL_INPUT_CLICK)
        sl_dispatch_click(&tui->ui,
                          sl_screen_place(&tui->model, tui->grid.rows, tui->grid.cols, row));
    else
        return false;
    return true;
}

static void read_keys(struct tui *tui)
{
    int32_t key = SL_KEY_NONE;
    enum sl_input input = SL_INPUT_NONE;
    bool any = false;
    while (!tui->gone && (input = sl_tui_input_read(&key, &tui->paste)) != SL_INPUT_NONE) {
        any = true;
        if (on_mouse(tui, input, key))
            continue;
        if (input == SL_INPUT_PASTE && tui->paste.data != NULL && !tui->paste.failed)
            sl_dispatch_paste(&tui->ui, tui->paste.data, tui->paste.len);
        else if (input == SL_INPUT_PASTE)
            sl_model_notify(&tui->model, SL_LEVEL_ERROR, "the paste is empty or longer than 1 MiB");
        else if (key != SL_KEY_NONE)
            sl_dispatch_key(&tui->ui, key);
    }
    tui->at_once = tui->at_once || any;
    tui->empty_reads = any ? 0 : tui->empty_reads + 1;
    if (tui->empty_reads > EMPTY_READS_MOST)
        lose_terminal(tui);
}

/* Milliseconds that poll() may wait; -1: until something happens. */
static int wait_ms(const struct tui *tui, int64_t now_ms)
{
    int wait = sl_model_wait_ms(&tui->model, (int)tui->frame_ms);
    if (tui->gone)
        return wait;
    if (tui->away) /* no signal reports that `fg` gave the terminal back */
        return wait < 0 || wait > AWAY_LOOK_MS ? AWAY_LOOK_MS : wait;
    if (tui->unwritable)
        return -1;
    if (tui->model.changed) {
        const int64_t due = tui->drawn_ms + tui->frame_ms - now_ms;
        const int until = due > 0 ? (int)due : 0;
        wait = wait < 0 || until < wait ? until : wait;
    }
    return wait;
}

static void wait_for_something(struct tui *tui, int64_t now_ms)
{
    const struct sl_errands *errands = tui->options->errands;
    struct pollfd fds[] = {
        {.fd = sl_face_event_fd(tui->face), .events = POLLIN},
        {.fd = sl_signals_fd(), .events = POLLIN},
        {.fd = tui->gone || tui->away ? -1 : STDIN_FILENO, .events = POLLIN},
        {.fd = tui->unwritable && !tui->gone && !tui->away ? STDOUT_FILENO : -1, .events = POLLOUT},
        {.fd = errands != NULL ? errands->answer_fd : -1, .events = POLLIN},
        {.fd = errands != NULL && wants_found(tui) ? errands->found_fd : -1, .events = POLLIN}};
    if (poll(fds, sizeof fds / sizeof fds[0], wait_ms(tui, now_ms)) < 0)
        return; /* EINTR: the next turn reads the byte of the signal */
    if ((fds[1].revents & POLLIN) != 0)
        on_signals(tui);
    if ((fds[2].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        lose_terminal(tui);
    else if ((fds[2].revents & POLLIN) != 0)
        read_keys(tui);
    if (fds[3].revents != 0)
        tui->unwritable = false;
}

static int turn(struct tui *tui, struct sl_err *err)
{
    const struct sl_clock *clock = &tui->options->clock;
    struct sl_model *model = &tui->model;
    const int rc = read_events(tui, err);
    if (rc < 0)
        return rc;
    read_answers(tui);
    add_found(tui);
    const int64_t now_ms = sl_now_ms(clock);
    const bool due = now_ms - tui->drawn_ms >= tui->frame_ms;
    if (due || tui->gone)
        read_progress(tui);
    sl_model_tick(model, now_ms, sl_wall_ms(clock));
    sl_tui_wallet_follow(&tui->ui);
    if (tui->away)
        resume(tui);
    if (model->changed && !tui->gone && !tui->away && !tui->unwritable && (due || tui->at_once))
        draw(tui, now_ms);
    if (tui->gone && model->run.idle && model->run.adds_pending == 0)
        sl_ui_stop(&tui->ui, SL_STOP_NOW);
    if (model->run.stop != SL_STOPPED)
        wait_for_something(tui, now_ms);
    return SL_OK;
}

/* ---- begin and end ---- */

static int read_appearance(struct sl_keymap *keys, struct sl_theme *theme,
                           char note[SL_TUI_NOTE_BYTES], const struct sl_tui_options *options,
                           struct sl_err *err)
{
    struct sl_theme_report report = {0};
    int rc = SL_OK;
    sl_keymap_defaults(keys);
    note[0] = '\0';
    if (options->keys != NULL)
        rc = sl_keymap_parse(keys, options->keys_name != NULL ? options->keys_name : "[keys]",
                             options->keys, strlen(options->keys), err);
    if (rc == SL_OK)
        rc = sl_theme_load(theme, options->theme != NULL ? options->theme : "dark",
                           options->theme_dir, &report, err);
    if (rc == SL_OK && report.unknown > 0)
        snprintf(note, SL_TUI_NOTE_BYTES, "theme %s: no role is called '%s'", theme->name,
                 report.first_unknown);
    return rc;
}

int sl_tui_check(const struct sl_tui_options *options, char note[static SL_TUI_NOTE_BYTES],
                 struct sl_err *err)
{
    struct sl_keymap keys;
    struct sl_theme theme = {0};
    return read_appearance(&keys, &theme, note, options, err);
}

static int prepare_screen(struct tui *tui, struct sl_err *err)
{
    const struct sl_tui_options *options = tui->options;
    char note[SL_TUI_NOTE_BYTES];
    int rc = read_appearance(&tui->keys, &tui->theme, note, options, err);
    if (rc == SL_OK)
        rc = sl_model_init(&tui->model, options->network, &tui->keys, err);
    if (rc != SL_OK)
        return rc;
    sl_model_tick(&tui->model, sl_now_ms(&options->clock), sl_wall_ms(&options->clock));
    if (note[0] != '\0')
        sl_model_notify(&tui->model, SL_LEVEL_WARNING, "%s", note);
    if (options->errands != NULL)
        tui->model.run.watched_folders = options->errands->folders;
    if (options->parallel > 0)
        tui->model.run.parallel = options->parallel;
    tui->model.run.split_bytes = options->split_bytes;
    tui->model.run.attached_pid = options->attached_pid;
    tui->frame_ms = 1000 / (options->fps > 0 ? options->fps : FPS_DEFAULT);
    tui->drawn_ms = INT64_MIN / 2;
    tui->ui = (struct sl_ui_input){.model = &tui->model,
                                   .send = send_command,
                                   .request = request,
                                   .errand = send_errand,
                                   .ctx = tui};
    return SL_OK;
}

static void fill_end(const struct sl_model *model, struct sl_tui_end *end)
{
    *end = (struct sl_tui_end){.failed = model->totals.failed,
                               .left = sl_model_unfinished(model),
                               .not_queued = model->notices.rejected,
                               .paying = model->wallet.agreed};
    for (size_t i = 0; i < model->rows.count; i++) {
        const struct sl_row *row = model->rows.list[i];
        end->done += !row->earlier && sl_row_is_stored(row);
    }
}

static int ended(const struct tui *tui, struct sl_err *err)
{
    const struct sl_model *model = &tui->model;
    if (tui->options->end != NULL)
        fill_end(model, tui->options->end);
    if (model->run.trouble.code < 0) {
        if (err != NULL)
            *err = model->run.trouble;
        return model->run.trouble.code;
    }
    if (sl_model_unfinished(model) > 0)
        return 1;
    return model->totals.failed + model->notices.refused > 0 ? 2 : 0;
}

int sl_tui_run(struct sl_face *face, const struct sl_tui_options *options, struct sl_err *err)
{
    static struct tui tui; /* 100 KB, and one terminal per process */
    tui = (struct tui){.face = face, .options = options};
    int rc = prepare_screen(&tui, err);
    if (rc == SL_OK)
        rc = sl_term_open(options->color, err);
    if (rc == SL_OK) {
        tui.model.ascii = options->ascii || !sl_term_utf8();
        sl_term_theme(&tui.theme);
        sl_log(SL_LOG_INFO, SL_LOG_TUI, "the screen opens");
        while (rc == SL_OK && tui.model.run.stop != SL_STOPPED)
            rc = turn(&tui, err);
        sl_term_close();
        sl_log(SL_LOG_INFO, SL_LOG_TUI, "the screen closes");
        if (rc == SL_OK)
            rc = ended(&tui, err);
    }
    sl_grid_fini(&tui.grid);
    sl_buf_free(&tui.paste);
    sl_model_fini(&tui.model);
    return rc;
}
