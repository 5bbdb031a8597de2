/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* GET and HEAD /piece/{cid}: the bytes of a piece, whole or in ranges. */
#include "provider/retrieve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/log.h"

#include "http/connection.h"
#include "http/server.h"
#include "pieces/content.h"
#include "pieces/sniff.h"
#include "provider/provider.h"

/* Whether a list of entity tags names ours; weak comparison, as If-None-Match wants it. */
static bool names_etag(const char *list, const char *etag)
{
    if (strcmp(list, "*") == 0)
        return true;
    const size_t len = strlen(etag);
    for (const char *at = list; (at = strstr(at, etag)) != NULL; at += len) {
        const char after = at[len];
        const bool starts = at == list || at[-1] == ' ' || at[-1] == ',' ||
                            (at - list >= 2 && at[-1] == '/' && at[-2] == 'W');
        if (starts && (after == '\0' || after == ' ' || after == ','))
            return true;
    }
    return false;
}

/* A Range counts only while If-Range, when it is there, names our tag. */
static const char *range_header(const struct sl_devnet_request *request, const char *etag)
{
    const char *condition = sl_devnet_header(request, "If-Range");
    if (condition != NULL && strcmp(condition, etag) != 0)
        return NULL;
    return sl_devnet_header(request, "Range");
}

static void cache_headers(struct sl_devnet_reply *reply, const char *etag)
{
    sl_devnet_reply_header(reply, "ETag", "%s", etag);
    sl_devnet_reply_header(reply, "Cache-Control", "public, max-age=29030400, immutable");
    sl_devnet_reply_header(reply, "Vary", "Accept-Encoding");
}

struct ranges {
    struct sl_devnet_range list[SL_DEVNET_RANGES_MAX];
    size_t count;
};

static void refuse_range(struct sl_devnet_request *request, enum sl_devnet_ranges kind,
                         uint64_t size)
{
    const bool behind = kind == SL_DEVNET_RANGES_NO_OVERLAP;
    sl_devnet_reply_plain(&request->reply, 416, "%s",
                          behind ? "invalid range: failed to overlap" : "invalid range");
    if (behind)
        sl_devnet_reply_header(&request->reply, "Content-Range", "bytes */%" PRIu64, size);
}

static void type_headers(struct sl_devnet_request *request, const struct sl_devnet_media *media,
                         const struct ranges *ranges, const char *boundary)
{
    if (ranges->count > 1)
        sl_devnet_reply_header(&request->reply, "Content-Type", "multipart/byteranges; boundary=%s",
                               boundary);
    else
        sl_devnet_reply_header(&request->reply, "Content-Type", "%s", media->type);
    if (media->extension != NULL)
        sl_devnet_reply_header(&request->reply, "Content-Disposition", "inline; filename=\"%s.%s\"",
                               request->param, media->extension);
}

/* Answers with the open file; `fd` is given away. */
static void send_file(struct sl_devnet_request *request, int fd, uint64_t size, const char *etag,
                      const struct ranges *ranges)
{
    uint8_t head[SL_DEVNET_SNIFF_BYTES];
    char boundary[SL_UUID_CHARS];
    const ssize_t n = pread(fd, head, sizeof head, 0);
    const struct sl_devnet_media *media = sl_devnet_sniff(head, n > 0 ? (size_t)n : 0);
    sl_uuid(boundary);
    struct MHD_Response *content = sl_devnet_content_new(request, fd, size, ranges->list,
                                                         ranges->count, boundary, media->type);
    if (content == NULL) {
        sl_devnet_reply_status(&request->reply, 500);
        return;
    }
    sl_devnet_reply_status(&request->reply, ranges->count > 0 ? 206 : 200);
    request->reply.content = content;
    cache_headers(&request->reply, etag);
    sl_devnet_reply_header(&request->reply, "Accept-Ranges", "bytes");
    sl_devnet_reply_header(&request->reply, "Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT");
    type_headers(request, media, ranges, boundary);
    if (ranges->count == 1)
        sl_devnet_reply_header(&request->reply, "Content-Range",
                               "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, ranges->list[0].start,
                               ranges->list[0].start + ranges->list[0].length - 1, size);
}

static void send_piece(struct sl_devnet_request *request, const struct sl_piece_id *id,
                       uint64_t size)
{
    char etag[SL_DEVNET_PARAM_CHARS + 2];
    struct ranges ranges;
    struct sl_err err;
    snprintf(etag, sizeof etag, "\"%s\"", request->param);
    const char *none_match = sl_devnet_header(request, "If-None-Match");
    if (none_match != NULL && names_etag(none_match, etag)) {
        sl_devnet_reply_status(&request->reply, 304);
        cache_headers(&request->reply, etag);
        return;
    }
    const enum sl_devnet_ranges kind =
        sl_devnet_ranges_parse(ranges.list, &ranges.count, range_header(request, etag), size);
    if (kind == SL_DEVNET_RANGES_INVALID || kind == SL_DEVNET_RANGES_NO_OVERLAP) {
        refuse_range(request, kind, size);
        return;
    }
    if (kind == SL_DEVNET_RANGES_WHOLE)
        ranges.count = 0;
    const int fd = sl_devnet_piece_store_read(request->provider->store, id->root, &err);
    if (fd < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_status(&request->reply, 500);
        return;
    }
    send_file(request, fd, size, etag, &ranges);
}

void sl_devnet_retrieve(struct sl_devnet_request *request)
{
    struct sl_piece_id id;
    struct sl_devnet_piece piece;
    struct sl_err err;
    if (sl_piece_parse_either(&id, request->param, strlen(request->param), NULL) < 0) {
        sl_devnet_reply_status(&request->reply, 400);
        return;
    }
    if (atomic_load(&request->server->downloads) >= SL_DEVNET_MAX_DOWNLOADS) {
        sl_devnet_reply_plain(&request->reply, 429,
                              "Service temporarily unavailable: too many concurrent requests");
        return;
    }
    const int rc = sl_devnet_piece_store_find(request->provider->store, &piece, id.root, &err);
    if (rc < 0) {
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s", err.text);
        sl_devnet_reply_status(&request->reply, 500);
    } else if (rc == 0 || !piece.findable) {
        sl_devnet_reply_status(&request->reply, 404);
    } else {
        send_piece(request, &id, piece.payload_bytes);
    }
}
