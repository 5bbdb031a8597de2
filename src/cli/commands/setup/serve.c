/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice serve`: runs the local network for other programs. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/clock.h"
#include "sluice/devnet.h"
#include "sluice/http.h"
#include "sluice/json.h"

#include "commands.h"
#include "interrupt.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/settings.h"

enum { HOST_CHARS = 64, FUNDS_MAX = 32, NODE_PORT = 5700, DECIMALS = 18, EPOCH_MAX_S = 3600 };

struct serving {
    struct sl_settings settings;
    struct sl_devnet_chain chain;
    struct sl_devnet_options options;
    char dir[SL_PATH_BYTES];
    char host[HOST_CHARS];
    struct sl_devnet_fund funds[FUNDS_MAX];
    struct sl_devnet *net;
};

/* A whole number of least .. most, or `usual` when the flag was not given. */
static int number(uint64_t *out, const char *text, const char *flag, uint64_t least, uint64_t most,
                  struct sl_err *err)
{
    struct sl_u256 value;
    if (text == NULL)
        return SL_OK;
    if (sl_u256_parse_dec(&value, text, strlen(text), NULL) < 0 || !sl_u256_to_u64(out, value) ||
        *out < least || *out > most)
        return sl_err_set(err, SL_EUSAGE, "--%s: give a number from %llu to %llu, not '%.40s'",
                          flag, (unsigned long long)least, (unsigned long long)most, text);
    return SL_OK;
}

/* "HOST:PORT", "[::1]:PORT", "PORT" alone. */
static int read_listen(struct serving *serving, const char *text, struct sl_err *err)
{
    uint64_t port = NODE_PORT;
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    if (text == NULL)
        text = "";
    const size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    const bool bracketed = len >= 2 && text[0] == '[' && text[len - 1] == ']';
    if (len >= sizeof serving->host)
        return sl_err_set(err, SL_EUSAGE, "--listen: the host is too long");
    memcpy(serving->host, text + bracketed, len - 2 * (size_t)bracketed);
    if (len > 0)
        serving->options.host = serving->host;
    const int rc = number(&port,
                          colon != NULL     ? colon + 1
                          : text[0] != '\0' ? text
                                            : NULL,
                          "listen", 0, UINT16_MAX - SL_DEVNET_PROVIDERS_MAX, err);
    serving->chain.rpc_port = (uint16_t)port;
    serving->options.port = (uint16_t)(port != 0 ? port + 1 : 0);
    return rc;
}

static int read_fund(struct sl_devnet_fund *fund, const char *text, size_t len, struct sl_err *err)
{
    const char *colon = memchr(text, ':', len);
    const size_t left = colon != NULL ? (size_t)(colon - text) : 0;
    if (colon == NULL || sl_address_parse(&fund->owner, text, left, NULL) < 0 ||
        sl_u256_parse_amount(&fund->usdfc, colon + 1, len - left - 1, DECIMALS, NULL) < 0)
        return sl_err_set(err, SL_EUSAGE, "--fund: not ADDRESS:AMOUNT: %.*s",
                          (int)(len < 80 ? len : 80), text);
    fund->fil = fund->usdfc;
    return SL_OK;
}

static int read_funds(struct serving *serving, const char *text, struct sl_err *err)
{
    int rc = SL_OK;
    while (text != NULL && *text != '\0' && rc == SL_OK) {
        const size_t len = strcspn(text, ",");
        if (serving->chain.fund_count == FUNDS_MAX)
            return sl_err_set(err, SL_EUSAGE, "--fund: give at most %d accounts", FUNDS_MAX);
        rc = read_fund(&serving->funds[serving->chain.fund_count++], text, len, err);
        text += len + (text[len] == ',');
    }
    serving->chain.funds = serving->funds;
    return rc;
}

static int read_profile(struct serving *serving, const struct sl_args *args, struct sl_err *err)
{
    const char *text = args->profile;
    serving->chain.migrate = args->migrate != NULL;
    if (text == NULL || strcmp(text, "today") == 0)
        return SL_OK;
    if (strcmp(text, "1.3") != 0)
        return sl_err_set(err, SL_EUSAGE, "--profile: give today or 1.3, not '%.40s'", text);
    if (args->migrate != NULL)
        return sl_err_set(err, SL_EUSAGE, "--migrate makes today's network; leave out --profile");
    serving->chain.profile = SL_DEVNET_1_3;
    return SL_OK;
}

static int read_flags(struct serving *serving, const struct sl_args *args, struct sl_err *err)
{
    uint64_t seconds = 1, providers = 0;
    int rc = read_listen(serving, args->listen, err);
    if (rc == SL_OK)
        rc = number(&seconds, args->epoch, "epoch", 1, EPOCH_MAX_S, err);
    if (rc == SL_OK)
        rc = number(&providers, args->providers, "providers", 1, SL_DEVNET_PROVIDERS_MAX, err);
    if (rc == SL_OK)
        rc = number(&serving->chain.chain_id, args->chain_id, "chain-id", 1, UINT32_MAX, err);
    if (rc == SL_OK)
        rc = read_profile(serving, args, err);
    if (rc == SL_OK)
        rc = read_funds(serving, args->fund, err);
    serving->chain.epoch_ms = (int64_t)seconds * 1000;
    serving->chain.providers = (unsigned)providers;
    serving->chain.watch_delay_ms = -1;
    serving->chain.unfunded = args->unfunded != NULL;
    return rc;
}

/* Where the network is kept: --dir, or a folder of its own beside that of the screen. */
static int find_dir(struct serving *serving, const struct sl_args *args, struct sl_err *err)
{
    if (args->dir != NULL)
        return sl_path_join(serving->dir, sizeof serving->dir, args->dir, "", err);
    return sl_path_join(serving->dir, sizeof serving->dir, serving->settings.config.paths.data,
                        "serve", err);
}

static int start(struct serving *serving, const struct sl_args *args, struct sl_err *err)
{
    const struct sl_config *config = &serving->settings.config;
    int rc = sl_settings_load(&serving->settings, args, err);
    if (rc == SL_OK)
        rc = read_flags(serving, args, err);
    if (rc == SL_OK)
        rc = find_dir(serving, args, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc < 0)
        return rc;
    serving->options.dir = serving->dir;
    serving->options.chain = &serving->chain;
    serving->options.park_delay_ms = config->local_park_delay_ms;
    serving->options.min_free_bytes = config->local_min_free;
    serving->options.request_limit_ms = config->request_limit_ms;
    serving->options.faults = config->local_faults;
    serving->options.clock = sl_clock_system();
    sl_settings_join_log(config, &serving->options.clock);
    return sl_devnet_start(&serving->net, &serving->options, err);
}

/* Print settings of the folder's first run that differ from the options. */
static void notice_kept(const struct serving *serving)
{
    const enum sl_devnet_profile profile = sl_devnet_profile_of(serving->net);
    if (serving->chain.epoch_ms != sl_devnet_epoch_ms(serving->net))
        sl_notice("this folder keeps its epochs of %lld ms; --epoch applies only to a new "
                  "folder",
                  (long long)sl_devnet_epoch_ms(serving->net));
    if (profile == serving->chain.profile)
        return;
    if (profile == SL_DEVNET_1_3)
        sl_notice("this folder keeps its network with the contracts of 1.3; --migrate brings it to "
                  "today's");
    else
        sl_notice(
            "this folder keeps its network with today's contracts; use another --dir for 1.3");
}

static bool notice_ready(const struct serving *serving, bool json)
{
    struct sl_buf text = {0};
    if (json) {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "ready", &serving->options.clock);
        sl_devnet_describe(serving->net, &w);
        sl_cli_json_end(&w);
        text = w.buf;
    } else {
        sl_buf_printf(&text, "node        %s\n", sl_devnet_rpc_url(serving->net));
        for (size_t i = 0; i < sl_devnet_provider_count(serving->net); i++)
            sl_buf_printf(&text, "provider %zu  %s\n", i + 1,
                          sl_devnet_provider_url(serving->net, i));
        sl_buf_str(&text, "described in ");
        sl_output_escape(&text, sl_devnet_info_path(serving->net));
        sl_buf_str(&text, "\n");
    }
    const bool said = sl_output(&text);
    sl_buf_free(&text);
    sl_notice("every user of this machine can read what is stored here, because the "
              "URLs contain no secret");
    notice_kept(serving);
    return said;
}

static void wait_for_signal(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    while (sl_cli_signals_next(fd) == 0 && (poll(&one, 1, -1) >= 0 || errno == EINTR))
        ;
}

/* Until a signal comes. */
static enum sl_exit serve(struct serving *serving, const struct sl_args *args, int signals)
{
    struct sl_err err = {0};
    enum sl_exit status = SL_EXIT_OK;
    if (start(serving, args, &err) < 0)
        status = sl_exit_with(&err);
    else if (!notice_ready(serving, args->json != NULL))
        status = SL_EXIT_SOME_FAILED;
    else
        wait_for_signal(signals);
    sl_devnet_stop(serving->net);
    sl_settings_free(&serving->settings);
    return status;
}

enum sl_exit sl_run_serve(const struct sl_args *args)
{
    struct sl_err err = {0};
    if (args->operand_count > 0) {
        sl_notice("serve: unexpected argument '%s'", args->operands[0]);
        return SL_EXIT_USAGE;
    }
    const int signals = sl_cli_signals_open(&err);
    if (signals < 0)
        return sl_exit_with(&err);
    struct serving *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        (void)sl_err_set(&err, SL_ENOMEM, "out of memory");
    const enum sl_exit status =
        serving != NULL ? serve(serving, args, signals) : sl_exit_with(&err);
    free(serving);
    close(signals);
    return status;
}
