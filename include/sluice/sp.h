/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sp.h - a storage provider's HTTP API, the client's side. Layer: foc.
 *
 * Source: Curio's PDP API (docs/PROTOCOL.md "Storage provider"). One client per thread, as http.h;
 * only sl_sp_cancel() and sl_sp_unpause() may come from another thread.
 * Errors of every call, beside those named: SL_ENET, SL_ESTALLED, SL_ECANCELED, SL_EBUSY (429; the
 * wait is in err->wait_ms), SL_ESERVER (5xx), SL_EPROTO (an answer that the API does not allow).
 */
#ifndef SL_SP_H
#define SL_SP_H

#include <stdint.h>

#include "sluice/http.h"
#include "sluice/path.h"
#include "sluice/piece.h"

struct sl_sp;

/** `service_url` is the provider's serviceURL; borrowed for the call. Errors: SL_EFORMAT,
 * SL_ENOMEM. */
int sl_sp_new(struct sl_sp **out, const char *service_url, const struct sl_http_options *options,
              struct sl_err *err) SL_MUST_CHECK;
void sl_sp_free(struct sl_sp *sp);
void sl_sp_cancel(struct sl_sp *sp);
void sl_sp_uncancel(struct sl_sp *sp);
void sl_sp_unpause(struct sl_sp *sp);
uint64_t sl_sp_unacked_bytes(struct sl_sp *sp);

/** GET pdp/ping. 0: alive (any 2xx). */
int sl_sp_ping(struct sl_sp *sp, struct sl_err *err) SL_MUST_CHECK;

/** POST pdp/piece/uploads: a new session. */
int sl_sp_upload_begin(struct sl_sp *sp, char uuid[static SL_UUID_CHARS],
                       struct sl_err *err) SL_MUST_CHECK;

/**
 * PUT of the bytes into the session, streamed from `read` (see sl_http_read_fn).
 * Errors: SL_ETOOSMALL, SL_ETOOBIG (by the provider's word), SL_ENOTFOUND (session unknown), and
 * what `read` returned. A session whose PUT failed may be PUT again.
 */
int sl_sp_upload_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes, sl_http_read_fn read,
                     void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * POST of the PieceCID: ends the session. Errors: SL_EMISMATCH (the provider computed another root
 * or size), SL_ENOTFOUND (session unknown or already finalized: ask sl_sp_find()), SL_ESERVER (also
 * when the PUT was never recorded: PUT again).
 */
int sl_sp_upload_finalize(struct sl_sp *sp, const char *uuid, const struct sl_piece_id *piece,
                          struct sl_err *err) SL_MUST_CHECK;

/**
 * POST pdp/piece, the declared form. Returns 1 when the provider already stores this root (nothing
 * to send), 0 with a session in `uuid`.
 */
int sl_sp_declare(struct sl_sp *sp, const struct sl_piece_id *piece,
                  char uuid[static SL_UUID_CHARS], struct sl_err *err) SL_MUST_CHECK;

/** PUT for a declared session. 409 (already uploaded) is success. Errors as above, SL_EMISMATCH. */
int sl_sp_declared_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes,
                       sl_http_read_fn read, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** GET pdp/piece?pieceCid=. Returns 1 when parked (can be committed), 0 when not (yet, or no more).
 */
int sl_sp_find(struct sl_sp *sp, const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

/** "{serviceURL}/piece/{cid}" by the resolution rule. Errors: SL_EOVERFLOW. */
int sl_sp_retrieval_url(char *out, size_t cap, const char *service_url,
                        const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

#endif
