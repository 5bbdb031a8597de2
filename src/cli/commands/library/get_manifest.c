/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_manifest.c - restores the files of a manifest below one folder. */
#include "commands/library/get_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/copies.h"
#include "sluice/text.h"

#include "lookup/cid_v1.h"
#include "lookup/copy_index.h"
#include "lookup/version_names.h"
#include "output/output.h"
#include "process.h"
#include "setup/network.h"

enum { MANIFEST_BYTES_MAX = 256 << 20 };

/* Sorted, the versions of a file are consecutive, newest first. */
struct listed {
    const struct sl_manifest_file *file;
    const char *name; /* name of the newest version */
    size_t order;     /* position in the manifest */
};

struct restore {
    struct sl_get_run *get;
    struct sl_manifest manifest;
    struct listed *list;
    int dir_fd;
    bool to_home; /* the target is the home folder, where programs read hidden files */
    size_t meant;
};

/* ---- one file ---- */

static int save_below(struct restore *r, const char *name, const struct sl_wanted *wanted,
                      struct sl_fetch_result *result, struct sl_err *err)
{
    const char *base;
    if (r->to_home && sl_copies_name_is_hidden(name))
        return sl_err_set(err, SL_EREFUSED,
                          "hidden files of a manifest are not written into the home folder; choose "
                          "another folder with -o");
    const int fd = sl_folder_below(&base, r->dir_fd, name, sl_get_run_folder_mode(), err);
    if (fd < 0)
        return fd;
    const struct sl_fetch_target target = {.dir_fd = fd,
                                           .name = base,
                                           .mode = sl_process_file_mode(),
                                           .force = r->get->args->force != NULL};
    sl_get_report_begin(&r->get->report, name);
    const int rc = sl_fetch_save(r->get->f.fetch, &wanted->file, &target, result, err);
    close(fd);
    return rc;
}

static void restore_as(struct restore *r, const struct sl_manifest_file *file, const char *name)
{
    struct sl_wanted wanted;
    struct sl_err err = {0};
    struct sl_fetch_result result = {0};
    int rc = sl_copies_file(&wanted, &r->manifest.copies, &file->whole, &err);
    if (rc == 1) {
        rc = sl_lookup_use_from(&r->get->f, &wanted, &r->get->own, &err);
        if (rc == SL_OK)
            rc = save_below(r, name, &wanted, &result, &err);
        if (rc == SL_OK)
            sl_get_report_got(&r->get->report, name, &wanted.file, &result);
        sl_wanted_free(&wanted);
    } else if (rc == 0) {
        rc = sl_err_set(&err, SL_ENOTFOUND, "the manifest has no URL for some of its bytes");
    }
    if (rc < 0)
        sl_get_report_failed(&r->get->report, name, false, &err);
}

/* ---- versions ---- */

