/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keymap.h - which key does what in which pane. Private to tui. */
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
    int32_t second; /* SL_KEY_NONE for one stroke */
    uint16_t action;
};

struct sl_keymap {
    struct sl_binding bindings[SL_BINDINGS_MAX];
    int count;
};

/** The defaults of the table. */
void sl_keymap_defaults(struct sl_keymap *map);

/**
 * Apply "key = action" lines: a key given here loses what it did before; the action "none" frees
 * it. Keys: a character, "Ctrl-D", "Space", "Enter", "Up", "F1" ..., two strokes with a space.
 * Errors: SL_ECONFIG, "NAME:LINE: what, and what there is"; *map is untouched then.
 */
int sl_keymap_parse(struct sl_keymap *map, const char *name, const char *text, size_t len,
                    struct sl_err *err) SL_MUST_CHECK;

/** What a key does in a pane; `first` is the stroke before it or SL_KEY_NONE. SL_ACT_PREFIX when
 * it begins a key of two strokes. */
enum sl_action sl_keymap_find(const struct sl_keymap *map, enum sl_pane pane, int32_t first,
                              int32_t key);

/** The keys of an action, "j, Down"; at most `most` of them. Empty when it has none. */
void sl_keymap_keys_of(char *out, size_t cap, const struct sl_keymap *map, enum sl_action action,
                       int most);

#endif
