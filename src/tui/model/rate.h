/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rate.h - a smoothed rate, and an ETA that does not jump. Private to tui.
 *
 * A new sample weighs 0.2 and counts for at most four times the current rate. So one burst into a
 * buffer does not shorten the ETA.
 */
#ifndef SL_TUI_RATE_H
#define SL_TUI_RATE_H

#include <stdint.h>

enum { SL_RATE_SAMPLE_MS = 500, SL_RATE_HISTORY = 160 };

struct sl_rate {
    double bytes_per_s;
    uint64_t bytes;   /* at the last sample */
    int64_t at_ms;    /* of the last sample */
    int64_t eta_ms;   /* -1: unknown */
    uint16_t samples; /* number so far, saturating */
};

/** Start at `bytes`. */
void sl_tui_rate_start(struct sl_rate *rate, uint64_t bytes, int64_t now_ms);

/** Take a sample if one is due; `left` bytes are still to send. Returns 1 if a sample was taken. */
int sl_tui_rate_sample(struct sl_rate *rate, uint64_t bytes, uint64_t left, int64_t now_ms);

/** The latest samples for a graph, oldest first. */
struct sl_graph {
    float values[SL_RATE_HISTORY];
    int count;
};
void sl_graph_add(struct sl_graph *graph, double value);

#endif
