/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * tcp_server.h - a raw TCP server on loopback that behaves as badly as a test asks.
 *
 * One thread accepts one connection after another and runs the script with it; the script says byte
 * by byte what happens. Every operation waits on its descriptor and gives up (returns false) when
 * the server is stopped or the peer is gone. Scripts must not use cmocka's assertions: they record,
 * the test's thread judges.
 */
#ifndef SL_TEST_TCP_SERVER_H
#define SL_TEST_TCP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sl_tcp_server;

struct sl_tcp_conn {
    struct sl_tcp_server *server;
    int fd;
    int index; /* 0 for the first connection that was accepted */
};

typedef void (*sl_tcp_script_fn)(struct sl_tcp_conn *conn, void *ctx);

/** Fails the test when it cannot listen. */
struct sl_tcp_server *sl_tcp_start(sl_tcp_script_fn script, void *ctx);
/** Ends running scripts, joins the thread, frees. */
void sl_tcp_stop(struct sl_tcp_server *server);

uint16_t sl_tcp_port(const struct sl_tcp_server *server);
/** "http://127.0.0.1:PORT" and `path`. */
void sl_tcp_url(const struct sl_tcp_server *server, char *out, size_t cap, const char *path);
int sl_tcp_accepted(struct sl_tcp_server *server);

/**
 * Test: call it before and after an exchange whose script shares memory with the test. The bytes
 * order the two threads, but no sanitizer can see that; every operation of a script does the same.
 */
void sl_tcp_sync(struct sl_tcp_server *server);

/** Script: tell the test that a point was reached. */
void sl_tcp_signal(struct sl_tcp_conn *conn);
/** Test: wait until sl_tcp_signal() was called `count` times in all. */
void sl_tcp_await(struct sl_tcp_server *server, int count);

/** Read up to and with the empty line of a request's head; NUL-terminated. False: too long, gone.
 */
bool sl_tcp_read_head(struct sl_tcp_conn *conn, char *out, size_t cap);
/** Read exactly `len` bytes, into `out` if not NULL. */
bool sl_tcp_read(struct sl_tcp_conn *conn, void *out, uint64_t len);
/** Read head and as much body as its Content-Length says; both into `out`, NUL-terminated. */
bool sl_tcp_read_request(struct sl_tcp_conn *conn, char *out, size_t cap);
bool sl_tcp_send(struct sl_tcp_conn *conn, const char *text);
bool sl_tcp_send_bytes(struct sl_tcp_conn *conn, const void *data, size_t len);
/** Wait until the peer closes; what it still sends is thrown away. */
bool sl_tcp_wait_closed(struct sl_tcp_conn *conn);
/** Wait until the server is stopped, reading nothing. */
void sl_tcp_hang(struct sl_tcp_conn *conn);
/** Close with a reset instead of a FIN. */
void sl_tcp_reset(struct sl_tcp_conn *conn);

#endif
