/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* server.c - the thread that serves an engine to other processes. */
#define _GNU_SOURCE /* accept4 */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/control.h"
#include "sluice/hex.h"
#include "sluice/json.h"
#include "sluice/log.h"

#include "address.h"
#include "peer.h"
#include "wire.h"

enum { EPOCH_BYTES = 8, FIXED_FDS = 3 };

struct sl_control_server {
    /* immutable */
    struct sl_control_options options; /* its texts owned */
    char epoch[2 * EPOCH_BYTES + 1];   /* of this start of the engine */
    int listen_fd;
    int quit_fd; /* an eventfd */
    pthread_t thread;

    /* server thread only */
    struct sl_journal *journal; /* NULL: not opened yet */
    struct sl_peer *peers;
    size_t peer_count;
    uint32_t last_number;
    struct sl_event event;
    struct sl_event limit; /* the latest LIMIT event; a new client gets it, too */
    struct sl_command command;
};

/* ---- greeting ---- */

static int greet(struct sl_control_server *server, struct sl_peer *peer, struct sl_err *err)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "sluice", 1);
    sl_jw_str(&w, "version", SL_VERSION);
    sl_jw_str(&w, "epoch", server->epoch);
    sl_jw_u64(&w, "pid", (uint64_t)getpid());
    sl_jw_str(&w, "network", server->options.network);
    sl_jw_str(&w, "account", server->options.account);
    sl_jw_end_object(&w);
    sl_buf_str(&w.buf, "\n");
    int rc = w.buf.failed < 0 ? sl_err_set(err, SL_ENOMEM, "out of memory for a greeting") : SL_OK;
    if (rc == SL_OK)
        rc = sl_control_line_send_fd(&peer->line, w.buf.data, w.buf.len,
                                     sl_board_fd(server->options.board), err);
    sl_jw_free(&w);
    return rc;
}

static void accept_one(struct sl_control_server *server, int64_t now_ms)
{
    struct sl_err err = {0};
    const int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (!sl_control_address_is_own(fd) || server->peer_count == SL_CONTROL_CLIENTS) {
        close(fd);
        return;
    }
    struct sl_peer *peer = sl_control_peer_new(fd, ++server->last_number, now_ms);
    if (peer == NULL)
        return;
    if (greet(server, peer, &err) < 0) {
        sl_control_peer_free(peer);
        return;
    }
    peer->next = server->peers;
    server->peers = peer;
    server->peer_count++;
}

/* ---- requests ---- */

static int open_journal(struct sl_control_server *server, struct sl_err *err)
{
    if (server->journal != NULL)
        return SL_OK;
    return sl_journal_open(&server->journal, server->options.state_dir, SL_JOURNAL_READ,
                           &server->options.clock, err);
}

static int hello(struct sl_peer *peer, const struct sl_json *request, struct sl_err *err)
{
    uint64_t version = 0;
    if (!sl_json_u64(sl_json_get(request, "v"), &version) || version != 1)
        return sl_err_set(err, SL_EPROTO, "this engine speaks version 1 of the protocol");
    if (peer->state == SL_PEER_NEW)
        peer->state = SL_PEER_GREETED;
    return SL_OK;
}

static int attach(struct sl_control_server *server, struct sl_peer *peer, uint64_t id,
                  struct sl_err *err)
{
    const int rc = open_journal(server, err);
    if (rc < 0)
        return rc;
    peer->attach_id = id;
    peer->state = SL_PEER_LISTING;
    peer->place = SL_JOURNAL_FIRST;
    if (server->limit.type == SL_EVENT_LIMIT)
        sl_control_peer_change(peer, &server->limit);
    return SL_OK;
}

