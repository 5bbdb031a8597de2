/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands.h"
#include "exit.h"
#include "say.h"
#include "settings.h"

/* The path as it is: it goes to `vi "$(sluice config --path)"`. */
static enum sl_exit print(const struct sl_settings *settings, bool path)
{
    struct sl_buf out = {0};
    if (path)
        sl_buf_printf(&out, "%s\n", settings->file);
    else
        sl_config_print(&out, &settings->config, false);
    if (!path && settings->keys.len > 0)
        sl_buf_printf(&out, "\n[keys]\n%s", settings->keys.data);
    const bool ok = sl_out(&out);
    sl_buf_free(&out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_run_config(const struct sl_args *args)
{
    if (args->operand_count > 0) {
        sl_say("config takes no '%s': to change a setting, edit the file that `sluice config "
               "--path` names",
               args->operands[0]);
        return SL_EXIT_USAGE;
    }
    struct sl_settings settings;
    struct sl_err err = {0};
    enum sl_exit status;
    /* --path helps most when the file is broken */
    const int rc = sl_settings_load(&settings, args, &err);
    if (rc < 0 && (args->path == NULL || settings.file[0] == '\0'))
        status = sl_exit_with(&err);
    else
        status = print(&settings, args->path != NULL);
    sl_settings_free(&settings);
    return status;
}
