/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * gate.h - who may ask a server of the local network.
 *
 * Loopback ports are open to every user of the machine and to every page in a browser. Therefore:
 * only requests for a loopback host and, when they carry an Origin, from a loopback origin; and on
 * the network that keeps a person's files only those behind a secret, the first path segment of
 * every URL that the network hands out.
 */
#ifndef SL_LOCALNET_GATE_H
#define SL_LOCALNET_GATE_H

#include "server.h"

/** The secret of a folder, "/" and 32 hex digits: made at the first call and kept in DIR/secret
 * (0600), so that URLs stay valid. Errors: SL_EIO, SL_EACCES, SL_EFORMAT (the file holds something
 * else). */
int sl_ln_secret_load(char out[static SL_LN_SECRET_CHARS], const char *dir,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether the request may be looked at; if not, its reply is set. The secret is cut off *path. The
 * control endpoint of the tests is served without it.
 */
bool sl_ln_gate(struct sl_ln_request *request, const char **path);

#endif
