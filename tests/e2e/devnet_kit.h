/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_kit.h - a provider in a temporary folder with a clock of its own, and what its tests do
 * all the time. */
#ifndef SL_TEST_DEVNET_KIT_H
#define SL_TEST_DEVNET_KIT_H

#include "sluice/buf.h"
#include "sluice/devnet.h"
#include "sluice/path.h"
#include "sluice/piece.h"

#include "support/fake_clock.h"
#include "support/peer.h"

struct kit {
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock clock;
    struct sl_devnet_options options;
    struct sl_devnet_chain old; /* of kit_setup_1_3() */
    struct sl_devnet *net;
    const char *url;
};

enum { KIT_PARK_MS = 1000 };

/** cmocka fixtures: *state is a struct kit whose provider runs, with faults and a park delay of
 * KIT_PARK_MS. */
int kit_setup(void **state);
/** The same as providers were before today's; with a chain behind it. */
int kit_setup_1_3(void **state);
int kit_teardown(void **state);

/** Stop and start on the same folder; change kit->options before if wanted. */
void kit_restart(struct kit *kit);

/** `len` bytes of xorshift of `seed`; owned. */
uint8_t *kit_bytes(size_t len, uint64_t seed);
void kit_cid(char cid[static SL_PIECE_CID_CHARS], const uint8_t *bytes, size_t len);
void kit_cid_v1(char cid[static SL_PIECE_V1_CHARS], const uint8_t *bytes, size_t len);

/** Open a streaming session; its path ("/pdp/piece/uploads/...") goes to `path`. */
enum { KIT_PATH_CHARS = 128 };
void kit_session(const struct kit *kit, char path[static KIT_PATH_CHARS]);

/** Upload and finalize and let the parking time pass; writes the CID. */
void kit_store(struct kit *kit, char cid[static SL_PIECE_CID_CHARS], const uint8_t *bytes,
               size_t len);

/** Add a rule; fails the test when it is refused. */
void kit_fault(const struct kit *kit, const char *rule);

/** Every UUID becomes the word UUID, every hash the word HASH. Replaces what was in *out. */
void kit_blank(struct sl_buf *out, const char *text);

/** Remove all rules; requests that they hold go on. */
void kit_clear(const struct kit *kit);
/** Returns once the only rule holds a request. */
void kit_await_held(const struct kit *kit);

/** Number of entries of DIR/NAME. */
int kit_count(const struct kit *kit, const char *name);

#endif
