/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/meter.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { RATE_MS = 500, COLUMNS_DEFAULT = 80, LINE_BYTES = 1024 };

void sl_meter_clear(struct sl_meter *meter)
{
    if (meter->shown > 0)
        fprintf(stderr, "\r%*s\r", meter->shown, "");
    meter->shown = 0;
}

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return COLUMNS_DEFAULT;
}

void sl_meter_show(struct sl_meter *meter, const char *text)
{
    char cut[LINE_BYTES];
    /* the last column stays free: some terminals would break the line there */
    const int width = sl_text_cut_end(cut, sizeof cut, text, columns() - 1, true);
    const int rest = meter->shown > width ? meter->shown - width : 0;
    fprintf(stderr, "\r%s%*s", cut, rest, "");
    meter->shown = width;
}

/* A new sample weighs 0.2. Bytes that a retry loses do not make the rate negative. */
void sl_meter_sample(struct sl_meter *meter, uint64_t bytes, int64_t now_ms)
{
    const int64_t ms = now_ms - meter->rate_ms;
    if (ms < RATE_MS)
        return;
    const double moved = bytes > meter->rate_bytes ? (double)(bytes - meter->rate_bytes) : 0;
    const double sample = moved * 1000 / (double)ms;
    meter->bytes_per_s = meter->bytes_per_s == 0 ? sample : 0.8 * meter->bytes_per_s + 0.2 * sample;
    meter->rate_ms = now_ms;
    meter->rate_bytes = bytes;
}

void sl_meter_eta(char out[static SL_TEXT_SHORT], const struct sl_meter *meter, uint64_t left_bytes)
{
    const double rate = meter->bytes_per_s;
    sl_text_duration(out, rate >= 1 ? (int64_t)((double)left_bytes * 1000 / rate) : -1);
}
