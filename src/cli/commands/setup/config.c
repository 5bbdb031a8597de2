/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "commands.h"
#include "output/output.h"
#include "setup/appearance.h"
#include "setup/settings.h"
#include "setup/upload_target.h"

/* Without the blank lines that stand for other lines of the file. */
static void add_keys(struct sl_buf *out, const char *keys)
{
    sl_buf_str(out, "\n[keys]\n");
    for (const char *line = keys; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (*line != '\n')
            sl_buf_printf(out, "%.*s\n", (int)strcspn(line, "\n"), line);
    }
}

/* The path as it is: it goes to `vi "$(sluice config --path)"`. */
static enum sl_exit print_settings(const struct sl_settings *settings, bool path)
{
    struct sl_buf out = {0};
    if (path)
        sl_buf_printf(&out, "%s\n", settings->file);
    else
        sl_config_print(&out, &settings->config, false);
    if (!path && settings->keys.len > 0)
        add_keys(&out, settings->keys.data);
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_run_config(const struct sl_args *args)
{
    if (args->operand_count > 0) {
        sl_notice("config: unexpected argument '%s'; to change a setting, edit the file "
                  "that `sluice config --path` prints",
                  args->operands[0]);
        return SL_EXIT_USAGE;
    }
    struct sl_settings settings;
    struct sl_err err = {0};
    enum sl_exit status;
    char note[SL_TUI_NOTE_BYTES];
    /* --path helps most when the file is broken */
    int rc = sl_settings_load(&settings, args, &err);
    if (rc == SL_OK && args->path == NULL)
        rc = sl_cli_upload_target_check(&settings, &err);
    if (rc == SL_OK && args->path == NULL)
        rc = sl_appearance_check(&settings, note, &err);
    if (rc == SL_OK && args->path == NULL && note[0] != '\0')
        sl_notice("%s", note);
    if (rc < 0 && (args->path == NULL || settings.file[0] == '\0'))
        status = sl_exit_with(&err);
    else
        status = print_settings(&settings, args->path != NULL);
    sl_settings_free(&settings);
    return status;
}