static int command(struct sl_control_server *server, struct sl_peer *peer,
                   const struct sl_json *request, struct sl_err *err)
{
    const int rc = sl_wire_read_command(&server->command, request, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return sl_err_set(err, SL_EUSAGE, "unknown request");
    if (server->command.type == SL_CMD_ADD)
        server->command.request_id = sl_control_peer_request(peer, server->command.request_id);
    return sl_face_send(server->options.face, &server->command, err);
}

/* Answers at once, but for "attach". Errors: the client is not worth listening to any longer. */
static int serve_request(struct sl_control_server *server, struct sl_peer *peer,
                         const struct sl_json *request, struct sl_err *err)
{
    uint64_t id = 0;
    const char *what = sl_json_str(sl_json_get(request, "do"));
    if (what == NULL || !sl_json_u64(sl_json_get(request, "id"), &id))
        return sl_err_set(err, SL_EPROTO, "a request without \"do\" or \"id\"");
    int rc = SL_OK;
    if (strcmp(what, "hello") == 0)
        rc = hello(peer, request, err);
    else if (peer->state == SL_PEER_NEW)
        return sl_err_set(err, SL_EPROTO, "a request before hello");
    else if (strcmp(what, "attach") == 0)
        rc = attach(server, peer, id, err);
    else
        rc = command(server, peer, request, err);
    if (rc < 0 || peer->attach_id != id)
        sl_control_peer_answer(peer, id, rc < 0 ? err : NULL);
    return SL_OK;
}

static int serve_line(struct sl_control_server *server, struct sl_peer *peer, const char *text,
                      size_t len, struct sl_err *err)
{
    struct sl_json *request = NULL;
    int rc = sl_json_parse(&request, text, len, err);
    if (rc == SL_OK)
        rc = serve_request(server, peer, request, err);
    sl_json_free(request);
    return rc;
}

static int serve_input(struct sl_control_server *server, struct sl_peer *peer, int64_t now_ms,
                       struct sl_err *err)
{
    size_t len = 0;
    const char *text;
    int rc = sl_control_line_fill(&peer->line, false, err);
    while (rc >= 0 && (text = sl_control_line_next(&peer->line, &len)) != NULL) {
        if (!sl_control_peer_may_ask(peer, now_ms))
            return sl_err_set(err, SL_EPROTO, "more than %d requests a second",
                              SL_CONTROL_REQUESTS_PER_S);
        rc = serve_line(server, peer, text, len, err);
        if (rc == SL_OK && sl_control_line_waiting(&peer->line) > SL_CONTROL_QUEUE_BYTES)
            return sl_err_set(err, SL_EPROTO, "sends requests without reading the answers");
    }
    return rc < 0 ? rc : SL_OK;
}

/* ---- the loop ---- */

static void tell_all(struct sl_control_server *server)
{
    while (sl_face_next_event(server->options.face, &server->event)) {
        if (server->event.type == SL_EVENT_LIMIT)
            server->limit = server->event;
        for (struct sl_peer *peer = server->peers; peer != NULL; peer = peer->next)
            sl_control_peer_change(peer, &server->event);
    }
}

/* False: the client is to be let go. */
static bool serve_peer(struct sl_control_server *server, struct sl_peer *peer, short revents,
                       int64_t now_ms)
{
    struct sl_err err = {0};
    int rc = SL_OK;
    if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        rc = serve_input(server, peer, now_ms, &err);
    if (rc == SL_OK && peer->state == SL_PEER_NEW && now_ms >= peer->hello_by_ms)
        rc = sl_err_set(&err, SL_EPROTO, "no hello");
    if (rc == SL_OK)
        rc = sl_control_peer_list(peer, server->journal, &err);
    if (rc == SL_OK)
        rc = sl_control_line_flush(&peer->line, &err);
    if (rc < 0 && rc != SL_ENET)
        sl_log(SL_LOG_WARN, SL_LOG_ENGINE, "client %u is disconnected: %s", peer->number, err.text);
    return rc == SL_OK;
}

static void serve_peers(struct sl_control_server *server, const struct pollfd *polled)
{
    const int64_t now_ms = sl_now_ms(&server->options.clock);
    struct sl_peer **at = &server->peers;
    for (size_t i = 0; *at != NULL; i++) {
        struct sl_peer *peer = *at;
        if (serve_peer(server, peer, polled[i].revents, now_ms)) {
            at = &peer->next;
            continue;
        }
        *at = peer->next;
        server->peer_count--;
        sl_control_peer_free(peer);
    }
}

/* Until the next hello is due; a page that can go at once asks for no wait. */
static int wait_ms(const struct sl_control_server *server, int64_t now_ms)
{
    int64_t wait = INT32_MAX;
    for (const struct sl_peer *peer = server->peers; peer != NULL; peer = peer->next) {
        if (peer->state == SL_PEER_NEW && peer->hello_by_ms - now_ms < wait)
            wait = peer->hello_by_ms > now_ms ? peer->hello_by_ms - now_ms : 0;
        if (sl_control_peer_has_page(peer))
            wait = 0;
    }
    return wait == INT32_MAX ? -1 : (int)wait;
}

static bool turn(struct sl_control_server *server)
{
    struct pollfd polled[FIXED_FDS + SL_CONTROL_CLIENTS] = {
        {.fd = server->quit_fd, .events = POLLIN},
        {.fd = sl_face_event_fd(server->options.face), .events = POLLIN},
        {.fd = server->peer_count < SL_CONTROL_CLIENTS ? server->listen_fd : -1, .events = POLLIN},
    };
    size_t count = FIXED_FDS;
    for (const struct sl_peer *peer = server->peers; peer != NULL; peer = peer->next)
        polled[count++] = (struct pollfd){
            .fd = peer->line.fd,
            .events = sl_control_line_waiting(&peer->line) > 0 ? POLLIN | POLLOUT : POLLIN};
    const int64_t now_ms = sl_now_ms(&server->options.clock);
    if (poll(polled, count, wait_ms(server, now_ms)) < 0 && errno != EINTR)
        return false;
    const bool quit = polled[0].revents != 0;
    tell_all(server); /* before the peers change: their order is that of `polled` */
    serve_peers(server, polled + FIXED_FDS);
    if (polled[2].revents != 0)
        accept_one(server, now_ms);
    return !quit;
}

/* What still fits into the sockets, without waiting for anybody. */
static void say_bye(struct sl_control_server *server)
{
    static const char bye[] = "{\"bye\":\"ended\"}\n";
    while (server->peers != NULL) {
        struct sl_peer *peer = server->peers;
        server->peers = peer->next;
        sl_buf_add(&peer->line.out, bye, sizeof bye - 1);
        (void)!sl_control_line_flush(&peer->line, NULL);
        sl_control_peer_free(peer);
    }
}

static void *server_main(void *arg)
{
    struct sl_control_server *server = arg;
    while (turn(server))
        ;
    say_bye(server);
    sl_journal_close(server->journal);
    return NULL;
}

/* ---- start and stop ---- */

static void free_server(struct sl_control_server *server)
{
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->quit_fd >= 0)
        close(server->quit_fd);
    free((char *)server->options.state_dir);
    free((char *)server->options.network);
    free((char *)server->options.account);
    free(server);
}

