/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice export`: a manifest of all known stored files. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/copies.h"

#include "commands.h"
#include "lookup/copy_index.h"
#include "lookup/lookup.h"
#include "lookup/version_names.h"
#include "output/output.h"
#include "process.h"

struct row {
    char *name;       /* owned */
    const char *path; /* of the copies; NULL: not known */
    struct sl_piece_id cid;
    int64_t stored_ms;
    size_t newest; /* for an older version: row of the newest version, which has the plain name */
    bool is_older;
    bool is_left_out; /* some parts are not known */
};

struct export
{
    const struct sl_args *args;
    struct sl_lookup f;
    struct row *rows;
    size_t count;
    size_t written;
    size_t common; /* characters that all paths have in common, up to a slash */
};

/* ---- what is known ---- */

/* Names come from the chain as far as its contract keeps them, else from the journal and the
 * receipts of its commits. */
static int label(struct export *x, struct sl_err *err)
{
    struct sl_lookup *f = &x->f;
    struct sl_copies journal = {0};
    int rc = sl_copies_label(&f->unnamed, &f->copies, &f->copies, err);
    if (rc < 0 || f->unnamed == 0)
        return rc;
    rc = sl_cli_copy_index_journal(&journal, f->settings.config.paths.state, &f->clock, f->devnet,
                                   err);
    if (rc == SL_OK)
        rc = sl_copies_label(&f->unnamed, &f->copies, &journal, err);
    sl_copies_free(&journal);
    return rc < 0 ? rc : sl_lookup_name_pieces(f, true, err);
}

static int learn_data_sets(struct export *x, struct sl_err *err)
{
    struct sl_chain *chain = NULL;
    const size_t count = x->args->operand_count;
    struct sl_u256 *ids = calloc(count, sizeof *ids);
    int rc = ids == NULL ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        const char *text = x->args->operands[i];
        if (sl_u256_parse_dec(&ids[i], text, strlen(text), NULL) < 0)
            rc = sl_err_set(
                err, SL_EUSAGE,
                "export: '%.60s' is not a data set number; `sluice datasets` lists yours", text);
    }
    if (rc == SL_OK)
        rc = sl_lookup_chain(&x->f, &chain, err);
    if (rc == SL_OK)
        rc = sl_cli_copy_index_data_sets(&x->f.copies, chain, ids, count, err);
    if (rc == SL_OK)
        rc = label(x, err);
    free(ids);
    return rc;
}

static int learn(struct export *x, struct sl_err *err)
{
    if (x->args->operand_count > 0)
        return learn_data_sets(x, err);
    int rc = sl_lookup_read(&x->f, SL_LOOKUP_JOURNAL, NULL, err);
    if (rc >= 0)
        rc = sl_lookup_read(&x->f, SL_LOOKUP_ACCOUNT, NULL, err);
    if (rc >= 0)
        rc = sl_lookup_read(&x->f, SL_LOOKUP_LOGS, NULL, err);
    return rc < 0 ? rc : SL_OK;
}

/* ---- names ---- */

static size_t folder_length(const char *path)
{
    return (size_t)(sl_path_base(path) - path);
}

static void find_common(struct export *x)
{
    const char *first = NULL;
    for (size_t i = 0; i < x->f.copies.count; i++) {
        const char *name = x->f.copies.list[i].name;
        if (name[0] != '/')
            continue;
        if (first == NULL) {
            first = name;
            x->common = folder_length(name);
        }
        x->common = sl_path_shared(first, x->common, name);
    }
}

/* "" when it has none. */
static const char *relative(const struct export *x, const char *name)
{
    return name[0] == '/' ? name + x->common : sl_path_base(name);
}

static char *name_of(const struct export *x, const struct sl_version *version)
{
    char cid[SL_PIECE_CID_CHARS];
    const char *name = relative(x, version->name);
    if (sl_copies_name_is_below(name))
        return strdup(name);
    sl_piece_cid(cid, &version->cid);
    return strdup(cid);
}

/* Files with a known path come before files that only the chain names, so that they keep the name.
 */
static int compare_rows(const void *a_, const void *b_)
{
    const struct row *a = *(const struct row *const *)a_, *b = *(const struct row *const *)b_;
    const int c = strcmp(a->name, b->name);
    if (c != 0)
        return c;
    if ((a->path != NULL) != (b->path != NULL))
        return a->path != NULL ? -1 : 1;
    return a < b ? -1 : a > b; /* otherwise in the order read: newest first */
}

/* Give a row a dated name, because another row has its name. False: out of memory. */
static bool rename_row(const struct export *x, struct row *row, bool unique)
{
    assert(x->rows != NULL);
    const char *plain = row->is_older ? x->rows[row->newest].name : row->name;
    char *name = sl_version_name(plain, row->stored_ms, &row->cid, unique);
    if (name == NULL)
        return false;
    free(row->name);
    row->name = name;
    return true;
}

/* All rows but the first with a name get the end of their PieceCID. */
static int make_unique(struct export *x, struct sl_err *err)
{
    struct row **sorted = calloc(x->count + 1, sizeof(void *));
    bool good = sorted != NULL;
    for (size_t i = 0; good && i < x->count; i++)
        sorted[i] = &x->rows[i];
    if (good)
        qsort(sorted, x->count, sizeof(void *), compare_rows);
    for (size_t i = x->count; good && i-- > 1;) {
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            good = rename_row(x, sorted[i], true);
    }
    free(sorted);
    return good ? SL_OK : sl_err_set(err, SL_ENOMEM, "out of memory");
}

/* ---- files and their versions ---- */

/* Whether all parts of the version are known. */
static bool is_whole(struct export *x, const struct sl_version *version, int *rc,
                     struct sl_err *err)
{
    struct sl_wanted wanted;
    struct sl_err why = {0};
    char text[SL_PIECE_CID_CHARS];
    *rc = sl_copies_file(&wanted, &x->f.copies, &version->cid, &why);
    sl_wanted_free(&wanted);
    if (*rc < 0 && err != NULL)
        *err = why;
    sl_piece_cid(text, &version->cid);
    if (*rc == 0)
        sl_notice("warning: %s is left out: %s", version->name[0] != '\0' ? version->name : text,
                  why.text);
    return *rc == 1;
}

/* Within one path, all but the newest are older versions. Files that only the chain names may come
 * from different folders: they are not versions, and all of them are exported. */
static int add_version(struct export *x, const struct sl_version *version, size_t newest,
                       struct sl_err *err)
{
    int rc;
    const bool whole = is_whole(x, version, &rc, err);
    struct row *row = &x->rows[x->count];
    if (rc < 0)
        return rc;
    *row = (struct row){.cid = version->cid,
                        .path = version->name[0] == '/' ? version->name : NULL,
                        .stored_ms = version->stored_ms,
                        .newest = newest,
                        .is_older = newest != x->count && version->name[0] == '/',
                        .is_left_out = !whole,
                        .name = name_of(x, version)};
    if (row->name == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    x->count++;
    return !row->is_older || rename_row(x, row, false)
               ? SL_OK
               : sl_err_set(err, SL_ENOMEM, "out of memory");
}

static int collect(struct export *x, struct sl_err *err)
{
    struct sl_versions versions;
    find_common(x);
    int rc = sl_versions_read(&versions, &x->f.copies, NULL, err);
    x->rows = calloc(versions.count + 1, sizeof *x->rows);
    if (x->rows == NULL) {
        sl_versions_free(&versions);
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    }
    for (size_t i = 0; rc == SL_OK && i < versions.count;) {
        const size_t newest = x->count, end = sl_versions_end(&versions, i);
        for (; rc == SL_OK && i < end; i++)
            rc = add_version(x, &versions.list[i], newest, err);
    }
    sl_versions_free(&versions);
    return rc < 0 ? rc : make_unique(x, err);
}

/* ---- the manifest ---- */

static int build_row(struct export *x, struct sl_buf *out, const struct row *row,
                     struct sl_err *err)
{
    struct sl_wanted wanted;
    const int rc = sl_copies_file(&wanted, &x->f.copies, &row->cid, err);
    if (rc < 1)
        return rc < 0 ? rc : SL_EFORMAT;
    const struct sl_manifest_entry entry = {
        .name = row->name,
        .path = row->path,
        .older_of = row->is_older ? x->rows[row->newest].name : NULL,
        .stored_ms = row->stored_ms,
        .wanted = &wanted,
    };
    sl_manifest_add(out, &entry, x->written++ == 0);
    sl_wanted_free(&wanted);
    return SL_OK;
}

static int build(struct export *x, struct sl_buf *out, struct sl_err *err)
{
    int rc = SL_OK;
    sl_manifest_begin(out, x->f.network);
    for (size_t i = 0; rc == SL_OK && i < x->count; i++) {
        if (!x->rows[i].is_left_out)
            rc = build_row(x, out, &x->rows[i], err);
    }
    sl_manifest_end(out);
    if (rc < 0)
        return rc;
    return out->failed < 0 ? sl_err_set(err, out->failed, "out of memory") : SL_OK;
}

static int write_out(const struct export *x, const struct sl_buf *text, struct sl_err *err)
{
    const char *output = x->args->output;
    if (output == NULL || strcmp(output, "-") == 0)
        return sl_output(text) ? SL_OK : sl_err_set(err, SL_EIO, "cannot write to standard output");
    if (x->args->force != NULL)
        return sl_file_write_atomic(output, text->data, text->len, sl_process_file_mode(), err);
    const int rc = sl_file_write_new(output, text->data, text->len, sl_process_file_mode(), err);
    if (rc != SL_EHELD)
        return rc;
    return sl_err_set(err, SL_EREFUSED, "%.150s already exists; use --force to replace it", output);
}

/* Report what the manifest lacks: it may be the only way to restore the files. */
static void notice_missing(const struct export *x)
{
    const size_t unnamed = x->f.unnamed, unread = x->f.copies.unread_sets;
    const size_t unplaced = x->f.copies.unplaced_sets;
    if (unnamed > 0)
        sl_notice("%zu piece%s in the manifest under %s: the storage contract keeps no "
                  "readable piece metadata, so names and files in parts are unknown; "
                  "export on the machine that stored them%s",
                  unnamed, unnamed == 1 ? " is" : "s are",
                  unnamed == 1 ? "its PieceCID" : "their PieceCIDs",
                  x->args->search_logs == NULL ? ", or with --search-logs" : "");
    if (unread > 0)
        sl_notice("%zu data set%s missing in the manifest: the node refused to list the "
                  "pieces; run the command again, or try another node with --rpc-url",
                  unread, unread == 1 ? " is" : "s are");
    if (unplaced > 0)
        sl_notice("%zu data set%s missing in the manifest: the registry has no usable URL "
                  "of the provider; run the command again, or try another node with "
                  "--rpc-url",
                  unplaced, unplaced == 1 ? " is" : "s are");
}

static int write_manifest(struct export *x, struct sl_err *err)
{
    struct sl_buf text = {0};
    int rc = sl_lookup_open(&x->f, x->args, err);
    if (rc == SL_OK)
        rc = learn(x, err);
    if (rc == SL_OK)
        rc = collect(x, err);
    if (rc == SL_OK)
        rc = build(x, &text, err);
    if (rc == SL_OK)
        rc = write_out(x, &text, err);
    if (rc == SL_OK && x->written == 0)
        sl_notice("no stored file is known; the manifest is empty");
    if (rc == SL_OK)
        notice_missing(x);
    sl_buf_free(&text);
    return rc;
}

enum sl_exit sl_run_export(const struct sl_args *args)
{
    struct export x = {.args = args};
    struct sl_err err = {0};
    const int rc = write_manifest(&x, &err);
    for (size_t i = 0; i < x.count; i++)
        free(x.rows[i].name);
    free(x.rows);
    const bool blind = sl_lookup_has_unnamed(&x.f) || x.f.copies.unplaced_sets > 0;
    sl_lookup_close(&x.f);
    if (rc < 0)
        return sl_exit_with(&err);
    return blind ? SL_EXIT_SOME_FAILED : SL_EXIT_OK;
}
