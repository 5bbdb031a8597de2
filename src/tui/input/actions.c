/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/actions.h"

#include <string.h>

#include "sluice/buf.h"
#include "sluice/tui.h"

static const struct sl_action_row rows[SL_ACT_COUNT] = {
#define SL_ACTION_ROW(id, name, keys, context, group, hint, help)                                  \
    [id] = {(name), (keys), (context), (group), (hint), (help)},
    SL_ACTIONS(SL_ACTION_ROW)
#undef SL_ACTION_ROW
};

const struct sl_action_row *sl_action_row(enum sl_action action)
{
    return &rows[action];
}

void sl_tui_key_help(struct sl_buf *out)
{
    const char *group = "";
    for (int i = SL_ACT_NONE + 1; i < SL_ACT_COUNT; i++) {
        if (strcmp(rows[i].group, group) != 0)
            sl_buf_printf(out, "%s%s:\n", group[0] != '\0' ? "\n" : "", rows[i].group);
        group = rows[i].group;
        sl_buf_printf(out, "  %-16s %-18s %s\n", rows[i].keys, rows[i].name, rows[i].help);
    }
}
