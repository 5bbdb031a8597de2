/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * localnet.h - the embedded `local` network: a storage provider on loopback. Layer: localnet.
 *
 * Speaks Curio's PDP API over real HTTP with its limits, answers and error texts (docs/PROTOCOL.md
 * "Storage provider"; golden dialogue: the provider's observed answers). Bodies stream to DIR/tmp
 * while they are hashed, then fsync and rename to DIR/pieces; what is stored is in DIR/provider.db.
 * Never holds a piece in memory.
 *
 * With options.faults a test makes it misbehave: POST /fault adds a rule, DELETE /fault forgets all
 * and lets go of what they hold, GET /fault lists them with their hits. A rule:
 *   {"match":"PUT /pdp/piece/uploads", "skip":0, "times":1, "action":"reset", "after_bytes":1000}
 * hits requests whose "METHOD /path" begins with `match`, after `skip` of them, `times` of them (0:
 * all). Actions:
 *   status    answer `status` (500) with `body`, `retry_after_s`, once after_bytes of the body came
 *   reset     TCP reset after after_bytes of the upload, or of the download
 *   stall     after after_bytes nothing moves until the rules are cleared, or the client has left
 *             (seen only when nothing of it is still to be read)
 *   slow      bytes_per_s, either way
 *   drop      do the work, then close without an answer
 *   delay     wait `ms`, then do the work
 *   truncate  end a download after after_bytes
 *   corrupt   flip a bit of a download's byte at after_bytes
 */
#ifndef SL_LOCALNET_H
#define SL_LOCALNET_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/clock.h"
#include "sluice/err.h"

struct sl_localnet_options {
    const char *dir;         /* made if missing, 0700; borrowed for the call */
    const char *host;        /* NULL: 127.0.0.1; a loopback address */
    uint16_t port;           /* 0: any free one */
    int64_t park_delay_ms;   /* between the end of an upload and find answering 200; < 0: 250 ms */
    uint64_t min_free_bytes; /* refuse a piece that would leave less; 0: 1 GiB; UINT64_MAX: off */
    bool faults;             /* serve the control endpoint /fault (tests) */
    struct sl_clock clock;
};

struct sl_localnet;

/**
 * Serving when it returns. Owned, free with sl_localnet_stop(). What an earlier run stored in the
 * folder is served on; unfinished uploads of it are gone. Errors: SL_EIO, SL_EACCES, SL_ENET (the
 * port is taken), SL_ECONFIG (the host is no loopback address), SL_EHELD (another provider runs on
 * the folder), SL_EJOURNAL (its database).
 */
int sl_localnet_start(struct sl_localnet **out, const struct sl_localnet_options *options,
                      struct sl_err *err) SL_MUST_CHECK;

/** End open requests, join, free; unfinished uploads leave nothing behind. NULL allowed. */
void sl_localnet_stop(struct sl_localnet *localnet);

/** "http://127.0.0.1:40213", valid until stop. */
const char *sl_localnet_url(const struct sl_localnet *localnet);

#endif
