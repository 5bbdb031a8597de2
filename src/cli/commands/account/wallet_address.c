/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/account/wallet_address.h"

#include <string.h>

#include "sluice/json.h"

#include "output/json_lines.h"
#include "output/output.h"
#include "setup/keys.h"

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
