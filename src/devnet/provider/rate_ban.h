/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rate_ban.h - blocks clients that keep asking for unknown data sets. The fifth such request within
 * a minute blocks the address for five minutes. Any thread.
 */
#ifndef SL_DEVNET_RATE_BAN_H
#define SL_DEVNET_RATE_BAN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

enum { SL_DEVNET_OFFENCES = 5, SL_DEVNET_OFFENDERS = 64, SL_DEVNET_OFFENDER_BYTES = 8 };

struct sl_devnet_rate_bans {
    pthread_mutex_t lock;
    /* under lock */
    struct sl_devnet_offender {
        uint8_t address[SL_DEVNET_OFFENDER_BYTES]; /* an IPv4 address, or the /64 of an IPv6 one */
        size_t count;
        int64_t at_ms[SL_DEVNET_OFFENCES]; /* the last ones, oldest first */
        int64_t blocked_until_ms;          /* 0: not blocked */
    } offenders[SL_DEVNET_OFFENDERS];
    size_t next; /* whom the next new one replaces */
};

void sl_devnet_rate_bans_init(struct sl_devnet_rate_bans *rate_bans);
void sl_devnet_rate_bans_fini(struct sl_devnet_rate_bans *rate_bans);

/** Seconds that the address stays blocked, rounded up; 0: it is not. */
int64_t sl_devnet_rate_ban_left_s(struct sl_devnet_rate_bans *rate_bans,
                                  const struct sockaddr *from, int64_t now_ms);

/** Count one; seconds as above, now that it is counted. */
int64_t sl_devnet_rate_ban_count(struct sl_devnet_rate_bans *rate_bans, const struct sockaddr *from,
                                 int64_t now_ms);

#endif
