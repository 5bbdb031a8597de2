/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The line of scripts/bench-line: a bad one, between a network namespace and this one.
 *
 *   bench_line NAMESPACE BYTES_PER_S DELAY_MS LOSS_PERCENT PORT...
 *
 * listens on 127.0.0.1:PORT in the namespace of that file (/run/netns/NAME) and connects to the
 * same port outside of it. All connections share BYTES_PER_S in each direction; every byte takes
 * DELAY_MS one way. What a lost packet does to TCP is computed, for each direction of a connection:
 * its window shrinks by 0.3 and grows by about half a packet a round trip, and what comes behind it
 * waits for it. So no netem is needed. The signal USR1 cuts the line: nothing moves, and nobody
 * gets through to make a connection; USR2 brings it back. TERM: prints what went over it, and ends.
 */
#define _GNU_SOURCE /* setns(), ppoll() */ /* NOLINT(bugprone-reserved-identifier) */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PACKET_BYTES = 1448,
    PACKETS = 512, /* on their way, a direction of a connection */
    PORTS_MAX = 8,
    LINKS_MAX = 64,
    BUFFER_BYTES = 32 * 1024, /* of the sockets: the line is what holds bytes */
    QUEUE_US = 300000,        /* of the router in front of the line */
    TIMEOUT_US = 1000000,     /* of TCP, when its window is too small to notice a loss */
    BACKLOG = 16,
    BROKEN_BYTES = 64 * 1024, /* sent without an answer: that was the body of an upload */
};

struct packet {
    int64_t at_us;
    int len; /* 0: the end */
    char bytes[PACKET_BYTES];
};

/* One direction of a connection. */
struct flow {
    int from;
    int to;
    bool reading;
    bool ended; /* the end was handed over */
    struct packet *packets;
    unsigned head; /* counts; the ring has PACKETS */
    unsigned tail;
    int given; /* bytes of the first packet that were handed over */
    double window;
    double threshold;
    int64_t next_us; /* not before */
    int64_t last_us; /* arrival of the newest packet */
    int64_t healed_us;
    uint64_t bytes;
};

struct link {
    struct flow up;
    struct flow down;
    uint64_t unanswered_bytes;
    int64_t made_us;
};

