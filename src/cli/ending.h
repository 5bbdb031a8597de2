/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ending.h - with --json every end has a `summary` line, that of a command that was refused too.
 * Private to cli. */
#ifndef SL_CLI_ENDING_H
#define SL_CLI_ENDING_H

#include "args.h"
#include "exit.h"

/** Whether --json was asked for: also when the words around it are wrong. */
bool sl_ending_is_json(int argc, char **argv);

/**
 * The last line of a command that has written none yet: of one that was refused its status, code
 * and message; of one that uploads the counts as well, all of them 0. Commands that have told what
 * they were asked for need none.
 */
void sl_ending_tell(enum sl_command_line command, enum sl_exit status);

#endif