static int compare_listed(const void *a_, const void *b_)
{
    const struct listed *a = a_, *b = b_;
    const int c = strcmp(a->name, b->name);
    if (c != 0)
        return c;
    if ((a->file->older_of != NULL) != (b->file->older_of != NULL))
        return a->file->older_of != NULL ? 1 : -1;
    if (a->file->stored_ms != b->file->stored_ms)
        return a->file->stored_ms > b->file->stored_ms ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static int arrange(struct restore *r, struct sl_err *err)
{
    const size_t count = r->manifest.count;
    r->list = calloc(count + 1, sizeof *r->list);
    if (r->list == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct sl_manifest_file *file = &r->manifest.files[i];
        r->list[i] = (struct listed){
            .file = file, .name = file->older_of != NULL ? file->older_of : file->name, .order = i};
    }
    qsort(r->list, count, sizeof *r->list, compare_listed);
    return SL_OK;
}

static size_t end_of(const struct restore *r, size_t from)
{
    size_t end = from;
    while (end < r->manifest.count && strcmp(r->list[end].name, r->list[from].name) == 0)
        end++;
    return end;
}

/* Restore one file: the newest version, or that of --at, under its name; other versions under dated
 * names. */
static void restore_file(struct restore *r, size_t from)
{
    const struct sl_get_run *get = r->get;
    const size_t end = end_of(r, from);
    size_t chosen = from;
    while (get->at_ms != 0 && chosen < end &&
           (r->list[chosen].file->stored_ms == 0 || r->list[chosen].file->stored_ms > get->at_ms))
        chosen++;
    r->meant++;
    struct sl_err err = {0};
    if (chosen == end)
        (void)sl_err_set(&err, SL_ENOTFOUND, "the manifest has no version that was stored by %s",
                         get->args->at);
    else if (get->at_ms == 0 && r->list[chosen].file->older_of != NULL)
        (void)sl_err_set(&err, SL_ENOTFOUND,
                         "its newest version is not in the manifest; use --at DATE for an older "
                         "one");
    if (err.code != SL_OK) {
        sl_get_report_failed(&r->get->report, r->list[from].name, true, &err);
        return;
    }
    restore_as(r, r->list[chosen].file, r->list[from].name);
    for (size_t i = chosen + 1; get->args->versions != NULL && i < end; i++) {
        if (!sl_get_run_is_over(r->get))
            restore_as(r, r->list[i].file, r->list[i].file->name);
    }
}

/* ---- operands ---- */

static void list_names(const struct restore *r, const char *operand, size_t names)
{
    sl_notice("%s is in %zu folders; give the path:", operand, names);
    for (size_t i = 0; i < r->manifest.count; i = end_of(r, i)) {
        char size[SL_TEXT_SHORT], date[SL_DATE_CHARS];
        if (!sl_copies_name_ends_with(r->list[i].name, operand))
            continue;
        sl_text_size(size, r->list[i].file->whole.payload_bytes);
        sl_date_text(date, r->list[i].file->stored_ms);
        sl_notice("%7s  %-16s  %s", size, date, r->list[i].name);
    }
}

static void restore_cid(struct restore *r, const struct sl_piece_id *cid)
{
    for (size_t i = 0; i < r->manifest.count; i++) {
        if (!sl_piece_id_equal(&r->list[i].file->whole, cid))
            continue;
        r->meant++;
        restore_as(r, r->list[i].file, r->list[i].file->name);
        return;
    }
}

/* Whether the operand is a PieceCID; one of version 1 is sought in the manifest alone. */
static int find_cid(const struct restore *r, struct sl_piece_id *out, const char *operand,
                    struct sl_err *err)
{
    struct sl_cid_v1 v1;
    if (!sl_cid_v1_parse(&v1, operand))
        return sl_lookup_cid(&r->get->f, out, operand, err);
    for (size_t i = 0; i < r->manifest.count; i++)
        sl_cid_v1_add(&v1, &r->list[i].file->whole);
    const int rc = sl_cid_v1_pick(out, &v1, "the manifest", "nothing was downloaded", err);
    return rc < 0 ? rc : 1;
}

/* An operand is a whole name, or its end after a slash if only one file has it. */
static int restore_operand(struct restore *r, const char *operand, struct sl_err *err)
{
    struct sl_piece_id cid;
    size_t names = 0, at = 0;
    const int rc = find_cid(r, &cid, operand, err);
    if (rc == 1)
        restore_cid(r, &cid);
    if (rc != 0)
        return rc < 0 ? rc : SL_OK;
    for (size_t i = 0; i < r->manifest.count; i = end_of(r, i)) {
        if (strcmp(r->list[i].name, operand) == 0) {
            restore_file(r, i);
            return SL_OK;
        }
        if (sl_copies_name_ends_with(r->list[i].name, operand)) {
            names++;
            at = i;
        }
    }
    if (names > 1) {
        list_names(r, operand, names);
        return sl_err_set(err, SL_EUSAGE, "nothing was downloaded");
    }
    if (names == 1)
        restore_file(r, at);
    return SL_OK;
}

static int restore_all(struct restore *r, struct sl_err *err)
{
    const struct sl_args *args = r->get->args;
    int rc = SL_OK;
    for (size_t i = 0; args->operand_count == 0 && i < r->manifest.count; i = end_of(r, i)) {
        if (sl_get_run_is_over(r->get))
            break;
        restore_file(r, i);
    }
    for (size_t i = 0; rc == SL_OK && i < args->operand_count && !sl_get_run_is_over(r->get); i++)
        rc = restore_operand(r, args->operands[i], err);
    if (rc == SL_OK && r->meant == 0 && args->operand_count > 0)
        rc = sl_err_set(err, SL_ENOENT, "none of these names is in the manifest");
    return rc;
}

/* ---- the manifest ---- */

static int read_manifest(struct restore *r, struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    const char *path = r->get->args->manifest;
    int rc = sl_file_read(&text, &len, path, MANIFEST_BYTES_MAX, err);
    if (rc == SL_OK) {
        rc = sl_manifest_parse(&r->manifest, text, len, err);
        if (rc < 0)
            sl_err_ctx(err, "%.100s", path);
    }
    free(text);
    if (rc == SL_OK && r->manifest.left_out > 0)
        sl_notice("%s: %zu URLs are ignored, because they are not those of a piece "
                  "(.../piece/PIECECID)",
                  path, r->manifest.left_out);
    return rc;
}

static bool is_home(int fd)
{
    struct stat is, home;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes HOME */
    const char *path = getenv("HOME");
    return path != NULL && stat(path, &home) == 0 && fstat(fd, &is) == 0 &&
           is.st_dev == home.st_dev && is.st_ino == home.st_ino;
}

static int open_folder(struct restore *r, struct sl_err *err)
{
    const char *folder = r->get->folder[0] != '\0' ? r->get->folder : ".";
    r->dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->dir_fd < 0)
        return sl_err_sys(err, errno, "open the folder %.100s", folder);
    r->to_home = is_home(r->dir_fd);
    return SL_OK;
}

/* The manifest's own network, not that of the settings, decides where its URLs may lead. */
static void set_public_only(const struct restore *r)
{
    const struct sl_lookup *f = &r->get->f;
    const char *network = r->manifest.network[0] != '\0' ? r->manifest.network : f->network;
    const bool named = r->get->args->from != NULL;
    sl_fetch_set_public_only(f->fetch,
                             !named && sl_cli_is_public_only(&f->settings.config, network));
}

int sl_get_manifest(struct sl_get_run *get, struct sl_err *err)
{
    struct restore r = {.get = get, .dir_fd = -1};
    int rc = read_manifest(&r, err);
    if (rc == SL_OK && strcmp(r.manifest.network, "local") == 0)
        rc = sl_lookup_start_devnet(&get->f, err);
    if (rc == SL_OK && get->f.devnet != NULL)
        rc = sl_cli_copy_index_local(&r.manifest.copies, get->f.devnet, err);
    if (rc == SL_OK)
        set_public_only(&r);
    if (rc == SL_OK)
        rc = open_folder(&r, err);
    if (rc == SL_OK)
        rc = arrange(&r, err);
    if (rc == SL_OK)
        rc = restore_all(&r, err);
    if (r.dir_fd >= 0)
        close(r.dir_fd);
    free(r.list);
    sl_manifest_free(&r.manifest);
    return rc;
}
