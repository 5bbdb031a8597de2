/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_run.h - the state of one `sluice get`. Private to cli. */
#ifndef SL_CLI_GET_RUN_H
#define SL_CLI_GET_RUN_H

#include <sys/types.h>

#include "lookup/lookup.h"
#include "output/get_report.h"

struct sl_get_run {
    const struct sl_args *args;
    struct sl_lookup f;
    struct sl_get_report report;
    struct sl_copies own; /* copies from --from */
    const char *file;     /* -o FILE; NULL: a name in `folder` */
    const char *folder;   /* "" for the working directory */
    bool to_stdout;
    int spool_fd;
    int64_t at_ms; /* --at; 0: now */
};

/** Whether to stop: stdout failed, or Ctrl-C was pressed. */
bool sl_get_run_is_over(struct sl_get_run *get);

/** The mode of new folders: a user who may read a file may enter its folder. */
mode_t sl_get_run_folder_mode(void);

#endif
