/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/json.h"
#include "sluice/walk.h"

#include "commands.h"
#include "commands/library/cid_run.h"
#include "output/json_lines.h"
#include "output/output.h"

/* ---- a line of stdout ---- */

static void add_json(struct sl_buf *out, const struct sl_cid_run *run, const char *name,
                     const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS], v1[SL_PIECE_V1_CHARS];
    struct sl_jw w = {0};
    sl_piece_cid(cid, piece);
    sl_piece_cid_v1(v1, piece->root);
    sl_json_begin(&w, "cid", &run->clock);
    sl_json_path(&w, name);
    sl_jw_u64(&w, "size", piece->payload_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "pieceCidV1", v1);
    sl_json_end(&w);
    *out = w.buf;
}

static void add_text(struct sl_buf *out, const struct sl_cid_run *run, const char *name,
                     const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS];
    if (run->args->v1 != NULL)
        sl_piece_cid_v1(cid, piece->root);
    else
        sl_piece_cid(cid, piece);
    sl_output_cid_line(out, cid, name);
}

static void print_one(struct sl_cid_run *run, const char *name)
{
    struct sl_piece_id piece = {0};
    struct sl_err err = {0};
    struct sl_buf text = {0};
    if (sl_cid_run_hash(run, &piece, name, &err) < 0) {
        sl_cid_run_failed(run, name, &err);
        return;
    }
    if (run->args->json != NULL) {
        add_json(&text, run, name, &piece);
    } else {
        if (piece.payload_bytes < SL_PIECE_MIN_BYTES) {
            sl_meter_clear(&run->meter);
            sl_notice("%s: %" PRIu64 " bytes: providers take no piece under %" PRIu64, name,
                      piece.payload_bytes, SL_PIECE_MIN_BYTES);
        }
        add_text(&text, run, name, &piece);
    }
    sl_cid_run_out(run, &text);
}

/* ---- what is named ---- */

static int print_found(void *ctx, const struct sl_scan_item *item)
{
    struct sl_cid_run *run = ctx;
    if (item->kind == SL_SCAN_FILE)
        print_one(run, item->path);
    else if (item->kind == SL_SCAN_ERROR && item->err.code != SL_EEMPTY)
        sl_cid_run_failed(run, item->path, &item->err);
    return run->broken;
}

static int count_found(void *ctx, const struct sl_scan_item *item)
{
    if (item->kind == SL_SCAN_FILE)
        sl_cid_run_expect(ctx, item->file.size_bytes);
    return 0;
}

static void walk(struct sl_cid_run *run, const char *name, sl_scan_fn fn)
{
    static const atomic_bool never;
    const struct sl_walk_options options = {.links = SL_LINKS_ALL, /* no file leaves this machine */
                                            .include_hidden = true,
                                            .stop = &never,
                                            .fn = fn,
                                            .ctx = run};
    sl_walk(&options, name, 0);
}

static bool is_folder_to_walk(const struct sl_cid_run *run, const char *name, struct stat *st)
{
    *st = (struct stat){0};
    return stat(name, st) == 0 && S_ISDIR(st->st_mode) && run->args->recursive != NULL &&
           strcmp(name, "-") != 0 && strlen(name) < SL_PATH_BYTES;
}

/* Looking at every file first gives the fresh line its total. */
static void expect(struct sl_cid_run *run, const char *name)
{
    struct stat st;
    if (is_folder_to_walk(run, name, &st))
        walk(run, name, count_found);
    else
        sl_cid_run_expect(run, S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0);
}

static enum sl_exit print_all(struct sl_cid_run *run)
{
    const struct sl_args *args = run->args;
    for (size_t i = 0; run->shows && i < args->operand_count; i++)
        expect(run, args->operands[i]);
    for (size_t i = 0; !run->broken && i < args->operand_count; i++) {
        struct stat st;
        if (is_folder_to_walk(run, args->operands[i], &st))
            walk(run, args->operands[i], print_found);
        else
            print_one(run, args->operands[i]);
    }
    sl_meter_clear(&run->meter);
    if (run->broken)
        return sl_exit_no_output();
    if (run->failed == 0)
        return SL_EXIT_OK;
    return run->missing == run->failed ? SL_EXIT_NO_FILE : SL_EXIT_SOME_FAILED;
}

/* ---- the command ---- */

static int check_words(const struct sl_args *args, struct sl_err *err)
{
    const bool of_check =
        args->quiet != NULL || args->status != NULL || args->ignore_missing != NULL;
    if (of_check && args->check == NULL)
        return sl_err_set(err, SL_EUSAGE,
                          "--quiet, --status and --ignore-missing go with --check only");
    if (args->check != NULL && (args->v1 != NULL || args->recursive != NULL))
        return sl_err_set(err, SL_EUSAGE,
                          "--check takes the files and the kind of PieceCID from its list: "
                          "without --v1 and --recursive");
    if (args->operand_count == 0)
        return sl_err_set(err, SL_EUSAGE, "cid needs a %s, or `-` for standard input",
                          args->check != NULL ? "list to check" : "file");
    return SL_OK;
}

enum sl_exit sl_run_cid(const struct sl_args *args)
{
    struct sl_cid_run run = {.args = args};
    struct sl_err err = {0};
    int rc = check_words(args, &err);
    if (rc == SL_OK)
        rc = sl_cid_run_init(&run, args, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    return args->check != NULL ? sl_cid_check(&run) : print_all(&run);
}
