/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 512,
    /* Half of it is what one read from the socket can bring. Every idle connection holds all of it,
     * and more than 32 KiB come from mmap, so that they go back when it is closed. */
    CONNECTION_BYTES = 40 * 1024,
    STACK_BYTES = 256 * 1024,
    IDLE_S = 30 * 60,
    BACKLOG = 128,
    PARK_DELAY_MS = 250,
};

#define MIN_FREE_BYTES (UINT64_C(1) << 30)

/* ---- the folder ---- */

/* Two providers on one folder would clean each other's uploads away. */
static int lock_folder(struct sl_localnet *net, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = sl_path_make(net->dir, 0700, err);
    if (rc == SL_OK)
        rc = sl_path_join(path, sizeof path, net->dir, "lock", err);
    if (rc < 0)
        return rc;
    net->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (net->lock_fd < 0)
        return sl_err_sys(err, errno, "open %s", path);
    if (flock(net->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return SL_OK;
    if (errno == EWOULDBLOCK)
        return sl_err_set(err, SL_EHELD, "another sluice runs a provider in %s", net->dir);
    return sl_err_sys(err, errno, "lock %s", path);
}

/* Nothing in DIR/tmp outlives the run that began it. */
static int clean_tmp(const struct sl_localnet *net, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = sl_path_join(path, sizeof path, net->dir, "tmp", err);
    if (rc == SL_OK)
        rc = sl_path_make(path, 0700, err);
    if (rc < 0)
        return rc;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return sl_err_sys(err, errno, "open %s", path);
    const struct dirent *entry;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own */
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return SL_OK;
}

/* ---- the socket ---- */

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
    return sl_err_set(err, SL_ECONFIG, "the local provider listens on loopback addresses only");
}

static void write_url(struct sl_localnet *net, const char *host, const union address *bound)
{
    const bool v6 = bound->any.sa_family == AF_INET6;
    snprintf(net->url, sizeof net->url, v6 ? "http://[%s]:%u" : "http://%s:%u", host,
             ntohs(v6 ? bound->v6.sin6_port : bound->v4.sin_port));
}

/* Returns the listening socket and writes the URL. */
static int listen_on(struct sl_localnet *net, const char *host, uint16_t port, struct sl_err *err)
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
    write_url(net, host, &address);
    return fd;
}

static int serve(struct sl_localnet *net, const char *host, uint16_t port, struct sl_err *err)
{
    const int fd = listen_on(net, host, port, err);
    if (fd < 0)
        return fd;
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ITC |
                           (strchr(host, ':') != NULL ? MHD_USE_IPv6 : MHD_NO_FLAG);
    /* the program's signals are not for the server's threads, which inherit this mask */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    net->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, sl_ln_request_handle, net, MHD_OPTION_NOTIFY_COMPLETED,
        sl_ln_request_completed, net, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (net->daemon != NULL)
        return SL_OK;
    close(fd);
    return sl_err_set(err, SL_ENET, "the local provider's HTTP server does not start");
}

/* ---- the doors ---- */

static int start(struct sl_localnet *net, const struct sl_localnet_options *options,
                 struct sl_err *err)
{
    const int64_t park_delay_ms =
        options->park_delay_ms < 0 ? PARK_DELAY_MS : options->park_delay_ms;
    int rc = sl_path_join(net->dir, sizeof net->dir, options->dir, "", err);
    if (rc == SL_OK)
        rc = lock_folder(net, err);
    if (rc == SL_OK)
        rc = clean_tmp(net, err);
    if (rc == SL_OK)
        rc = sl_ln_shelf_open(&net->shelf, net->dir, park_delay_ms, &net->clock, err);
    if (rc == SL_OK)
        rc = serve(net, options->host != NULL ? options->host : "127.0.0.1", options->port, err);
    return rc;
}

int sl_localnet_start(struct sl_localnet **out, const struct sl_localnet_options *options,
                      struct sl_err *err)
{
    struct sl_localnet *net = calloc(1, sizeof *net);
    if (net == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    net->lock_fd = -1;
    net->clock = options->clock;
    net->with_faults = options->faults;
    net->space.min_free_bytes =
        options->min_free_bytes != 0 ? options->min_free_bytes : MIN_FREE_BYTES;
    sl_ln_faults_init(&net->faults);
    const int rc = start(net, options, err);
    if (rc < 0) {
        sl_err_ctx(err, "start the local provider");
        sl_localnet_stop(net);
        return rc;
    }
    *out = net;
    return SL_OK;
}

void sl_localnet_stop(struct sl_localnet *net)
{
    if (net == NULL)
        return;
    sl_ln_faults_stop(&net->faults);
    if (net->daemon != NULL)
        MHD_stop_daemon(net->daemon);
    sl_ln_shelf_close(net->shelf);
    sl_ln_faults_fini(&net->faults);
    if (net->lock_fd >= 0)
        close(net->lock_fd);
    free(net);
}

const char *sl_localnet_url(const struct sl_localnet *net)
{
    return net->url;
}
