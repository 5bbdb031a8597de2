/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/request.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/gate.h"
#include "http/routes.h"
#include "http/server.h"
#include "network.h"
#include "provider/uploads.h"

/* A refused body up to this long is read to its end, so that the connection lives on; the answer to
 * a longer one goes out at once. */
#define SWALLOW_BYTES (UINT64_C(256) * 1024)
/* What a client may go on sending behind an early answer before it is cut off. */
#define DRAIN_BYTES (UINT64_C(64) << 20)

enum { HELD_BUFFER_BYTES = 64 * 1024 };

/* The library has checked the header's syntax before it called us. */
static uint64_t length_of(const struct sl_devnet_request *request)
{
    if (sl_devnet_header(request, "Transfer-Encoding") != NULL)
        return SL_DEVNET_LENGTH_UNKNOWN;
    const char *text = sl_devnet_header(request, "Content-Length");
    return text != NULL ? strtoull(text, NULL, 10) : 0;
}

/* Waits as the fault says; false when the connection is lost. */
static bool fault_wait(struct sl_devnet_request *request, int64_t ms)
{
    const enum sl_devnet_wait how = sl_devnet_faults_wait(&request->server->faults, &request->fault,
                                                          sl_devnet_socket(request), ms);
    if (how == SL_DEVNET_WAIT_CLEARED)
        request->fault.action = SL_DEVNET_FAULT_NONE;
    return how != SL_DEVNET_WAIT_GONE;
}

