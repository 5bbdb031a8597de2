/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * park_poller.h - the thread that asks providers whether they list an accepted piece, and whether a
 * silent provider answers again.
 *
 * A question travels as one struct sl_park_query. The engine makes it and gives it to the park
 * poller. The poller always gives it back through the mailbox with its outcome, so that an answer
 * is never lost for lack of memory.
 */
#ifndef SL_PARK_POLLER_H
#define SL_PARK_POLLER_H

#include <stdatomic.h>

#include "sluice/clock.h"
#include "sluice/sp.h"

#include "core/heap.h"
#include "core/mailbox.h"

enum sl_park_query_outcome {
    SL_PARK_QUERY_FOUND,   /* the provider lists it */
    SL_PARK_QUERY_MISSING, /* `verify` and it is not listed, or not within the time limit: see err
                            */
    SL_PARK_QUERY_GONE,    /* a provider that receives no more uploads does not answer: err */
};

struct sl_park_query {
    struct sl_msg msg; /* first; SL_MSG_PARKED */
    struct sl_heap_node node;
    /* immutable once given */
    int64_t job_id;
    int part; /* 0: the whole file */
    struct sl_piece_id piece;
    const char *url; /* outlives the park poller */
    bool verify;     /* it was listed once: one clear "no" is enough */
    /* any thread */
    atomic_bool dropped; /* the task no longer waits for the answer */
    /* poller's thread, and the engine's again when it comes back */
    int64_t interval_ms;
    int64_t asked_ms;
    int64_t deadline_ms;
    int64_t silent_since_ms; /* since when the provider has been silent; 0: it answers */
    enum sl_park_query_outcome outcome;
    struct sl_err err;
};

/** SL_MSG_PROBED: rc 0, or why the provider did not answer. */
struct sl_probed {
    struct sl_msg msg; /* first */
    int rc;
    struct sl_err err;
};

struct sl_park_poller_options {
    const char *url; /* who is probed, until sl_park_poller_turn_to(); outlives the park poller */
    int64_t poll_ms;
    int64_t timeout_ms; /* of answers "no": time without an answer does not count */
    int64_t silence_ms; /* an unprobed provider that is silent for this long counts as gone */
    struct sl_http_options http;
    struct sl_clock clock;
};

struct sl_park_poller;

/** Owned, sl_park_poller_free(). Errors: SL_ENOMEM. */
int sl_park_poller_start(struct sl_park_poller **out, const struct sl_park_poller_options *options,
                         struct sl_mailbox *box, struct sl_err *err) SL_MUST_CHECK;
/** Abort the running request and join. May be repeated; NULL allowed. Messages from the poller may
 * still be unread: keep it until they were taken. */
void sl_park_poller_stop(struct sl_park_poller *poller);
/** Stop, and free with all questions not yet given back. NULL allowed. */
void sl_park_poller_free(struct sl_park_poller *poller);

/** Engine: ask about a piece until the answer comes. Ownership of `parked` passes to the poller,
 * also on error. Errors: SL_ENOMEM. */
int sl_park_poller_add(struct sl_park_poller *poller, struct sl_park_query *parked,
                       struct sl_err *err) SL_MUST_CHECK;

/** Engine: ask the provider for a sign of life at `at_ms` (monotonic); one at a time. A later call
 * before that time moves it. */
void sl_park_poller_probe(struct sl_park_poller *poller, int64_t at_ms);

/** Engine: probe this URL from now on; it outlives the park poller. */
void sl_park_poller_turn_to(struct sl_park_poller *poller, const char *url);

/** The provider that did not answer (SL_MSG_SILENT), and why. The next silence is reported again.
 */
struct sl_silence {
    const char *url;
    int64_t since_ms;
    struct sl_err err;
};
struct sl_silence sl_park_poller_silence(struct sl_park_poller *poller, const struct sl_msg *msg);

/** Any thread: look at the clock again. */
void sl_park_poller_wake(struct sl_park_poller *poller);

#endif
