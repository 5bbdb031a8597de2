/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice export`: a manifest of all that is known to be stored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/manifest.h"
#include "sluice/text.h"

#include "commands.h"
#include "exit.h"
#include "fetching.h"
#include "known.h"
#include "process.h"
#include "say.h"

struct row {
    char *name;       /* owned */
    const char *path; /* of the copies; NULL: not known */
    struct sl_piece_id cid;
};

struct export
{
    const struct sl_args *args;
    struct sl_fetching f;
    struct row *rows;
    size_t count;
    size_t common; /* characters that all paths have in common, up to a slash */
};

/* ---- what is known ---- */

static int learn_data_sets(struct export *x, struct sl_err *err)
{
    struct sl_chain *chain = NULL;
    const size_t count = x->args->operand_count;
    struct sl_u256 *ids = calloc(count, sizeof *ids);
    int rc = ids == NULL ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        const char *text = x->args->operands[i];
        if (sl_u256_parse_dec(&ids[i], text, strlen(text), NULL) < 0)
            rc = sl_err_set(err, SL_EUSAGE,
                            "export takes numbers of data sets, not '%.60s': `sluice datasets` "
                            "lists them",
                            text);
    }
    if (rc == SL_OK)
        rc = sl_fetching_chain(&x->f, &chain, err);
    if (rc == SL_OK)
        rc = sl_known_data_sets(&x->f.copies, chain, ids, count, err);
    free(ids);
    return rc;
}

static int learn(struct export *x, struct sl_err *err)
{
    if (x->args->operand_count > 0)
        return learn_data_sets(x, err);
    int rc = sl_fetching_reach(&x->f, SL_REACH_JOURNAL, NULL, err);
    if (rc >= 0)
        rc = sl_fetching_reach(&x->f, SL_REACH_ACCOUNT, NULL, err);
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
        size_t same = 0;
        while (same < x->common && name[same] == first[same])
            same++;
        while (same > 0 && first[same - 1] != '/')
            same--;
        x->common = same;
    }
}

/* Harmless for whoever writes the file later, as sl_name_is_below() demands it. */
static char *harmless(const char *name)
{
    struct sl_buf out = {0};
    const size_t len = strlen(name);
    for (size_t i = 0, n = 0; i < len; i += n) {
        int32_t code_point = -1;
        const bool starts = i == 0 || name[i - 1] == '/';
        n = sl_text_next(&code_point, name + i, len - i);
        if (starts && name[i] == '.')
            sl_buf_str(&out, "_");
        if (code_point < ' ' || code_point == 0x7f) /* or a byte that JSON cannot hold */
            sl_buf_str(&out, "_");
        else
            sl_buf_add(&out, name + i, n);
    }
    return out.data;
}

/* "" when it has none. */
static const char *relative(const struct export *x, const char *name)
{
    return name[0] == '/' ? name + x->common : sl_path_base(name);
}

static char *name_of(const struct export *x, const char *known, const struct sl_piece_id *whole)
{
    char cid[SL_PIECE_CID_CHARS];
    char *name = harmless(relative(x, known));
    if (name != NULL && sl_name_is_below(name))
        return name;
    free(name);
    sl_piece_cid(cid, whole);
    return strdup(cid);
}

static int compare_rows(const void *a_, const void *b_)
{
    const struct row *a = a_, *b = b_;
    const int c = strcmp(a->name, b->name);
    return c != 0 ? c : memcmp(a->cid.root, b->cid.root, sizeof a->cid.root);
}

/* Two files of one name: the later ones have the end of their PieceCID behind it. */
static int make_unique(struct export *x, struct sl_err *err)
{
    enum { TAIL = 8 };
    qsort(x->rows, x->count, sizeof *x->rows, compare_rows);
    for (size_t i = x->count; i-- > 1;) {
        char cid[SL_PIECE_CID_CHARS];
        struct sl_buf name = {0};
        if (strcmp(x->rows[i].name, x->rows[i - 1].name) != 0)
            continue;
        sl_piece_cid(cid, &x->rows[i].cid);
        sl_buf_printf(&name, "%s-%s", x->rows[i].name, cid + strlen(cid) - TAIL);
        if (name.failed < 0)
            return sl_err_set(err, SL_ENOMEM, "out of memory");
        free(x->rows[i].name);
        x->rows[i].name = name.data;
    }
    return SL_OK;
}

/* ---- the manifest ---- */

static int add_row(struct export *x, const char *known, const struct sl_piece_id *cid,
                   struct sl_err *err)
{
    struct row *row = &x->rows[x->count];
    row->cid = *cid;
    row->path = known[0] == '/' ? known : NULL;
    row->name = name_of(x, known, cid);
    if (row->name == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    x->count++;
    return SL_OK;
}

/* Files of the same bytes are stored once, and each has its name: a row for each path that the
 * copies from `from` to before `to` tell. Returns how many there are. */
static int add_paths(struct export *x, size_t from, size_t to, const struct sl_piece_id *cid,
                     struct sl_err *err)
{
    const size_t first = x->count;
    for (size_t i = from; i < to; i++) {
        const char *name = x->f.copies.list[i].name;
        bool fresh = name[0] == '/';
        for (size_t k = first; fresh && k < x->count; k++)
            fresh = strcmp(name, x->rows[k].path) != 0;
        if (fresh && add_row(x, name, cid, err) < 0)
            return SL_ENOMEM;
    }
    return (int)(x->count > first);
}

static int collect(struct export *x, struct sl_err *err)
{
    size_t at = 0, from = 0;
    struct sl_piece_id cid;
    find_common(x);
    x->rows = calloc(x->f.copies.count + 1, sizeof *x->rows);
    if (x->rows == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (; sl_copies_next(&cid, &x->f.copies, &at) == 1; from = at) {
        struct sl_wanted wanted;
        struct sl_err why = {0};
        int rc = sl_copies_file(&wanted, &x->f.copies, &cid, &why);
        if (rc < 0) {
            *err = why;
            return rc;
        }
        char text[SL_PIECE_CID_CHARS];
        sl_piece_cid(text, &cid);
        if (rc == 0) {
            sl_say("warning: %s is left out: %s", text, why.text);
            continue;
        }
        rc = add_paths(x, from, at, &cid, err);
        if (rc == 0)
            rc = add_row(x, wanted.name, &cid, err);
        sl_wanted_free(&wanted);
        if (rc < 0)
            return rc;
    }
    return make_unique(x, err);
}

static int build(struct export *x, struct sl_buf *out, struct sl_err *err)
{
    sl_manifest_begin(out, x->f.network);
    for (size_t i = 0; i < x->count; i++) {
        struct sl_wanted wanted;
        const int rc = sl_copies_file(&wanted, &x->f.copies, &x->rows[i].cid, err);
        if (rc < 1)
            return rc < 0 ? rc : SL_EFORMAT;
        const struct sl_manifest_entry entry = {
            .name = x->rows[i].name,
            .path = x->rows[i].path,
            .wanted = &wanted,
        };
        sl_manifest_add(out, &entry, i == 0);
        sl_wanted_free(&wanted);
    }
    sl_manifest_end(out);
    return out->failed < 0 ? sl_err_set(err, out->failed, "out of memory") : SL_OK;
}

static int write_out(const struct export *x, const struct sl_buf *text, struct sl_err *err)
{
    const char *output = x->args->output;
    if (output == NULL || strcmp(output, "-") == 0)
        return sl_out(text) ? SL_OK : sl_err_set(err, SL_EIO, "standard output takes no more");
    if (x->args->force != NULL)
        return sl_file_write_atomic(output, text->data, text->len, sl_process_file_mode(), err);
    const int rc = sl_file_write_new(output, text->data, text->len, sl_process_file_mode(), err);
    if (rc != SL_EHELD)
        return rc;
    return sl_err_set(err, SL_EREFUSED, "%.150s is there already: --force replaces it", output);
}

static int run(struct export *x, struct sl_err *err)
{
    struct sl_buf text = {0};
    int rc = sl_fetching_open(&x->f, x->args, err);
    if (rc == SL_OK)
        rc = learn(x, err);
    if (rc == SL_OK)
        rc = collect(x, err);
    if (rc == SL_OK)
        rc = build(x, &text, err);
    if (rc == SL_OK)
        rc = write_out(x, &text, err);
    if (rc == SL_OK && x->count == 0)
        sl_say("nothing is known to be stored: the manifest is empty");
    sl_buf_free(&text);
    return rc;
}

enum sl_exit sl_run_export(const struct sl_args *args)
{
    struct export x = {.args = args};
    struct sl_err err = {0};
    const int rc = run(&x, &err);
    for (size_t i = 0; i < x.count; i++)
        free(x.rows[i].name);
    free(x.rows);
    sl_fetching_close(&x.f);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}
