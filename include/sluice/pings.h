/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pings.h - which providers answer, asked at the same time. Layer: foc. */
#ifndef SL_PINGS_H
#define SL_PINGS_H

#include "sluice/http.h"
#include "sluice/provider.h"

/** What became of one. */
struct sl_ping {
    int64_t took_ms;   /* the last try */
    struct sl_err err; /* code 0: it answered */
};

/**
 * Ask them all; out[i] is of providers[i]. What fails at once is tried three times. Ends after some
 * seconds whatever they do. `options`: HTTP rules, their times are replaced by short ones. Errors:
 * SL_ENOMEM.
 */
int sl_pings(struct sl_ping *out, const struct sl_provider *const *providers, size_t count,
             const struct sl_http_options *options, struct sl_err *err) SL_MUST_CHECK;

#endif
