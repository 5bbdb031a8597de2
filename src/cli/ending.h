/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ending.h - with --json, every command ends with a `summary` line, even a refused command. Private
 * to cli. */
#ifndef SL_CLI_ENDING_H
#define SL_CLI_ENDING_H

#include "args.h"
#include "output/exit.h"

/** Whether --json was given, even if other words are wrong. */
bool sl_ending_is_json(int argc, char **argv);

/**
 * Print the last line of a command that has not printed one. A refused command gets its status,
 * code and message; an upload also gets its counts, all 0. A command that has already reported its
 * result needs none.
 */
void sl_ending_tell(enum sl_command_line command, enum sl_exit status);

#endif
