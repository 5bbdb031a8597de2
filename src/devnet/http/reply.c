/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "sluice/path.h"

enum { MESSAGE_CHARS = 512 };

static const char text_type[] = "text/plain; charset=utf-8";

void sl_devnet_reply_free(struct sl_devnet_reply *reply)
{
    if (reply->content != NULL)
        MHD_destroy_response(reply->content);
    reply->content = NULL;
    sl_buf_free(&reply->body);
}

void sl_devnet_reply_status(struct sl_devnet_reply *reply, unsigned status)
{
    sl_devnet_reply_free(reply);
    reply->status = status;
    reply->header_count = 0;
}

void sl_devnet_reply_header(struct sl_devnet_reply *reply, const char *name, const char *fmt, ...)
{
    if (reply->header_count == SL_DEVNET_HEADERS_MAX)
        return;
    struct sl_devnet_reply_header *header = &reply->headers[reply->header_count++];
    va_list args;
    va_start(args, fmt);
    vsnprintf(header->value, sizeof header->value, fmt, args);
    va_end(args);
    header->name = name;
}

void sl_devnet_reply_text(struct sl_devnet_reply *reply, unsigned status, const char *type,
                          const char *text)
{
    sl_devnet_reply_status(reply, status);
    sl_devnet_reply_header(reply, "Content-Type", "%s", type);
    sl_buf_str(&reply->body, text);
}

static void error_text(struct sl_devnet_reply *reply, unsigned status, const char *text)
{
    sl_devnet_reply_text(reply, status, text_type, text);
    sl_devnet_reply_header(reply, "X-Content-Type-Options", "nosniff");
}

void sl_devnet_reply_error(struct sl_devnet_reply *reply, unsigned status, const char *fmt, ...)
{
    char message[MESSAGE_CHARS];
    char eid[SL_UUID_CHARS];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    sl_uuid(eid);
    error_text(reply, status, message);
    sl_buf_printf(&reply->body, " [eid: %s]\n", eid);
}

void sl_devnet_reply_plain(struct sl_devnet_reply *reply, unsigned status, const char *fmt, ...)
{
    char message[MESSAGE_CHARS];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    error_text(reply, status, message);
    sl_buf_str(&reply->body, "\n");
}

void sl_devnet_reply_not_found(struct sl_devnet_reply *reply)
{
    sl_devnet_reply_plain(reply, MHD_HTTP_NOT_FOUND, "404 page not found");
}

void sl_devnet_reply_json(struct sl_devnet_reply *reply, const struct sl_buf *json)
{
    if (json->failed != SL_OK) {
        sl_devnet_reply_error(reply, MHD_HTTP_INTERNAL_SERVER_ERROR, "Internal server error");
        return;
    }
    sl_devnet_reply_text(reply, MHD_HTTP_OK, "application/json", json->data);
    sl_buf_str(&reply->body, "\n");
}

/* The library's response for the reply; it takes a copy of the body. NULL: out of memory. */
static struct MHD_Response *response_of(struct sl_devnet_reply *reply)
{
    struct MHD_Response *response = reply->content;
    reply->content = NULL;
    char none[1] = "";
    if (response == NULL)
        response = MHD_create_response_from_buffer(
            reply->body.len, reply->body.len > 0 ? reply->body.data : none, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return NULL;
    for (size_t i = 0; i < reply->header_count; i++) {
        if (MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value) !=
            MHD_YES) {
            MHD_destroy_response(response);
            return NULL;
        }
    }
    return response;
}

bool sl_devnet_reply_queue(struct sl_devnet_reply *reply, struct MHD_Connection *connection)
{
    if (reply->body.failed != SL_OK)
        return false;
    struct MHD_Response *response = response_of(reply);
    if (response == NULL)
        return false;
    const enum MHD_Result queued = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response); /* our reference; the connection holds its own */
    return queued == MHD_YES;
}

bool sl_devnet_reply_now(const struct sl_devnet_reply *reply, int fd)
{
    struct sl_buf wire = {0};
    sl_buf_printf(&wire, "HTTP/1.1 %u %s\r\n", reply->status,
                  MHD_get_reason_phrase_for(reply->status));
    for (size_t i = 0; i < reply->header_count; i++)
        sl_buf_printf(&wire, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
    sl_buf_printf(&wire, "Content-Length: %zu\r\nConnection: close\r\n\r\n", reply->body.len);
    if (reply->body.len > 0)
        sl_buf_add(&wire, reply->body.data, reply->body.len);
    /* an answer is smaller than an empty send buffer: it goes whole or the client is gone */
    const bool sent = wire.failed == SL_OK && reply->body.failed == SL_OK &&
                      send(fd, wire.data, wire.len, MSG_NOSIGNAL) == (ssize_t)wire.len;
    sl_buf_free(&wire);
    return sent && shutdown(fd, SHUT_WR) == 0;
}
