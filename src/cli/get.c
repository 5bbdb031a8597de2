/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/manifest.h"

#include "commands.h"
#include "fetching.h"
#include "get_report.h"
#include "known.h"
#include "process.h"
#include "say.h"

enum { MATCHES_MAX = 32, MANIFEST_BYTES_MAX = 256 << 20, COPY_BYTES = 1 << 16 };

struct get {
    const struct sl_args *args;
    struct sl_fetching f;
    struct sl_get_report report;
    struct sl_copies own; /* of --from */
    const char *file;     /* -o FILE; NULL: a name in `folder` */
    const char *folder;   /* "" for the working directory */
    bool to_stdout;
    int spool_fd;
};

/* ---- where it goes ---- */

static bool is_folder(const char *path)
{
    struct stat st;
    const size_t len = strlen(path);
    return (len > 0 && path[len - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* What may read a file may pass a folder. */
static mode_t folder_mode(void)
{
    const unsigned mode = sl_process_file_mode();
    return (mode_t)(mode | (mode & 0444) >> 2);
}

static int make_folder(const char *path, struct sl_err *err)
{
    struct stat st;
    const bool is_new = stat(path, &st) != 0;
    const int rc = sl_path_make(path, folder_mode(), err);
    if (rc == SL_OK && is_new)
        (void)chmod(path, folder_mode());
    return rc;
}

static int take_output(struct get *get, struct sl_err *err)
{
    const char *output = get->args->output;
    const bool many = get->args->operand_count != 1 || get->args->manifest != NULL;
    get->folder = "";
    get->spool_fd = -1;
    if (output == NULL)
        return SL_OK;
    get->to_stdout = strcmp(output, "-") == 0;
    if (get->to_stdout && get->args->json != NULL)
        return sl_err_set(err, SL_EUSAGE, "-o - writes the bytes to stdout: not with --json");
    if (get->to_stdout && get->args->manifest != NULL)
        return sl_err_set(err, SL_EUSAGE, "--manifest takes a folder with -o");
    if (get->to_stdout)
        return SL_OK;
    if (output[0] == '\0')
        return sl_err_set(err, SL_EUSAGE, "-o needs the name of a file or folder");
    if (get->args->manifest != NULL || is_folder(output)) {
        get->folder = output;
        return make_folder(output, err);
    }
    if (many)
        return sl_err_set(err, SL_EUSAGE,
                          "-o %.100s is one file: for several give a folder that is there", output);
    get->file = output;
    return SL_OK;
}

/* A name that came from outside is taken only when it is harmless. */
static void name_of(char out[static SL_PATH_BYTES], const struct get *get,
                    const struct sl_wanted *wanted)
{
    char cid[SL_PIECE_CID_CHARS];
    const char *base = sl_path_base(wanted->name);
    sl_piece_cid(cid, &wanted->file.whole);
    if (!sl_name_is_plain(base))
        base = cid;
    if (get->file != NULL)
        snprintf(out, SL_PATH_BYTES, "%s", get->file);
    else if (get->folder[0] == '\0' ||
             sl_path_join(out, SL_PATH_BYTES, get->folder, base, NULL) < 0)
        snprintf(out, SL_PATH_BYTES, "%s", base);
}

/* ---- to standard output ---- */

/* Without a name: it is gone when we are. */
static int open_spool(struct get *get, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment */
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
                          "make a temporary file in %.100s (TMPDIR names another "
                          "folder)",
                          path);
    unlink(path);
    return SL_OK;
}

static int pass_on(struct get *get, uint64_t bytes, struct sl_piece_hasher *hasher,
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
            return sl_err_set(err, SL_EIO, "standard output takes no more");
        }
        at += (uint64_t)n;
    }
    if (fflush(stdout) != 0) {
        get->report.broken = true;
        return sl_err_set(err, SL_EIO, "standard output takes no more");
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

static int write_parts(struct get *get, const struct sl_wanted *wanted,
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

/* Bytes on stdout cannot be taken back: each part goes out when it is verified, and where only all
 * of them together tell that they are the file the exit status says so at the end. */
static int write_out(struct get *get, const struct sl_wanted *wanted,
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

static int save(struct get *get, const struct sl_wanted *wanted, const char *path,
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
static int try_one(struct get *get, const struct sl_piece_id *cid, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    struct sl_wanted wanted;
    struct sl_fetch_result result;
    int rc = sl_copies_file(&wanted, &get->f.copies, cid, err);
    if (rc == 0 && get->args->from != NULL) {
        const struct sl_copy unknown = {.piece = *cid};
        rc = cid->payload_bytes > SL_PIECE_MAX_BYTES
                 ? 0
                 : sl_known_from(&get->own, get->args->from, &unknown, err);
        if (rc == SL_OK && get->own.count > 0)
            rc = sl_copies_file(&wanted, &get->own, cid, err);
    } else if (rc == 1) {
        rc = sl_fetching_from(&get->f, &wanted, &get->own, err);
        if (rc < 0)
            sl_wanted_free(&wanted);
        else
            rc = 1;
    }
    if (rc != 1)
        return rc;
    name_of(path, get, &wanted);
    rc = save(get, &wanted, path, &result, err);
    if (rc == SL_OK)
        sl_get_report_got(&get->report, path, &wanted.file, &result);
    sl_wanted_free(&wanted);
    return rc < 0 ? rc : 1;
}

/* One operand on its way through what is known, step by step. */
struct search {
    const char *operand;
    struct sl_piece_id found[MATCHES_MAX];
    size_t count;
    size_t tried;      /* files */
    struct sl_err err; /* why it was not got: the first that is more than "not found" */
};

static void keep_reason(struct search *search, const struct sl_err *err)
{
    if (search->err.code == SL_OK || search->err.code == SL_ENOTFOUND)
        search->err = *err;
}

/* 1: it was got, or is not to be sought any more; 0: the next step may know more. */
static int step(struct get *get, struct search *search, enum sl_reach reach)
{
    struct sl_err err = {0};
    const struct sl_piece_id *cid = search->count > 0 ? &search->found[0] : NULL;
    int rc = sl_fetching_reach(&get->f, reach, cid, &err);
    const bool nothing_new = rc == 0 && search->tried > 0;
    if (rc >= 0)
        rc = sl_fetching_find(&get->f, search->operand, search->found, MATCHES_MAX, &search->count,
                              &err);
    if (rc == 1 && search->count > 1) {
        sl_fetching_list(&get->f, search->operand, search->found, search->count);
        (void)sl_err_set(&search->err, SL_EUSAGE, "nothing was got");
        return 1;
    }
    if (rc == 1 && nothing_new)
        return 0;
    const bool tries = rc == 1;
    if (tries)
        rc = try_one(get, &search->found[0], &err);
    search->tried += tries && rc < 0;
    if (rc == 1)
        search->err.code = SL_OK;
    else if (rc < 0 || tries)
        keep_reason(search, &err);
    if (tries && rc < 0 && sl_is_of_provider(&err) && get->args->from == NULL)
        rc = 0;
    return rc != 0;
}

/* A name is sought as far as it takes; what cannot be had from those who are known is asked of
 * others. */
static void get_operand(struct get *get, const char *operand)
{
    struct search search = {.operand = operand};
    bool over = false;
    for (int reach = 0; reach < SL_REACH_END && !over; reach++)
        over = step(get, &search, (enum sl_reach)reach) == 1;
    if (over && search.err.code == SL_OK)
        return;
    const bool unknown =
        search.tried == 0 && (search.err.code == SL_OK || search.err.code == SL_ENOTFOUND);
    if (search.err.code == SL_OK)
        (void)sl_err_set(&search.err, SL_ENOTFOUND,
                         "nothing by this name is known; --address says whose data sets to look "
                         "into, --network on which network");
    sl_get_report_failed(&get->report, operand, unknown, &search.err);
}

/* ---- a manifest ---- */

static bool is_meant(const struct sl_args *args, const char *name)
{
    bool meant = args->operand_count == 0;
    for (size_t i = 0; i < args->operand_count && !meant; i++)
        meant = strcmp(args->operands[i], name) == 0 ||
                strcmp(args->operands[i], sl_path_base(name)) == 0;
    return meant;
}

static int save_below(struct get *get, int dir_fd, const struct sl_manifest_file *file,
                      const struct sl_wanted *wanted, struct sl_fetch_result *result,
                      struct sl_err *err)
{
    const char *base;
    const int fd = sl_folder_below(&base, dir_fd, file->name, folder_mode(), err);
    if (fd < 0)
        return fd;
    const struct sl_fetch_target target = {.dir_fd = fd,
                                           .name = base,
                                           .mode = sl_process_file_mode(),
                                           .force = get->args->force != NULL};
    sl_get_report_begin(&get->report, file->name);
    const int rc = sl_fetch_save(get->f.fetch, &wanted->file, &target, result, err);
    close(fd);
    return rc;
}

static void get_listed(struct get *get, int dir_fd, struct sl_manifest *manifest,
                       const struct sl_manifest_file *file)
{
    struct sl_wanted wanted;
    struct sl_err err = {0};
    struct sl_fetch_result result = {0};
    int rc = sl_copies_file(&wanted, &manifest->copies, &file->whole, &err);
    if (rc == 1) {
        rc = sl_fetching_from(&get->f, &wanted, &get->own, &err);
        if (rc == SL_OK)
            rc = save_below(get, dir_fd, file, &wanted, &result, &err);
        if (rc == SL_OK)
            sl_get_report_got(&get->report, file->name, &wanted.file, &result);
        sl_wanted_free(&wanted);
    } else if (rc == 0) {
        rc = err.code;
    }
    if (rc < 0)
        sl_get_report_failed(&get->report, file->name, false, &err);
}

static bool is_over(struct get *get)
{
    return get->report.broken || sl_interrupt_came(&get->f.interrupt);
}

static int get_manifest(struct get *get, struct sl_err *err)
{
    struct sl_manifest manifest = {0};
    char *text = NULL;
    size_t len = 0, meant = 0;
    int dir_fd = -1;
    int rc = sl_file_read(&text, &len, get->args->manifest, MANIFEST_BYTES_MAX, err);
    if (rc == SL_OK) {
        rc = sl_manifest_parse(&manifest, text, len, err);
        if (rc < 0)
            sl_err_ctx(err, "%.100s", get->args->manifest);
    }
    free(text);
    if (rc == SL_OK && strcmp(manifest.network, "local") == 0)
        rc = sl_fetching_start_local(&get->f, err);
    if (rc == SL_OK && get->f.uplink.localnet != NULL)
        rc = sl_known_local(&manifest.copies, get->f.uplink.localnet, err);
    if (rc == SL_OK) {
        dir_fd =
            open(get->folder[0] != '\0' ? get->folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = dir_fd < 0 ? sl_err_sys(err, errno, "open the folder") : SL_OK;
    }
    for (size_t i = 0; rc == SL_OK && i < manifest.count && !is_over(get); i++) {
        if (!is_meant(get->args, manifest.files[i].name))
            continue;
        meant++;
        get_listed(get, dir_fd, &manifest, &manifest.files[i]);
    }
    if (rc == SL_OK && meant == 0 && get->args->operand_count > 0)
        rc = sl_err_set(err, SL_ENOENT, "none of these names is in the manifest");
    if (dir_fd >= 0)
        close(dir_fd);
    sl_manifest_free(&manifest);
    return rc;
}

/* ---- the command ---- */

static int run(struct get *get, struct sl_err *err)
{
    int rc = sl_fetching_open(&get->f, get->args, err);
    if (rc < 0)
        return rc;
    sl_fetch_watch(get->f.fetch, sl_get_report_progress, &get->report, 250);
    if (get->args->manifest != NULL)
        rc = get_manifest(get, err);
    else
        for (size_t i = 0; i < get->args->operand_count && !is_over(get); i++)
            get_operand(get, get->args->operands[i]);
    if (sl_interrupt_came(&get->f.interrupt) && get->report.got + get->report.failed == 0)
        get->report.cancelled++;
    return rc;
}

enum sl_exit sl_run_get(const struct sl_args *args)
{
    struct get get = {.args = args};
    struct sl_err err = {0};
    if (args->operand_count == 0 && args->manifest == NULL) {
        sl_say("get needs a PieceCID or a name: `sluice status` lists what was stored");
        return SL_EXIT_USAGE;
    }
    int rc = take_output(&get, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    sl_get_report_init(&get.report, args->json != NULL, get.to_stdout);
    rc = run(&get, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : sl_get_report_end(&get.report);
    if (get.spool_fd >= 0)
        close(get.spool_fd);
    sl_copies_free(&get.own);
    sl_fetching_close(&get.f);
    return status;
}
