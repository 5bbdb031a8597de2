/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* panes.h - the panes of the screen. Private to tui. */
#ifndef SL_TUI_PANES_H
#define SL_TUI_PANES_H

#include <stdbool.h>

/* In the order of the keys 1..6. */
enum sl_pane {
    SL_PANE_QUEUE,
    SL_PANE_DETAILS,
    SL_PANE_ADD,
    SL_PANE_WALLET,
    SL_PANE_LOG,
    SL_PANE_HELP
};
enum { SL_PANE_COUNT = SL_PANE_HELP + 1 };

struct sl_panes {
    enum sl_pane shown;
    enum sl_pane before; /* where `back` of the add, log and help panes leads */
    int scroll[SL_PANE_COUNT];
    bool url_shown; /* the URL of the selected row, over everything */
    bool compact;
    bool mouse;
};

#endif
