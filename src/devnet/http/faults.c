/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* POLLRDHUP */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "http/faults.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/json.h"

enum { SLICES_PER_S = 10 };

#define US_PER_S UINT64_C(1000000)

/* A request that waits; lives on the stack of its thread. */
struct sl_devnet_waiter {
    struct sl_devnet_waiter *next;
    int wake_fd;
    size_t rule;
    unsigned generation;
};

static const char *const names[SL_DEVNET_FAULT_COUNT] = {
#define SL_DEVNET_FAULT_NAME(id, name) [id] = (name),
    SL_DEVNET_FAULTS(SL_DEVNET_FAULT_NAME)
#undef SL_DEVNET_FAULT_NAME
};

enum sl_devnet_fault_action sl_devnet_fault_action_of(const char *name)
{
    int i = 0;
    while (i < SL_DEVNET_FAULT_COUNT && strcmp(names[i], name) != 0)
        i++;
    return (enum sl_devnet_fault_action)i;
}

void sl_devnet_faults_init(struct sl_devnet_faults *faults)
{
    *faults = (struct sl_devnet_faults){0};
    pthread_mutex_init(&faults->lock, NULL);
}

void sl_devnet_faults_fini(struct sl_devnet_faults *faults)
{
    pthread_mutex_destroy(&faults->lock);
}

bool sl_devnet_faults_add(struct sl_devnet_faults *faults, const struct sl_devnet_fault_rule *rule)
{
    pthread_mutex_lock(&faults->lock);
    const bool fits = faults->count < SL_DEVNET_FAULT_RULES;
    if (fits)
        faults->rules[faults->count++] = *rule;
    pthread_mutex_unlock(&faults->lock);
    return fits;
}

static void wake_all(struct sl_devnet_faults *faults)
{
    for (struct sl_devnet_waiter *at = faults->waiters; at != NULL; at = at->next)
        (void)eventfd_write(at->wake_fd, 1);
}

bool sl_devnet_faults_replace(struct sl_devnet_faults *faults,
                              const struct sl_devnet_fault_rule *rules, size_t count)
{
    if (count > SL_DEVNET_FAULT_RULES)
        return false;
    pthread_mutex_lock(&faults->lock);
    if (count > 0)
        memcpy(faults->rules, rules, count * sizeof rules[0]);
    faults->count = count;
    faults->generation++;
    wake_all(faults);
    pthread_mutex_unlock(&faults->lock);
    return true;
}

void sl_devnet_faults_clear(struct sl_devnet_faults *faults)
{
    (void)sl_devnet_faults_replace(faults, NULL, 0);
}

void sl_devnet_faults_stop(struct sl_devnet_faults *faults)
{
    pthread_mutex_lock(&faults->lock);
    faults->stopping = true;
    wake_all(faults);
    pthread_mutex_unlock(&faults->lock);
}

static uint64_t count_held(const struct sl_devnet_faults *faults, size_t rule)
{
    uint64_t count = 0;
    for (const struct sl_devnet_waiter *at = faults->waiters; at != NULL; at = at->next)
        count += at->rule == rule && at->generation == faults->generation;
    return count;
}

void sl_devnet_faults_list(struct sl_devnet_faults *faults, struct sl_buf *json)
{
    struct sl_jw w = {0};
    sl_jw_array(&w, NULL);
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->count; i++) {
        const struct sl_devnet_fault_rule *rule = &faults->rules[i];
        sl_jw_object(&w, NULL);
        sl_jw_str(&w, "match", rule->match);
        sl_jw_str(&w, "action", names[rule->fault.action]);
        sl_jw_u64(&w, "skip", rule->skip);
        sl_jw_u64(&w, "times", rule->times);
        sl_jw_u64(&w, "seen", rule->seen);
        sl_jw_u64(&w, "hits", rule->hits);
        sl_jw_u64(&w, "held", count_held(faults, i));
        sl_jw_end_object(&w);
    }
    pthread_mutex_unlock(&faults->lock);
    sl_jw_end_array(&w);
    *json = w.buf;
}

static bool rule_hits(struct sl_devnet_fault_rule *rule, const char *request)
{
    if (strncmp(request, rule->match, strlen(rule->match)) != 0)
        return false;
    rule->seen++;
    if (rule->seen <= rule->skip || (rule->times != 0 && rule->hits >= rule->times))
        return false;
    rule->hits++;
    return true;
}

void sl_devnet_faults_pick(struct sl_devnet_faults *faults, struct sl_devnet_fault *out,
                           const char *method, const char *path)
{
    char request[2 * SL_DEVNET_FAULT_MATCH];
    snprintf(request, sizeof request, "%s %s", method, path);
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->count && out->action == SL_DEVNET_FAULT_NONE; i++) {
        if (rule_hits(&faults->rules[i], request)) {
            *out = faults->rules[i].fault;
            out->generation = faults->generation;
            out->rule = i;
        }
    }
    pthread_mutex_unlock(&faults->lock);
}

uint64_t sl_devnet_fault_slice(const struct sl_devnet_fault *fault)
{
    return fault->bytes_per_s / SLICES_PER_S + 1;
}

int64_t sl_devnet_fault_pace(struct sl_devnet_fault *fault, size_t bytes)
{
    fault->owed_us += bytes * US_PER_S / fault->bytes_per_s;
    const uint64_t ms = fault->owed_us / 1000;
    fault->owed_us %= 1000;
    return (int64_t)ms;
}

static void enlist(struct sl_devnet_faults *faults, struct sl_devnet_waiter *waiter,
                   unsigned generation)
{
    pthread_mutex_lock(&faults->lock);
    waiter->next = faults->waiters;
    faults->waiters = waiter;
    if (faults->stopping || faults->generation != generation)
        (void)eventfd_write(waiter->wake_fd, 1);
    pthread_mutex_unlock(&faults->lock);
}

/* Returns whether the server stops. */
static bool leave(struct sl_devnet_faults *faults, struct sl_devnet_waiter *waiter)
{
    pthread_mutex_lock(&faults->lock);
    struct sl_devnet_waiter **at = &faults->waiters;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    const bool stopping = faults->stopping;
    pthread_mutex_unlock(&faults->lock);
    return stopping;
}

enum sl_devnet_wait sl_devnet_faults_wait(struct sl_devnet_faults *faults,
                                          const struct sl_devnet_fault *fault, int client_fd,
                                          int64_t ms)
{
    struct sl_devnet_waiter waiter = {.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                                      .rule = fault->rule,
                                      .generation = fault->generation};
    if (waiter.wake_fd < 0)
        return SL_DEVNET_WAIT_GONE;
    enlist(faults, &waiter, fault->generation);
    struct pollfd fds[] = {{.fd = waiter.wake_fd, .events = POLLIN},
                           {.fd = client_fd, .events = POLLRDHUP}};
    const int timeout = ms < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms;
    const int ready = poll(fds, 2, timeout);
    const bool stopping = leave(faults, &waiter);
    close(waiter.wake_fd);
    if (stopping || ready < 0 || fds[1].revents != 0)
        return SL_DEVNET_WAIT_GONE;
    return ready > 0 ? SL_DEVNET_WAIT_CLEARED : SL_DEVNET_WAIT_OVER;
}

void sl_devnet_reset(int fd)
{
    /* dissolving the association of a connected socket sends a reset at once; the HTTP library's
     * own orderly shutdown comes too late then */
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    (void)connect(fd, &none, sizeof none);
}
