/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* row_text.h - the text about a file that the list shows instead of a bar. Private to tui. */
#ifndef SL_TUI_RENDER_ROW_TEXT_H
#define SL_TUI_RENDER_ROW_TEXT_H

#include <stddef.h>

#include "model/model.h"

/** The text, such as "failed, r retries: ...", as raw bytes: escape it before drawing. */
void sl_row_text(char *out, size_t cap, const struct sl_model *model, const struct sl_row *row);

/** The role of sl_row_text(). */
int sl_row_text_role(const struct sl_row *row);

enum { SL_HOST_BYTES = 64 };

/** The host of a URL, for a column. */
void sl_tui_host_of(char out[static SL_HOST_BYTES], const char *url);

#endif
