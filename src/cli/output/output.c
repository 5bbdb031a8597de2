/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static int out_errno; /* why stdout took no more; written by the thread that owns stdout */

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
