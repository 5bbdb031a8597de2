/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_child.h - the commits of a rig in a program of their own, which can be killed. The test's
 * program is that program too: its main() asks commit_child_main() first. */
#ifndef SL_TEST_COMMIT_CHILD_H
#define SL_TEST_COMMIT_CHILD_H

#include <sys/types.h>

#include "commit_rig.h"

/** Runs as the child and ends the process when the arguments say so; returns otherwise. */
void commit_child_main(int argc, char **argv);

/** Starts a program that opens the rig's journal, commits all pieces of the rig, and ends. The rig
 * has no commits open meanwhile. */
pid_t commit_child_start(const struct commit_rig *rig);

/** Kills it where it is, unless it has ended. True: it was killed. */
bool commit_child_kill(pid_t pid);

/** Waits for its end; fails the test unless every piece has landed. */
void commit_child_end(pid_t pid);

#endif