/* What a fault does before the request is looked at; false: the connection is lost. */
static bool fault_at_start(struct sl_devnet_request *request, const char *method, const char *path)
{
    sl_devnet_faults_pick(&request->server->faults, &request->fault, method, path);
    if (request->fault.action == SL_DEVNET_FAULT_SLOW ||
        request->fault.action == SL_DEVNET_FAULT_STALL) {
        /* else the kernel would take megabytes in before the client feels anything */
        const int bytes = HELD_BUFFER_BYTES;
        (void)setsockopt(sl_devnet_socket(request), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    if (request->fault.action == SL_DEVNET_FAULT_DELAY)
        return fault_wait(request,
                          request->fault.ms > INT_MAX ? INT_MAX : (int64_t)request->fault.ms);
    if (request->fault.action == SL_DEVNET_FAULT_STATUS && request->fault.after_bytes == 0)
        sl_devnet_reply_fault(request);
    if (request->fault.action == SL_DEVNET_FAULT_AUTH)
        sl_devnet_reply_error(
            &request->reply, MHD_HTTP_UNAUTHORIZED,
            "anonymous piece uploads are disabled; provide a registered service JWT");
    return true;
}

/* What a fault does once so much of the body came; false: the connection is lost. */
static bool fault_in_body(struct sl_devnet_request *request)
{
    const struct sl_devnet_fault *fault = &request->fault;
    if (request->body_seen < fault->after_bytes || request->reply.status != 0)
        return true;
    if (fault->action == SL_DEVNET_FAULT_STALL)
        return fault_wait(request, -1);
    if (fault->action != SL_DEVNET_FAULT_STATUS && fault->action != SL_DEVNET_FAULT_RESET)
        return true;
    sl_devnet_upload_end(request);
    if (fault->action == SL_DEVNET_FAULT_STATUS) {
        sl_devnet_reply_fault(request);
        return true;
    }
    sl_devnet_reset(sl_devnet_socket(request));
    return false;
}

/* How much of `len` body bytes may be taken before a fault must look again. */
static size_t slice(const struct sl_devnet_request *request, size_t len)
{
    const struct sl_devnet_fault *fault = &request->fault;
    uint64_t most = len;
    if (fault->action == SL_DEVNET_FAULT_SLOW)
        most = sl_devnet_fault_slice(fault);
    else if (fault->action != SL_DEVNET_FAULT_NONE && request->body_seen < fault->after_bytes)
        most = fault->after_bytes - request->body_seen;
    return most < len ? (size_t)most : len;
}

static void on_slice(struct sl_devnet_request *request, const char *data, size_t len)
{
    if (request->reply.status != 0)
        return;
    if (request->route->body == SL_DEVNET_BODY_STREAM)
        sl_devnet_upload_on_data(request, data, len);
    if (request->route->body != SL_DEVNET_BODY_JSON)
        return;
    sl_buf_add(&request->json, data, len);
    if (request->json.failed != SL_OK)
        sl_devnet_reply_error(&request->reply, MHD_HTTP_BAD_REQUEST,
                              "Invalid request body: http: request body too large");
}

/* A part of the body came; false: the connection is lost. */
static bool on_body(struct sl_devnet_request *request, const char *data, size_t len)
{
    while (len > 0) {
        const size_t n = slice(request, len);
        on_slice(request, data, n);
        request->body_seen += n;
        data += n;
        len -= n;
        if (request->fault.action == SL_DEVNET_FAULT_SLOW &&
            !fault_wait(request, sl_devnet_fault_pace(&request->fault, n)))
            return false;
        if (!fault_in_body(request))
            return false;
    }
    return true;
}

static bool has_body_to_come(const struct sl_devnet_request *request)
{
    return request->content_length == SL_DEVNET_LENGTH_UNKNOWN ||
           request->content_length > request->body_seen;
}

/* The reply is known before the body ended: send it now if the client has much left to send, else
 * wait for the end. False: the connection is lost. */
static bool answer_early(struct sl_devnet_request *request)
{
    if (request->content_length != SL_DEVNET_LENGTH_UNKNOWN &&
        request->content_length - request->body_seen <= SWALLOW_BYTES)
        return true;
    request->answered = true;
    return sl_devnet_reply_now(&request->reply, sl_devnet_socket(request));
}

static struct sl_devnet_request *request_new(struct sl_devnet_server *server,
                                             struct MHD_Connection *connection)
{
    struct sl_devnet_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    request->server = server;
    request->provider = server->provider;
    request->connection = connection;
    request->begun_ms = sl_now_ms(&server->net->clock);
    request->content_length = length_of(request);
    request->json.cap = SL_DEVNET_JSON_BYTES;
    return request;
}

/* The headers are there. False: the connection is lost. */
static bool begin(struct sl_devnet_request *request, const char *method, const char *path)
{
    if (!sl_devnet_gate(request, &path)) {
        /* the reply already has the refusal */
    } else if (request->provider != NULL && strncmp(path, "/pdp/", 5) == 0 &&
               sl_devnet_blocked_s(request) > 0) {
        sl_devnet_reply_throttled(request);
    } else {
        request->route = sl_devnet_route_find(request, method, path);
        if ((request->route == NULL || !request->route->control) &&
            !fault_at_start(request, method, path))
            return false;
    }
    if (request->reply.status == 0 && request->route->open != NULL)
        request->route->open(request);
    if (request->reply.status == 0 || !has_body_to_come(request))
        return true;
    /* a client that asks first has sent nothing of its body yet */
    const char *expect = sl_devnet_header(request, "Expect");
    if (expect != NULL && strcasecmp(expect, "100-continue") == 0)
        return sl_devnet_reply_queue(&request->reply, request->connection);
    return answer_early(request);
}

/* A part of the body. False: the connection is lost. */
static bool more(struct sl_devnet_request *request, const char *data, size_t len)
{
    if (request->answered) {
        request->drained += len;
        return request->drained <= DRAIN_BYTES;
    }
    if (!on_body(request, data, len))
        return false;
    return request->reply.status == 0 || answer_early(request);
}

/* The whole body is there. False: the connection is lost, or over. */
static bool complete(struct sl_devnet_request *request)
{
    if (request->answered)
        return false;
    if (request->reply.status == 0)
        request->route->done(request);
    sl_devnet_upload_end(request); /* a client that has its answer finds nothing left over */
    if (request->fault.action == SL_DEVNET_FAULT_DROP)
        return false;
    return sl_devnet_reply_queue(&request->reply, request->connection);
}

enum MHD_Result sl_devnet_request_handle(void *ctx, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *len, void **slot)
{
    (void)version;
    struct sl_devnet_request *request = *slot;
    bool alive;
    if (request == NULL) {
        request = request_new(ctx, connection);
        *slot = request;
        alive = request != NULL && begin(request, method, url);
    } else if (*len > 0) {
        alive = more(request, data, *len);
        *len = 0;
    } else {
        alive = complete(request);
    }
    return alive ? MHD_YES : MHD_NO;
}

void sl_devnet_request_completed(void *ctx, struct MHD_Connection *connection, void **slot,
                                 enum MHD_RequestTerminationCode how)
{
    (void)ctx;
    (void)connection;
    (void)how;
    struct sl_devnet_request *request = *slot;
    if (request == NULL)
        return;
    sl_devnet_upload_end(request);
    sl_devnet_reply_free(&request->reply);
    sl_buf_free(&request->json);
    free(request);
    *slot = NULL;
}
