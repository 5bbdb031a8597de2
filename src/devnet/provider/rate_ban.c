/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "provider/rate_ban.h"

#include <netinet/in.h>
#include <string.h>

#define WINDOW_MS INT64_C(60000)
#define BLOCK_MS  INT64_C(300000)

void sl_devnet_rate_bans_init(struct sl_devnet_rate_bans *rate_bans)
{
    *rate_bans = (struct sl_devnet_rate_bans){0};
    pthread_mutex_init(&rate_bans->lock, NULL);
}

void sl_devnet_rate_bans_fini(struct sl_devnet_rate_bans *rate_bans)
{
    pthread_mutex_destroy(&rate_bans->lock);
}

static void name_of(uint8_t out[static SL_DEVNET_OFFENDER_BYTES], const struct sockaddr *from)
{
    memset(out, 0, SL_DEVNET_OFFENDER_BYTES);
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof v6);
        memcpy(out, v6.sin6_addr.s6_addr, SL_DEVNET_OFFENDER_BYTES);
        return;
    }
    struct sockaddr_in v4;
    memcpy(&v4, from, sizeof v4);
    memcpy(out, &v4.sin_addr, sizeof v4.sin_addr);
    out[SL_DEVNET_OFFENDER_BYTES - 1] = 4; /* no /64 ends like this by the zeros before it */
}

/* The entry of an address, NULL when it has none. */
static struct sl_devnet_offender *find(struct sl_devnet_rate_bans *rate_bans,
                                       const uint8_t name[static SL_DEVNET_OFFENDER_BYTES])
{
    for (size_t i = 0; i < SL_DEVNET_OFFENDERS; i++) {
        struct sl_devnet_offender *at = &rate_bans->offenders[i];
        if (at->count > 0 && memcmp(at->address, name, SL_DEVNET_OFFENDER_BYTES) == 0)
            return at;
    }
    return NULL;
}

static int64_t blocked_s(const struct sl_devnet_offender *offender, int64_t now_ms)
{
    const int64_t left_ms = offender != NULL ? offender->blocked_until_ms - now_ms : 0;
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

int64_t sl_devnet_rate_ban_left_s(struct sl_devnet_rate_bans *rate_bans,
                                  const struct sockaddr *from, int64_t now_ms)
{
    uint8_t name[SL_DEVNET_OFFENDER_BYTES];
    name_of(name, from);
    pthread_mutex_lock(&rate_bans->lock);
    const int64_t seconds = blocked_s(find(rate_bans, name), now_ms);
    pthread_mutex_unlock(&rate_bans->lock);
    return seconds;
}

/* Puts the time behind the others; with a full list the oldest goes. */
static void note(struct sl_devnet_offender *offender, int64_t now_ms)
{
    if (offender->count == SL_DEVNET_OFFENCES) {
        memmove(offender->at_ms, offender->at_ms + 1,
                (SL_DEVNET_OFFENCES - 1) * sizeof offender->at_ms[0]);
        offender->count--;
    }
    offender->at_ms[offender->count++] = now_ms;
    if (offender->count == SL_DEVNET_OFFENCES && now_ms - offender->at_ms[0] <= WINDOW_MS) {
        offender->blocked_until_ms = now_ms + BLOCK_MS;
        offender->count = 1; /* keeps the entry; the four before are forgotten */
    }
}

int64_t sl_devnet_rate_ban_count(struct sl_devnet_rate_bans *rate_bans, const struct sockaddr *from,
                                 int64_t now_ms)
{
    uint8_t name[SL_DEVNET_OFFENDER_BYTES];
    name_of(name, from);
    pthread_mutex_lock(&rate_bans->lock);
    struct sl_devnet_offender *offender = find(rate_bans, name);
    if (offender == NULL) {
        offender = &rate_bans->offenders[rate_bans->next++ % SL_DEVNET_OFFENDERS];
        *offender = (struct sl_devnet_offender){0};
        memcpy(offender->address, name, sizeof name);
    }
    note(offender, now_ms);
    const int64_t seconds = blocked_s(offender, now_ms);
    pthread_mutex_unlock(&rate_bans->lock);
    return seconds;
}
