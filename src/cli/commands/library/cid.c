/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/json.h"
#include "sluice/walk.h"

#include "commands.h"
#include "commands/library/cid_line.h"
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
    sl_cli_json_begin(&w, "cid", &run->clock);
    sl_cli_json_path(&w, name);
    sl_jw_u64(&w, "size", piece->payload_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "pieceCidV1", v1);
    sl_cli_json_end(&w);
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
            sl_notice("%s: %" PRIu64 " bytes is too small: providers take no piece under %" PRIu64,
                      name, piece.payload_bytes, SL_PIECE_MIN_BYTES);
        }
        add_text(&text, run, name, &piece);
    }
    sl_cid_run_out(run, &text);
}

/* ---- operands ---- */

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

/* Stat every file first, for the total of the progress line. */
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

/* ---- --check: the rules, and the exit status, are those of checksum tools ---- */

/* The results of one list. */
struct list {
    struct sl_cid_run *run;
    const char *name;
    bool is_stdin;
    uint64_t line;
    size_t lines_right;
    size_t lines_wrong;
    size_t matched;
    size_t differ;
    size_t unread;
};

static void print_verdict(const struct list *list, const struct sl_cid_line *line, bool fine)
{
    const struct sl_args *args = list->run->args;
    struct sl_buf text = {0};
    if (args->status != NULL || (fine && args->quiet != NULL))
        return;
    if (args->json == NULL) {
        sl_output_verdict(&text, line->path, fine ? "OK" : "FAILED");
    } else {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "check", &list->run->clock);
        sl_cli_json_path(&w, line->path);
        sl_jw_bool(&w, "ok", fine);
        sl_cli_json_end(&w);
        text = w.buf;
    }
    sl_cid_run_out(list->run, &text);
}

/* A file without a PieceCID: print the reason on stderr, the verdict on stdout. */
static void print_unread(struct list *list, const struct sl_cid_line *line,
                         const struct sl_err *err)
{
    const struct sl_args *args = list->run->args;
    list->unread++;
    if (args->status != NULL && args->json != NULL)
        return;
    sl_cid_run_failed(list->run, line->path, err);
    if (args->status != NULL || args->json != NULL)
        return;
    struct sl_buf text = {0};
    sl_output_verdict(&text, line->path, "FAILED open or read");
    sl_cid_run_out(list->run, &text);
}

