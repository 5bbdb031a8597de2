/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "upload.h"

#include "sluice/engine.h"

enum { FINALIZE_TRIES = 3, PUT_TRIES = 2 };

static bool answer_missing(int rc)
{
    return rc == SL_ENET || rc == SL_ESTALLED;
}

static void report(struct sl_upload *up, uint64_t sent_bytes)
{
    const struct sl_progress progress = {
        .job_id = up->job_id,
        .attempt = up->attempt,
        .hashed_bytes = up->source.at_bytes,
        .sent_bytes = sent_bytes,
        .acked_bytes = up->acked_bytes,
        .at_ms = sl_now_ms(&up->clock),
    };
    (void)sl_ring_push(up->ring, &progress); /* full: the next one carries the totals */
}

static void note_acked(struct sl_upload *up, uint64_t sent_bytes)
{
    const uint64_t unacked = sl_sp_unacked_bytes(up->sp);
    if (sent_bytes > unacked && sent_bytes - unacked > up->acked_bytes)
        up->acked_bytes = sent_bytes - unacked;
}

/* The limit is reached: what was sent so far is told all the same. */
static int wait_turn(struct sl_upload *up, int64_t wait_ms)
{
    note_acked(up, up->source.at_bytes);
    report(up, up->source.at_bytes);
    sl_sp_resume_after(up->sp, wait_ms);
    return SL_HTTP_PAUSE;
}

/* The socket has room: the only pump of an upload. Asked for more, it has sent what it got. */
static int pump(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    struct sl_upload *up = ctx;
    int64_t wait_ms = 0;
    if (atomic_load(&up->hold))
        return SL_HTTP_PAUSE;
    cap = sl_throttle_room(&up->throttle, cap, sl_now_ms(&up->clock), &wait_ms);
    if (cap == 0)
        return wait_turn(up, wait_ms);
    const uint64_t sent_bytes = up->source.at_bytes;
    const int n = sl_source_read(&up->source, out, cap, err);
    note_acked(up, sent_bytes);
    if (n >= 0) {
        sl_throttle_use(&up->throttle, (size_t)n);
        report(up, sent_bytes);
    }
    return n;
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
    /* the earlier finalize was done, or the provider forgot: whoever waits for parking sees which
     */
    if (unsure || sl_sp_find(up->sp, &up->piece, NULL) == 1)
        return SL_OK;
    return session_lost(err);
}

static int put(struct sl_upload *up, const char *uuid, bool *unsure, struct sl_err *err)
{
    sl_source_rewind(&up->source);
    const uint64_t size = up->file.size_bytes;
    sl_throttle_begin(&up->throttle, size, sl_now_ms(&up->clock));
    int rc = sl_sp_upload_put(up->sp, uuid, size, pump, up, err);
    *unsure = answer_missing(rc) && up->source.at_bytes == size;
    if (rc == SL_ENOTFOUND)
        return session_lost(err);
    if (rc < 0 && !*unsure)
        return rc;
    rc = sl_source_finish(&up->source, &up->piece, err);
    if (rc < 0)
        return rc;
    up->has_piece = true;
    if (!*unsure)
        up->acked_bytes = size;
    report(up, size);
    return SL_OK;
}

static int deliver(struct sl_upload *up, struct sl_err *err)
{
    char uuid[SL_UUID_CHARS];
    int rc = sl_sp_upload_begin(up->sp, uuid, err);
    if (rc == SL_ENET) /* a kept connection may have died since it was used */
        rc = sl_sp_upload_begin(up->sp, uuid, err);
    up->reached = up->reached || !answer_missing(rc);
    for (int i = 0; rc >= 0 && i < PUT_TRIES; i++) {
        bool unsure = false;
        rc = put(up, uuid, &unsure, err);
        if (rc < 0)
            break;
        rc = finalize(up, uuid, err);
        if (rc != SL_ESERVER || !unsure || i + 1 == PUT_TRIES)
            break;
        rc = SL_OK; /* once more into the same session */
    }
    return rc;
}

/* The file may have changed since it was queued: then this upload is of the new content. */
static int plan(struct sl_upload *up, struct sl_err *err)
{
    if (!sl_file_mark_equal(&up->file, &up->source.mark)) {
        up->file = up->source.mark;
        up->has_piece = false;
        up->planned(up->planned_ctx);
    }
    return sl_piece_size_check(up->file.size_bytes, err);
}

static int send_file(struct sl_upload *up, struct sl_err *err)
{
    int rc = plan(up, err);
    if (rc < 0)
        return rc;
    if (up->has_piece) {
        rc = sl_sp_find(up->sp, &up->piece, err);
        up->reached = !answer_missing(rc);
        if (rc != 0)
            return rc < 0 ? rc : SL_OK;
    }
    return deliver(up, err);
}

int sl_upload_run(struct sl_upload *up, struct sl_err *err)
{
    up->reached = false;
    up->acked_bytes = 0;
    int rc = sl_source_open(&up->source, up->path, err);
    if (rc < 0)
        return rc;
    report(up, 0);
    rc = send_file(up, err);
    sl_source_close(&up->source);
    return rc;
}
