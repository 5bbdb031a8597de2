/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/upload.h"

#include <inttypes.h>

#include "sluice/engine.h"
#include "sluice/text.h"

enum {
    FINALIZE_TRIES = 3,
    PUT_TRIES = 2,
    RATE_BYTES = 1 << 20, /* less, in less time, tells nothing of the line */
    RATE_MS = 2000,
    CLOSE_MS = 1000,
    CLOSE_BYTES = 2 * 65536, /* two chunks */
    PACE_MS = 250,
    EARLY_LEAST_MS = 20000,
    EARLY_PART = 8, /* of the provider's limit: after that it is looked whether it can be kept */
    FAR_OFF = 3,    /* times the limit: no good day of the line makes up for that */
    READ_BYTES = 16384,
    HTTP_CONFLICT = 409,
};

static bool answer_missing(int rc)
{
    return rc == SL_ENET || rc == SL_ESTALLED;
}

/* The record of a part tells of the whole file. The attempt is read first: see total.h. */
static void count_part(struct sl_upload *up, struct sl_progress *progress)
{
    struct sl_total *total = up->total;
    progress->attempt = atomic_load(&total->attempt);
    sl_total_add(total, progress->sent_bytes - up->counted_sent,
                 progress->acked_bytes - up->counted_acked);
    up->counted_sent = progress->sent_bytes;
    up->counted_acked = progress->acked_bytes;
    progress->sent_bytes = atomic_load(&total->sent_bytes);
    progress->acked_bytes = atomic_load(&total->acked_bytes);
    progress->hashed_bytes = up->file.size_bytes;
}

static void report(struct sl_upload *up, uint64_t sent_bytes)
{
    struct sl_progress progress = {
        .job_id = up->job_id,
        .part = up->part,
        .attempt = up->attempt,
        .hashed_bytes = sl_source_hashed_bytes(&up->source),
        .sent_bytes = sent_bytes,
        .acked_bytes = up->acked_bytes,
        .at_ms = sl_now_ms(&up->clock),
    };
    if (up->total != NULL)
        count_part(up, &progress);
    (void)sl_ring_push(up->ring, &progress); /* full: the next one carries the totals */
    if (up->board != NULL)
        sl_board_write(up->board, up->board_slot, &progress);
}

static void note_acked(struct sl_upload *up, uint64_t sent_bytes)
{
    const uint64_t unacked = sl_sp_unacked_bytes(up->sp);
    if (sent_bytes <= unacked || sent_bytes - unacked <= up->acked_bytes)
        return;
    up->acked_bytes = sent_bytes - unacked;
    atomic_store(&up->moved_ms, sl_now_ms(&up->clock));
}

/* The limit is reached: still report the bytes sent so far. */
static int wait_turn(struct sl_upload *up, int64_t wait_ms)
{
    note_acked(up, up->source.at_bytes);
    report(up, up->source.at_bytes);
    sl_sp_resume_after(up->sp, wait_ms);
    return SL_HTTP_PAUSE;
}

/* ---- time ---- */

/* `bytes` have arrived in that time: what the kernel still holds says nothing of the line. */
static void measure(struct sl_upload *up, uint64_t bytes, int64_t moving_ms)
{
    if (moving_ms > 0 && (up->too_slow || bytes >= RATE_BYTES || moving_ms >= RATE_MS))
        up->rate_bytes_per_s = bytes * 1000 / (uint64_t)moving_ms;
}

/* The kernel gets what the line takes in about a second, and no more: see sl_http_limit_unsent().
 */
static void keep_close(struct sl_upload *up, int64_t now_ms)
{
    const int64_t moving_ms = now_ms - up->begun_ms - up->held_ms;
    if (now_ms < up->close_ms || moving_ms < CLOSE_MS / 8)
        return;
    up->close_ms = now_ms + CLOSE_MS;
    const uint64_t bytes = up->acked_bytes * CLOSE_MS / (uint64_t)moving_ms;
    sl_sp_limit_unsent(up->sp, bytes > CLOSE_BYTES ? bytes : CLOSE_BYTES);
}

