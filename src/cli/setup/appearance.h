/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* appearance.h - keys and theme of the screen, as the settings have them. Private to cli. */
#ifndef SL_CLI_APPEARANCE_H
#define SL_CLI_APPEARANCE_H

#include "sluice/tui.h"

#include "setup/settings.h"

/** Into *options; theme_dir is written there and borrowed by it, as the settings are. Errors:
 * SL_EOVERFLOW. */
int sl_appearance_options(struct sl_tui_options *options, char theme_dir[static SL_PATH_BYTES],
                          const struct sl_settings *settings, struct sl_err *err) SL_MUST_CHECK;

/** As sl_tui_check(). */
int sl_appearance_check(const struct sl_settings *settings, char note[static SL_TUI_NOTE_BYTES],
                        struct sl_err *err) SL_MUST_CHECK;

#endif