static int copy_options(struct sl_control_server *server, const struct sl_control_options *options,
                        struct sl_err *err)
{
    uint8_t epoch[EPOCH_BYTES];
    server->options = *options;
    server->options.state_dir = strdup(options->state_dir);
    server->options.network = strdup(options->network);
    server->options.account = strdup(options->account);
    if (server->options.state_dir == NULL || server->options.network == NULL ||
        server->options.account == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the engine's socket");
    sl_random(epoch, sizeof epoch);
    sl_hex_encode(server->epoch, epoch, sizeof epoch);
    return SL_OK;
}

static int start_thread(struct sl_control_server *server, struct sl_err *err)
{
    sigset_t all, old;
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int why = pthread_create(&server->thread, NULL, server_main, server);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return why == 0 ? SL_OK : sl_err_sys(err, why, "start the thread of the engine's socket");
}

int sl_control_start(struct sl_control_server **out, const struct sl_control_options *options,
                     struct sl_err *err)
{
    struct sl_control_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the engine's socket");
    server->listen_fd = server->quit_fd = -1;
    int rc = copy_options(server, options, err);
    if (rc == SL_OK) {
        server->quit_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        rc = server->quit_fd >= 0 ? SL_OK : sl_err_sys(err, errno, "make an eventfd");
    }
    if (rc == SL_OK)
        rc = server->listen_fd = sl_control_address_listen(options->state_dir, err);
    if (rc >= 0)
        rc = start_thread(server, err);
    if (rc < 0) {
        if (server->listen_fd >= 0)
            sl_control_address_remove(options->state_dir);
        free_server(server);
        return rc;
    }
    *out = server;
    return SL_OK;
}

void sl_control_stop(struct sl_control_server *server)
{
    const uint64_t one = 1;
    if (server == NULL)
        return;
    sl_control_address_remove(server->options.state_dir);
    (void)!write(server->quit_fd, &one, sizeof one);
    pthread_join(server->thread, NULL);
    free_server(server);
}