/* A connection starts faster than it goes on: what counts is the later part of the time so far,
 * half of it at least. */
static void note_pace(struct sl_upload *up, int64_t moving_ms)
{
    if (moving_ms < PACE_MS || moving_ms < 2 * up->pace[1].moving_ms)
        return;
    up->pace[0] = up->pace[1];
    up->pace[1] = (struct sl_upload_pace){moving_ms, up->acked_bytes};
}

static void recent(const struct sl_upload *up, int64_t moving_ms, struct sl_upload_pace *out)
{
    out->moving_ms = moving_ms - up->pace[0].moving_ms;
    out->bytes = up->acked_bytes - up->pace[0].bytes;
}

/* Whether the provider's limit would pass: known early when it is far off, and from half of the
 * limit on with a tenth of it to spare. */
static bool is_too_slow(const struct sl_upload *up, int64_t spent_ms)
{
    struct sl_upload_pace pace;
    const bool early = spent_ms < up->limit_ms / 2;
    if (up->limit_ms <= 0 || up->acked_bytes >= up->size_bytes ||
        spent_ms < up->limit_ms / EARLY_PART || (early && spent_ms < EARLY_LEAST_MS))
        return false;
    recent(up, spent_ms - up->held_ms, &pace);
    const double per_byte_ms = (double)pace.moving_ms / (double)(pace.bytes > 0 ? pace.bytes : 1);
    const double left = (double)(up->size_bytes - up->acked_bytes);
    const double all_ms = (double)spent_ms + per_byte_ms * left;
    return all_ms > (double)up->limit_ms * (early ? FAR_OFF : 0.9);
}

/* The provider's clock runs while we are held. A stream that cannot make it is broken off rather
 * than cut by the provider at the end. */
static int check_time(struct sl_upload *up, struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&up->clock);
    if (up->hold_ms != 0)
        up->held_ms += now_ms - up->hold_ms;
    up->hold_ms = 0;
    note_acked(up, up->source.at_bytes);
    keep_close(up, now_ms);
    const int64_t moving_ms = now_ms - up->begun_ms - up->held_ms;
    note_pace(up, moving_ms);
    if (!is_too_slow(up, now_ms - up->begun_ms))
        return SL_OK;
    struct sl_upload_pace pace;
    recent(up, moving_ms, &pace);
    up->too_slow = true;
    measure(up, pace.bytes, pace.moving_ms);
    char limit[SL_TEXT_SHORT];
    sl_text_duration(limit, up->limit_ms);
    return sl_err_set(
        err, SL_ESTALLED,
        "too slow for a piece of %" PRIu64
        " bytes: the provider allows %s for an upload, so sluice stopped this one early",
        up->size_bytes, limit);
}

static int hold(struct sl_upload *up)
{
    if (up->hold_ms == 0)
        up->hold_ms = sl_now_ms(&up->clock);
    return SL_HTTP_PAUSE;
}

/* The socket can take more bytes: the only pump of an upload. When libcurl asks for more, it has
 * sent all that it got before. */
static int pump(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    struct sl_upload *up = ctx;
    int64_t wait_ms = 0;
    if (atomic_load(&up->hold))
        return hold(up);
    const int rc = check_time(up, err);
    if (rc < 0)
        return rc;
    cap = sl_throttle_room(&up->throttle, cap, sl_now_ms(&up->clock), &wait_ms);
    if (cap == 0)
        return wait_turn(up, wait_ms);
    const uint64_t sent_bytes = up->source.at_bytes;
    const int n = sl_source_read(&up->source, out, cap, err);
    if (n >= 0) {
        sl_throttle_use(&up->throttle, (size_t)n);
        report(up, sent_bytes);
    }
    return n;
}

static int64_t moving_ms(const struct sl_upload *up)
{
    return sl_now_ms(&up->clock) - up->begun_ms - up->held_ms;
}