static struct {
    double bytes_per_s;
    int64_t delay_us;
    double loss;
    bool cut;
    int64_t free_us[2]; /* when the line has nothing left to send: up, down */
    int listeners[PORTS_MAX];
    uint16_t ports[PORTS_MAX];
    int port_count;
    struct link *links[LINKS_MAX];
    int link_count;
    uint64_t up_bytes;
    uint64_t down_bytes;
    uint64_t lost;
    uint64_t refused; /* answers 5xx: what a provider that cuts a request says */
    uint64_t broken;  /* bodies that the client broke off */
    uint64_t connections;
    int64_t back_us;    /* when the line came back; 0: it did not */
    int64_t resumed_us; /* until a body went over a new connection then */
    uint64_t random;
} line;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_line: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double chance(void)
{
    line.random = line.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(line.random >> 11) / 9007199254740992.0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- packets ---- */

/* It leaves now or when it may: when it arrives, and what the window becomes. */
static void depart(struct flow *flow, struct packet *packet, bool up, int64_t now)
{
    const int64_t round_us = 2 * line.delay_us;
    const int64_t wants_us = later(now, flow->next_us);
    const int64_t starts_us = later(wants_us, line.free_us[up]);
    line.free_us[up] = starts_us + (int64_t)(packet->len * 1e6 / line.bytes_per_s);
    packet->at_us = line.free_us[up] + line.delay_us;
    if (chance() < line.loss || starts_us - wants_us > QUEUE_US) {
        packet->at_us += flow->window < 4 ? TIMEOUT_US : round_us;
        line.lost++;
        if (wants_us >= flow->healed_us) {
            flow->window = flow->window * 0.7 > 1 ? flow->window * 0.7 : 1;
            flow->threshold = flow->window;
            flow->healed_us = wants_us + round_us;
        }
    } else {
        flow->window += flow->window < flow->threshold ? 1 : 0.53 / flow->window;
    }
    packet->at_us = later(packet->at_us, flow->last_us); /* in order */
    flow->last_us = packet->at_us;
    flow->next_us = wants_us + (int64_t)((double)round_us / flow->window);
}

static void count(struct link *link, const struct flow *flow, const struct packet *packet)
{
    const bool up = flow == &link->up;
    if (up) {
        line.up_bytes += (uint64_t)packet->len;
        link->unanswered_bytes += (uint64_t)packet->len;
        line.broken += packet->len == 0 && link->unanswered_bytes > BROKEN_BYTES;
        if (line.back_us != 0 && line.resumed_us == 0 && link->made_us > line.back_us &&
            link->unanswered_bytes > BROKEN_BYTES)
            line.resumed_us = now_us() - line.back_us;
        return;
    }
    line.down_bytes += (uint64_t)packet->len;
    line.refused += packet->len > 10 && memcmp(packet->bytes, "HTTP/1.1 5", 10) == 0;
    link->unanswered_bytes = 0;
}

static bool may_read(const struct flow *flow, int64_t now)
{
    return flow->reading && flow->tail - flow->head < PACKETS && flow->next_us <= now;
}

static void take(struct link *link, struct flow *flow, int64_t now)
{
    struct packet *packet = &flow->packets[flow->tail % PACKETS];
    const ssize_t n = recv(flow->from, packet->bytes, PACKET_BYTES, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    packet->len = n > 0 ? (int)n : 0;
    flow->reading = n > 0;
    count(link, flow, packet);
    depart(flow, packet, flow == &link->up, now);
    flow->tail++;
}

/* Hands over what has arrived. */
static void give(struct flow *flow, int64_t now)
{
    while (flow->head != flow->tail && flow->packets[flow->head % PACKETS].at_us <= now) {
        const struct packet *packet = &flow->packets[flow->head % PACKETS];
        if (packet->len == 0) {
            shutdown(flow->to, SHUT_WR);
            flow->ended = true;
            flow->head++;
            return;
        }
        const ssize_t n = send(flow->to, packet->bytes + flow->given,
                               (size_t)(packet->len - flow->given), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        flow->given += n > 0 ? (int)n : packet->len; /* nobody wants it any more */
        if (flow->given < packet->len)
            return;
        flow->given = 0;
        flow->head++;
    }
}

/* ---- connections ---- */

static void set_up(int fd)
{
    const int one = 1;
    const int bytes = BUFFER_BYTES;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

static struct sockaddr_in address_of(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static struct flow new_flow(int from, int to, int64_t now)
{
    struct flow flow = {.from = from,
                        .to = to,
                        .reading = true,
                        .packets = calloc(PACKETS, sizeof(struct packet)),
                        .window = 10,
                        .threshold = 1e9,
                        .next_us = now + 2 * line.delay_us}; /* the handshake */
    if (flow.packets == NULL)
        die("memory");
    return flow;
}

static void accept_one(int i)
{
    const struct sockaddr_in to = address_of(line.ports[i]);
    const int64_t now = now_us();
    const int client = accept4(line.listeners[i], NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server < 0)
        die("socket");
    set_up(client);
    set_up(server);
    if (line.link_count == LINKS_MAX ||
        connect(server, (const struct sockaddr *)&to, sizeof to) != 0) {
        const struct linger hard = {.l_onoff = 1};
        (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(client);
        close(server);
        return;
    }
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL)
        die("memory");
    link->up = new_flow(client, server, now);
    link->down = new_flow(server, client, now);
    link->made_us = now;
    line.links[line.link_count++] = link;
    line.connections++;
}

static void remove_link(int i)
{
    struct link *link = line.links[i];
    close(link->up.from);
    close(link->up.to);
    free(link->up.packets);
    free(link->down.packets);
    free(link);
    line.links[i] = line.links[--line.link_count];
}

/* ---- the loop ---- */

static void watch(struct pollfd *fd, struct flow *flow, int64_t now, int64_t *next)
{
    *fd = (struct pollfd){.fd = -1};
    if (line.cut)
        return;
    if (may_read(flow, now))
        *fd = (struct pollfd){.fd = flow->from, .events = POLLIN};
    else if (flow->reading && flow->tail - flow->head < PACKETS && flow->next_us < *next)
        *next = flow->next_us;
    if (flow->head != flow->tail) {
        const int64_t at = flow->packets[flow->head % PACKETS].at_us;
        if (later(at, now + 1000) < *next) /* full sockets are tried again then, too */
            *next = later(at, now + 1000);
    }
}

static void move(struct link *link, const struct pollfd *fds, int64_t now)
{
    if (fds[0].revents != 0)
        take(link, &link->up, now);
    if (fds[1].revents != 0)
        take(link, &link->down, now);
    give(&link->up, now);
    give(&link->down, now);
}

static void turn(int signals)
{
    struct pollfd fds[1 + PORTS_MAX + 2 * LINKS_MAX];
    int64_t now = now_us();
    int64_t next = now + 1000000;
    int n = 0;
    fds[n++] = (struct pollfd){.fd = signals, .events = POLLIN};
    for (int i = 0; i < line.port_count; i++)
        fds[n++] = (struct pollfd){.fd = line.cut ? -1 : line.listeners[i], .events = POLLIN};
    const int first = n;
    for (int i = 0; i < line.link_count; i++) {
        watch(&fds[n++], &line.links[i]->up, now, &next);
        watch(&fds[n++], &line.links[i]->down, now, &next);
    }
    const int64_t wait_us = next - now;
    const struct timespec wait = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
    (void)ppoll(fds, (nfds_t)n, &wait, NULL);
    now = now_us();
    for (int i = line.link_count - 1; !line.cut && i >= 0; i--) {
        move(line.links[i], &fds[first + 2 * i], now);
        if (line.links[i]->up.ended && line.links[i]->down.ended)
            remove_link(i);
    }
    for (int i = 0; i < line.port_count; i++) {
        if (fds[1 + i].revents != 0)
            accept_one(i);
    }
}

/* A queue that is full takes no connection: who makes one hears nothing. */
static void set_cut(bool cut)
{
    line.cut = cut;
    line.back_us = cut ? 0 : now_us();
    for (int i = 0; i < line.port_count; i++)
        (void)listen(line.listeners[i], cut ? 0 : BACKLOG);
}

static bool heed(int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != sizeof info)
        return true;
    if (info.ssi_signo == SIGUSR1 || info.ssi_signo == SIGUSR2)
        set_cut(info.ssi_signo == SIGUSR1);
    else
        return false;
    return true;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Sockets stay in the namespace they were made in. */
static void listen_in(const char *space)
{
    const int there = open(space, O_RDONLY | O_CLOEXEC);
    const int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (there < 0 || here < 0 || setns(there, CLONE_NEWNET) != 0)
        die(space);
    for (int i = 0; i < line.port_count; i++) {
        const struct sockaddr_in at = address_of(line.ports[i]);
        line.listeners[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        set_up(line.listeners[i]);
        if (bind(line.listeners[i], (const struct sockaddr *)&at, sizeof at) != 0 ||
            listen(line.listeners[i], BACKLOG) != 0)
            die("listen");
    }
    if (setns(here, CLONE_NEWNET) != 0)
        die("setns");
}

int main(int argc, char **argv)
{
    if (argc < 6 || argc - 5 > PORTS_MAX) {
        fputs("bench_line NAMESPACE BYTES_PER_S DELAY_MS LOSS_PERCENT PORT...\n", stderr);
        return 2;
    }
    line.bytes_per_s = strtod(argv[2], NULL);
    line.delay_us = (int64_t)(strtod(argv[3], NULL) * 1000);
    line.loss = strtod(argv[4], NULL) / 100;
    line.random = 1;
    for (int i = 5; i < argc; i++)
        line.ports[line.port_count++] = (uint16_t)strtoul(argv[i], NULL, 10);
    const int signals = open_signals();
    listen_in(argv[1]);
    puts("ready");
    fflush(stdout);
    while (heed(signals))
        turn(signals);
    printf("up=%" PRIu64 " down=%" PRIu64 " lost=%" PRIu64 " refused=%" PRIu64 " broken=%" PRIu64
           " connections=%" PRIu64 " resumed=%" PRId64 "\n",
           line.up_bytes, line.down_bytes, line.lost, line.refused, line.broken, line.connections,
           line.resumed_us / 1000);
    return 0;
}
