/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pings.h - which providers answer: pings sent in parallel. Layer: foc. */
#ifndef SL_PINGS_H
#define SL_PINGS_H

#include "sluice/http.h"
#include "sluice/provider.h"

/** The outcome of one ping. */
struct sl_ping {
    int64_t took_ms;   /* duration of the last attempt */
    struct sl_err err; /* code 0: it answered */
};

/**
 * Ping all providers; out[i] belongs to providers[i]. A ping that fails quickly is tried three
 * times. Ends within some seconds in any case. `options`: HTTP rules; their times are replaced by
 * short ones. Errors: SL_ENOMEM.
 */
int sl_pings(struct sl_ping *out, const struct sl_provider *const *providers, size_t count,
             const struct sl_http_options *options, struct sl_err *err) SL_MUST_CHECK;

#endif
