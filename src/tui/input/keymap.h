/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keymap.h - the action of each key in each pane. Private to tui. */
#ifndef SL_TUI_KEYMAP_H
#define SL_TUI_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

#include "input/actions.h"
#include "model/panes.h"

enum { SL_BINDINGS_MAX = 256 };

struct sl_binding {
    int32_t first;
    int32_t second; /* SL_KEY_NONE: one stroke */
    uint16_t action;
};

struct sl_keymap {
    struct sl_binding bindings[SL_BINDINGS_MAX];
    int count;
};

/** Set the default keys of the action table. */
void sl_keymap_defaults(struct sl_keymap *map);

/**
 * Apply "key = action" lines. A key loses its earlier actions in the same panes; the action "none"
 * frees it. Keys: a character, "Ctrl-D", "Space", "Enter", "Up", "F1" ..., or two strokes with a
 * space between. Errors: SL_ECONFIG, "NAME:LINE: what is wrong"; *map is unchanged then.
 */
int sl_keymap_parse(struct sl_keymap *map, const char *name, const char *text, size_t len,
                    struct sl_err *err) SL_MUST_CHECK;

/** The action of a key in a pane. `first` is the stroke before it, or SL_KEY_NONE. SL_ACT_PREFIX:
 * the key is the first of two strokes. */
enum sl_action sl_keymap_find(const struct sl_keymap *map, enum sl_pane pane, int32_t first,
                              int32_t key);

/** The keys of an action, such as "j, Down", at most `most` of them. Empty: the action has no
 * key. */
void sl_keymap_keys_of(char *out, size_t cap, const struct sl_keymap *map, enum sl_action action,
                       int most);

#endif
