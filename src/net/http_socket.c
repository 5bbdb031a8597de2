/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http_socket.h"

#include <limits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address_range.h"

enum { UNSENT_BYTES = 512 * 1024 }; /* until somebody knows better */

/* libcurl asks for each address that a name resolved to: later changes of the name cannot redirect
 * the connection. */
static curl_socket_t on_make(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sl_http_sockets *sockets = ctx;
    (void)purpose;
    if (sockets->public_only && !sl_net_address_is_public(&address->addr)) {
        sockets->refused = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_open(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
    struct sl_http_sockets *sockets = ctx;
    const int unsent = UNSENT_BYTES;
    (void)purpose;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    for (int i = 0; i < SL_HTTP_SOCKETS; i++) {
        if (!sockets->slots[i].open) {
            sockets->slots[i].fd = fd;
            sockets->slots[i].open = 1;
            break;
        }
    }
    return CURL_SOCKOPT_OK;
}

/* libcurl leaves the closing to this callback. */
static int on_close(void *ctx, curl_socket_t fd)
{
    struct sl_http_sockets *sockets = ctx;
    for (int i = 0; i < SL_HTTP_SOCKETS; i++) {
        if (!sockets->slots[i].open || sockets->slots[i].fd != fd)
            continue;
        sockets->slots[i].open = 0;
        if (sockets->used == i + 1)
            sockets->used = 0;
    }
    return close(fd);
}

unsigned sl_http_sockets_watch(struct sl_http_sockets *sockets, CURL *easy)
{
    unsigned bad = 0;
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_make);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sockets);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_open);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, sockets);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
    return bad;
}

static int local_port_of(curl_socket_t fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } addr = {0};
    socklen_t len = sizeof addr;
    if (getsockname(fd, &addr.any, &len) != 0)
        return -1;
    return ntohs(addr.any.sa_family == AF_INET6 ? addr.v6.sin6_port : addr.v4.sin_port);
}

void sl_http_sockets_use(struct sl_http_sockets *sockets, int local_port)
{
    sockets->used = 0;
    for (int i = 0; i < SL_HTTP_SOCKETS; i++) {
        if (sockets->slots[i].open && local_port_of(sockets->slots[i].fd) == local_port)
            sockets->used = i + 1;
    }
}

uint64_t sl_http_sockets_unacked_bytes(const struct sl_http_sockets *sockets)
{
    int queued = 0;
    if (sockets->used == 0 || ioctl(sockets->slots[sockets->used - 1].fd, SIOCOUTQ, &queued) != 0 ||
        queued < 0)
        return 0;
    return (uint64_t)queued;
}

void sl_http_sockets_limit_unsent(const struct sl_http_sockets *sockets, uint64_t bytes)
{
    const int most = bytes < INT_MAX ? (int)bytes : INT_MAX;
    if (sockets->used != 0)
        (void)setsockopt(sockets->slots[sockets->used - 1].fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT,
                         &most, sizeof most);
}
