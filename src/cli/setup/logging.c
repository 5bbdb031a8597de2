/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/logging.h"

#include <unistd.h>

#include "sluice/log.h"

static int open_log(const struct sl_config *config, bool beside, const struct sl_clock *clock,
                    struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    struct sl_log_levels levels;
    int rc = sl_path_join(path, sizeof path, config->paths.state, "sluice.log", err);
    if (rc == SL_OK)
        rc = sl_log_levels_parse(&levels, config->log_level, err);
    if (rc == SL_OK)
        rc = beside ? sl_log_open_beside(path, &levels, clock, err)
                    : sl_log_open(path, &levels, clock, err);
    if (rc == SL_OK)
        sl_log(SL_LOG_INFO, SL_LOG_CLI,
               "sluice " SL_VERSION " starts: pid=%ld network=%s log_level=%s", (long)getpid(),
               config->network, config->log_level);
    return rc;
}

int sl_logging_open(const struct sl_config *config, const struct sl_clock *clock,
                    struct sl_err *err)
{
    return open_log(config, false, clock, err);
}

void sl_logging_join(const struct sl_config *config, const struct sl_clock *clock)
{
    (void)!open_log(config, true, clock, NULL);
}
