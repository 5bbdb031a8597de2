/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "support/test.h"

enum { PATIENCE_S = 30 };

void sl_answer_free(struct sl_answer *answer)
{
    sl_buf_free(&answer->body);
    *answer = (struct sl_answer){0};
}

const char *sl_answer_header(const struct sl_answer *answer, const char *name)
{
    static _Thread_local char value[512];
    const size_t len = strlen(name);
    for (const char *line = strchr(answer->head, '\n'); line != NULL; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *at = line + len + 1 + strspn(line + len + 1, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r\n"), at);
            return value;
        }
    }
    return "";
}

int sl_peer_connect(const char *url)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    char host[64] = "";
    unsigned port = 0;
    assert_int_equal(sscanf(url, "http://%63[0-9.]:%u", host, &port), 2);
    assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
    to.sin_port = htons((uint16_t)port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        fail_msg("connect %s: %s", url, strerror(errno));
    return fd;
}

bool sl_peer_send(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        const ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* Returns the bytes read; 0 at the end, with *reset set when it was no orderly one. */
static size_t receive(int fd, char *out, size_t cap, bool *reset)
{
    ssize_t n;
    do
        n = recv(fd, out, cap, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("the server said nothing for %d s", PATIENCE_S);
    if (n < 0)
        *reset = true;
    return n > 0 ? (size_t)n : 0;
}

static bool receive_head(int fd, struct sl_answer *answer)
{
    size_t len = 0;
    answer->status = 0;
    while (len < 4 || memcmp(answer->head + len - 4, "\r\n\r\n", 4) != 0) {
        assert_true(len + 1 < sizeof answer->head);
        if (receive(fd, answer->head + len, 1, &answer->reset) == 0)
            return false;
        answer->head[++len] = '\0';
    }
    assert_int_equal(sscanf(answer->head, "HTTP/1.1 %d", &answer->status), 1);
    return true;
}

void sl_peer_receive(int fd, struct sl_answer *answer, bool to_head)
{
    char block[16384];
    sl_answer_free(answer);
    do {
        if (!receive_head(fd, answer))
            return;
    } while (answer->status == 100);
    size_t left = strtoull(sl_answer_header(answer, "Content-Length"), NULL, 10);
    if (to_head || answer->status == 204 || answer->status == 304)
        left = 0;
    while (left > 0) {
        const size_t n =
            receive(fd, block, left < sizeof block ? left : sizeof block, &answer->reset);
        if (n == 0)
            return;
        sl_buf_add(&answer->body, block, n);
        left -= n;
    }
    answer->whole = true;
}

bool sl_peer_is_closed(int fd)
{
    char byte;
    bool reset = false;
    return receive(fd, &byte, 1, &reset) == 0;
}

bool sl_peer_head(int fd, const char *method, const char *path, const char *headers,
                  unsigned long long content_length)
{
    struct sl_buf head = {0};
    sl_buf_printf(&head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", method, path,
                  headers != NULL ? headers : "");
    if (content_length > 0 || strcmp(method, "PUT") == 0 || strcmp(method, "POST") == 0)
        sl_buf_printf(&head, "Content-Length: %llu\r\n", content_length);
    sl_buf_str(&head, "\r\n");
    const bool sent = sl_peer_send(fd, head.data, head.len);
    sl_buf_free(&head);
    return sent;
}

void sl_peer_ask(const char *url, const char *method, const char *path, const char *headers,
                 const void *body, size_t len, struct sl_answer *answer)
{
    const int fd = sl_peer_connect(url);
    /* a server that answers early stops taking the body: what it said is still read */
    if (sl_peer_head(fd, method, path, headers, len) && len > 0)
        (void)sl_peer_send(fd, body, len);
    sl_peer_receive(fd, answer, strcmp(method, "HEAD") == 0);
    close(fd);
}
