/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * address.h - the socket of a state folder. The name of a Unix socket holds at most 107 bytes, so
 * a longer path is reached through /proc/self/fd and the open folder.
 */
#ifndef SL_CONTROL_ADDRESS_H
#define SL_CONTROL_ADDRESS_H

#include <sys/socket.h>

#include "sluice/err.h"

/** Listen on STATE/engine.sock: bound under another name (mode 0600) and renamed into place, so
 * that clients never meet a socket that does not answer yet. A stale socket is replaced; any other
 * file with that name is kept. Returns the descriptor. Errors: SL_EFILETYPE (something else has
 * that name), those of system calls. */
int sl_control_address_listen(const char *state_dir, struct sl_err *err) SL_MUST_CHECK;
/** Remove the socket. */
void sl_control_address_remove(const char *state_dir);
/** Connect. Returns the descriptor. Errors: SL_ENOENT (no engine listens), SL_EACCES, SL_ENET. */
int sl_control_address_connect(const char *state_dir, struct sl_err *err) SL_MUST_CHECK;
/** Whether the process at the other end belongs to this user, or to root. */
bool sl_control_address_is_own(int fd);

#endif
