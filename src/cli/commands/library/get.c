/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "commands/library/get_manifest.h"
#include "lookup/copy_index.h"
#include "lookup/version_names.h"
#include "output/output.h"
#include "process.h"

enum { COPY_BYTES = 1 << 16 };

/* ---- the destination ---- */

static bool is_folder(const char *path)
{
    struct stat st;
    const size_t len = strlen(path);
    return (len > 0 && path[len - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static int make_folder(const char *path, struct sl_err *err)
{
    struct stat st;
    const bool is_new = stat(path, &st) != 0;
    const int rc = sl_path_make(path, sl_get_run_folder_mode(), err);
    if (rc == SL_OK && is_new)
        (void)chmod(path, sl_get_run_folder_mode());
    return rc;
}

static int read_output(struct sl_get_run *get, struct sl_err *err)
{
    const char *output = get->args->output;
    const bool many = get->args->operand_count != 1 || get->args->manifest != NULL;
    get->folder = "";
    get->spool_fd = -1;
    if (output == NULL)
        return SL_OK;
    get->to_stdout = strcmp(output, "-") == 0;
    if (get->to_stdout && get->args->json != NULL)
        return sl_err_set(err, SL_EUSAGE,
                          "-o - writes the file to standard output; leave out --json");
    if (get->to_stdout && (get->args->manifest != NULL || get->args->versions != NULL))
        return sl_err_set(err, SL_EUSAGE, "with --manifest or --versions, give -o a folder");
    if (get->to_stdout)
        return SL_OK;
    if (output[0] == '\0')
        return sl_err_set(err, SL_EUSAGE, "-o: give the name of a file or folder");
    if (get->args->manifest != NULL || is_folder(output)) {
        get->folder = output;
        return make_folder(output, err);
    }
    if (many)
        return sl_err_set(err, SL_EUSAGE,
                          "-o %.100s is one file; for several, give a folder that exists", output);
    get->file = output;
    return SL_OK;
}

/* One file to get for an operand. */
struct request {
    const char *operand;
    struct sl_version version; /* name NULL: the operand is a PieceCID */
    bool is_older;             /* an older version, with its date in the name */
    bool unique;               /* the date alone does not make the name unique */
};

/* The chain cuts and escapes names: a user who typed the whole name gets that name. A hidden name
 * is accepted only from the user, or from the journal, which has paths. Owned. */
static char *base_of(const struct request *request, const struct sl_wanted *wanted)
{
    char cid[SL_PIECE_CID_CHARS];
    const bool named = request->version.name != NULL;
    const char *known = named ? request->version.name : wanted->name;
    const char *base = sl_path_base(named && known[0] != '/' ? request->operand : known);
    sl_piece_cid(cid, &wanted->file.whole);
    if (!sl_copies_name_is_plain(base) ||
        (!named && known[0] != '/' && sl_copies_name_is_hidden(base)))
        base = cid;
    return request->is_older ? sl_version_name(base, request->version.stored_ms,
                                               &request->version.cid, request->unique)
                             : strdup(base);
}

static int name_of(char out[static SL_PATH_BYTES], const struct sl_get_run *get,
                   const struct request *request, const struct sl_wanted *wanted,
                   struct sl_err *err)
{
    char *base = base_of(request, wanted);
    int rc = base == NULL ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    if (rc == SL_OK && get->file != NULL)
        snprintf(out, SL_PATH_BYTES, "%s", get->file);
    else if (rc == SL_OK && get->folder[0] == '\0')
        snprintf(out, SL_PATH_BYTES, "%s", base);
    else if (rc == SL_OK)
        rc = sl_path_join(out, SL_PATH_BYTES, get->folder, base, err);
    free(base);
    return rc;
}

/* ---- to standard output ---- */

/* Unlinked at once, so that it disappears with the process. */
static int open_spool(struct sl_get_run *get, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment */
    const char *dir = getenv("TMPDIR");
    if (get->spool_fd >= 0)
        return SL_OK;
    int rc = sl_path_join(path, sizeof path, dir != NULL && dir[0] != '\0' ? dir : "/var/tmp",
                          "sluice-XXXXXX", err);
    if (rc < 0)
        return rc;
    get->spool_fd = mkstemp(path);
    if (get->spool_fd < 0)
        return sl_err_sys(err, errno,
                          "create a temporary file in %.100s (set TMPDIR to use another folder)",
                          path);
    unlink(path);
    return SL_OK;
}

static int pass_on(struct sl_get_run *get, uint64_t bytes, struct sl_piece_hasher *hasher,
                   struct sl_err *err)
{
    static char buffer[COPY_BYTES];
    for (uint64_t at = 0; at < bytes;) {
        const size_t want = bytes - at < sizeof buffer ? (size_t)(bytes - at) : sizeof buffer;
        const ssize_t n = pread(get->spool_fd, buffer, want, (off_t)at);
        if (n <= 0)
            return sl_err_sys(err, n < 0 ? errno : EIO, "read the temporary file");
        if (hasher != NULL && sl_piece_hasher_add(hasher, buffer, (size_t)n, err) < 0)
            return SL_EINVAL;
        if (fwrite(buffer, 1, (size_t)n, stdout) != (size_t)n) {
            get->report.broken = true;
            return sl_err_set(err, SL_EIO, "cannot write to standard output");
        }
        at += (uint64_t)n;
    }
    if (fflush(stdout) != 0) {
        get->report.broken = true;
        return sl_err_set(err, SL_EIO, "cannot write to standard output");
    }
    return ftruncate(get->spool_fd, 0) == 0 ? SL_OK
                                            : sl_err_sys(err, errno, "empty the temporary file");
}

static int check_whole(struct sl_piece_hasher *hasher, const struct sl_piece_id *whole,
                       struct sl_err *err)
{
    struct sl_piece_id has;
    const int rc = sl_piece_hasher_finish(hasher, &has, err);
    if (rc < 0)
        return rc;
    return sl_piece_id_equal(&has, whole) ? SL_OK : sl_fetch_not_whole(err);
}

static int write_parts(struct sl_get_run *get, const struct sl_wanted *wanted,
                       struct sl_piece_hasher *hasher, struct sl_fetch_result *result,
                       struct sl_err *err)
{
    int rc = open_spool(get, err);
    for (size_t i = 0; rc == SL_OK && i < wanted->file.part_count; i++) {
        struct sl_fetch_result one;
        const struct sl_fetch_part *part = &wanted->file.parts[i];
        rc = sl_fetch_spool(get->f.fetch, part, get->spool_fd, &one, err);
        if (rc == SL_OK)
            rc = pass_on(get, part->piece.payload_bytes, hasher, err);
        result->received_bytes += one.received_bytes;
        result->failures += one.failures;
        result->from = one.from;
    }
    return rc;
}

/* Bytes on stdout cannot be taken back, so each part is written once it is verified. If only all
 * parts together prove that they are the file, the exit status reports a mismatch at the end. */
static int write_out(struct sl_get_run *get, const struct sl_wanted *wanted,
                     struct sl_fetch_result *result, struct sl_err *err)
{
    int rc = sl_fetch_check_parts(&wanted->file, err);
    if (rc <= 0)
        return rc < 0 ? rc : write_parts(get, wanted, NULL, result, err);
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (hasher == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    rc = write_parts(get, wanted, hasher, result, err);
    if (rc == SL_OK)
        rc = check_whole(hasher, &wanted->file.whole, err);
    sl_piece_hasher_free(hasher);
    return rc;
}

/* ---- one file ---- */

static int save(struct sl_get_run *get, const struct sl_wanted *wanted, const char *path,
                struct sl_fetch_result *result, struct sl_err *err)
{
    const struct sl_fetch_target target = {.dir_fd = AT_FDCWD,
                                           .name = path,
                                           .mode = sl_process_file_mode(),
                                           .force = get->args->force != NULL};
    sl_get_report_begin(&get->report, path);
    *result = (struct sl_fetch_result){0};
    if (get->to_stdout)
        return write_out(get, wanted, result, err);
    return sl_fetch_save(get->f.fetch, &wanted->file, &target, result, err);
}

/* 1: got; 0: not known (yet), *err says what is missing. */
static int try_one(struct sl_get_run *get, const struct request *request, struct sl_err *err)
{
    const struct sl_piece_id *cid = &request->version.cid;
    char path[SL_PATH_BYTES];
    struct sl_wanted wanted;
    struct sl_fetch_result result;
    int rc = sl_copies_file(&wanted, &get->f.copies, cid, err);
    if (rc == 0 && get->args->from != NULL) {
        const struct sl_copy unknown = {.piece = *cid};
        rc = cid->payload_bytes > SL_PIECE_MAX_BYTES
                 ? 0
                 : sl_cli_copy_index_from(&get->own, get->args->from, &unknown, err);
        if (rc == SL_OK && get->own.count > 0)
            rc = sl_copies_file(&wanted, &get->own, cid, err);
    } else if (rc == 1) {
        rc = sl_lookup_use_from(&get->f, &wanted, &get->own, err);
        if (rc < 0)
            sl_wanted_free(&wanted);
        else
            rc = 1;
    }
    if (rc != 1)
        return rc;
    rc = name_of(path, get, request, &wanted, err);
    if (rc == SL_OK)
        rc = save(get, &wanted, path, &result, err);
    if (rc == SL_OK)
        sl_get_report_got(&get->report, path, &wanted.file, &result);
    sl_wanted_free(&wanted);
    return rc < 0 ? rc : 1;
}

/* Keep the reason of a failure: the first one that is more than "not found". */
static void note_reason(struct sl_err *why, const struct sl_err *err)
{
    if (why->code == SL_OK || why->code == SL_ENOTFOUND)
        *why = *err;
}

/* If the known providers do not have it, look for others. */
static void get_request(struct sl_get_run *get, const struct request *request)
{
    struct sl_err why = {0};
    size_t tried = 0;
    int rc = 0;
    for (int source = 0; source < SL_LOOKUP_END && rc == 0; source++) {
        struct sl_err err = {0};
        rc = sl_lookup_read(&get->f, (enum sl_lookup_source)source, &request->version.cid, &err);
        if (rc == 0 && tried > 0)
            continue; /* the source knows nothing more */
        const bool tries = rc >= 0;
        if (tries)
            rc = try_one(get, request, &err);
        tried += tries && rc < 0;
        if (rc < 1)
            note_reason(&why, &err);
        if (tries && rc < 0 && sl_lookup_is_provider_fault(&err) && get->args->from == NULL)
            rc = 0;
    }
    if (rc == 1)
        return;
    const bool unknown = !sl_lookup_explain_unnamed(&get->f, &request->version.cid, &why) &&
                         tried == 0 && (why.code == SL_OK || why.code == SL_ENOTFOUND);
    sl_get_report_failed(&get->report, request->operand, unknown, &why);
}

/* Search sources for a name until it is found. Returns how many files it stands for. */
static int find_name(struct sl_get_run *get, const char *operand, struct sl_versions *out,
                     struct sl_err *err)
{
    int files = 0;
    for (int source = 0; source < SL_LOOKUP_END && files == 0; source++) {
        const int rc = sl_lookup_read(&get->f, (enum sl_lookup_source)source, NULL, err);
        if (rc < 0)
            return rc;
        files = sl_lookup_find(&get->f, out, operand, err);
        if (files == 0)
            sl_versions_free(out);
    }
    if (files > 1) {
        sl_lookup_print_matches(operand, out);
        return sl_err_set(err, SL_EUSAGE, "nothing was downloaded");
    }
    if (files == 0 && sl_lookup_explain_unnamed(&get->f, NULL, err))
        return SL_ENOTFOUND;
    if (files == 0)
        return sl_err_set(err, SL_ENOTFOUND,
                          "nothing by this name is known; use --address or --network to search "
                          "another account or network");
    return files;
}

/* Choose among the versions of one file, from `from` on: as --at says, or the newest without it. */
static int choose(const struct sl_get_run *get, const struct sl_versions *versions, size_t from,
                  size_t end, size_t *out, struct sl_err *err)
{
    char date[SL_DATE_CHARS];
    *out = from;
    if (get->at_ms == 0)
        return SL_OK;
    for (size_t i = from; i < end; i++) {
        *out = i;
        if (versions->list[i].stored_ms != 0 && versions->list[i].stored_ms <= get->at_ms)
            return SL_OK;
    }
    if (versions->list[*out].stored_ms == 0)
        return sl_err_set(err, SL_ENOTFOUND,
                          "the chain does not record when this was stored; give a PieceCID");
    sl_date_text(date, versions->list[*out].stored_ms);
    return sl_err_set(err, SL_ENOTFOUND,
                      "no version was stored by %s; the oldest is from %s, local time",
                      get->args->at, date);
}

static void notice_others(const struct sl_get_run *get, const char *operand,
                          const struct sl_versions *versions, size_t chosen)
{
    const struct sl_version *list = versions->list;
    char date[SL_DATE_CHARS], cid[SL_PIECE_CID_CHARS];
    if (versions->count < 2 || get->args->versions != NULL || get->args->json != NULL)
        return;
    if (list[0].stored_ms != 0) {
        sl_date_text(date, list[chosen].stored_ms);
        sl_notice("%s: version %zu of %zu, stored %s, local time; use --at DATE for "
                  "another one",
                  operand, versions->count - chosen, versions->count, date);
        return;
    }
    sl_notice("%s: the newest of %zu with this name; the chain does not record their "
              "folders. The others:",
              operand, versions->count);
    for (size_t i = 0; i < versions->count; i++) {
        sl_piece_cid(cid, &list[i].cid);
        if (i != chosen)
            sl_notice("  %s", cid);
    }
}

/* Whether the previous version in the list has the same minute. */
static bool same_date(const struct sl_version *version)
{
    char is[SL_DATE_CHARS], was[SL_DATE_CHARS];
    sl_date_text(is, version->stored_ms);
    sl_date_text(was, version[-1].stored_ms);
    return strcmp(is, was) == 0;
}

static int get_named(struct sl_get_run *get, const char *operand,
                     const struct sl_versions *versions, struct sl_err *err)
{
    const bool all = get->args->versions != NULL;
    size_t chosen;
    assert(versions->count > 0 && versions->list != NULL);
    const int rc = choose(get, versions, 0, versions->count, &chosen, err);
    if (rc < 0)
        return rc;
    if (all && get->file != NULL && versions->count > 1)
        return sl_err_set(err, SL_EUSAGE, "-o %.100s is one file; for %zu versions, give a folder",
                          get->file, versions->count);
    notice_others(get, operand, versions, chosen);
    sl_lookup_warn_unnamed(&get->f, operand, versions);
    const size_t end = all ? versions->count : chosen + 1;
    for (size_t i = chosen; i < end && !sl_get_run_is_over(get); i++) {
        const struct request request = {.operand = operand,
                                        .version = versions->list[i],
                                        .is_older = i > chosen,
                                        .unique = i > chosen + 1 && same_date(&versions->list[i])};
        get_request(get, &request);
    }
    return SL_OK;
}

static void get_operand(struct sl_get_run *get, const char *operand)
{
    struct request request = {.operand = operand};
    struct sl_versions versions = {0};
    struct sl_err err = {0};
    int rc = sl_lookup_cid(&get->f, &request.version.cid, operand, &err);
    if (rc == 1) {
        get_request(get, &request);
        return;
    }
    if (rc == 0)
        rc = find_name(get, operand, &versions, &err);
    if (rc > 0)
        rc = get_named(get, operand, &versions, &err);
    if (rc < 0)
        sl_get_report_failed(&get->report, operand,
                             rc == SL_ENOTFOUND && !sl_lookup_has_unnamed(&get->f), &err);
    sl_versions_free(&versions);
}

/* ---- the command ---- */

static int get_all(struct sl_get_run *get, struct sl_err *err)
{
    int rc = sl_lookup_open(&get->f, get->args, err);
    if (rc < 0)
        return rc;
    sl_fetch_watch(get->f.fetch, sl_get_report_progress, &get->report, 250);
    if (get->args->manifest != NULL)
        rc = sl_get_manifest(get, err);
    else
        for (size_t i = 0; i < get->args->operand_count && !sl_get_run_is_over(get); i++)
            get_operand(get, get->args->operands[i]);
    if (sl_interrupt_came(&get->f.interrupt) && get->report.got + get->report.failed == 0)
        get->report.cancelled++;
    return rc;
}

enum sl_exit sl_run_get(const struct sl_args *args)
{
    struct sl_get_run get = {.args = args};
    struct sl_err err = {0};
    if (args->operand_count == 0 && args->manifest == NULL) {
        sl_notice("get: give a PieceCID or a name; `sluice status` lists what was stored");
        return SL_EXIT_USAGE;
    }
    int rc = args->at != NULL ? sl_date_parse(&get.at_ms, args->at, &err) : SL_OK;
    if (rc == SL_OK)
        rc = read_output(&get, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    sl_get_report_init(&get.report, args->json != NULL, get.to_stdout);
    rc = get_all(&get, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : sl_get_report_end(&get.report);
    if (get.spool_fd >= 0)
        close(get.spool_fd);
    sl_copies_free(&get.own);
    sl_lookup_close(&get.f);
    return status;
}
