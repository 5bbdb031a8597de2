/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"
#include "sluice/journal.h"
#include "sluice/log.h"

enum { FOLDER_MODE = 0700, PORT_FILE_BYTES = 16 };

static bool has_text(const char *text)
{
    return text[0] != '\0';
}

static int check_url(const char *url, struct sl_err *err)
{
    char ping[SL_URL_BYTES];
    struct sl_err why = {0};
    if (sl_url_resolve(ping, sizeof ping, url, "pdp/ping", &why) == SL_OK)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "provider_url: %s", why.text);
}

/* Said before anything is made or opened. */
static int check_network(const struct sl_config *config, struct sl_err *err)
{
    if (has_text(config->provider_url))
        return check_url(config->provider_url, err);
    if (strcmp(config->network, "local") == 0)
        return SL_OK;
    return sl_err_set(
        err, SL_ECONFIG,
        "network '%.40s' needs a wallet key, and this version of sluice cannot use one "
        "yet: it uploads to `--network local`, which is built in, or to one provider "
        "with --provider-url URL",
        config->network);
}

static int make_folders(const struct sl_paths *paths, struct sl_err *err)
{
    int rc = sl_path_make(paths->state, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_path_make(paths->data, FOLDER_MODE, err);
    if (rc != SL_ENOENT && rc != SL_EACCES)
        return rc;
    sl_err_ctx(err, "keep the journal (--state-dir DIR: elsewhere)");
    if (err != NULL)
        err->code = SL_ECONFIG; /* not about the files to upload */
    return SL_ECONFIG;
}

static int open_log(const struct sl_session *session, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    const struct sl_config *config = &session->settings.config;
    const int rc = sl_path_join(path, sizeof path, config->paths.state, "sluice.log", err);
    return rc < 0 ? rc
                  : sl_log_open(path, (enum sl_log_level)config->log_level, &session->clock, err);
}

/* The port of last time: the journal knows a provider by its URL, so the local one keeps its own.
 */
static uint16_t read_port(const char *path)
{
    char *text = NULL;
    size_t len = 0;
    if (sl_file_read(&text, &len, path, PORT_FILE_BYTES, NULL) < 0)
        return 0;
    char *end;
    const long port = strtol(text, &end, 10);
    const bool good = len > 0 && *end == '\n' && port > 0 && port <= UINT16_MAX;
    free(text);
    return good ? (uint16_t)port : 0;
}

static int keep_port(const struct sl_localnet *localnet, const char *path, struct sl_err *err)
{
    const char *port = strrchr(sl_localnet_url(localnet), ':') + 1;
    char line[PORT_FILE_BYTES];
    const int n = snprintf(line, sizeof line, "%s\n", port);
    return sl_file_write_atomic(path, line, (size_t)n, 0600, err);
}

static int start_on_port(struct sl_session *session, struct sl_localnet_options *options,
                         const char *port_file, struct sl_err *err)
{
    struct sl_err why = {0};
    options->port = read_port(port_file);
    int rc = sl_localnet_start(&session->localnet, options, &why);
    if (rc == SL_OK && options->port != 0)
        return SL_OK;
    if (rc == SL_ENET && options->port != 0) { /* somebody else took it meanwhile */
        options->port = 0;
        rc = sl_localnet_start(&session->localnet, options, &why);
    }
    if (rc == SL_OK)
        return keep_port(session->localnet, port_file, err);
    *err = why;
    sl_err_ctx(err, "start the local network");
    return rc;
}

static int start_localnet(struct sl_session *session, struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    if (has_text(config->provider_url))
        return SL_OK;
    char dir[SL_PATH_BYTES], port_file[SL_PATH_BYTES];
    int rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    if (rc == SL_OK)
        rc = sl_path_join(port_file, sizeof port_file, config->paths.data, "local.port", err);
    if (rc < 0)
        return rc;
    struct sl_localnet_options options = {
        .dir = dir,
        .park_delay_ms = config->local_park_delay_ms,
        .min_free_bytes = config->local_min_free,
        .faults = config->local_faults,
        .clock = session->clock,
    };
    return start_on_port(session, &options, port_file, err);
}

static int bad_setting(const char *key, struct sl_err *err)
{
    sl_err_ctx(err, "%s", key);
    if (err != NULL)
        err->code = SL_ECONFIG;
    return SL_ECONFIG;
}

static int take_limits(struct sl_engine_options *options, const struct sl_config *config,
                       struct sl_err *err)
{
    int minute = -1;
    if (sl_timetable_parse(&options->limit, config->limit, err) < 0)
        return bad_setting("limit", err);
    if (sl_rate_parse(&options->slow_bytes_per_s, config->slow_limit, err) < 0)
        return bad_setting("slow_limit", err);
    if (options->slow_bytes_per_s == 0)
        return sl_err_set(err, SL_ECONFIG, "slow_limit: slow mode needs a rate like 1M");
    if (has_text(config->stop_at) && sl_day_minute_parse(&minute, config->stop_at, err) < 0)
        return bad_setting("stop_at", err);
    options->stop_at_minute = minute + 1;
    return SL_OK;
}

static int start_engine(struct sl_session *session, struct sl_journal *journal, bool run_earlier,
                        struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    struct sl_engine_options options = {
        .provider_url =
            session->localnet != NULL ? sl_localnet_url(session->localnet) : config->provider_url,
        .parallel = config->parallel,
        .max_attempts = config->max_attempts,
        .run_earlier = run_earlier,
        .include_hidden = config->hidden,
        .http = {.connect_timeout_ms = config->connect_timeout_ms,
                 .stall_ms = config->stall_ms,
                 .allow_http = config->allow_http,
                 .ca_file = has_text(config->ca_file) ? config->ca_file : NULL},
        .clock = session->clock,
    };
    const int rc = take_limits(&options, config, err);
    if (rc < 0) {
        sl_journal_close(journal);
        return rc;
    }
    return sl_engine_start(&session->engine, &options, journal, err);
}

int sl_session_open(struct sl_session *session, const struct sl_args *args, bool run_earlier,
                    struct sl_err *err)
{
    *session = (struct sl_session){.clock = sl_clock_system()};
    const struct sl_config *config = &session->settings.config;
    int rc = sl_settings_load(&session->settings, args, err);
    if (rc == SL_OK)
        rc = check_network(config, err);
    if (rc == SL_OK)
        rc = take_limits(&(struct sl_engine_options){0}, config, err); /* before anything is made */
    if (rc == SL_OK)
        rc = make_folders(&config->paths, err);
    /* the journal before the log: who does not hold the folder must not turn its log */
    struct sl_journal *journal = NULL;
    session->started_ms = sl_wall_ms(&session->clock);
    if (rc == SL_OK)
        rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_WRITE, &session->clock, err);
    if (rc == SL_OK)
        rc = open_log(session, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = start_localnet(session, err);
    if (rc < 0) {
        sl_journal_close(journal);
        return rc;
    }
    return start_engine(session, journal, run_earlier, err);
}

void sl_session_close(struct sl_session *session)
{
    sl_engine_free(session->engine);
    sl_localnet_stop(session->localnet);
    sl_log_close();
    sl_settings_free(&session->settings);
    *session = (struct sl_session){0};
}
