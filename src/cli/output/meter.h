/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * meter.h - the one line on the terminal that is kept fresh, and the rate that stands in it.
 * Carriage return and blanks, no escape sequences. Private to cli.
 */
#ifndef SL_CLI_METER_H
#define SL_CLI_METER_H

#include <stdint.h>

#include "sluice/text.h"

struct sl_meter {
    int shown;       /* columns of the line that stand there now */
    int64_t rate_ms; /* of the last sample, monotonic */
    uint64_t rate_bytes;
    double bytes_per_s; /* smoothed; 0: not known */
};

/** Write `text`, printable and cut to the width of the terminal, over the line that is there. */
void sl_meter_show(struct sl_meter *meter, const char *text);

/** Take the line away, before something else is written to the terminal. */
void sl_meter_clear(struct sl_meter *meter);

/** So many bytes have moved since the start; a sample is taken twice a second at most. */
void sl_meter_sample(struct sl_meter *meter, uint64_t bytes, int64_t now_ms);

/** How long `left_bytes` will take, "-" when that is not known. */
void sl_meter_eta(char out[static SL_TEXT_SHORT], const struct sl_meter *meter,
                  uint64_t left_bytes);

#endif
