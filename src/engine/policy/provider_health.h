/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * provider_health.h - how long the provider has been silent or failing, and when to look for
 * another one. Pure. sl_commit_judge() finds out whether the provider is at fault.
 *
 * There are two kinds of trouble: the provider does not answer at all (the gate is closed), or it
 * answers and every request fails. A piece that it lists, or a commit that lands, ends both.
 * Uploads that still move prove that the provider is alive: no failure is counted then, and no
 * search is due. All times are monotonic ms.
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
    int64_t silent_since_ms; /* start of the provider's silence; 0: it answers */
    int64_t failing_ms;      /* since when every request fails; 0: some succeed */
    int failures;            /* in a row */
    int bodies; /* uploads in a row whose bytes it took but did not keep; a full disk is likely */
    int64_t body_ms; /* no upload starts before; counts from SL_PROVIDER_HEALTH_BODIES on */
    int64_t rest_ms; /* no search for another provider before */
    unsigned streak; /* counts the ends of trouble; earlier findings are void */
    bool closed;     /* it takes no uploads from us: no patience changes that */
    bool told;       /* reported in this streak that no other provider is available */
};

void sl_engine_provider_health_silence(struct sl_provider_health *health, int64_t now_ms);
void sl_engine_provider_health_answer(struct sl_provider_health *health);
void sl_engine_provider_health_failure(struct sl_provider_health *health, int64_t now_ms,
                                       bool others_move);
/** The provider refused an upload after its bytes were sent, or for lack of space. Uploads that
 * still move then prove nothing: they may end the same way. */
void sl_engine_provider_health_body(struct sl_provider_health *health, int64_t now_ms);
/** It refused to take any upload of ours. */
void sl_engine_provider_health_closed(struct sl_provider_health *health, int64_t now_ms);
/** Whether to send one upload at a time, and none before body_ms. */
bool sl_engine_provider_health_is_full(const struct sl_provider_health *health);
/** The provider fulfilled a request. */
void sl_engine_provider_health_success(struct sl_provider_health *health);

/** Monotonic ms when a search for another provider is due; INT64_MAX: none is due. */
int64_t sl_engine_provider_health_due_ms(const struct sl_provider_health *health,
                                         int64_t patience_ms);
/** Whether a file that fails now is kept until the engine knows who is at fault. */
bool sl_engine_provider_health_keeps_back(const struct sl_provider_health *health, int64_t now_ms,
                                          int64_t patience_ms);

/** The search is over and the provider stays; `alone`: no other provider is available. */
void sl_engine_provider_health_looked(struct sl_provider_health *health, int64_t now_ms,
                                      int64_t patience_ms, bool alone);
/** The engine has switched to another provider. */
void sl_engine_provider_health_changed(struct sl_provider_health *health, int64_t now_ms,
                                       int64_t patience_ms);

#endif
