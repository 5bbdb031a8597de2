/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* call.h - requests to a provider, and the forms of its answers. Layer: foc, private. */
#ifndef SL_FOC_PROVIDER_CALL_H
#define SL_FOC_PROVIDER_CALL_H

#include "sluice/json.h"

#include "provider/sp_internal.h"

/** One request to a path below the service URL; the answer is in sp->response. */
int sl_sp_call(struct sl_sp *sp, struct sl_http_request request, const char *path,
               struct sl_err *err) SL_MUST_CHECK;
int sl_sp_get(struct sl_sp *sp, const char *path, struct sl_err *err) SL_MUST_CHECK;

/** Send what was written, and free it. */
int sl_sp_send_json(struct sl_sp *sp, const char *method, const char *path, struct sl_jw *body,
                    struct sl_err *err) SL_MUST_CHECK;

/** The answer's JSON object; owned. Errors: SL_EPROTO. */
int sl_sp_object(struct sl_json **out, const struct sl_sp *sp, const char *what,
                 struct sl_err *err) SL_MUST_CHECK;

/** "0x" and 64 hex digits, in lower case; also without "0x". False when it is none. */
bool sl_sp_tx(char out[static SL_TX_HASH_CHARS], const char *text);

/** An optional member with a hash: absent or null leaves *out. False when it is something else. */
bool sl_sp_optional_tx(char out[static SL_TX_HASH_CHARS], const struct sl_json *object,
                       const char *key);

/** A member that is true, false, or null or absent. */
enum sl_sp_tri { SL_SP_NULL, SL_SP_FALSE, SL_SP_TRUE, SL_SP_WRONG };
enum sl_sp_tri sl_sp_tri(const struct sl_json *object, const char *key);

#endif