/* Before the first byte of a PUT. */
static void start_over(struct sl_upload *up)
{
    sl_source_rewind(&up->source);
    up->begun_ms = sl_now_ms(&up->clock);
    up->hold_ms = up->held_ms = up->close_ms = 0;
    up->pace[0] = up->pace[1] = (struct sl_upload_pace){0};
}

/* The provider has all bytes. */
static void note_end(struct sl_upload *up)
{
    up->acked_bytes = up->size_bytes;
    report(up, up->size_bytes);
}

/* Call after the last byte: checks that the sent bytes are those of the file. If only the time of
 * change moved (a new link, another mode), the bytes are compared. A part leaves that to a new
 * plan, which reads all parts of the file. */
static int finish_reading(struct sl_upload *up, struct sl_err *err)
{
    int rc = sl_source_finish(&up->source, &up->piece, err);
    if (rc != SL_ECHANGED || !up->source.touched)
        return rc;
    if (up->part != 0) {
        up->file = up->source.now;
        up->changed = true;
        return rc;
    }
    rc = sl_source_compare(&up->source, &up->piece, err);
    if (rc >= 0)
        up->file = up->source.mark;
    return rc;
}

static int session_lost(struct sl_err *err)
{
    return sl_err_set(err, SL_ESERVER, "the provider no longer knows this upload");
}

/* SL_ESERVER after a PUT without an answer: it was not recorded. */
static int finalize(struct sl_upload *up, const char *uuid, struct sl_err *err)
{
    bool unsure = false;
    int rc = SL_OK;
    for (int i = 0; i < FINALIZE_TRIES; i++) {
        rc = sl_sp_upload_finalize(up->sp, uuid, &up->piece, err);
        if (!answer_missing(rc))
            break;
        unsure = true;
    }
    if (rc != SL_ENOTFOUND)
        return rc;
    /* the earlier finalize succeeded, or the provider forgot the upload: the park poller finds
     * out which */
    if (unsure || sl_sp_find(up->sp, &up->piece, NULL) == 1)
        return SL_OK;
    return session_lost(err);
}

/* The provider has all bytes before all were sent: read the others for the PieceCID alone. */
static int read_rest(struct sl_upload *up, struct sl_err *err)
{
    char bytes[READ_BYTES];
    int n;
    do {
        n = sl_sp_wait(up->sp, 0, err); /* ends a cancelled upload */
        if (n >= 0)
            n = sl_source_read(&up->source, bytes, sizeof bytes, err);
    } while (n > 0);
    return n;
}

/* All bytes were given to the provider now, or by an earlier PUT that was read to its end then. */
static int finish_put(struct sl_upload *up, bool whole, struct sl_err *err)
{
    int rc = SL_OK;
    if (!whole && up->has_piece)
        return SL_OK;
    if (!whole)
        rc = read_rest(up, err);
    if (rc >= 0)
        rc = finish_reading(up, err);
    up->has_piece = up->has_piece || rc >= 0;
    return rc;
}

static int put(struct sl_upload *up, const char *uuid, bool *unsure, struct sl_err *err)
{
    start_over(up);
    const uint64_t size = up->size_bytes;
    sl_throttle_begin(&up->throttle, size, sl_now_ms(&up->clock));
    int rc = sl_sp_upload_put(up->sp, uuid, size, pump, up, err);
    const bool whole = up->source.at_bytes == size;
    *unsure = answer_missing(rc) && whole;
    if (rc == SL_ENOTFOUND)
        return session_lost(err);
    if (rc < 0 && !*unsure)
        return rc;
    rc = finish_put(up, whole, err);
    if (rc < 0)
        return rc;
    if (*unsure) {
        report(up, size);
    } else {
        if (whole)
            measure(up, size, moving_ms(up));
        note_end(up);
    }
    return SL_OK;
}

