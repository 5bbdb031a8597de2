/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * meter.h - the progress line on the terminal, and the rate in it. Uses a carriage return and
 * blanks, no escape sequences. Private to cli.
 */
#ifndef SL_CLI_METER_H
#define SL_CLI_METER_H

#include <stdint.h>

#include "sluice/text.h"

struct sl_meter {
    int shown;       /* columns of the present line */
    int64_t rate_ms; /* of the last sample, monotonic */
    uint64_t rate_bytes;
    double bytes_per_s; /* smoothed; 0: not known */
};

/** Write `text`, printable and cut to the width of the terminal, over the present line. */
void sl_meter_show(struct sl_meter *meter, const char *text);

/** Remove the line before other text is written to the terminal. */
void sl_meter_clear(struct sl_meter *meter);

/** Count the bytes moved since the start; takes a sample at most twice a second. */
void sl_meter_sample(struct sl_meter *meter, uint64_t bytes, int64_t now_ms);

/** How long `left_bytes` will take, "-" if unknown. */
void sl_meter_eta(char out[static SL_TEXT_SHORT], const struct sl_meter *meter,
                  uint64_t left_bytes);

#endif
