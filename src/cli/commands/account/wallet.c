/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/account/wallet.h"

#include <stdio.h>
#include <string.h>

#include "sluice/json.h"
#include "sluice/nearest.h"

#include "commands.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/keys.h"

static const struct row {
    const char *name;
    const char *operands;
    enum sl_exit (*run)(const struct sl_wallet_call *call);
    const char *help;
} rows[] = {
#define WALLET_ROW(name, operands, run, help) {name, operands, run, help},
    SL_WALLET_COMMANDS(WALLET_ROW)
#undef WALLET_ROW
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const char *sl_wallet_name_at(size_t index)
{
    return index < ROW_COUNT ? rows[index].name : NULL;
}

void sl_wallet_help(struct sl_buf *out)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const bool wants = rows[i].operands[0] != '\0';
        sl_buf_printf(out, "  sluice wallet %s%s%s\n           %s\n", rows[i].name,
                      wants ? " " : "", rows[i].operands, rows[i].help);
    }
    sl_buf_str(out, "\nThe first of these that names a key is used: --key-file or --keystore,\n"
                    "SLUICE_KEY_FILE or SLUICE_KEYSTORE, key_file or keystore of config.ini,\n"
                    "ETH_KEYSTORE, PRIVATE_KEY (or SESSION_KEY with WALLET_ADDRESS) of the\n"
                    "environment, then of the file .env.\n\n");
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

static void say_unknown(const char *word)
{
    struct sl_nearest nearest;
    sl_nearest_init(&nearest, word);
    for (size_t i = 0; i < ROW_COUNT; i++)
        sl_nearest_try(&nearest, rows[i].name);
    if (nearest.best != NULL)
        sl_notice("wallet has no '%s': did you mean %s?", word, nearest.best);
    else
        sl_notice("wallet has no '%s' (see sluice wallet --help)", word);
}

enum sl_exit sl_run_wallet(const struct sl_args *args)
{
    const bool bare = args->operand_count == 0;
    const struct row *row = find_row(bare ? "status" : args->operands[0]);
    if (row == NULL) {
        say_unknown(args->operands[0]);
        return SL_EXIT_USAGE;
    }
    if (args->operand_count > 1 && row->operands[0] == '\0') {
        sl_notice("wallet %s takes no '%s'", row->name, args->operands[1]);
        return SL_EXIT_USAGE;
    }
    if (strcmp(row->operands, "AMOUNT") == 0 && args->operand_count != 2) {
        sl_notice("wallet %s takes one %s: sluice wallet %s 5.25", row->name, row->operands,
                  row->name);
        return SL_EXIT_USAGE;
    }
    struct sl_settings settings;
    struct sl_err err = {0};
    enum sl_exit status;
    if (sl_settings_load(&settings, args, &err) < 0) {
        status = sl_exit_with(&err);
    } else {
        const struct sl_wallet_call call = {.args = args,
                                            .config = &settings.config,
                                            .operands = args->operands + (bare ? 0 : 1),
                                            .operand_count = args->operand_count - (bare ? 0 : 1)};
        status = row->run(&call);
    }
    sl_settings_free(&settings);
    return status;
}

/* ---- address ---- */

struct shown {
    char address[SL_ADDRESS_CHARS];
    char filecoin[SL_ADDRESS_F4_CHARS];
    char signer[SL_ADDRESS_CHARS];
};

static void print_lines(struct sl_buf *out, const struct sl_signer *signer,
                        const struct shown *shown)
{
    sl_buf_printf(out, "address   %s\nfilecoin  %s\n", shown->address, shown->filecoin);
    if (signer->session)
        sl_buf_printf(out, "session   %s\n", shown->signer);
    sl_buf_str(out, "key       ");
    sl_output_escape(out, signer->source);
    sl_buf_str(out, "\n");
}

static void print_json(struct sl_buf *out, const struct sl_signer *signer,
                       const struct shown *shown)
{
    struct sl_jw w = {0};
    const struct sl_clock clock = sl_clock_system();
    sl_json_begin(&w, "wallet", &clock);
    sl_jw_str(&w, "address", shown->address);
    sl_jw_str(&w, "filecoinAddress", shown->filecoin);
    if (signer->session)
        sl_jw_str(&w, "sessionAddress", shown->signer);
    sl_jw_str(&w, "source", signer->source);
    sl_json_end(&w);
    *out = w.buf;
}

enum sl_exit sl_wallet_print(const struct sl_wallet_call *call, const struct sl_signer *signer)
{
    struct shown shown;
    struct sl_buf out = {0};
    sl_address_text(shown.address, &signer->payer);
    sl_address_text(shown.signer, &signer->address);
    sl_address_f4(shown.filecoin, &signer->payer, strcmp(call->config->network, "mainnet") != 0);
    if (call->args->json != NULL)
        print_json(&out, signer, &shown);
    else
        print_lines(&out, signer, &shown);
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_wallet_address(const struct sl_wallet_call *call)
{
    struct sl_signer signer;
    struct sl_err err = {0};
    const int rc = sl_keys_find(&signer, call->config, SL_KEYS_ADDRESS, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    if (rc == 0) {
        sl_notice(
            "no key is set: `sluice wallet new` makes one, `sluice wallet import` takes yours");
        return SL_EXIT_KEY;
    }
    const enum sl_exit status = sl_wallet_print(call, &signer);
    sl_signer_free(&signer);
    return status;
}