/* A file of another size cannot match, so do not read it. */
static bool differs_in_size(const struct sl_cid_line *line)
{
    struct stat st;
    return !line->v1 && stat(line->path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
           (uint64_t)st.st_size != line->piece.payload_bytes;
}

static bool is_equal(const struct sl_cid_line *line, const struct sl_piece_id *piece)
{
    if (line->v1)
        return memcmp(line->piece.root, piece->root, SL_PIECE_ROOT_BYTES) == 0;
    return sl_piece_id_equal(&line->piece, piece);
}

static void check_file(struct list *list, const struct sl_cid_line *line)
{
    struct sl_piece_id piece = {0};
    struct sl_err err = {0};
    bool fine = false;
    if (strcmp(line->path, "-") == 0 || !differs_in_size(line)) {
        const int rc = sl_cid_run_hash(list->run, &piece, line->path, &err);
        if (rc == SL_ENOENT && list->run->args->ignore_missing != NULL)
            return;
        if (rc < 0) {
            print_unread(list, line, &err);
            return;
        }
        fine = is_equal(line, &piece);
    }
    list->matched += fine;
    list->differ += !fine;
    print_verdict(list, line, fine);
}

static void warn_malformed(struct list *list, const struct sl_err *err)
{
    list->lines_wrong++;
    if (list->run->args->status != NULL)
        return;
    sl_meter_clear(&list->run->meter);
    sl_notice("%s:%" PRIu64 ": %s", list->name, list->line, err->text);
}

static void check_line(struct list *list, const char *text, size_t len, bool whole)
{
    struct sl_cid_line line = {0};
    struct sl_err err = {0};
    int rc = SL_OK;
    if (len > 0 && text[0] == '#')
        return; /* a comment */
    if (whole)
        rc = sl_cid_line_parse(&line, text, len, &err);
    else
        rc = sl_err_set(&err, SL_EFORMAT, "the line is too long");
    if (rc == SL_OK && list->is_stdin && strcmp(line.path, "-") == 0)
        rc = sl_err_set(&err, SL_EFORMAT, "standard input is the list itself");
    if (rc < 0) {
        warn_malformed(list, &err);
        return;
    }
    list->lines_right++;
    check_file(list, &line);
}

static int check_lines(struct list *list, FILE *file, struct sl_err *err)
{
    char text[SL_CID_LINE_BYTES];
    size_t len = 0;
    bool whole = true;
    int rc;
    while (!list->run->broken && (rc = sl_cid_line_read(text, &len, &whole, file, err)) != 0) {
        if (rc < 0)
            return rc;
        list->line++;
        check_line(list, text, len, whole);
    }
    return SL_OK;
}

/* ---- the total of the progress line ---- */

static void expect_lines(struct sl_cid_run *run, FILE *file)
{
    char text[SL_CID_LINE_BYTES];
    size_t len = 0;
    bool whole = true;
    struct sl_cid_line line = {0};
    while (sl_cid_line_read(text, &len, &whole, file, NULL) > 0) {
        struct stat st;
        if (whole && sl_cid_line_parse(&line, text, len, NULL) == SL_OK &&
            stat(line.path, &st) == 0 && S_ISREG(st.st_mode) && !differs_in_size(&line))
            sl_cid_run_expect(run, (uint64_t)st.st_size);
    }
}

/* Read a seekable list twice: the first time for the sizes of its files. */
static void expect_list(struct sl_cid_run *run, FILE *file)
{
    const off_t start = ftello(file);
    if (!run->shows || start < 0)
        return;
    expect_lines(run, file);
    if (fseeko(file, start, SEEK_SET) != 0)
        clearerr(file);
}

/* ---- a list ---- */

static void warn(size_t count, const char *one, const char *many)
{
    if (count > 0)
        sl_notice("WARNING: %zu %s", count, count == 1 ? one : many);
}

static void notice_summary(const struct list *list)
{
    const struct sl_args *args = list->run->args;
    sl_meter_clear(&list->run->meter);
    if (list->lines_right == 0) {
        sl_notice("%s: no line with a PieceCID and a name", list->name);
        return;
    }
    if (args->status != NULL)
        return;
    warn(list->lines_wrong, "line is malformed", "lines are malformed");
    warn(list->unread, "listed file could not be read", "listed files could not be read");
    warn(list->differ, "PieceCID did NOT match", "PieceCIDs did NOT match");
    if (args->ignore_missing != NULL && list->matched == 0)
        sl_notice("%s: no file was checked", list->name);
}

static enum sl_exit check_list(struct sl_cid_run *run, const char *name)
{
    const bool is_stdin = strcmp(name, "-") == 0;
    struct list list = {
        .run = run, .name = is_stdin ? "standard input" : name, .is_stdin = is_stdin};
    struct sl_err err = {0};
    FILE *file = is_stdin ? stdin : fopen(name, "re");
    int rc = file == NULL ? sl_err_sys(&err, errno, "cannot open") : SL_OK;
    if (rc == SL_OK) {
        expect_list(run, file);
        rc = check_lines(&list, file, &err);
    }
    if (file != NULL && !is_stdin)
        (void)fclose(file);
    sl_meter_clear(&run->meter);
    if (rc < 0) {
        sl_notice("%s: %s", list.name, err.text);
        return rc == SL_ENOENT ? SL_EXIT_NO_FILE : SL_EXIT_SOME_FAILED;
    }
    if (run->broken)
        return sl_exit_no_output();
    notice_summary(&list);
    return list.matched > 0 && list.differ == 0 && list.unread == 0 ? SL_EXIT_OK
                                                                    : SL_EXIT_SOME_FAILED;
}

static enum sl_exit check_lists(struct sl_cid_run *run)
{
    enum sl_exit worst = SL_EXIT_OK;
    for (size_t i = 0; !run->broken && i < run->args->operand_count; i++) {
        const enum sl_exit status = check_list(run, run->args->operands[i]);
        if (status != SL_EXIT_OK)
            worst = worst == SL_EXIT_OK || worst == status ? status : SL_EXIT_SOME_FAILED;
    }
    return worst;
}

/* ---- the command ---- */

static int check_words(const struct sl_args *args, struct sl_err *err)
{
    const bool of_check =
        args->quiet != NULL || args->status != NULL || args->ignore_missing != NULL;
    if (of_check && args->check == NULL)
        return sl_err_set(err, SL_EUSAGE,
                          "--quiet, --status and --ignore-missing work only with --check");
    if (args->check != NULL && (args->v1 != NULL || args->recursive != NULL))
        return sl_err_set(err, SL_EUSAGE,
                          "--check takes the files and the PieceCID version from its list; leave "
                          "out --v1 and --recursive");
    if (args->operand_count == 0)
        return sl_err_set(err, SL_EUSAGE, "cid: give a %s, or `-` for standard input",
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
    return args->check != NULL ? check_lists(&run) : print_all(&run);
}
