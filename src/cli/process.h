/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* process.h - what the whole process needs before anything else. Private to cli. */
#ifndef SL_CLI_PROCESS_H
#define SL_CLI_PROCESS_H

/** Make sure that descriptors 0 to 2 are in use, turn SIGPIPE and SIGXFSZ into errors of write(),
 * and allow as many descriptors as the hard limit does, up to 8192. New files are for the owner
 * only; threads and heaps stay small. */
void sl_process_prepare(void);

/** The permissions of a new file of the user's own, such as a downloaded one, by the umask that the
 * process started with. */
unsigned sl_process_file_mode(void);

#endif
