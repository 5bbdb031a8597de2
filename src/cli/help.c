/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include "sluice/config.h"
#include "sluice/http.h"
#include "sluice/journal.h"
#include "sluice/piece.h"
#include "sluice/tui.h"

#include "commands.h"
#include "commands/account/wallet.h"
#include "output/exit.h"
#include "output/output.h"

static const struct command {
    const char *name;
    const char *operands;
    const char *text;
} commands[] = {
#define COMMAND_ROW(id, name, operands, text) {name, operands, text},
    SL_COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};

static const struct flag {
    const char *name;
    const char *value;
    unsigned commands;
    const char *help;
} flags[] = {
#define FLAG_ROW(field, flag, value, commands, help) {flag, value, commands, help},
    SL_FLAGS(FLAG_ROW)
#undef FLAG_ROW
};

static void add_usage(struct sl_buf *out, enum sl_command_line command, const char *lead)
{
    const struct command *c = &commands[command];
    sl_buf_printf(out, "%ssluice%s%s [OPTION...]%s%s\n", lead, c->name[0] != '\0' ? " " : "",
                  c->name, c->operands[0] != '\0' ? " " : "", c->operands);
}

static void add_flags(struct sl_buf *out, unsigned wanted)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((flags[i].commands & wanted) == 0)
            continue;
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", flags[i].name, flags[i].value[0] == '[' ? "" : " ",
                 flags[i].value);
        sl_buf_printf(out, "  %-27s %s\n", left, flags[i].help);
    }
}

static const char exits[] =
    "Exit status:\n"
    "  0  all was done                     5  temporary: run it again\n"
    "  1  some files failed                6  a key or signature was refused\n"
    "  2  bad command line or settings     7  stopped with work left: run it again\n"
    "  3  no such file                     130  stopped at once by a second Ctrl-C\n"
    "  4  not enough money\n";

static void add_all(struct sl_buf *out)
{
    sl_buf_str(out, "sluice moves heavy media into Filecoin.\n\n");
    for (unsigned i = 0; i < SL_CMD_LINE_COUNT; i++) {
        add_usage(out, (enum sl_command_line)i, i == 0 ? "Usage: " : "       ");
        sl_buf_printf(out, "           %s\n", commands[i].text);
    }
    sl_buf_str(out, "\nOptions stand anywhere; `--` ends them. The settings are environment "
                    "variables\n(SLUICE_PARALLEL=2) and lines of config.ini (parallel = 2) too: "
                    "sluice.ini(5).\n\nOptions, general:\n");
    add_flags(out, SL_FOR_ALL);
    sl_buf_str(out, "\n");
    sl_config_help(out);
    sl_buf_str(out, "\n");
    sl_buf_str(out, exits);
}

static void add_command(struct sl_buf *out, enum sl_command_line command)
{
    add_usage(out, command, "Usage: ");
    sl_buf_printf(out, "%s\n\n", commands[command].text);
    if (command == SL_CMD_LINE_WALLET)
        sl_wallet_help(out);
    sl_buf_str(out, "Options:\n");
    add_flags(out, SL_FOR(command));
    if ((SL_FOR_SETTINGS & SL_FOR(command)) != 0)
        sl_buf_str(out, "\nand the settings that `sluice --help` lists.\n");
}

static enum sl_exit print(struct sl_buf *out)
{
    const bool ok = sl_output(out);
    sl_buf_free(out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_run_help(const struct sl_args *args)
{
    struct sl_buf out = {0};
    enum sl_command_line command = args->command;
    if (command == SL_CMD_LINE_HELP && args->operand_count > 0 &&
        strcmp(args->operands[0], "keys") == 0) {
        sl_buf_str(&out, "Keys of the screen, and the actions that [keys] can bind to others:\n\n");
        sl_tui_key_help(&out);
        return print(&out);
    }
    if (command == SL_CMD_LINE_HELP && args->operand_count > 0) {
        command = sl_command_of_name(args->operands[0]);
        if (command == SL_CMD_LINE_COUNT) {
            sl_notice("no command '%s' (see sluice --help)", args->operands[0]);
            return SL_EXIT_USAGE;
        }
    }
    if (command == SL_CMD_LINE_SCREEN || command == SL_CMD_LINE_HELP)
        add_all(&out);
    else
        add_command(&out, command);
    return print(&out);
}

enum sl_exit sl_run_version(void)
{
    struct sl_buf out = {0};
    sl_buf_printf(&out, "sluice %s\n%s\nSQLite %s\nSHA-256 by %s\n", SL_VERSION, sl_http_version(),
                  sl_journal_version(), sl_piece_kernel());
    return print(&out);
}
