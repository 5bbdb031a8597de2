/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * actions.h - the actions that keys can run. Private to tui.
 *
 * One table defines the enum, the default keys, the [keys] section of the configuration, the help
 * pane, the hints at the bottom and sl_tui_key_help().
 */
#ifndef SL_TUI_ACTIONS_H
#define SL_TUI_ACTIONS_H

#include "model/panes.h"

/* The panes where an action works. */
enum {
    SL_IN_QUEUE = 1 << SL_PANE_QUEUE,
    SL_IN_DETAILS = 1 << SL_PANE_DETAILS,
    SL_IN_JOBS = SL_IN_QUEUE | SL_IN_DETAILS,
    SL_IN_WALLET = 1 << SL_PANE_WALLET,
    SL_IN_ALL = (1 << SL_PANE_COUNT) - 1 -
                (1 << SL_PANE_ADD), /* not in the add pane: there, keys are text */
};

/*
 * X(id, name, keys, context, group, short hint, help). A comma and a space separate keys; a key of
 * two strokes is written "y c".
 */
#define SL_ACTIONS(X)                                                                              \
    X(SL_ACT_DOWN, "down", "j, Down", SL_IN_ALL, "Move", "", "one line down")                      \
    X(SL_ACT_UP, "up", "k, Up", SL_IN_ALL, "Move", "", "one line up")                              \
    X(SL_ACT_HALF_DOWN, "half-down", "Ctrl-D", SL_IN_ALL, "Move", "", "half a page down")          \
    X(SL_ACT_HALF_UP, "half-up", "Ctrl-U", SL_IN_ALL, "Move", "", "half a page up")                \
    X(SL_ACT_PAGE_DOWN, "page-down", "PgDn", SL_IN_ALL, "Move", "", "a page down")                 \
    X(SL_ACT_PAGE_UP, "page-up", "PgUp", SL_IN_ALL, "Move", "", "a page up")                       \
    X(SL_ACT_TOP, "top", "g, Home", SL_IN_ALL, "Move", "", "to the first line")                    \
    X(SL_ACT_BOTTOM, "bottom", "G, End", SL_IN_ALL, "Move", "", "to the last line")                \
    X(SL_ACT_MARK, "mark", "Space", SL_IN_QUEUE, "Select", "mark", "mark this file, or unmark it") \
    X(SL_ACT_RANGE, "range", "V", SL_IN_QUEUE, "Select", "", "begin a range, or mark it")          \
    X(SL_ACT_MARK_ALL, "mark-all", "A", SL_IN_QUEUE, "Select", "", "mark every file shown")        \
    X(SL_ACT_INVERT, "invert", "i", SL_IN_QUEUE, "Select", "", "swap marked and unmarked")         \
    X(SL_ACT_ADD, "add", "a", SL_IN_ALL, "Transfer", "add", "add files or folders")                \
    X(SL_ACT_PAUSE, "pause", "p", SL_IN_JOBS, "Transfer", "pause", "pause, or resume")             \
    X(SL_ACT_PAUSE_ALL, "pause-all", "P", SL_IN_ALL, "Transfer", "", "pause all, or resume")       \
    X(SL_ACT_RETRY, "retry", "r", SL_IN_JOBS, "Transfer", "retry", "retry a failed file now")      \
    X(SL_ACT_CANCEL, "cancel", "x", SL_IN_JOBS, "Transfer", "cancel", "cancel an upload")          \
    X(SL_ACT_REMOVE, "remove", "d", SL_IN_JOBS, "Transfer", "",                                    \
      "remove from the list (never the file itself)")                                              \
    X(SL_ACT_LATER, "later", "J", SL_IN_QUEUE, "Transfer", "", "one place later in the queue")     \
    X(SL_ACT_EARLIER, "earlier", "K", SL_IN_QUEUE, "Transfer", "", "one place earlier")            \
    X(SL_ACT_RAISE, "raise", "+", SL_IN_JOBS, "Transfer", "", "a higher priority: starts sooner")  \
    X(SL_ACT_LOWER, "lower", "-", SL_IN_JOBS, "Transfer", "", "a lower priority")                  \
    X(SL_ACT_LIMIT, "limit", "u", SL_IN_ALL, "Transfer", "limit", "limit the total rate")          \
    X(SL_ACT_LIMIT_FILE, "limit-file", "U", SL_IN_JOBS, "Transfer", "",                            \
      "limit the rate of this file")                                                               \
    X(SL_ACT_SLOW, "slow", "t", SL_IN_ALL, "Transfer", "slow", "slow mode, or back")               \
    X(SL_ACT_FEWER, "fewer", "<", SL_IN_ALL, "Transfer", "", "fewer uploads at a time")            \
    X(SL_ACT_MORE, "more", ">", SL_IN_ALL, "Transfer", "", "more uploads at a time")               \
    X(SL_ACT_VERIFY, "verify", "v", SL_IN_JOBS, "Transfer", "verify",                              \
      "download what is stored and compare it; x or Esc stops")                                    \
    X(SL_ACT_COPY_CID, "copy-cid", "y c", SL_IN_JOBS, "Transfer", "copy CID",                      \
      "copy the PieceCID to the terminal's clipboard")                                             \
    X(SL_ACT_COPY_TX, "copy-tx", "y t", SL_IN_JOBS, "Transfer", "",                                \
      "copy the hash of the transaction that committed it")                                        \
    X(SL_ACT_COPY_URL, "copy-url", "y u", SL_IN_JOBS, "Transfer", "", "copy the retrieval URL")    \
    X(SL_ACT_SHOW_URL, "show-url", "o", SL_IN_JOBS, "Transfer", "URL",                             \
      "show the retrieval URL and its QR code")                                                    \
    X(SL_ACT_SEARCH, "search", "/", SL_IN_JOBS, "Find", "search", "search in the paths")           \
    X(SL_ACT_NEXT, "next-match", "n", SL_IN_JOBS, "Find", "", "next match")                        \
    X(SL_ACT_PREVIOUS, "previous-match", "N", SL_IN_JOBS, "Find", "", "previous match")            \
    X(SL_ACT_FILTER, "filter", "f", SL_IN_QUEUE, "Find", "filter", "show all, or one state only")  \
    X(SL_ACT_SORT, "sort", "s", SL_IN_QUEUE, "Find", "", "sort by queue, state, name or size")     \
    X(SL_ACT_DETAILS, "details", "Enter, l, Right", SL_IN_QUEUE, "Screen", "details",              \
      "everything about this file")                                                                \
    X(SL_ACT_BACK, "back", "Esc, h, Left", SL_IN_ALL, "Screen", "",                                \
      "back; in the queue: clear marks, search and filter, follow the uploads")                    \
    X(SL_ACT_PANE_NEXT, "next-pane", "Tab", SL_IN_ALL, "Screen", "", "next pane")                  \
    X(SL_ACT_PANE_PREVIOUS, "previous-pane", "Shift-Tab", SL_IN_ALL, "Screen", "",                 \
      "previous pane")                                                                             \
    X(SL_ACT_PANE_QUEUE, "queue", "1", SL_IN_ALL, "Screen", "", "the queue")                       \
    X(SL_ACT_PANE_DETAILS, "pane-details", "2", SL_IN_ALL, "Screen", "", "details")                \
    X(SL_ACT_PANE_ADD, "pane-add", "3", SL_IN_ALL, "Screen", "", "add")                            \
    X(SL_ACT_WALLET, "wallet", "w, 4", SL_IN_ALL, "Screen", "wallet",                              \
      "the account, what the queue costs, and what is missing")                                    \
    X(SL_ACT_REFRESH, "refresh", "r", SL_IN_WALLET, "Screen", "read again",                        \
      "in the wallet: read the account again")                                                     \
    X(SL_ACT_PAY, "pay", "d", SL_IN_WALLET, "Screen", "",                                          \
      "in the wallet: deposit what is missing; asks first")                                        \
    X(SL_ACT_PANE_LOG, "log", "5, L", SL_IN_ALL, "Screen", "", "messages so far")                  \
    X(SL_ACT_HELP, "help", "?, F1, 6", SL_IN_ALL, "Screen", "help", "this list")                   \
    X(SL_ACT_COMMAND, "command", ":", SL_IN_ALL, "Screen", "",                                     \
      "a command: add PATH, limit 2M, theme NAME, wallet, quit")                                   \
    X(SL_ACT_THEME, "theme", "T", SL_IN_ALL, "Screen", "", "next theme")                           \
    X(SL_ACT_COMPACT, "compact", "C", SL_IN_ALL, "Screen", "", "fit more files on the screen")     \
    X(SL_ACT_MOUSE, "mouse", "m", SL_IN_ALL, "Screen", "",                                         \
      "mouse on or off: the wheel scrolls, a click selects")                                       \
    X(SL_ACT_REDRAW, "redraw", "Ctrl-L", SL_IN_ALL, "Screen", "", "redraw the screen")             \
    X(SL_ACT_SUSPEND, "suspend", "Ctrl-Z", SL_IN_ALL, "Screen", "", "suspend to the shell")        \
    X(SL_ACT_QUIT, "quit", "q, Ctrl-C", SL_IN_ALL, "Screen", "quit",                               \
      "quit; Ctrl-C twice stops now, the queue is kept")

#define SL_ACTION_ENUM(id, name, keys, context, group, hint, help) id,
enum sl_action { SL_ACT_NONE, SL_ACTIONS(SL_ACTION_ENUM) SL_ACT_COUNT, SL_ACT_PREFIX };
#undef SL_ACTION_ENUM

/** One row of the table. The action is not SL_ACT_NONE and lies in the table. */
struct sl_action_row {
    const char *name;
    const char *keys;
    unsigned context;
    const char *group;
    const char *hint; /* "": never shown at the bottom */
    const char *help;
};
const struct sl_action_row *sl_action_row(enum sl_action action);

#endif