static int begin(struct sl_upload *up, char uuid[static SL_UUID_CHARS], struct sl_err *err)
{
    int rc = sl_sp_upload_begin(up->sp, uuid, err);
    if (rc == SL_ENET) /* a kept connection may have died since it was used */
        rc = sl_sp_upload_begin(up->sp, uuid, err);
    up->reached = up->reached || !answer_missing(rc);
    return rc;
}

/* A PUT of ours that was cut off may hold its session for a while: a new one is free at once. A
 * claim on a session that nothing was sent into is not ours. */
static int put_again(struct sl_upload *up, char uuid[static SL_UUID_CHARS], bool *unsure,
                     struct sl_err *err)
{
    int rc = put(up, uuid, unsure, err);
    if (rc >= 0 || !sl_sp_is_claimed(err))
        return rc;
    rc = begin(up, uuid, err);
    return rc < 0 ? rc : put(up, uuid, unsure, err);
}

/* Whether finalize says that the bytes are missing: newer providers leave no doubt. */
static bool has_no_bytes(int rc, bool unsure, const struct sl_err *err)
{
    return rc == SL_ESERVER && (unsure || err->detail == HTTP_CONFLICT);
}

static int deliver(struct sl_upload *up, struct sl_err *err)
{
    char uuid[SL_UUID_CHARS];
    bool unsure = false;
    int rc = begin(up, uuid, err);
    for (int i = 0; rc >= 0 && i < PUT_TRIES; i++) {
        rc = i == 0 ? put(up, uuid, &unsure, err) : put_again(up, uuid, &unsure, err);
        if (rc < 0)
            break;
        rc = finalize(up, uuid, err);
        if (!has_no_bytes(rc, unsure, err) || i + 1 == PUT_TRIES)
            break;
        rc = SL_OK; /* once more into the same session */
    }
    return rc;
}

/* A provider keeps one length for each root. If anyone stored the same bytes with more or fewer
 * zeros at the end, that length stays. If the provider does not report its length here, the commit
 * will. */
static int check_length(struct sl_upload *up, struct sl_err *err)
{
    uint64_t kept_bytes = 0;
    if (sl_sp_kept_bytes(up->sp, &up->piece, &kept_bytes, NULL) != 1 ||
        kept_bytes == up->size_bytes)
        return SL_OK;
    const bool longer = kept_bytes > up->size_bytes;
    return sl_err_set(err, SL_EALIKE,
                      "the provider has these bytes with %" PRIu64
                      " %s zeros at the end, and stores one length for both",
                      longer ? kept_bytes - up->size_bytes : up->size_bytes - kept_bytes,
                      longer ? "more" : "fewer");
}

/* ---- the declared form ---- */

/* 1: it is there, 0: a session. */
static int declare(struct sl_upload *up, char uuid[static SL_UUID_CHARS], struct sl_err *err)
{
    int rc = sl_sp_declare(up->sp, &up->piece, uuid, err);
    if (rc == SL_ENET) /* a kept connection may have died since it was used */
        rc = sl_sp_declare(up->sp, &up->piece, uuid, err);
    up->reached = up->reached || !answer_missing(rc);
    return rc;
}

static int put_declared(struct sl_upload *up, const char *uuid, bool *unsure, struct sl_err *err)
{
    start_over(up);
    const int rc = sl_sp_declared_put(up->sp, uuid, up->size_bytes, pump, up, err);
    *unsure = answer_missing(rc) && up->source.at_bytes == up->size_bytes;
    if (rc == SL_ENOTFOUND)
        return session_lost(err);
    if (rc == SL_EMISMATCH)
        up->has_piece = false; /* the file has other bytes than those that were hashed */
    return rc;
}

/* As put_again(). 1: the provider has stored the piece by now. */
static int put_declared_again(struct sl_upload *up, char uuid[static SL_UUID_CHARS], bool *unsure,
                              struct sl_err *err)
{
    int rc = put_declared(up, uuid, unsure, err);
    if (rc >= 0 || !sl_sp_is_claimed(err))
        return rc;
    rc = declare(up, uuid, err);
    return rc == 0 ? put_declared(up, uuid, unsure, err) : rc;
}

