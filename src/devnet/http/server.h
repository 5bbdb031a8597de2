/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * server.h - one request on its way through a server: routes, handlers, early answers.
 *
 * A connection has a thread of its own, so a handler may block: on the disk, or in a fault. A body
 * is handed over in the pieces that the socket gives; what a handler puts into request->reply ends
 * its work, and the rest of the body is thrown away.
 */
#ifndef SL_DEVNET_SERVER_H
#define SL_DEVNET_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "sluice/buf.h"
#include "sluice/devnet.h"

#include "http/faults.h"
#include "http/reply.h"
#include "pieces/body_writer.h"
#include "pieces/piece_store.h"

enum {
    SL_DEVNET_PARAM_CHARS = 128,
    SL_DEVNET_JSON_BYTES = 1 << 20, /* most bytes of a JSON body */
    SL_DEVNET_MAX_DOWNLOADS = 256,  /* parallel GET /piece, as the observed provider */
    SL_DEVNET_SECRET_BYTES = 16,
    SL_DEVNET_SECRET_CHARS = 2 + 2 * SL_DEVNET_SECRET_BYTES, /* "/", hex digits, NUL */
};

#define SL_DEVNET_LENGTH_UNKNOWN UINT64_MAX /* a chunked body */

/* Which servers a route belongs to. */
enum sl_devnet_role { SL_DEVNET_PROVIDER = 1, SL_DEVNET_NODE = 2 };

struct sl_devnet_provider;

/** One listening HTTP server: a provider's, or the node's. Lives inside its owner. */
struct sl_devnet_server {
    /* immutable while serving */
    enum sl_devnet_role role;
    struct sl_devnet *net;
    struct sl_devnet_provider *provider; /* of role SL_DEVNET_PROVIDER */
    struct MHD_Daemon *daemon;
    int listen_fd;
    bool with_faults;
    /* First segment of every path, "/" and 32 hex digits; "": anybody on this machine may send
     * requests. */
    char secret[SL_DEVNET_SECRET_CHARS];
    char url[SL_DEVNET_URL_BYTES]; /* includes the secret; "": not listening */

    atomic_int downloads;
    struct sl_devnet_faults faults; /* has a lock of its own */
};

/** Listen on host and port (0: any). The URL is then known, but nothing answers yet. Set role, net,
 * provider, with_faults and secret beforehand. */
int sl_devnet_listen(struct sl_devnet_server *server, const char *host, uint16_t port,
                     struct sl_err *err) SL_MUST_CHECK;

/** Answer. */
int sl_devnet_serve(struct sl_devnet_server *server, struct sl_err *err) SL_MUST_CHECK;

/** End open requests, join their threads, close. Fine for a server that never listened. */
void sl_devnet_unserve(struct sl_devnet_server *server);

struct sl_devnet_route;

/** One request; belongs to the thread of its connection. */
struct sl_devnet_request {
    struct sl_devnet_server *server;
    struct sl_devnet_provider *provider; /* NULL at the node */
    struct MHD_Connection *connection;
    const struct sl_devnet_route *route; /* NULL: refused before routing */
    char param[SL_DEVNET_PARAM_CHARS];   /* what stood for the last "*" in the pattern */
    char first[SL_DEVNET_PARAM_CHARS];   /* and for the first of two */
    int64_t begun_ms;
    uint64_t content_length;      /* SL_DEVNET_LENGTH_UNKNOWN when chunked */
    uint64_t body_seen;           /* bytes of the body that arrived so far */
    uint64_t drained;             /* of these, thrown away behind an early answer */
    bool answered;                /* the answer is out already: only drain */
    struct sl_devnet_fault fault; /* action NONE mostly */
    struct sl_devnet_reply reply;
    struct sl_buf json; /* body of a JSON route */
    struct sl_devnet_session session;
    struct sl_devnet_claim claim;        /* of a PUT */
    struct sl_devnet_body_writer writer; /* body of an upload */
};

typedef void (*sl_devnet_handler_fn)(struct sl_devnet_request *request);

enum sl_devnet_body { SL_DEVNET_BODY_IGNORED, SL_DEVNET_BODY_JSON, SL_DEVNET_BODY_STREAM };

struct sl_devnet_route {
    const char *method;
    const char *pattern;       /* "*" stands for one segment */
    sl_devnet_handler_fn open; /* headers are there; NULL: nothing to do */
    sl_devnet_handler_fn done; /* the whole body is there */
    enum sl_devnet_body body;
    bool control;   /* no fault touches it; served only with options.faults */
    unsigned roles; /* enum sl_devnet_role, or-ed */
};

#endif
