/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/request.h"

enum {
    CONNECTIONS = 512,
    /* Half of it is what one read from the socket can bring. Every idle connection holds all of it,
     * and more than 32 KiB come from mmap, so that they go back when it is closed. */
    CONNECTION_BYTES = 40 * 1024,
    STACK_BYTES = 256 * 1024,
    IDLE_S = 30 * 60,
    BACKLOG = 128,
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int parse_host(union address *out, socklen_t *len, const char *host, uint16_t port,
                      struct sl_err *err)
{
    *out = (union address){0};
    if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1 &&
        ntohl(out->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        *len = sizeof out->v4;
        return SL_OK;
    }
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1 &&
        IN6_IS_ADDR_LOOPBACK(&out->v6.sin6_addr)) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        *len = sizeof out->v6;
        return SL_OK;
    }
    return sl_err_set(err, SL_ECONFIG, "the local network listens on loopback addresses only");
}

static void write_url(struct sl_devnet_server *server, const char *host, const union address *bound)
{
    const bool v6 = bound->any.sa_family == AF_INET6;
    /* clients resolve paths against it as RFC 3986 says: text after the last slash is dropped */
    const char *end = server->secret[0] != '\0' ? "/" : "";
    snprintf(server->url, sizeof server->url, v6 ? "http://[%s]:%u%s%s" : "http://%s:%u%s%s", host,
             ntohs(v6 ? bound->v6.sin6_port : bound->v4.sin_port), server->secret, end);
}

/* Returns the listening socket and writes the URL. */
static int listen_on(struct sl_devnet_server *server, const char *host, uint16_t port,
                     struct sl_err *err)
{
    union address address;
    socklen_t len = 0;
    const int rc = parse_host(&address, &len, host, port, err);
    if (rc < 0)
        return rc;
    const int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, &address.any, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address.any, &len) != 0) {
        const int why = errno;
        if (fd >= 0)
            close(fd);
        (void)sl_err_sys(err, why, "listen on %s port %u", host, port);
        if (err != NULL)
            err->code = SL_ENET;
        return SL_ENET;
    }
    write_url(server, host, &address);
    return fd;
}

int sl_devnet_listen(struct sl_devnet_server *server, const char *host, uint16_t port,
                     struct sl_err *err)
{
    const int fd = listen_on(server, host, port, err);
    if (fd < 0)
        return fd;
    server->listen_fd = fd;
    sl_devnet_faults_init(&server->faults);
    return SL_OK;
}

int sl_devnet_serve(struct sl_devnet_server *server, struct sl_err *err)
{
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ITC |
                           (strchr(server->url, '[') != NULL ? MHD_USE_IPv6 : MHD_NO_FLAG);
    /* the program's signals are not for the server's threads, which inherit this mask */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, sl_devnet_request_handle, server, MHD_OPTION_NOTIFY_COMPLETED,
        sl_devnet_request_completed, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (server->daemon != NULL)
        return SL_OK;
    return sl_err_set(err, SL_ENET, "the local network's HTTP server does not start");
}

void sl_devnet_unserve(struct sl_devnet_server *server)
{
    if (server->url[0] == '\0')
        return;
    /* nobody whose connection breaks now may find it still here */
    (void)shutdown(server->listen_fd, SHUT_RDWR);
    sl_devnet_faults_stop(&server->faults);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon); /* closes the socket */
    else if (server->listen_fd >= 0)
        close(server->listen_fd);
    server->daemon = NULL;
    sl_devnet_faults_fini(&server->faults);
    server->url[0] = '\0';
}
