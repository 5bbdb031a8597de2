/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/rate.h"

#include <string.h>

static const double sample_weight = 0.2;
static const double most_growth = 4.0;
static const double soon_ms = 10000;              /* the last seconds are shown unsmoothed */
static const double slowest = 1.0;                /* bytes a second; below, no ETA */
static const double farthest_ms = 30.0 * 86400e3; /* 30 days; beyond, no ETA */

void sl_tui_rate_start(struct sl_rate *rate, uint64_t bytes, int64_t now_ms)
{
    *rate = (struct sl_rate){.bytes = bytes, .at_ms = now_ms, .eta_ms = -1};
}

static void foresee(struct sl_rate *rate, uint64_t left, int64_t elapsed_ms)
{
    if (rate->bytes_per_s < slowest) {
        rate->eta_ms = -1;
        return;
    }
    const double target = (double)left * 1000.0 / rate->bytes_per_s;
    if (target > farthest_ms) {
        rate->eta_ms = -1;
        return;
    }
    double eta = target;
    if (rate->eta_ms >= 0 && target > soon_ms) { /* the ETA counts down and approaches the target */
        const double counted = (double)(rate->eta_ms - elapsed_ms);
        eta = (counted > 0 ? counted : 0) * (1 - sample_weight) + target * sample_weight;
    }
    rate->eta_ms = (int64_t)eta;
}

int sl_tui_rate_sample(struct sl_rate *rate, uint64_t bytes, uint64_t left, int64_t now_ms)
{
    const int64_t elapsed_ms = now_ms - rate->at_ms;
    if (elapsed_ms < SL_RATE_SAMPLE_MS)
        return 0;
    const uint64_t moved = bytes > rate->bytes ? bytes - rate->bytes : 0;
    double sample = (double)moved * 1000.0 / (double)elapsed_ms;
    if (rate->bytes_per_s >= slowest) {
        const double most = rate->bytes_per_s * most_growth;
        sample = sample > most ? most : sample;
        rate->bytes_per_s += (sample - rate->bytes_per_s) * sample_weight;
    } else {
        rate->bytes_per_s = sample;
    }
    rate->bytes = bytes;
    rate->at_ms = now_ms;
    if (rate->samples < UINT16_MAX)
        rate->samples++;
    foresee(rate, left, elapsed_ms);
    return 1;
}

void sl_graph_add(struct sl_graph *graph, double value)
{
    if (graph->count == SL_RATE_HISTORY) {
        memmove(graph->values, graph->values + 1, sizeof graph->values - sizeof graph->values[0]);
        graph->count--;
    }
    graph->values[graph->count++] = (float)value;
}
