/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * gate.h - which requests a server of the local network accepts.
 *
 * Loopback ports are open to every user of the machine and to every page in a browser. So a request
 * must be for a loopback host and, if it has an Origin, from a loopback origin. A network that
 * keeps a user's files also requires a secret: the first path segment of every URL that the network
 * gives out.
 */
#ifndef SL_DEVNET_GATE_H
#define SL_DEVNET_GATE_H

#include "http/server.h"

/** The secret of a folder, "/" and 32 hex digits. The first call creates it in DIR/secret (0600),
 * so that URLs stay valid. Errors: SL_EIO, SL_EACCES, SL_EFORMAT (the file holds something else).
 */
int sl_devnet_secret_load(char out[static SL_DEVNET_SECRET_CHARS], const char *dir,
                          struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether to serve the request; if not, its reply is set. The secret is cut off *path. The tests'
 * control endpoint needs no secret.
 */
bool sl_devnet_gate(struct sl_devnet_request *request, const char **path);

/** Set the reply's Location to a path of this server ("/pdp/..."), after its secret. */
void sl_devnet_reply_location(struct sl_devnet_request *request, const char *fmt, ...)
    SL_PRINTF(2, 3);

#endif
