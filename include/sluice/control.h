/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * control.h - a running engine that other processes of the same user can see and steer.
 * Layer: control.
 *
 * The process with the engine listens on STATE/engine.sock (a Unix socket, mode 0600). Each line in
 * either direction is one JSON object of at most SL_CONTROL_LINE_BYTES. The server greets first:
 *   {"sluice":1,"version":"0.3.0","epoch":"b7c1...","pid":812,"network":"calibration",
 *    "account":"0x..."}
 * and passes the descriptor of its progress board (board.h) with that line. The client answers
 *   {"id":1,"do":"hello","v":1,"client":"screen"}
 * within SL_CONTROL_HELLO_MS. Every later request of the client has an "id" and gets one answer,
 *   {"re":1,"ok":true}   or   {"re":1,"ok":false,"code":"usage","message":"..."}
 * Requests: "attach" (all jobs, then every change), and the commands of src/control/wire.c. After
 * "attach", lines with "event" arrive; the answer to "attach" stands behind the last job.
 * Unknown keys are ignored, so that both sides can grow.
 *
 * The server trusts no client: it checks the peer's user (SO_PEERCRED), caps lines, requests a
 * second, clients and queued bytes, and closes descriptors that it did not ask for. A client that
 * reads too slowly gets the newest state of each job later, instead of every step.
 */
#ifndef SL_CONTROL_H
#define SL_CONTROL_H

#include "sluice/board.h"
#include "sluice/face.h"

enum {
    SL_CONTROL_LINE_BYTES = 64 * 1024,
    SL_CONTROL_QUEUE_BYTES = 256 * 1024, /* that wait for one client */
    SL_CONTROL_CLIENTS = 32,
    SL_CONTROL_REQUESTS_PER_S = 1000,
    SL_CONTROL_HELLO_MS = 5000,
};

/* ---- the process with the engine ---- */

struct sl_control_server;

struct sl_control_options {
    const char *state_dir;  /* the socket's folder, which also holds the journal; copied */
    const char *network;    /* told to clients; copied */
    const char *account;    /* the same; "" without one */
    struct sl_face *face;   /* the engine's face for this server; borrowed until it is stopped */
    struct sl_board *board; /* borrowed, as the face */
    struct sl_clock clock;
};

/** Listen, and serve on a thread of its own. The caller holds the journal's lock, so a socket file
 * from before is stale and is replaced. Owned, end with sl_control_stop(). Errors: SL_EIO and
 * others of system calls (a file system without sockets, a path that is no socket), SL_ENOMEM. */
int sl_control_start(struct sl_control_server **out, const struct sl_control_options *options,
                     struct sl_err *err) SL_MUST_CHECK;
/** Send "bye" to all clients, remove the socket, join the thread, free. NULL is allowed. */
void sl_control_stop(struct sl_control_server *server);

/* ---- other processes ---- */

struct sl_control_client;

/** What the server said about itself. */
struct sl_control_hello {
    int64_t pid;
    char version[32];
    char network[64];
    char account[64];
};

/** Connect to the engine of a state folder and say hello as `name` ("screen", "status"). Owned,
 * free with sl_control_close(). Errors: SL_ENOENT (no engine listens there), SL_EACCES (another
 * user's), SL_EPROTO (not a sluice, or one that this version cannot talk to), SL_ENET. */
int sl_control_connect(struct sl_control_client **out, const char *state_dir, const char *name,
                       struct sl_err *err) SL_MUST_CHECK;
/** NULL is allowed. The engine goes on. */
void sl_control_close(struct sl_control_client *client);
const struct sl_control_hello *sl_control_hello(const struct sl_control_client *client);

/** Byte counts of what runs now. */
bool sl_control_next_progress(struct sl_control_client *client, struct sl_progress *progress);

/** Ask for all jobs and all changes; they come through sl_control_face(). When the engine ends, the
 * face gives one TROUBLE event if that was not announced, and STOPPED. */
int sl_control_attach(struct sl_control_client *client, struct sl_err *err) SL_MUST_CHECK;
/** Borrowed from the client. */
struct sl_face *sl_control_face(struct sl_control_client *client);

#endif
