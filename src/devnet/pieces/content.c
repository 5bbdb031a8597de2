/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "pieces/content.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/connection.h"

enum { BLOCK_BYTES = 64 * 1024, TEXT_CHARS = 256 };

/* A stretch of the body: bytes of the file, or of a text when `text_len` is not 0. */
struct part {
    uint64_t start; /* in the file */
    uint64_t length;
    char text[TEXT_CHARS];
    size_t text_len;
};

struct content {
    struct sl_devnet_server *server;
    int fd;
    int client_fd;
    struct sl_devnet_fault fault;
    size_t count;
    struct part parts[];
};

/* The part that holds body position *pos; *pos becomes the position inside it. */
static const struct part *part_at(const struct content *content, uint64_t *pos)
{
    for (size_t i = 0; i < content->count; i++) {
        const struct part *part = &content->parts[i];
        const uint64_t length = part->text_len > 0 ? part->text_len : part->length;
        if (*pos < length)
            return part;
        *pos -= length;
    }
    return NULL;
}

static ssize_t read_at(const struct content *content, uint64_t pos, char *out, size_t max)
{
    const struct part *part = part_at(content, &pos);
    if (part == NULL)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (part->text_len > 0) {
        const size_t n = part->text_len - pos < max ? part->text_len - (size_t)pos : max;
        memcpy(out, part->text + pos, n);
        return (ssize_t)n;
    }
    const size_t want = part->length - pos < max ? (size_t)(part->length - pos) : max;
    ssize_t n;
    do
        n = pread(content->fd, out, want, (off_t)(part->start + pos));
    while (n < 0 && errno == EINTR);
    /* a file that became shorter ends the connection: the client must not take it for whole */
    return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

static bool wait_for(struct content *content, int64_t ms)
{
    const enum sl_devnet_wait how =
        sl_devnet_faults_wait(&content->server->faults, &content->fault, content->client_fd, ms);
    if (how == SL_DEVNET_WAIT_CLEARED)
        content->fault.action = SL_DEVNET_FAULT_NONE;
    return how != SL_DEVNET_WAIT_GONE;
}

/* What the fault says at `pos`: false ends the connection; *max may shrink. */
static bool fault_at(struct content *content, uint64_t pos, size_t *max)
{
    const struct sl_devnet_fault *fault = &content->fault;
    if (fault->action == SL_DEVNET_FAULT_SLOW) {
        const uint64_t most = sl_devnet_fault_slice(fault);
        *max = most < *max ? (size_t)most : *max;
        return wait_for(content, sl_devnet_fault_pace(&content->fault, *max));
    }
    const bool cuts = fault->action == SL_DEVNET_FAULT_RESET ||
                      fault->action == SL_DEVNET_FAULT_STALL ||
                      fault->action == SL_DEVNET_FAULT_TRUNCATE;
    if (!cuts)
        return true;
    if (pos < fault->after_bytes) {
        *max = fault->after_bytes - pos < *max ? (size_t)(fault->after_bytes - pos) : *max;
        return true;
    }
    if (fault->action == SL_DEVNET_FAULT_STALL)
        return wait_for(content, -1);
    if (fault->action == SL_DEVNET_FAULT_RESET)
        sl_devnet_reset(content->client_fd);
    return false;
}

static ssize_t content_read(void *ctx, uint64_t pos, char *out, size_t max)
{
    struct content *content = ctx;
    if (!fault_at(content, pos, &max))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    const ssize_t n = read_at(content, pos, out, max);
    const uint64_t at = content->fault.after_bytes;
    if (content->fault.action == SL_DEVNET_FAULT_CORRUPT && n > 0 && at >= pos &&
        at - pos < (uint64_t)n)
        out[at - pos] = (char)(out[at - pos] ^ 1);
    return n;
}

static void content_free(void *ctx)
{
    struct content *content = ctx;
    atomic_fetch_sub(&content->server->downloads, 1);
    close(content->fd);
    free(content);
}

static void add_text(struct content *content, const char *text)
{
    struct part *part = &content->parts[content->count++];
    part->text_len = strlen(text);
    memcpy(part->text, text, part->text_len + 1);
}

static void add_range(struct content *content, struct sl_devnet_range range)
{
    struct part *part = &content->parts[content->count++];
    part->start = range.start;
    part->length = range.length;
}

static void add_multipart(struct content *content, uint64_t size,
                          const struct sl_devnet_range *ranges, size_t count, const char *boundary,
                          const char *type)
{
    char text[TEXT_CHARS];
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text,
                 "%s--%s\r\nContent-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
                 "\r\nContent-Type: %s\r\n\r\n",
                 i > 0 ? "\r\n" : "", boundary, ranges[i].start,
                 ranges[i].start + ranges[i].length - 1, size, type);
        add_text(content, text);
        add_range(content, ranges[i]);
    }
    snprintf(text, sizeof text, "\r\n--%s--\r\n", boundary);
    add_text(content, text);
}

static uint64_t total_of(const struct content *content)
{
    uint64_t total = 0;
    for (size_t i = 0; i < content->count; i++)
        total += content->parts[i].length + content->parts[i].text_len;
    return total;
}

struct MHD_Response *sl_devnet_content_new(struct sl_devnet_request *request, int fd, uint64_t size,
                                           const struct sl_devnet_range *ranges, size_t count,
                                           const char *boundary, const char *type)
{
    struct content *content =
        calloc(1, sizeof *content + (2 * count + 1) * sizeof content->parts[0]);
    if (content == NULL) {
        close(fd);
        return NULL;
    }
    content->server = request->server;
    content->fd = fd;
    content->client_fd = sl_devnet_socket(request);
    content->fault = request->fault;
    if (count > 1)
        add_multipart(content, size, ranges, count, boundary, type);
    else
        add_range(content, count == 1 ? ranges[0] : (struct sl_devnet_range){0, size});
    atomic_fetch_add(&request->server->downloads, 1);
    struct MHD_Response *response = MHD_create_response_from_callback(
        total_of(content), BLOCK_BYTES, content_read, content, content_free);
    if (response == NULL)
        content_free(content);
    return response;
}
