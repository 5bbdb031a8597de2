/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * http_socket.h - the sockets that libcurl has open, to ask the kernel about them. Private to net.
 * CURLINFO_ACTIVESOCKET knows a socket only after its first request has ended.
 */
#ifndef SL_NET_HTTP_SOCKET_H
#define SL_NET_HTTP_SOCKET_H

#include <stdint.h>

#include <curl/curl.h>

enum { SL_HTTP_SOCKETS = 8 }; /* tried at once and kept; one more is not watched */

/** Zero-initialise. Owner thread only. */
struct sl_http_sockets {
    struct {
        curl_socket_t fd; /* meaningful when `open` */
        int open;
    } slots[SL_HTTP_SOCKETS];
    int used;        /* slot of the current connection, plus 1; 0: none known */
    int public_only; /* connect only to public addresses */
    int refused;     /* set by libcurl's callback: the host had an address that was refused */
};

/** Make libcurl report every socket that it opens and closes. Nonzero: libcurl refused. */
unsigned sl_http_sockets_watch(struct sl_http_sockets *sockets, CURL *easy);

/** The request goes out on the connection from this local port. */
void sl_http_sockets_use(struct sl_http_sockets *sockets, int local_port);

/** Bytes in its send queue: not sent, or not acknowledged. 0 if not known. */
uint64_t sl_http_sockets_unacked_bytes(const struct sl_http_sockets *sockets);

/** How many bytes the kernel may accept beyond TCP's window on that connection. */
void sl_http_sockets_limit_unsent(const struct sl_http_sockets *sockets, uint64_t bytes);

#endif
