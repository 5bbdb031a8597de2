/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* attach.h - the screen of an engine that another sluice runs. Private to cli. */
#ifndef SL_CLI_ATTACH_H
#define SL_CLI_ATTACH_H

#include "args.h"
#include "output/output.h"

/**
 * If another sluice runs the queue of this state folder, add the operands to it, show its screen
 * until the user leaves, and write the exit status to *out. Returns 1 then, and 0 when no engine
 * listens there. Errors: SL_EUSAGE (options that only the start of an engine can set, another
 * network or account than the engine's), SL_EPROTO, SL_EACCES, and those of the settings and the
 * screen.
 */
int sl_attach(enum sl_exit *out, const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

#endif
