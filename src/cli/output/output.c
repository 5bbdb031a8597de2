/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/costs.h"
#include "sluice/piece.h"
#include "sluice/text.h"

void sl_notice(const char *fmt, ...)
{
    char text[2 * SL_PATH_BYTES];
    char shown[SL_NOTICE_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    sl_text_escape(shown, sizeof shown, text, strlen(text));
    fprintf(stderr, "sluice: %s\n", shown);
}

static int out_errno; /* why stdout failed; written by the thread that owns stdout */

static bool out_any; /* the same for stdout */

static bool note_out(bool ok)
{
    out_any = true;
    if (!ok)
        out_errno = errno;
    return ok;
}

bool sl_output(const struct sl_buf *text)
{
    if (text->failed < 0)
        return false;
    return note_out(fwrite(text->data, 1, text->len, stdout) == text->len && fflush(stdout) == 0);
}

bool sl_output_str(const char *text)
{
    return note_out(fputs(text, stdout) >= 0 && fflush(stdout) == 0);
}

bool sl_output_any(void)
{
    return out_any;
}

int sl_output_errno(void)
{
    return out_errno;
}

void sl_output_escape(struct sl_buf *out, const char *path)
{
    char shown[SL_NOTICE_BYTES];
    sl_buf_add(out, shown, sl_text_escape(shown, sizeof shown, path, strlen(path)));
}

/* Append the character at `at` unchanged if a terminal prints it there, else its bytes escaped.
 * Returns its length in bytes. */
static size_t quote_one(struct sl_buf *out, struct sl_text_run *run, const char *at, size_t left)
{
    int32_t code_point, next = -1;
    const size_t len = sl_text_next(&code_point, at, left);
    (void)sl_text_next(&next, at + len, left - len);
    const bool joins = sl_text_joins(run, code_point, next);
    if (joins || (sl_text_prints(run, code_point) && at[0] != '\\'))
        sl_buf_add(out, at, len);
    else if (at[0] == '\\')
        sl_buf_str(out, "\\\\");
    else if (at[0] == '\n')
        sl_buf_str(out, "\\n");
    else if (at[0] == '\r')
        sl_buf_str(out, "\\r");
    else
        for (size_t i = 0; i < len; i++)
            sl_buf_printf(out, "\\x%02x", (unsigned char)at[i]);
    return len;
}

static void quote(struct sl_buf *out, const char *path)
{
    struct sl_text_run run = {0};
    for (size_t left = strlen(path); left > 0;) {
        const size_t n = quote_one(out, &run, path, left);
        path += n;
        left -= n;
    }
}

static void add_line(struct sl_buf *out, const char *before, const char *path, const char *behind)
{
    struct sl_buf quoted = {0};
    quote(&quoted, path);
    const bool plain = quoted.data != NULL && strcmp(quoted.data, path) == 0;
    sl_buf_printf(out, "%s%s%s%s\n", plain ? "" : "\\", before,
                  quoted.data != NULL ? quoted.data : "", behind);
    if (quoted.failed < 0)
        out->failed = quoted.failed;
    sl_buf_free(&quoted);
}

void sl_output_cid_line(struct sl_buf *out, const char *cid, const char *path)
{
    char before[SL_PIECE_CID_CHARS + 2];
    snprintf(before, sizeof before, "%s  ", cid);
    add_line(out, before, path, "");
}

void sl_output_verdict(struct sl_buf *out, const char *path, const char *verdict)
{
    char behind[64];
    snprintf(behind, sizeof behind, ": %s", verdict);
    add_line(out, "", path, behind);
}

/* ---- amounts and sizes ---- */

void sl_show_size(char out[static SL_SHOWN_SIZE_CHARS], struct sl_u256 bytes)
{
    char text[SL_TEXT_SHORT];
    uint64_t small;
    if (!sl_u256_to_u64(&small, bytes)) {
        snprintf(out, SL_SHOWN_SIZE_CHARS, "huge");
        return;
    }
    sl_text_size(text, small);
    snprintf(out, SL_SHOWN_SIZE_CHARS, "%s", text);
}

void sl_show_metadata(struct sl_buf *out, const struct sl_metadata *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sl_buf_str(out, i > 0 ? " " : "");
        sl_output_escape(out, entries[i].key);
        if (entries[i].value[0] == '\0')
            continue;
        sl_buf_str(out, "=");
        sl_output_escape(out, entries[i].value);
    }
}

