/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * provider_health.h - since when the provider does nothing of what it is asked for, and when it is
 * time to look for another one. Pure: whose fault it is, is for who looks to find out
 * (sl_commit_judge()).
 *
 * Two kinds: it does not answer at all (the gate is closed), or it answers and everything fails. A
 * piece that it lists, or a commit that lands, ends both. Uploads that still move say that it is
 * alive: nothing is counted then, and nothing is due. All times are monotonic ms.
 */
#ifndef SL_PROVIDER_HEALTH_H
#define SL_PROVIDER_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SL_PROVIDER_HEALTH_FAILURES = 3, /* in a row, at least */
    SL_PROVIDER_HEALTH_BODIES = 3,   /* uploads refused after their bytes were sent: enough to look
                                for   another provider at once */
    SL_PROVIDER_HEALTH_REST = 5, /* multiples of the patience: between two changes, and between two
                            searches that found no other provider */
};

/** Zero-initialise. */
struct sl_provider_health {
    int64_t silent_since_ms; /* since when nobody answers; 0: somebody does */
    int64_t failing_ms;      /* since when all that it is asked for fails; 0: it does not */
    int failures;            /* in a row */
    int bodies; /* uploads in a row whose bytes it took but did not keep; a full disk is likely */
    int64_t body_ms; /* no upload starts before; counts from SL_PROVIDER_HEALTH_BODIES on */
    int64_t rest_ms; /* no search for another provider before */
    unsigned streak; /* counts the ends of trouble: what was found out before is void */
    bool closed;     /* it takes no uploads from us: no patience changes that */
    bool told;       /* reported in this streak that no other provider is available */
};

void sl_provider_health_silence(struct sl_provider_health *health, int64_t now_ms);
void sl_provider_health_answer(struct sl_provider_health *health);
void sl_provider_health_failure(struct sl_provider_health *health, int64_t now_ms,
                                bool others_move);
/** The provider refused an upload after its bytes were sent, or for lack of space. Uploads that
 * still move then prove nothing: they may end the same way. */
void sl_provider_health_body(struct sl_provider_health *health, int64_t now_ms);
/** It refused to take any upload of ours. */
void sl_provider_health_closed(struct sl_provider_health *health, int64_t now_ms);
/** Whether to send one upload at a time, and none before body_ms. */
bool sl_provider_health_is_full(const struct sl_provider_health *health);
/** It did what it was asked for. */
void sl_provider_health_success(struct sl_provider_health *health);

/** Monotonic ms when it is time to look for another one; INT64_MAX: as it is now, never. */
int64_t sl_provider_health_due_ms(const struct sl_provider_health *health, int64_t patience_ms);
/** Whether a file that fails now is kept back until it is known whose fault it is. */
bool sl_provider_health_keeps_back(const struct sl_provider_health *health, int64_t now_ms,
                                   int64_t patience_ms);

/** Looked, and it stays: `alone` when nobody else can be taken. */
void sl_provider_health_looked(struct sl_provider_health *health, int64_t now_ms,
                               int64_t patience_ms, bool alone);
/** It has another provider now. */
void sl_provider_health_changed(struct sl_provider_health *health, int64_t now_ms,
                                int64_t patience_ms);

#endif