/* An answer is missing after the last byte: try once more; bytes already recorded are refused as
 * such before its bytes are sent. An answer that is missing earlier may mean that the provider got
 * the piece from another client: it closes without reading the rest, and the closed connection may
 * be all that arrives. */
static int send_declared(struct sl_upload *up, char uuid[static SL_UUID_CHARS], struct sl_err *err)
{
    bool unsure = true;
    int rc = SL_OK;
    for (int i = 0; unsure && i < PUT_TRIES; i++)
        rc = i == 0 ? put_declared(up, uuid, &unsure, err)
                    : put_declared_again(up, uuid, &unsure, err);
    if (rc == SL_ENET && !unsure)
        rc = sl_sp_find(up->sp, &up->piece, NULL) == 1 ? 1 : rc;
    if (rc < 0)
        return rc;
    if (rc == 0 && up->source.at_bytes == up->size_bytes)
        measure(up, up->size_bytes, moving_ms(up));
    rc = finish_reading(up, err);
    if (rc >= 0)
        note_end(up);
    return rc;
}

static int deliver_declared(struct sl_upload *up, struct sl_err *err)
{
    char uuid[SL_UUID_CHARS];
    const int rc = declare(up, uuid, err);
    if (rc == 0)
        return send_declared(up, uuid, err);
    if (rc < 0)
        return rc;
    up->there = true;
    note_end(up);
    return SL_OK;
}

/* ---- what is to be sent ---- */

/* A part is bound to its content; if the file changed, plan it again. */
static int plan_part(struct sl_upload *up, struct sl_err *err)
{
    if (!sl_file_mark_equal(&up->file, &up->source.mark)) {
        up->file = up->source.mark;
        up->changed = true;
        return sl_err_set(err, SL_ECHANGED, "the file changed after it was cut into parts");
    }
    sl_source_range(&up->source, up->offset_bytes, up->size_bytes, true);
    return SL_OK;
}

/* The file may have changed since it was queued: then this upload is of the new content. */
static int plan(struct sl_upload *up, struct sl_err *err)
{
    if (up->part != 0)
        return plan_part(up, err);
    if (!sl_file_mark_equal(&up->file, &up->source.mark)) {
        up->file = up->source.mark;
        up->has_piece = false;
        up->planned(up->planned_ctx);
    }
    up->size_bytes = up->file.size_bytes;
    sl_source_range(&up->source, 0, up->size_bytes, up->has_piece);
    return sl_engine_piece_size_check(up->size_bytes, err);
}

static int send_piece(struct sl_upload *up, struct sl_err *err)
{
    const int rc = plan(up, err);
    if (rc < 0)
        return rc;
    const int sent = up->has_piece ? deliver_declared(up, err) : deliver(up, err);
    return sent < 0 ? sent : check_length(up, err);
}

/* A connection that broke in the middle: is it this one, or is nothing there any more? */
static int look_for_line(struct sl_upload *up, int failed, struct sl_err *err)
{
    if (!up->reached || up->too_slow || !answer_missing(failed))
        return failed;
    const int rc = sl_sp_ping(up->sp, NULL);
    up->reached = !answer_missing(rc);
    return rc == SL_ECANCELED ? sl_err_set(err, SL_ECANCELED, "cancelled") : failed;
}

int sl_engine_upload_run(struct sl_upload *up, struct sl_err *err)
{
    up->reached = up->there = up->too_slow = up->changed = false;
    up->acked_bytes = up->rate_bytes_per_s = 0;
    up->counted_sent = up->counted_acked = 0;
    int rc = sl_source_open(&up->source, up->path, &up->file, up->guarded, err);
    if (rc < 0)
        return rc;
    report(up, 0);
    rc = send_piece(up, err);
    sl_source_close(&up->source);
    return rc < 0 ? look_for_line(up, rc, err) : rc;
}
