/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a line of the log costs: off, and written to a file. bench_log [FILE] */
#include <stdio.h>
#include <time.h>

#include "sluice/log.h"

enum { OFF_LINES = 100000000, ON_LINES = 200000 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double ns_a_line(enum sl_log_level level, int lines)
{
    const double from_s = now_s();
    for (int i = 0; i < lines; i++)
        sl_log(level, SL_LOG_NET, "GET https://sp.example/pdp/piece/%d -> 200, %d ms", i, i);
    return (now_s() - from_s) * 1e9 / lines;
}

int main(int argc, char **argv)
{
    const struct sl_log_levels levels = sl_log_levels(SL_LOG_INFO);
    const struct sl_clock clock = sl_clock_system();
    const char *path = argc > 1 ? argv[1] : "bench_log.txt";
    struct sl_err err = {0};
    printf("no file is open  %8.2f ns a line\n", ns_a_line(SL_LOG_ERROR, OFF_LINES));
    if (sl_log_open(path, &levels, &clock, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("level is off     %8.2f ns a line\n", ns_a_line(SL_LOG_DEBUG, OFF_LINES));
    printf("written          %8.2f ns a line\n", ns_a_line(SL_LOG_INFO, ON_LINES));
    sl_log_close();
    return 0;
}
