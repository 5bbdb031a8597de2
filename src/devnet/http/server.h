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

/** The HTTP library's callbacks; `ctx` is the struct sl_devnet_server. */
enum MHD_Result sl_devnet_request_handle(void *ctx, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *len, void **slot);
void sl_devnet_request_completed(void *ctx, struct MHD_Connection *connection, void **slot,
                                 enum MHD_RequestTerminationCode how);

/** The route of a request, NULL with the refusal in request->reply. Fills request->param. */
const struct sl_devnet_route *sl_devnet_route_find(struct sl_devnet_request *request,
                                                   const char *method, const char *path);

/* The handlers, by file. */
void sl_devnet_ping(struct sl_devnet_request *request); /* find.c */
void sl_devnet_health(struct sl_devnet_request *request);
void sl_devnet_version(struct sl_devnet_request *request);
void sl_devnet_find_piece(struct sl_devnet_request *request);
void sl_devnet_status(struct sl_devnet_request *request);
void sl_devnet_upload_new(struct sl_devnet_request *request); /* uploads.c */
void sl_devnet_upload_open(struct sl_devnet_request *request);
void sl_devnet_upload_on_data(struct sl_devnet_request *request, const char *data, size_t len);
void sl_devnet_upload_done(struct sl_devnet_request *request);
void sl_devnet_upload_finalize(struct sl_devnet_request *request);
void sl_devnet_declared_new(struct sl_devnet_request *request); /* declared.c */
void sl_devnet_declared_open(struct sl_devnet_request *request);
void sl_devnet_declared_done(struct sl_devnet_request *request);
void sl_devnet_retrieve(struct sl_devnet_request *request);  /* retrieve.c */
void sl_devnet_fault_add(struct sl_devnet_request *request); /* faults_api.c */
void sl_devnet_fault_clear(struct sl_devnet_request *request);
void sl_devnet_fault_list(struct sl_devnet_request *request);
void sl_devnet_rpc(struct sl_devnet_request *request);             /* rpc.c */
void sl_devnet_data_set_create(struct sl_devnet_request *request); /* commit.c */
void sl_devnet_data_set_create_and_add(struct sl_devnet_request *request);
void sl_devnet_pieces_add(struct sl_devnet_request *request);
void sl_devnet_created_status(struct sl_devnet_request *request); /* commit_status.c */
void sl_devnet_added_status(struct sl_devnet_request *request);
void sl_devnet_data_set_get(struct sl_devnet_request *request); /* datasets.c */
void sl_devnet_data_set_piece_get(struct sl_devnet_request *request);
void sl_devnet_piece_delete(struct sl_devnet_request *request); /* delete.c */
void sl_devnet_terminate(struct sl_devnet_request *request);    /* terminate.c */
void sl_devnet_terminate_status(struct sl_devnet_request *request);
void sl_devnet_pull(struct sl_devnet_request *request); /* pull.c */

/** 429 for an address that is blocked (rate_ban.h). */
void sl_devnet_reply_throttled(struct sl_devnet_request *request);

/** Answer with the status of the fault that hit the request. */
void sl_devnet_reply_fault(struct sl_devnet_request *request);

/** Set the reply's Location to a path of this server ("/pdp/..."), after its secret. */
void sl_devnet_reply_location(struct sl_devnet_request *request, const char *fmt, ...)
    SL_PRINTF(2, 3);

/** The value of a request header, NULL when absent; borrowed from the connection. */
const char *sl_devnet_header(const struct sl_devnet_request *request, const char *name);

/** The socket of the request's connection. */
int sl_devnet_socket(const struct sl_devnet_request *request);

/**
 * Parse "pieceCid" of a JSON body into *id; on failure the reply is set and -1 returned. The
 * PieceCID must be of version 2.
 */
int sl_devnet_body_cid(struct sl_devnet_request *request, struct sl_piece_id *id);

/** Look the upload session of the path up into request->session; -1 with the reply set when there
 * is none. */
int sl_devnet_session_find(struct sl_devnet_request *request, bool declared);

/** Begin to store the body; refuses one that is too long, or that the disk has no room for. */
void sl_devnet_upload_begin(struct sl_devnet_request *request);

/** The whole body is there: hash it into *got; -1 with the reply set. */
int sl_devnet_upload_hash(struct sl_devnet_request *request, struct sl_piece_id *got);

/** Sync it, keep it for the session, answer 204. */
void sl_devnet_upload_keep(struct sl_devnet_request *request, const struct sl_piece_id *got);

/** Claim the request's session; -1 with the reply set when that ends the PUT. */
int sl_devnet_upload_claim(struct sl_devnet_request *request);

/** Give space and claim back. Call it before the client learns of the end: it may send again at
 * once. Fine for any request. */
void sl_devnet_upload_end(struct sl_devnet_request *request);

/** Whether the provider talks as those before today's did. */
bool sl_devnet_is_old(const struct sl_devnet_request *request);

#endif
