/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_manifest.h - `sluice get --manifest`. Private to cli. */
#ifndef SL_CLI_GET_MANIFEST_H
#define SL_CLI_GET_MANIFEST_H

#include "commands/library/get_run.h"

/** Get all files in --manifest, or those that the operands name. Failures of single files go into
 * the report. Errors: SL_EFORMAT (not a manifest), SL_ENOENT (none of the names is in it),
 * SL_EUSAGE (a name stands for several files), SL_EACCES, SL_EIO. */
int sl_get_manifest(struct sl_get_run *get, struct sl_err *err) SL_MUST_CHECK;

#endif
