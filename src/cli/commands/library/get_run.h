/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_run.h - `sluice get` while it runs. Private to cli. */
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

/** Whether to stop: stdout is gone, or Ctrl-C came. */
bool sl_get_run_is_over(struct sl_get_run *get);

/** The mode of new folders: those who may read a file may enter its folder. */
mode_t sl_get_run_folder_mode(void);

/** Get all files in --manifest, or those that the operands name. Failures of single files go into
 * the report. Errors: SL_EFORMAT (not a manifest), SL_ENOENT (none of the names is in it),
 * SL_EUSAGE (a name stands for several files), SL_EACCES, SL_EIO. */
int sl_get_manifest(struct sl_get_run *get, struct sl_err *err) SL_MUST_CHECK;

#endif
