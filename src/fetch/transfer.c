/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* transfer.c - one request for bytes, and whether the answer has them. */
#include "transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

enum { NOTE_BYTES = 8 << 20, RANGE_CHARS = 48, SLOW_BYTES_PER_S = 4096 };

/* ---- what an answer says ---- */

/* Decimal digits, at most 19 of them; moves *at behind. */
static bool read_number(uint64_t *out, const char **at)
{
    const size_t digits = strspn(*at, "0123456789");
    if (digits == 0 || digits > 19)
        return false;
    *out = 0;
    for (size_t i = 0; i < digits; i++)
        *out = *out * 10 + (uint64_t)((*at)[i] - '0');
    *at += digits;
    return true;
}

static bool parse_content_range(uint64_t *first, uint64_t *last, uint64_t *total, const char *text)
{
    const char *at = text;
    *total = UINT64_MAX;
    if (strncmp(at, "bytes ", 6) != 0)
        return false;
    at += 6;
    if (!read_number(first, &at) || *at++ != '-' || !read_number(last, &at) || *at++ != '/')
        return false;
    if (strcmp(at, "*") == 0)
        return *first <= *last;
    return read_number(total, &at) && *at == '\0' && *first <= *last && *last < *total;
}

static int other_size(uint64_t has, uint64_t total, struct sl_err *err)
{
    return sl_err_set(err, SL_EMISMATCH,
                      "what is served has %" PRIu64 " bytes, the piece has %" PRIu64, has, total);
}

static int check_range(const struct sl_http_response *response, uint64_t first, uint64_t total,
                       struct sl_err *err)
{
    uint64_t from, last, all;
    if (!parse_content_range(&from, &last, &all, response->content_range))
        return sl_err_set(err, SL_EPROTO, "a part of it was sent without saying which");
    if (all != UINT64_MAX && all != total)
        return other_size(all, total, err);
    if (from != first || last >= total)
        return sl_err_set(err, SL_EPROTO, "other bytes were sent than those asked for");
    const uint64_t length = response->content_length;
    if (length != UINT64_MAX && length != last - from + 1)
        return sl_err_set(err, SL_EPROTO, "the lengths of the answer contradict each other");
    return SL_OK;
}

int sl_answer_check(uint64_t *skip, const struct sl_http_response *response, uint64_t first,
                    uint64_t total, struct sl_err *err)
{
    *skip = 0;
    if (response->status == 206)
        return check_range(response, first, total, err);
    if (response->status != 200)
        return sl_http_status_err(response, "download", err);
    if (response->content_length != UINT64_MAX && response->content_length != total)
        return other_size(response->content_length, total, err);
    *skip = first; /* all of it: a server may leave ranges aside */
    return SL_OK;
}

int sl_transfer_ask(struct sl_run *run, struct sl_http *http, struct sl_http_response *response,
                    const char *url, uint64_t bytes, struct sl_err *err)
{
    const struct sl_http_request request = {
        .method = "HEAD", .url = url, .timeout_ms = run->fetch->options.ask_ms};
    const int rc = sl_http_perform(http, &request, response, err);
    if (rc < 0)
        return rc;
    if (response->status != 200)
        return sl_http_status_err(response, "ask for the piece", err);
    if (response->content_length != UINT64_MAX && response->content_length != bytes)
        return other_size(response->content_length, bytes, err);
    return SL_OK;
}

/* ---- bytes as they come ---- */

