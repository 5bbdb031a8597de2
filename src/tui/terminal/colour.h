/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* colour.h - colours for terminals that have few of them. Private to tui. */
#ifndef SL_TUI_COLOUR_H
#define SL_TUI_COLOUR_H

#include <stdint.h>

/**
 * The colour of a palette of `colours` (8, 16 or 256) nearest to `colour` (as in theme.h); the
 * terminal's default stays. In 256 the sixteen basic ones are left out: nobody knows what they look
 * like.
 */
int32_t sl_colour_near(int32_t colour, int colours);

/** 0xrrggbb of a palette colour 0..255. */
int32_t sl_colour_rgb(int32_t index);

#endif
