/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/chain_open.h"

#include <string.h>

#include "sluice/http.h"

#include "setup/keys.h"
#include "setup/network.h"

static const char no_key[] =
    "no key is set, so whose account is meant? Name it with --address 0x..., or see `sluice wallet "
    "new`";

int sl_cli_chain_open(struct sl_cli_chain *net, const struct sl_args *args, struct sl_err *err)
{
    *net = (struct sl_cli_chain){.clock = sl_clock_system(), .json = args->json != NULL};
    int rc = sl_settings_load(&net->settings, args, err);
    if (rc == SL_OK)
        rc = sl_cli_devnet_open(&net->local, &net->network, &net->settings.config, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc < 0)
        return rc;
    const struct sl_rpc_options options = sl_cli_rpc_patient_options(&net->settings.config);
    return sl_chain_new(&net->chain, &net->network, &options, err);
}

void sl_cli_chain_close(struct sl_cli_chain *net)
{
    sl_chain_free(net->chain);
    sl_cli_devnet_close(&net->local);
    sl_settings_free(&net->settings);
}

int sl_cli_chain_payer(struct sl_address *out, const struct sl_cli_chain *net,
                       const struct sl_args *args, struct sl_err *err)
{
    struct sl_signer signer;
    if (args->address != NULL) {
        if (sl_address_parse(out, args->address, strlen(args->address), err) == SL_OK)
            return SL_OK;
        sl_err_ctx(err, "--address");
        if (err != NULL)
            err->code = SL_EUSAGE;
        return SL_EUSAGE;
    }
    if (net->local.key != NULL) {
        *out = *sl_key_address(net->local.key);
        return SL_OK;
    }
    const int rc = sl_keys_find(&signer, &net->settings.config, SL_KEYS_ADDRESS, err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY, "%s", no_key);
    if (rc < 0)
        return rc;
    *out = signer.payer;
    sl_signer_free(&signer);
    return SL_OK;
}