static int write_at(struct sl_transfer *t, const char *data, size_t len, struct sl_err *err)
{
    uint64_t at = t->part->offset + t->segment->start + t->segment->have;
    while (len > 0) {
        const ssize_t n = pwrite(t->run->sink.fd, data, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            t->local_failure = true;
            return sl_err_sys(err, errno, "write");
        }
        data += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    return SL_OK;
}

/* What is hashed is what came, before it goes to the disk. */
static int on_data(struct sl_transfer *t, const char *data, size_t len, struct sl_err *err)
{
    struct sl_segment *segment = t->segment;
    int rc = sl_piece_hasher_add(t->hasher, data, len, err);
    if (rc == SL_OK && t->run->sink.fd >= 0)
        rc = write_at(t, data, len, err);
    if (rc < 0)
        return rc;
    const uint64_t noted = segment->have / NOTE_BYTES;
    segment->have += len;
    t->moved += len;
    atomic_fetch_add(&t->run->have_bytes, len);
    if (segment->have / NOTE_BYTES != noted)
        sl_fetch_file_note(t->run, segment);
    return SL_OK;
}

static void learn_etag(struct sl_transfer *t)
{
    const char *etag = t->response->etag;
    /* If-Range needs a strong one */
    const size_t len = strlen(etag);
    const bool strong = len >= 2 && etag[0] == '"' && etag[len - 1] == '"';
    t->etag[0] = '\0';
    if (strong && len < sizeof t->etag)
        memcpy(t->etag, etag, len + 1);
}

static int on_bytes(void *ctx, const void *data, size_t len, struct sl_err *err)
{
    struct sl_transfer *t = ctx;
    const struct sl_segment *segment = t->segment;
    if (!t->judged) {
        const int rc = sl_answer_check(&t->skip, t->response, segment->start + segment->have,
                                       t->part->want->piece.payload_bytes, err);
        if (rc < 0)
            return rc;
        t->judged = true;
        learn_etag(t);
    }
    atomic_fetch_add(&t->run->received_bytes, len);
    const char *at = data;
    const size_t before = t->skip < len ? (size_t)t->skip : len;
    t->skip -= before;
    at += before;
    len -= before;
    const uint64_t left = segment->bytes - segment->have;
    const size_t wanted = len < left ? len : (size_t)left;
    if (wanted > 0) {
        const int rc = on_data(t, at, wanted, err);
        if (rc < 0)
            return rc;
    }
    if (len == wanted)
        return SL_OK;
    t->enough = true; /* the answer goes on behind it: it is broken off */
    return sl_err_set(err, SL_EPROTO, "more bytes were sent than the piece has");
}

/* Whether bytes behind the segment are the answer's fault, or only not ours. */
static bool may_go_on(const struct sl_transfer *t)
{
    const struct sl_segment *segment = t->segment;
    return t->response->status == 200 &&
           segment->start + segment->bytes < t->part->want->piece.payload_bytes;
}

/* A whole piece is asked for plainly: providers and what stands before them know that best. */
static const char *range_of(const struct sl_transfer *t, char text[static RANGE_CHARS])
{
    const struct sl_segment *segment = t->segment;
    const bool to_the_end = segment->start + segment->bytes == t->part->want->piece.payload_bytes;
    const uint64_t from = segment->start + segment->have;
    if (from == 0 && to_the_end)
        return NULL;
    snprintf(text, RANGE_CHARS, "%" PRIu64 "-%" PRIu64, from, segment->start + segment->bytes - 1);
    return text;
}

static int judge_end(struct sl_transfer *t, int rc, struct sl_err *err)
{
    const bool complete = t->segment->have == t->segment->bytes;
    /* how the connection ended is of no matter then: the hash decides */
    if (complete && (!t->enough || may_go_on(t)))
        return SL_OK;
    if (rc < 0)
        return rc;
    if (t->response->status != 200 && t->response->status != 206)
        return sl_http_status_err(t->response, "download", err);
    return sl_err_set(err, SL_ENET, "the answer ended early");
}

int sl_transfer_get(struct sl_transfer *t, struct sl_err *err)
{
    char range[RANGE_CHARS];
    const struct sl_http_request request = {
        .method = "GET",
        .url = t->url,
        .range = range_of(t, range),
        .if_range = t->segment->have > 0 && t->etag[0] != '\0' ? t->etag : NULL,
        .write = on_bytes,
        .write_ctx = t,
        .response_cap = 4096,
        .slow_ms = t->may_leave ? t->run->fetch->options.slow_ms : 0,
        .slow_bytes = (uint64_t)t->run->fetch->options.slow_ms * SLOW_BYTES_PER_S / 1000,
    };
    t->judged = t->enough = t->local_failure = false;
    t->moved = 0;
    const int rc = sl_http_perform(t->http, &request, t->response, err);
    return judge_end(t, rc, err);
}
