/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * piece_store.h - the pieces of a provider: DIR/pieces/<root in hex> and DIR/provider.db.
 *
 * A piece is known by its root alone and stored once, with the payload size of the first upload;
 * every upload adds a reference to it. A file that vanished or has another size counts as not
 * stored. Sessions whose bytes were not finalized within an hour lose them, as the observed
 * provider does it; that is done when a session is made, there is no timer. Any thread.
 */
#ifndef SL_DEVNET_PIECE_STORE_H
#define SL_DEVNET_PIECE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/clock.h"
#include "sluice/err.h"
#include "sluice/path.h"
#include "sluice/piece.h"

struct sl_devnet_piece_store;

/** An upload session. Plain value. */
struct sl_devnet_session {
    char uuid[SL_UUID_CHARS];
    bool declared; /* `want` is valid: the PieceCID was known first */
    bool has_got;  /* `got` is valid: a PUT was completed */
    struct sl_piece_id want;
    struct sl_piece_id got;
};

/** Owned, free with sl_devnet_piece_store_close(). */
int sl_devnet_piece_store_open(struct sl_devnet_piece_store **out, const char *dir,
                               const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
void sl_devnet_piece_store_close(struct sl_devnet_piece_store *store);

/** Make a session and write its uuid; `want` NULL for the streaming form. */
int sl_devnet_session_new(struct sl_devnet_piece_store *store, char uuid[static SL_UUID_CHARS],
                          const struct sl_piece_id *want, struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 and *out, or 0 when there is no such session of this form. */
int sl_devnet_session_get(struct sl_devnet_piece_store *store, struct sl_devnet_session *out,
                          const char *uuid, bool declared, struct sl_err *err) SL_MUST_CHECK;

/** One running PUT's right to write its session, and the piece that a declared session names.
 * Zero-initialise; stays where it is while it is taken. */
struct sl_devnet_claim {
    struct sl_devnet_piece_store *store; /* NULL: not taken */
    struct sl_devnet_claim *next;
    char uuid[SL_UUID_CHARS];
    bool declared;
    uint8_t root[SL_PIECE_ROOT_BYTES]; /* when declared */
};

enum sl_devnet_claimed {
    SL_DEVNET_CLAIM_TAKEN,
    SL_DEVNET_CLAIM_GONE,   /* no such session any more */
    SL_DEVNET_CLAIM_DONE,   /* the session has its bytes */
    SL_DEVNET_CLAIM_BUSY,   /* another PUT writes the session, or the declared piece */
    SL_DEVNET_CLAIM_STORED, /* the declared piece is stored meanwhile: the session is done */
};

/** Returns an enum sl_devnet_claimed; only a claim that was taken must be released. `park_ms` as
 * for sl_devnet_session_keep(). */
int sl_devnet_session_claim(struct sl_devnet_piece_store *store, struct sl_devnet_claim *claim,
                            const struct sl_devnet_session *session, int64_t park_ms,
                            struct sl_err *err) SL_MUST_CHECK;
/** Fine for a claim that was not taken. */
void sl_devnet_claim_release(struct sl_devnet_claim *claim);

/** Whether a declared PUT writes a piece of this root. */
bool sl_devnet_piece_store_is_claimed(struct sl_devnet_piece_store *store,
                                      const uint8_t root[static SL_PIECE_ROOT_BYTES]);

/**
 * Take the synced file `path` as the bytes of the session: renamed into the store, or left alone
 * when the root is stored already. A declared session gets its reference at once, findable
 * `park_ms` later.
 */
int sl_devnet_session_keep(struct sl_devnet_piece_store *store,
                           const struct sl_devnet_session *session, const struct sl_piece_id *got,
                           const char *path, int64_t park_ms, struct sl_err *err) SL_MUST_CHECK;

/** End a streaming session: its piece gets a reference, findable `park_ms` later. Returns 0 when it
 * was ended meanwhile. */
int sl_devnet_session_finalize(struct sl_devnet_piece_store *store,
                               const struct sl_devnet_session *session, int64_t park_ms,
                               struct sl_err *err) SL_MUST_CHECK;

struct sl_devnet_piece {
    uint64_t payload_bytes; /* as first stored */
    bool findable;          /* some reference is past its parking delay */
};

/** Returns 1 and *out when bytes of this root are stored, else 0. */
int sl_devnet_piece_store_find(struct sl_devnet_piece_store *store, struct sl_devnet_piece *out,
                               const uint8_t root[static SL_PIECE_ROOT_BYTES],
                               struct sl_err *err) SL_MUST_CHECK;

/** Add a reference if the root is stored, findable `park_ms` later. Returns 1, or 0 when it is not
 * stored. */
int sl_devnet_piece_store_refer(struct sl_devnet_piece_store *store,
                                const uint8_t root[static SL_PIECE_ROOT_BYTES], int64_t park_ms,
                                struct sl_err *err) SL_MUST_CHECK;

/** Open the file of a stored piece for reading. Returns the descriptor. */
int sl_devnet_piece_store_read(struct sl_devnet_piece_store *store,
                               const uint8_t root[static SL_PIECE_ROOT_BYTES],
                               struct sl_err *err) SL_MUST_CHECK;

/**
 * Store the bytes of a synced file without a session: renamed into the store (or left alone when
 * the root is stored already), with a reference that is findable `park_ms` later.
 */
int sl_devnet_piece_store_add_file(struct sl_devnet_piece_store *store,
                                   const struct sl_piece_id *id, const char *path, int64_t park_ms,
                                   struct sl_err *err) SL_MUST_CHECK;

/**
 * Delete abandoned data: references older than an hour whose root no data set has and no pending
 * transaction names, and sessions that were not finalized in time. Returns the number of deleted
 * references.
 */
int sl_devnet_piece_store_clean(struct sl_devnet_piece_store *store,
                                struct sl_err *err) SL_MUST_CHECK;

/** The same at once for one root, whatever its age. */
int sl_devnet_piece_store_discard(struct sl_devnet_piece_store *store,
                                  const uint8_t root[static SL_PIECE_ROOT_BYTES],
                                  struct sl_err *err) SL_MUST_CHECK;

/** The database under the store's lock, for the commit side; no call of the store in between. */
struct sqlite3 *sl_devnet_piece_store_lock(struct sl_devnet_piece_store *store);
void sl_devnet_piece_store_unlock(struct sl_devnet_piece_store *store);

/** BEGIN and COMMIT (ROLLBACK when rc < 0; returns rc) between lock and unlock. */
int sl_devnet_piece_store_begin(struct sl_devnet_piece_store *store,
                                struct sl_err *err) SL_MUST_CHECK;
int sl_devnet_piece_store_finish(struct sl_devnet_piece_store *store, int rc,
                                 struct sl_err *err) SL_MUST_CHECK;

#endif
