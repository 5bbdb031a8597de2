/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice doctor --bundle FILE`: what a bug report needs, in one text file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "sluice/http.h"
#include "sluice/journal_commit.h"
#include "sluice/log.h"
#include "sluice/text.h"

#include "commands.h"
#include "commands/setup/anonymizer.h"
#include "output/exit.h"
#include "output/output.h"
#include "setup/settings.h"

enum { LOG_LINES = 2000, LOG_CAP_BYTES = 64 << 20, FILE_MODE = 0600 };

struct bundle {
    struct sl_settings settings;
    struct sl_clock clock;
    struct sl_anonymizer names;
    struct sl_buf text;
    size_t jobs;
    size_t commits;
    size_t log_lines;
};

/* ---- versions ---- */

static void add_versions(struct bundle *b)
{
    struct utsname system;
    char when[SL_RFC3339_CHARS];
    sl_rfc3339(when, sl_wall_ms(&b->clock));
    sl_buf_printf(&b->text, "sluice bundle of %s\n%s\n\n[versions]\n", when,
                  b->names.keep ? "File names are in it."
                                : "File names are hashed; in this file a name has one hash.");
    sl_buf_printf(&b->text, "sluice %s\n%s\nSQLite %s\nSHA-256 by %s\n", SL_VERSION,
                  sl_http_version(), sl_journal_version(), sl_piece_kernel());
    if (uname(&system) == 0)
        sl_buf_printf(&b->text, "%s %s %s\n", system.sysname, system.release, system.machine);
}

/* ---- settings ---- */

static bool starts(const char *line, const char *key)
{
    const size_t len = strlen(key);
    return strncmp(line, key, len) == 0 && strncmp(line + len, " =", 2) == 0;
}

/* Settings that name a file or folder, relative ones too. */
static bool names_file(const char *line)
{
    static const char *const keys[] = {"key_file", "keystore", "ca_file", "watch"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (starts(line, keys[i]))
            return true;
    }
    return starts(line, "theme") && strchr(line, '/') != NULL;
}

/* "key = value", without what must not be told. */
static void add_setting(struct bundle *b, const char *line, size_t len)
{
    char safe[2 * SL_PATH_BYTES];
    char hash[SL_ANONYMIZER_CHARS];
    const char *equals = memchr(line, '=', len);
    const bool has_value = equals != NULL && equals + 2 < line + len;
    const size_t head = equals != NULL ? (size_t)(equals - line) : len;
    if (has_value && starts(line, "password_command")) {
        sl_buf_printf(&b->text, "%.*s= (set)\n", (int)head, line);
    } else if (has_value && !b->names.keep && names_file(line)) {
        sl_anonymizer_hash(hash, &b->names, equals + 2, len - head - 2);
        sl_buf_printf(&b->text, "%.*s= %s\n", (int)head, line, hash);
    } else {
        const size_t n = sl_log_redact(safe, sizeof safe, line, len);
        sl_anonymizer_line(&b->text, &b->names, safe, n);
        sl_buf_str(&b->text, "\n");
    }
}

static void add_settings(struct bundle *b)
{
    struct sl_buf all = {0};
    sl_config_print(&all, &b->settings.config, false);
    sl_buf_str(&b->text, "\n[settings]\n");
    for (const char *line = all.data != NULL ? all.data : ""; *line != '\0';) {
        const size_t len = strcspn(line, "\n");
        if (memchr(line, '=', len) != NULL)
            add_setting(b, line, len);
        line += len + (line[len] == '\n');
    }
    if (all.failed < 0)
        b->text.failed = all.failed;
    sl_buf_free(&all);
}

/* ---- journal ---- */

static int count_job(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    (void)path;
    (void)url;
    ((size_t *)ctx)[job->state]++;
    return SL_OK;
}

static int count_commit(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                        size_t len)
{
    (void)payload;
    (void)len;
    ((size_t *)ctx)[commit->state]++;
    return SL_OK;
}

static int count_journal(struct bundle *b, struct sl_journal *journal, struct sl_err *err)
{
#define COMMIT_NAME(id, name) name,
    static const char *const commit_names[] = {SL_JOURNAL_COMMIT_STATES(COMMIT_NAME)};
#undef COMMIT_NAME
    size_t jobs[SL_JOB_STATE_COUNT] = {0};
    size_t commits[SL_JOURNAL_COMMIT_STATE_COUNT] = {0};
    int rc = sl_anonymizer_learn(&b->names, journal, err);
    if (rc == SL_OK)
        rc = sl_journal_each(journal, count_job, jobs, err);
    if (rc == SL_OK)
        rc = sl_journal_each_commit(journal, false, count_commit, commits, err);
    for (unsigned i = 0; i < SL_JOB_STATE_COUNT; i++) {
        b->jobs += jobs[i];
        if (jobs[i] > 0)
            sl_buf_printf(&b->text, "jobs %s: %zu\n", sl_job_state_name((enum sl_job_state)i),
                          jobs[i]);
    }
    for (unsigned i = 0; i < SL_JOURNAL_COMMIT_STATE_COUNT; i++) {
        b->commits += commits[i];
        if (commits[i] > 0)
            sl_buf_printf(&b->text, "commits %s: %zu\n", commit_names[i], commits[i]);
    }
    return rc;
}

/* A journal that cannot be read is news for a report, not an end of it. */
static void add_journal(struct bundle *b)
{
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    sl_buf_str(&b->text, "\n[journal]\n");
    int rc =
        sl_journal_open(&journal, b->settings.config.paths.state, SL_JOURNAL_READ, &b->clock, &err);
    if (rc == SL_OK)
        rc = count_journal(b, journal, &err);
    sl_journal_close(journal);
    if (rc < 0) {
        sl_anonymizer_line(&b->text, &b->names, err.text, strlen(err.text));
        sl_buf_str(&b->text, "\n");
    } else if (b->jobs + b->commits == 0) {
        sl_buf_str(&b->text, "empty\n");
    }
}

/* ---- log ---- */

static void add_line(struct bundle *b, const char *line, size_t len)
{
    enum { LINE_BYTES = 8192 };
    char safe[LINE_BYTES];
    char shown[LINE_BYTES];
    const size_t n = sl_log_redact(safe, sizeof safe, line, len); /* lines of older releases */
    const size_t m = sl_text_escape(shown, sizeof shown, safe, n);
    sl_anonymizer_line(&b->text, &b->names, shown, m);
    sl_buf_str(&b->text, "\n");
    b->log_lines++;
}

/* How many bytes of the end are the last `lines` lines; *lines gets how many there are. */
static size_t tail_bytes(const char *text, size_t len, size_t *lines)
{
    size_t count = 0;
    size_t at = len;
    while (at > 0) {
        if (text[at - 1] == '\n' && at < len && ++count == *lines)
            break;
        at--;
    }
    *lines = at > 0 || len == 0 ? count : count + 1;
    return len - at;
}

static void add_tail(struct bundle *b, const char *text, size_t len, size_t lines)
{
    const size_t bytes = tail_bytes(text, len, &lines);
    for (size_t at = len - bytes; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        const size_t n = end != NULL ? (size_t)(end - text) - at : len - at;
        add_line(b, text + at, n);
        at += n + 1;
    }
}

/* False: there is none. */
static bool read_log(char **text, size_t *len, const struct bundle *b, const char *name)
{
    char path[SL_PATH_BYTES];
    *text = NULL;
    *len = 0;
    return sl_path_join(path, sizeof path, b->settings.config.paths.state, name, NULL) == SL_OK &&
           sl_file_read(text, len, path, LOG_CAP_BYTES, NULL) == SL_OK;
}

static void add_log(struct bundle *b)
{
    char *now = NULL, *before = NULL;
    size_t now_len = 0, before_len = 0, lines = LOG_LINES;
    sl_buf_str(&b->text, "\n[log]\n");
    const bool has_log = read_log(&now, &now_len, b, "sluice.log");
    (void)tail_bytes(now, now_len, &lines);
    if (lines < LOG_LINES && read_log(&before, &before_len, b, "sluice.log.1"))
        add_tail(b, before, before_len, LOG_LINES - lines);
    if (has_log)
        add_tail(b, now, now_len, LOG_LINES);
    if (b->log_lines == 0)
        sl_buf_str(&b->text, "empty\n");
    free(now);
    free(before);
}

/* ---- the file ---- */

static bool announce(const struct bundle *b, const char *file)
{
    struct sl_buf out = {0};
    sl_output_escape(&out, file);
    sl_buf_printf(&out,
                  " will hold:\n"
                  "  versions of sluice, its libraries and the system\n"
                  "  settings, URLs by their host only, no password command\n"
                  "  the journal's counts: jobs %zu, commits %zu\n"
                  "  the last lines of the log: %zu\n"
                  "  file names: %s\n"
                  "Look through it before you send it: PieceCIDs, transactions, addresses of\n"
                  "accounts and names of hosts are in it.\n",
                  b->jobs, b->commits, b->log_lines,
                  b->names.keep ? "as they are" : "hashed (--names keeps them)");
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok;
}

static int write_bundle(const struct bundle *b, const struct sl_args *args, struct sl_err *err)
{
    const char *file = args->bundle;
    if (b->text.failed < 0)
        return sl_err_set(err, b->text.failed, "out of memory for the bundle");
    if (args->force != NULL)
        return sl_file_write_atomic(file, b->text.data, b->text.len, FILE_MODE, err);
    const int rc = sl_file_write_new(file, b->text.data, b->text.len, FILE_MODE, err);
    if (rc == SL_EHELD)
        return sl_err_set(err, SL_EREFUSED, "%.150s is there already: --force replaces it", file);
    return rc;
}

enum sl_exit sl_run_bundle(const struct sl_args *args)
{
    struct sl_err err = {0};
    struct bundle b = {.clock = sl_clock_system()};
    enum sl_exit status = SL_EXIT_OK;
    if (args->json != NULL) {
        sl_notice("doctor: --bundle writes text: leave out --json");
        return SL_EXIT_USAGE;
    }
    sl_anonymizer_init(&b.names, args->names != NULL);
    int rc = sl_settings_load(&b.settings, args, &err);
    if (rc == SL_OK) {
        add_versions(&b);
        add_settings(&b);
        add_journal(&b);
        add_log(&b);
        if (!announce(&b, args->bundle))
            status = sl_exit_no_output();
        else
            rc = write_bundle(&b, args, &err);
    }
    if (rc < 0)
        status = sl_exit_with(&err);
    sl_buf_free(&b.text);
    sl_anonymizer_fini(&b.names);
    sl_settings_free(&b.settings);
    return status;
}
