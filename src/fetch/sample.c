/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sample.c - ranges at random places, compared with a local file. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/path.h"

#include "transfer.h"

enum { SAMPLE_BYTES = 1 << 16, RANGE_CHARS = 48 };

struct sample {
    struct sl_fetch *fetch;
    const char *url;
    uint64_t piece_bytes;
    int fd;
    uint64_t offset; /* of the piece in the file */
    /* of the running range */
    uint64_t start;
    size_t bytes;
    size_t seen;
    uint64_t skip;
    bool judged;
    bool enough;
    uint8_t *local;
};

static int on_bytes(void *ctx, const void *data, size_t len, struct sl_err *err)
{
    struct sample *s = ctx;
    const uint8_t *at = data;
    if (!s->judged) {
        const int rc =
            sl_answer_check(&s->skip, &s->fetch->responses[0], s->start, s->piece_bytes, err);
        if (rc < 0)
            return rc;
        s->judged = true;
    }
    const size_t before = s->skip < len ? (size_t)s->skip : len;
    s->skip -= before;
    at += before;
    len -= before;
    const size_t left = s->bytes - s->seen;
    const size_t wanted = len < left ? len : left;
    if (memcmp(at, s->local + s->seen, wanted) != 0)
        return sl_err_set(err, SL_EMISMATCH, "differs from the local file at about byte %" PRIu64,
                          s->offset + s->start + s->seen);
    s->seen += wanted;
    if (len == wanted)
        return SL_OK;
    s->enough = true;
    return sl_err_set(err, SL_EPROTO, "more bytes were sent than were asked for");
}

static int read_local(struct sample *s, struct sl_err *err)
{
    size_t got = 0;
    while (got < s->bytes) {
        const ssize_t n =
            pread(s->fd, s->local + got, s->bytes - got, (off_t)(s->offset + s->start + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "read the local file");
        if (n == 0)
            return sl_err_set(err, SL_ECHANGED, "the local file is shorter than what is stored");
        got += (size_t)n;
    }
    return SL_OK;
}

static int ask(struct sample *s, struct sl_err *err)
{
    char range[RANGE_CHARS];
    struct sl_http_response *response = &s->fetch->responses[0];
    snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, s->start, s->start + s->bytes - 1);
    const struct sl_http_request request = {.method = "GET",
                                            .url = s->url,
                                            .range = range,
                                            .write = on_bytes,
                                            .write_ctx = s,
                                            .response_cap = 4096};
    s->seen = 0;
    s->judged = s->enough = false;
    const int rc = sl_http_perform(s->fetch->https[0], &request, response, err);
    if (s->enough && s->seen == s->bytes && response->status == 200)
        return SL_OK;
    if (rc < 0)
        return rc;
    if (response->status != 200 && response->status != 206)
        return sl_http_status_err(response, "download", err);
    return s->seen == s->bytes ? SL_OK : sl_err_set(err, SL_ENET, "the answer ended early");
}

/* What may pass by itself is tried again. */
static int ask_again(struct sample *s, struct sl_err *err)
{
    const struct sl_fetch_options *options = &s->fetch->options;
    int64_t wait_ms = options->retry_base_ms;
    for (int i = 1;; i++) {
        struct sl_err why = {0};
        const int rc = ask(s, &why);
        if (rc == SL_OK)
            return rc;
        const bool again = rc != SL_EMISMATCH && sl_err_class_of(rc) == SL_CLASS_RETRY;
        if (!again || i >= options->max_attempts) {
            if (err != NULL)
                *err = why;
            return rc;
        }
        const int64_t longer = why.wait_ms > wait_ms ? why.wait_ms : wait_ms;
        const int waited = sl_http_wait(s->fetch->https[0], longer, err);
        if (waited < 0)
            return waited;
        wait_ms = wait_ms * 2 < options->retry_cap_ms ? wait_ms * 2 : options->retry_cap_ms;
    }
}

/* The ranges are as far apart as they can be, each at a random place of its stretch. */
static void place(struct sample *s, uint64_t i, uint64_t count)
{
    const uint64_t stretch = s->piece_bytes / count;
    s->bytes = stretch < SAMPLE_BYTES ? (size_t)stretch : SAMPLE_BYTES;
    uint64_t random = 0;
    sl_random(&random, sizeof random);
    const uint64_t room = stretch - s->bytes;
    s->start = i * stretch + (room > 0 ? random % (room + 1) : 0);
    if (i == 0)
        s->start = 0;
    if (i == count - 1)
        s->start = s->piece_bytes - s->bytes;
}

int sl_fetch_sample(struct sl_fetch *fetch, const char *url, const struct sl_piece_id *piece,
                    int fd, uint64_t offset, uint64_t bytes, uint64_t *compared, struct sl_err *err)
{
    struct sample s = {.fetch = fetch,
                       .url = url,
                       .piece_bytes = piece->payload_bytes,
                       .fd = fd,
                       .offset = offset,
                       .local = malloc(SAMPLE_BYTES)};
    uint64_t count = bytes / SAMPLE_BYTES + (bytes % SAMPLE_BYTES != 0);
    const uint64_t most = (s.piece_bytes + SAMPLE_BYTES - 1) / SAMPLE_BYTES;
    uint64_t done = 0;
    int rc = s.local == NULL ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    if (count < 2)
        count = 2;
    if (count > most)
        count = most;
    for (uint64_t i = 0; rc == SL_OK && i < count; i++) {
        place(&s, i, count);
        rc = read_local(&s, err);
        if (rc == SL_OK)
            rc = ask_again(&s, err);
        done += rc == SL_OK ? s.bytes : 0;
    }
    free(s.local);
    if (compared != NULL)
        *compared = done;
    return rc;
}
