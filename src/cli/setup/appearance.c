/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/appearance.h"

int sl_appearance_options(struct sl_tui_options *options, char theme_dir[static SL_PATH_BYTES],
                          const struct sl_settings *settings, struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    options->theme = config->theme;
    options->theme_dir = theme_dir;
    options->keys = settings->keys.data;
    options->keys_name = settings->file;
    return sl_path_join(theme_dir, SL_PATH_BYTES, config->paths.config, "themes", err);
}

int sl_appearance_check(const struct sl_settings *settings, char note[static SL_TUI_NOTE_BYTES],
                        struct sl_err *err)
{
    struct sl_tui_options options = {0};
    char theme_dir[SL_PATH_BYTES];
    char where[SL_CONFIG_WHERE_BYTES];
    int rc = sl_appearance_options(&options, theme_dir, settings, err);
    if (rc < 0)
        return rc;
    options.keys = NULL;
    rc = sl_tui_check(&options, note, err);
    if (rc < 0) {
        sl_config_where(where, &settings->config, "theme", settings->file);
        sl_err_ctx(err, "%s", where);
        return rc;
    }
    options.keys = settings->keys.data; /* their errors are reported on separate lines */
    return sl_tui_check(&options, note, err);
}
