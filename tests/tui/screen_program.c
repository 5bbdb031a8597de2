/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The screen over a real engine and a real provider on loopback, for tests on a pty:
 *   screen_program DIR [PATH...]
 * DIR holds the journal and the provider; the provider's URL is written to DIR/url so that a test
 * can set its faults. SCREEN_ASCII=1, SCREEN_HANGUP=stop, SCREEN_KEYS, SCREEN_THEME choose options.
 * Ends with 0: all done, 1: work left, 3: an error, which it prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/devnet.h"
#include "sluice/tui.h"

static int complain(const struct sl_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 3;
}

static int show(struct sl_engine *engine, int argc, char **argv)
{
    struct sl_err err = {0};
    const char *ascii = getenv("SCREEN_ASCII"), *hangup = getenv("SCREEN_HANGUP");
    const struct sl_tui_options options = {.network = "local",
                                           .theme = getenv("SCREEN_THEME"),
                                           .keys = getenv("SCREEN_KEYS"),
                                           .ascii = ascii != NULL,
                                           .stop_on_hangup = hangup != NULL,
                                           .fps = 30,
                                           .clock = sl_clock_system()};
    for (int i = 2; i < argc; i++) {
        if (sl_engine_send_add(engine, argv[i], (uint64_t)i, &err) < 0)
            return complain(&err);
    }
    const int rc = sl_tui_run(sl_engine_face(engine, SL_FACE_OWN), &options, &err);
    return rc < 0 ? complain(&err) : rc;
}

/* The port of the run before: accepted pieces are looked for where they were sent. */
static uint16_t earlier_port(const char *url_file)
{
    char *url = NULL;
    size_t len = 0;
    if (sl_file_read(&url, &len, url_file, 256, NULL) < 0)
        return 0;
    const char *colon = strrchr(url, ':');
    const unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    free(url);
    return (uint16_t)port;
}

int main(int argc, char **argv)
{
    struct sl_err err = {0};
    char provider[SL_PATH_BYTES], state[SL_PATH_BYTES], url[SL_PATH_BYTES];
    struct sl_devnet *net = NULL;
    struct sl_journal *journal = NULL;
    struct sl_engine *engine = NULL;
    if (argc < 2 || sl_http_global_init(&err) < 0)
        return 2;
    snprintf(provider, sizeof provider, "%s/provider", argv[1]);
    snprintf(state, sizeof state, "%s/state", argv[1]);
    snprintf(url, sizeof url, "%s/url", argv[1]);
    const struct sl_devnet_options net_options = {.dir = provider,
                                                  .port = earlier_port(url),
                                                  .park_delay_ms = 50,
                                                  .faults = true,
                                                  .clock = sl_clock_system()};
    if (sl_devnet_start(&net, &net_options, &err) < 0)
        return complain(&err);
    const char *at = sl_devnet_url(net);
    const struct sl_engine_options options = {.provider_url = at,
                                              .parallel = 2,
                                              .retry_base_ms = 200,
                                              .park_poll_ms = 50,
                                              .run_earlier = true,
                                              .clock = net_options.clock};
    int rc = 3;
    if (sl_file_write_atomic(url, at, strlen(at), 0600, &err) < 0 ||
        sl_journal_open(&journal, state, SL_JOURNAL_WRITE, &options.clock, &err) < 0 ||
        sl_engine_start(&engine, &options, journal, &err) < 0)
        rc = complain(&err);
    else
        rc = show(engine, argc, argv);
    sl_engine_free(engine);
    sl_devnet_stop(net);
    return rc;
}
