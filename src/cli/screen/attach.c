/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/attach.h"

#include <string.h>

#include "sluice/control.h"
#include "sluice/tui.h"

#include "output/output.h"
#include "setup/appearance.h"
#include "setup/keys.h"
#include "setup/network.h"
#include "setup/settings.h"

/* Settings that belong to the screen; all others belong to the engine and were set at its start. */
static bool is_of_screen(const char *key)
{
    static const char *const keys[] = {"theme", "ascii", "color", "fps", "clipboard", "on_hangup"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

static int refuse_option(const char *flag, const struct sl_control_hello *hello, struct sl_err *err)
{
    return sl_err_set(err, SL_EUSAGE,
                      "%s: the running sluice (pid %lld) keeps the settings of its start; stop it "
                      "first, or choose another --state-dir",
                      flag, (long long)hello->pid);
}

static int check_options(const struct sl_args *args, const struct sl_control_hello *hello,
                         struct sl_err *err)
{
    for (size_t i = 0; i < args->setting_count; i++) {
        const struct sl_setting *setting = &args->settings[i];
        if (!is_of_screen(setting->key) && strcmp(setting->key, "network") != 0)
            return refuse_option(setting->flag, hello, err);
    }
    if (args->force != NULL)
        return refuse_option("--force", hello, err);
    return args->follow_links != NULL ? refuse_option("--follow-links", hello, err) : SL_OK;
}

static int refuse(const char *what, const char *theirs, const char *ours,
                  const struct sl_control_hello *hello, struct sl_err *err)
{
    return sl_err_set(err, SL_EUSAGE,
                      "the running sluice (pid %lld) uses the %s %s, not %s: stop it first, or "
                      "choose another --state-dir",
                      (long long)hello->pid, what, theirs, ours);
}

/* Files that are added are stored on that network, and paid by that account. */
static int check_account(const struct sl_config *config, const struct sl_control_hello *hello,
                         struct sl_err *err)
{
    struct sl_signer signer = {0};
    char ours[SL_ADDRESS_CHARS];
    if (hello->account[0] == '\0')
        return SL_OK;
    int rc = sl_keys_find(&signer, config, SL_KEYS_LOOK, err);
    if (rc == 1 && !signer.unnamed) {
        sl_address_text(ours, &signer.payer);
        if (strcmp(ours, hello->account) != 0)
            rc = refuse("account", hello->account, ours, hello, err);
    }
    sl_signer_free(&signer);
    return rc < 0 ? rc : SL_OK;
}

static int check_network(const struct sl_config *config, const struct sl_control_hello *hello,
                         struct sl_err *err)
{
    char name[SL_NETWORK_NAME_BYTES];
    const int rc = sl_cli_network_name(name, config, err);
    if (rc < 0)
        return rc;
    if (strcmp(name, hello->network) != 0)
        return refuse("network", hello->network, name, hello, err);
    return strcmp(name, "local") == 0 ? SL_OK : check_account(config, hello, err);
}

static int show(struct sl_control_client *client, const struct sl_settings *settings,
                const struct sl_args *args, struct sl_tui_end *end, struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    const struct sl_control_hello *hello = sl_control_hello(client);
    struct sl_face *face = sl_control_face(client);
    char theme_dir[SL_PATH_BYTES];
    struct sl_tui_options options = {
        .network = hello->network,
        .ascii = config->ascii,
        .color = (enum sl_tui_color)config->color,
        .clipboard = (enum sl_tui_clipboard)config->clipboard,
        .fps = config->fps,
        .split_bytes = config->split,
        .attached_pid = hello->pid,
        .clock = sl_clock_system(),
        .end = end,
    };
    int rc = sl_control_attach(client, err);
    for (size_t i = 0; rc == SL_OK && i < args->operand_count; i++)
        rc = sl_face_send_add(face, args->operands[i], i + 1, err);
    if (rc == SL_OK)
        rc = sl_appearance_options(&options, theme_dir, settings, err);
    return rc < 0 ? rc : sl_tui_run(face, &options, err);
}

static int run(enum sl_exit *out, const struct sl_settings *settings, const struct sl_args *args,
               struct sl_err *err)
{
    struct sl_control_client *client = NULL;
    struct sl_tui_end end = {0};
    int rc = sl_control_connect(&client, settings->config.paths.state, "screen", err);
    if (rc == SL_ENOENT)
        return 0;
    if (rc == SL_OK)
        rc = check_options(args, sl_control_hello(client), err);
    if (rc == SL_OK)
        rc = check_network(&settings->config, sl_control_hello(client), err);
    if (rc == SL_OK)
        rc = show(client, settings, args, &end, err);
    if (rc >= 0) {
        const long long pid = (long long)sl_control_hello(client)->pid;
        if (end.left > 0)
            sl_notice("pid %lld goes on with %zu file%s; `sluice` comes back to it", pid, end.left,
                      end.left == 1 ? "" : "s");
        *out = SL_EXIT_OK;
    }
    sl_control_close(client);
    return rc < 0 ? rc : 1;
}

int sl_attach(enum sl_exit *out, const struct sl_args *args, struct sl_err *err)
{
    struct sl_settings settings;
    int rc = sl_settings_load(&settings, args, err);
    if (rc == SL_OK)
        rc = run(out, &settings, args, err);
    sl_settings_free(&settings);
    return rc;
}
