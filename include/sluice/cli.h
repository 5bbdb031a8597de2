/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cli.h - the command line: parse, run a command, end with its exit status. Layer: cli.
 */
#ifndef SL_CLI_H
#define SL_CLI_H

/** Exit statuses of sluice(1). */
enum sl_exit {
    SL_EXIT_OK = 0,
    SL_EXIT_SOME_FAILED = 1,
    SL_EXIT_USAGE = 2, /* usage or configuration */
    SL_EXIT_NO_FILE = 3,
    SL_EXIT_MONEY = 4,
    SL_EXIT_TEMPORARY = 5, /* run it again */
    SL_EXIT_KEY = 6,
    SL_EXIT_WORK_LEFT = 7, /* stopped; safe to run again */
    SL_EXIT_KILLED = 130,  /* second Ctrl-C */
};

/** What main() does; returns the exit status. argv is not kept. */
int sl_cli_main(int argc, char **argv);

#endif
