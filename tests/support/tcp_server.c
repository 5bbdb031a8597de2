/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/tcp_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"

struct sl_tcp_server {
    /* immutable */
    int listen_fd;
    int stop_fd; /* readable once the server is to stop */
    uint16_t port;
    sl_tcp_script_fn script;
    void *ctx;
    pthread_t thread;
    /* under lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int signals;
    int accepted;
};

void sl_tcp_sync(struct sl_tcp_server *server)
{
    pthread_mutex_lock(&server->lock);
    pthread_mutex_unlock(&server->lock);
}

/* Waits until `events` are there; false when the server is stopped. */
static bool wait_for(struct sl_tcp_server *server, int fd, short events)
{
    struct pollfd fds[2] = {{fd, events, 0}, {server->stop_fd, POLLIN, 0}};
    while (poll(fds, 2, -1) < 0) {
        if (errno != EINTR)
            return false;
    }
    sl_tcp_sync(server);
    return fds[1].revents == 0;
}

static void *serve(void *arg)
{
    struct sl_tcp_server *server = arg;
    while (wait_for(server, server->listen_fd, POLLIN)) {
        const int fd = accept(server->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        pthread_mutex_lock(&server->lock);
        struct sl_tcp_conn conn = {server, fd, server->accepted++};
        pthread_mutex_unlock(&server->lock);
        server->script(&conn, server->ctx);
        if (conn.fd >= 0)
            close(conn.fd);
    }
    return NULL;
}

struct sl_tcp_server *sl_tcp_start(sl_tcp_script_fn script, void *ctx)
{
    struct sl_tcp_server *server = calloc(1, sizeof *server);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof addr;
    assert_non_null(server);
    server->script = script;
    server->ctx = ctx;
    server->stop_fd = eventfd(0, EFD_CLOEXEC);
    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(server->stop_fd >= 0 && server->listen_fd >= 0);
    assert_int_equal(bind(server->listen_fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(listen(server->listen_fd, 16), 0);
    assert_int_equal(getsockname(server->listen_fd, (struct sockaddr *)&addr, &len), 0);
    server->port = ntohs(addr.sin_port);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
    return server;
}

void sl_tcp_stop(struct sl_tcp_server *server)
{
    const uint64_t one = 1;
    assert_int_equal(write(server->stop_fd, &one, sizeof one), sizeof one);
    pthread_join(server->thread, NULL);
    close(server->listen_fd);
    close(server->stop_fd);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

uint16_t sl_tcp_port(const struct sl_tcp_server *server)
{
    return server->port;
}

void sl_tcp_url(const struct sl_tcp_server *server, char *out, size_t cap, const char *path)
{
    snprintf(out, cap, "http://127.0.0.1:%u%s", server->port, path);
}

int sl_tcp_accepted(struct sl_tcp_server *server)
{
    pthread_mutex_lock(&server->lock);
    const int accepted = server->accepted;
    pthread_mutex_unlock(&server->lock);
    return accepted;
}

void sl_tcp_signal(struct sl_tcp_conn *conn)
{
    pthread_mutex_lock(&conn->server->lock);
    conn->server->signals++;
    pthread_cond_broadcast(&conn->server->changed);
    pthread_mutex_unlock(&conn->server->lock);
}

void sl_tcp_await(struct sl_tcp_server *server, int count)
{
    pthread_mutex_lock(&server->lock);
    while (server->signals < count)
        pthread_cond_wait(&server->changed, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

bool sl_tcp_read(struct sl_tcp_conn *conn, void *out, uint64_t len)
{
    char waste[65536];
    uint64_t got = 0;
    while (got < len) {
        const uint64_t left = len - got;
        const size_t want = out == NULL && left > sizeof waste ? sizeof waste : (size_t)left;
        if (!wait_for(conn->server, conn->fd, POLLIN))
            return false;
        const ssize_t n = recv(conn->fd, out != NULL ? (char *)out + got : waste, want, 0);
        if (n <= 0)
            return false;
        got += (uint64_t)n;
    }
    return true;
}

bool sl_tcp_read_head(struct sl_tcp_conn *conn, char *out, size_t cap)
{
    size_t len = 0;
    while (len + 1 < cap && sl_tcp_read(conn, out + len, 1)) {
        out[++len] = '\0';
        if (len >= 4 && memcmp(out + len - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

bool sl_tcp_read_request(struct sl_tcp_conn *conn, char *out, size_t cap)
{
    if (!sl_tcp_read_head(conn, out, cap))
        return false;
    const size_t head = strlen(out);
    const char *line = strstr(out, "Content-Length: ");
    const unsigned long long body = line != NULL ? strtoull(line + 16, NULL, 10) : 0;
    if (body >= cap - head || !sl_tcp_read(conn, out + head, body))
        return false;
    out[head + body] = '\0';
    return true;
}

/* From a copy: once the last byte is out the test may write the next answer. */
bool sl_tcp_send_bytes(struct sl_tcp_conn *conn, const void *data, size_t len)
{
    char *copy = malloc(len + 1);
    size_t sent = 0;
    if (copy == NULL)
        return false;
    memcpy(copy, data, len);
    while (sent < len && wait_for(conn->server, conn->fd, POLLOUT)) {
        const ssize_t n = send(conn->fd, copy + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            break;
        sent += n > 0 ? (size_t)n : 0;
    }
    free(copy);
    return sent == len;
}

bool sl_tcp_send(struct sl_tcp_conn *conn, const char *text)
{
    return sl_tcp_send_bytes(conn, text, strlen(text));
}

bool sl_tcp_wait_closed(struct sl_tcp_conn *conn)
{
    char waste[4096];
    while (wait_for(conn->server, conn->fd, POLLIN)) {
        if (recv(conn->fd, waste, sizeof waste, 0) <= 0)
            return true;
    }
    return false;
}

void sl_tcp_hang(struct sl_tcp_conn *conn)
{
    (void)wait_for(conn->server, -1, 0);
}

void sl_tcp_reset(struct sl_tcp_conn *conn)
{
    const struct linger linger = {1, 0};
    (void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(conn->fd);
    conn->fd = -1;
}
