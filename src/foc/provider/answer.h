/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * answer.h - what a provider's answers mean. Layer: foc, private.
 * Source: Curio's PDP API (docs/PROTOCOL.md "Storage provider").
 */
#ifndef SL_FOC_PROVIDER_ANSWER_H
#define SL_FOC_PROVIDER_ANSWER_H

#include <stdbool.h>

#include "sluice/http.h"
#include "sluice/path.h"
#include "sluice/piece.h"

/** Whether `text` is exactly 8-4-4-4-12 hex digits. */
bool sl_sp_is_uuid(const char *text);

/**
 * Read the session from a Location header: the path "{folder}{uuid}", perhaps with a prefix that a
 * proxy added. Only the uuid is used, so an answer cannot send the bytes elsewhere. Errors:
 * SL_EPROTO.
 */
int sl_sp_session_of(char uuid[static SL_UUID_CHARS], const char *location, const char *folder,
                     struct sl_err *err) SL_MUST_CHECK;

/** 0 when the JSON body {"pieceCid": ...} names the root of `piece`. Errors: SL_EPROTO. */
int sl_sp_same_piece(const struct sl_http_response *response, const struct sl_piece_id *piece,
                     struct sl_err *err) SL_MUST_CHECK;

/** Whether a PUT was refused because the session has all its bytes already. */
bool sl_sp_has_all(const struct sl_http_response *response);

/**
 * The most pieces to send next, 1 .. count - 1, after a commit or pull of `count` pieces was
 * refused for their number. That is the number that the provider names; or half of `count`, if it
 * names no smaller number or calls the message too large. 0: the refusal has another reason, or
 * `count` is 1.
 */
size_t sl_sp_fewer_pieces(const char *text, size_t count);

/** The error that a refused upload, finalize or declare means; see sl_http_status_err(). With
 * detail 409: SL_EBUSY (see sl_sp_is_claimed()) and SL_ESERVER (the PUT was not complete). */
int sl_sp_refusal(const struct sl_http_response *response, const char *what, struct sl_err *err);

/**
 * What a refused commit, pull, removal or termination means: the chain's reason, if the answer has
 * one. Returns 1 if the nonce was already used (an earlier request has landed). Otherwise an error:
 * SL_EREVERT, SL_EMONEY or SL_EKEY; with detail 400, SL_ENOTFOUND (a piece is not parked) or
 * SL_EALIKE (the provider has the root of a piece with another length); or one of
 * sl_http_status_err(). The detail is the HTTP status.
 */
int sl_sp_chain_refusal(const struct sl_http_response *response, const char *what,
                        struct sl_err *err);

#endif
