/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/row_text.h"

#include <stdio.h>
#include <string.h>

#include "sluice/clock.h"
#include "sluice/sp.h"
#include "sluice/text.h"

#include "input/keymap.h"
#include "render/draw.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

static void waiting_text(char *out, size_t cap, const struct sl_model *model,
                         const struct sl_row *row)
{
    char in[SL_TEXT_SHORT], lost[SL_TEXT_SHORT], again[64] = "";
    const int64_t left = row->next_try_ms - model->wall_ms;
    sl_text_duration(in, left > 0 ? left + 999 : 0);
    if (row->live != NULL && row->live->lost_bytes > 0) {
        sl_text_size(lost, row->live->lost_bytes);
        snprintf(again, sizeof again, "%s lost, ", lost);
    }
    snprintf(out, cap, "try %d in %s: %s%s", row->attempts + 1, in, again,
             row->why != NULL ? row->why : "");
}

static void failed_text(char *out, size_t cap, const struct sl_model *model,
                        const struct sl_row *row)
{
    char key[SL_KEY_TEXT] = "";
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_RETRY, 1);
    snprintf(out, cap, "failed, %s retries: %s", key,
             row->why != NULL ? row->why : sl_err_text(row->err_code));
}

static void paused_text(char *out, size_t cap, const struct sl_row *row)
{
    char done[SL_TEXT_SHORT];
    const uint64_t bytes = sl_row_done_bytes(row);
    sl_text_size(done, bytes);
    snprintf(out, cap, "paused%s%s%s", bytes > 0 ? ", " : "", bytes > 0 ? done : "",
             bytes > 0 ? " sent so far" : "");
}

static void parked_text(char *out, size_t cap, const struct sl_model *model,
                        const struct sl_row *row)
{
    char left[SL_TEXT_SHORT];
    const int64_t ms = row->changed_ms + SL_SP_PARKED_LIVES_MS - model->wall_ms;
    sl_text_duration(left, ms > 0 ? ms : 0);
    snprintf(out, cap, "parked, to commit  %s left", left);
}

/* "0x9f3c…22ab" */
static void short_tx(char out[static 24], const char *tx, bool ascii)
{
    const size_t len = strlen(tx);
    snprintf(out, 24, "%.6s%s%s", tx, ascii ? "..." : "…", len > 4 ? tx + len - 4 : "");
}

static void committing_text(char *out, size_t cap, const struct sl_model *model,
                            const struct sl_row *row)
{
    char tx[24], since[SL_TEXT_SHORT], copies[32] = "";
    const int64_t ms = model->wall_ms - row->changed_ms;
    sl_text_duration(since, ms > 0 ? ms : 0);
    if (row->copies_landed > 0)
        snprintf(copies, sizeof copies, "%u of %u copies, ", row->copies_landed,
                 row->copies_wanted);
    if (row->tx == NULL) {
        snprintf(out, cap, "%scommit in batch of %u  %s", copies, row->batch, since);
        return;
    }
    short_tx(tx, row->tx, model->ascii);
    snprintf(out, cap, "%stransaction %s  %s", copies, tx, since);
}

static void confirmed_text(char *out, size_t cap, const struct sl_row *row)
{
    if (row->copies_landed < row->copies_wanted) {
        snprintf(out, cap, "%u of %u copies: %s", row->copies_landed, row->copies_wanted,
                 row->why != NULL ? row->why : "the others are missing");
        return;
    }
    snprintf(out, cap, "confirmed%s set %llu piece %llu", row->already_stored ? " before" : "",
             (unsigned long long)row->data_set_id, (unsigned long long)row->chain_piece_id);
}

/* "12:04", as in the log */
static void clock_text(char out[static SL_LOCAL_TIME_CHARS], int64_t wall_ms)
{
    sl_local_time(out, wall_ms);
    memmove(out, out + 11, 5);
    out[5] = '\0';
}

static void checked_text(char *out, size_t cap, const struct sl_check *check)
{
    char when[SL_LOCAL_TIME_CHARS];
    clock_text(when, check->ended_ms);
    if (check->state == SL_VERIFY_WAITS)
        snprintf(out, cap, "waits to be verified");
    else if (check->state == SL_VERIFY_GOOD)
        snprintf(out, cap, "verified %s, %u of %u copies", when, check->good, check->copies);
    else
        snprintf(out, cap, "%s; %u of %u copies verified", check->why != NULL ? check->why : "",
                 check->good, check->copies);
}

int sl_row_text_role(const struct sl_row *row)
{
    const struct sl_check *check = row->check;
    if (check != NULL && check->state == SL_VERIFY_BAD)
        return SL_ROLE_FAILED;
    return check != NULL && check->state == SL_VERIFY_UNCLEAR ? SL_ROLE_WAITING
                                                              : sl_state_role(row->state);
}

void sl_row_text(char *out, size_t cap, const struct sl_model *model, const struct sl_row *row)
{
    if (row->check != NULL)
        checked_text(out, cap, row->check);
    else if (row->state == SL_JOB_WAITING)
        waiting_text(out, cap, model, row);
    else if (row->state == SL_JOB_FAILED)
        failed_text(out, cap, model, row);
    else if (row->state == SL_JOB_PAUSED)
        paused_text(out, cap, row);
    else if (row->state == SL_JOB_PARKED)
        parked_text(out, cap, model, row);
    else if (row->state == SL_JOB_COMMITTING)
        committing_text(out, cap, model, row);
    else if (row->state == SL_JOB_CONFIRMED)
        confirmed_text(out, cap, row);
    else if (row->state == SL_JOB_CANCELLED && row->why != NULL) /* says what is stored */
        snprintf(out, cap, "%s", row->why);
    else
        snprintf(out, cap, "%s%s", sl_job_state_word(row->state),
                 row->already_stored ? " before" : "");
}

void sl_tui_host_of(char out[static SL_HOST_BYTES], const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    const size_t len = strcspn(host, "/");
    snprintf(out, SL_HOST_BYTES, "%.*s", (int)(len < SL_HOST_BYTES ? len : SL_HOST_BYTES - 1),
             host);
}