void sl_show_amount(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 amount)
{
    sl_u256_amount(out, amount, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
}

/* ---- tables ---- */

enum { WIDEST = 72 }; /* a PieceCID fits */

void sl_table_cell(struct sl_table *table, const char *text)
{
    sl_output_escape(&table->cells, text);
    sl_buf_add(&table->cells, "", 1);
    table->count++;
}

static void measure(const struct sl_table *table, int widths[static SL_TABLE_COLUMNS])
{
    const char *cell = table->cells.data;
    for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1) {
        const int width = sl_text_width(cell);
        int *widest = &widths[i % table->columns];
        if (width > *widest)
            *widest = width < WIDEST ? width : WIDEST;
    }
}

static void add_cell(struct sl_buf *out, const char *cell, int width, bool right, bool last)
{
    const int missing = width - sl_text_width(cell);
    const int pad = missing > 0 ? missing : 0;
    sl_buf_printf(out, "%*s%s", right ? pad : 0, "", cell);
    if (last)
        sl_buf_str(out, "\n");
    else
        sl_buf_printf(out, "%*s  ", right ? 0 : pad, "");
}

bool sl_table_print(const struct sl_table *table)
{
    int widths[SL_TABLE_COLUMNS] = {0};
    struct sl_buf out = {0};
    if (table->cells.failed != 0)
        return false;
    measure(table, widths);
    const char *cell = table->cells.data;
    for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1) {
        const size_t column = i % table->columns;
        add_cell(&out, cell, widths[column], (table->right >> column & 1) != 0,
                 column + 1 == table->columns);
    }
    const bool ok = out.failed == 0 && sl_output(&out);
    sl_buf_free(&out);
    return ok;
}

void sl_table_free(struct sl_table *table)
{
    sl_buf_free(&table->cells);
}

/* ---- errors and the exit status ---- */

enum sl_exit sl_exit_of_code(int code)
{
    switch (code) {
    case SL_OK:
        return SL_EXIT_OK;
    case SL_ECONFIG:
    case SL_EUSAGE:
        return SL_EXIT_USAGE;
    case SL_ENOENT:
        return SL_EXIT_NO_FILE;
    case SL_EMONEY:
        return SL_EXIT_MONEY;
    case SL_EKEY:
        return SL_EXIT_KEY;
    case SL_EHELD:
        return SL_EXIT_TEMPORARY;
    default:
        break;
    }
    switch (sl_err_class_of(code)) {
    case SL_CLASS_RETRY:
        return SL_EXIT_TEMPORARY;
    case SL_CLASS_STOP:
        return SL_EXIT_WORK_LEFT;
    case SL_CLASS_USER:
    case SL_CLASS_FATAL:
    case SL_CLASS_BUG:
        break;
    }
    return SL_EXIT_SOME_FAILED;
}

static struct sl_err last; /* main thread only */

const struct sl_err *sl_exit_last(void)
{
    return &last;
}

enum sl_exit sl_exit_with(const struct sl_err *err)
{
    last = *err;
    sl_notice("%s", err->text[0] != '\0' ? err->text : sl_err_text(err->code));
    return sl_exit_of_code(err->code);
}

enum sl_exit sl_exit_no_output(void)
{
    if (sl_output_errno() != EPIPE) /* a reader that has read enough needs no message */
        sl_notice("cannot write to standard output; stopped");
    return SL_EXIT_SOME_FAILED;
}

/* ---- a question ---- */

int sl_confirm_check(const struct sl_args *args, const char *what, struct sl_err *err)
{
    if (args->yes != NULL || args->dry_run != NULL ||
        (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE,
                      "there is no terminal to ask for confirmation %s; use --yes or --dry-run",
                      what);
}

int sl_confirm_ask(const struct sl_args *args, struct sl_err *err)
{
    char answer[16] = "";
    if (args->yes != NULL)
        return SL_OK;
    fputs("sluice: continue? [y/N] ", stderr);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL &&
        (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0))
        return SL_OK;
    return sl_err_set(err, SL_ECANCELED, "nothing was sent");
}
