/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* uploads.h - uploads of pieces: sessions, bodies. Private to devnet. */
#ifndef SL_DEVNET_UPLOADS_H
#define SL_DEVNET_UPLOADS_H

#include "http/server.h"

void sl_devnet_upload_new(struct sl_devnet_request *request);
void sl_devnet_upload_open(struct sl_devnet_request *request);
void sl_devnet_upload_on_data(struct sl_devnet_request *request, const char *data, size_t len);
void sl_devnet_upload_done(struct sl_devnet_request *request);
void sl_devnet_upload_finalize(struct sl_devnet_request *request);

/**
 * Parse "pieceCid" of a JSON body into *id; on failure the reply is set and -1 returned. The
 * PieceCID must be of version 2.
 */
int sl_devnet_body_cid(struct sl_devnet_request *request, struct sl_piece_id *id);

/** Look the upload session of the path up into request->session; -1 with the reply set when there
 * is none. */
int sl_devnet_session_find(struct sl_devnet_request *request, bool declared);

/** Begin to store the body. Refuses a body that is too long or does not fit on the disk. */
void sl_devnet_upload_begin(struct sl_devnet_request *request);

/** The whole body is there: hash it into *got; -1 with the reply set. */
int sl_devnet_upload_hash(struct sl_devnet_request *request, struct sl_piece_id *got);

/** Sync it, keep it for the session, answer 204. */
void sl_devnet_upload_keep(struct sl_devnet_request *request, const struct sl_piece_id *got);

/** Claim the request's session; -1 with the reply set when that ends the PUT. */
int sl_devnet_upload_claim(struct sl_devnet_request *request);

/** Give space and claim back. Call it before the client learns of the end: it may send again at
 * once. Fine for any request. */
void sl_devnet_upload_end(struct sl_devnet_request *request);

#endif
