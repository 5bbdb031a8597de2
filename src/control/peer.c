/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>

#include "sluice/json.h"

#include "wire.h"

enum {
    PAGE_JOBS = 64,
    PAGES_BELOW_BYTES = 64 * 1024, /* the next page goes when less waits */
    CHANGES_BELOW_BYTES =
        SL_CONTROL_QUEUE_BYTES - 65536 /* leaves space for one more line of any length */
};

#define OF_A_CLIENT (UINT64_C(1) << 63)

struct sl_peer *sl_control_peer_new(int fd, uint32_t number, int64_t now_ms)
{
    struct sl_line line;
    if (sl_control_line_init(&line, fd, NULL) < 0)
        return NULL;
    struct sl_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        sl_control_line_free(&line);
        return NULL;
    }
    peer->line = line;
    peer->line.out.cap = (size_t)2 * SL_CONTROL_QUEUE_BYTES;
    peer->number = number;
    peer->hello_by_ms = now_ms + SL_CONTROL_HELLO_MS;
    peer->second_ms = now_ms;
    return peer;
}

void sl_control_peer_free(struct sl_peer *peer)
{
    if (peer == NULL)
        return;
    sl_control_line_free(&peer->line);
    free(peer->gone);
    free(peer);
}

uint64_t sl_control_peer_request(const struct sl_peer *peer, uint64_t request_id)
{
    return OF_A_CLIENT | (uint64_t)(peer->number & INT32_MAX) << 32 | (uint32_t)request_id;
}

bool sl_control_peer_owns(uint64_t engine_request_id, uint32_t *number)
{
    *number = (uint32_t)(engine_request_id >> 32) & INT32_MAX;
    return (engine_request_id & OF_A_CLIENT) != 0;
}

bool sl_control_peer_may_ask(struct sl_peer *peer, int64_t now_ms)
{
    if (now_ms - peer->second_ms >= 1000) {
        peer->second_ms = now_ms;
        peer->requests = 0;
    }
    return ++peer->requests <= SL_CONTROL_REQUESTS_PER_S;
}

void sl_control_peer_answer(struct sl_peer *peer, uint64_t id, const struct sl_err *err)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "re", id);
    sl_jw_bool(&w, "ok", err == NULL);
    if (err != NULL) {
        sl_jw_str(&w, "code", sl_err_name(err->code));
        sl_jw_str(&w, "message", err->text);
    }
    sl_jw_end_object(&w);
    sl_buf_str(&w.buf, "\n");
    if (w.buf.failed < 0)
        peer->line.out.failed = w.buf.failed;
    else
        sl_buf_add(&peer->line.out, w.buf.data, w.buf.len);
    sl_jw_free(&w);
}

/* Remember a job that left the list while changes were omitted; report it once the queue is short.
 */
static bool keep_gone(struct sl_peer *peer, int64_t job_id)
{
    if (peer->gone == NULL)
        peer->gone = malloc(SL_PEER_GONE_MAX * sizeof *peer->gone);
    if (peer->gone == NULL || peer->gone_count == SL_PEER_GONE_MAX)
        return false;
    peer->gone[peer->gone_count++] = job_id;
    return true;
}

static bool is_for(const struct sl_peer *peer, const struct sl_event *event)
{
    uint32_t number = 0;
    return !sl_control_peer_owns(event->request_id, &number) ||
           number == (peer->number & INT32_MAX);
}

static void queue_change(struct sl_peer *peer, const struct sl_event *event)
{
    uint32_t number = 0;
    if (!sl_control_peer_owns(event->request_id, &number)) {
        sl_wire_write_event(&peer->line.out, event);
        return;
    }
    struct sl_event *own = malloc(sizeof *own);
    if (own == NULL) {
        peer->line.out.failed = SL_ENOMEM;
        return;
    }
    *own = *event;
    own->request_id = (uint32_t)event->request_id;
    sl_wire_write_event(&peer->line.out, own);
    free(own);
}

void sl_control_peer_change(struct sl_peer *peer, const struct sl_event *event)
{
    if (peer->state < SL_PEER_LISTING || !is_for(peer, event))
        return;
    const bool is_kept = event->type == SL_EVENT_STOPPED || event->type == SL_EVENT_TROUBLE;
    if (is_kept ||
        (!peer->is_stale && sl_control_line_waiting(&peer->line) < CHANGES_BELOW_BYTES)) {
        queue_change(peer, event);
        return;
    }
    peer->is_stale = true;
    if (event->type == SL_EVENT_GONE && !keep_gone(peer, event->job.id))
        peer->line.out.failed = SL_EOVERFLOW; /* closed: it has to attach again */
}

static void tell_gone(struct sl_peer *peer)
{
    for (size_t i = 0; i < peer->gone_count; i++) {
        struct sl_jw w = {0};
        sl_jw_object(&w, NULL);
        sl_jw_str(&w, "event", "gone");
        sl_jw_i64(&w, "jobId", peer->gone[i]);
        sl_jw_end_object(&w);
        sl_buf_str(&w.buf, "\n");
        sl_buf_add(&peer->line.out, w.buf.data, w.buf.len);
        sl_jw_free(&w);
    }
    peer->gone_count = 0;
}

/* From the journal: a running job is reported with its last saved counts. */
static int write_job(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    struct sl_peer *peer = ctx;
    if (sl_control_line_waiting(&peer->line) >= CHANGES_BELOW_BYTES)
        return SL_EBUSY; /* the page ends before this job */
    struct sl_event *event = calloc(1, sizeof *event);
    if (event == NULL)
        return SL_ENOMEM;
    event->type = SL_EVENT_JOB;
    event->job = *job;
    snprintf(event->path, sizeof event->path, "%s", path);
    snprintf(event->provider_url, sizeof event->provider_url, "%s", url);
    sl_wire_write_event(&peer->line.out, event);
    free(event);
    return 0;
}

static void list_ended(struct sl_peer *peer)
{
    peer->state = SL_PEER_ATTACHED;
    tell_gone(peer);
    if (peer->attach_id != 0)
        sl_control_peer_answer(peer, peer->attach_id, NULL);
    peer->attach_id = 0;
}

bool sl_control_peer_has_page(const struct sl_peer *peer)
{
    const bool wants =
        peer->state == SL_PEER_LISTING || (peer->state == SL_PEER_ATTACHED && peer->is_stale);
    return wants && sl_control_line_waiting(&peer->line) < PAGES_BELOW_BYTES;
}

int sl_control_peer_list(struct sl_peer *peer, struct sl_journal *journal, struct sl_err *err)
{
    if (!sl_control_peer_has_page(peer))
        return SL_OK;
    if (peer->state == SL_PEER_ATTACHED) {
        peer->state = SL_PEER_LISTING;
        peer->place = SL_JOURNAL_FIRST;
        peer->is_stale = false;
    }
    const int count = sl_journal_page(journal, &peer->place, PAGE_JOBS, write_job, peer, err);
    if (count == 0)
        list_ended(peer);
    return count < 0 && count != SL_EBUSY ? count : SL_OK;
}
