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

/** 8-4-4-4-12 hex digits and nothing behind them. */
bool sl_sp_is_uuid(const char *text);

/**
 * The session in a Location header: the path "{folder}{uuid}", whole, or behind what a proxy put in
 * front of it (only the uuid is used, so that no answer can send the bytes elsewhere).
 * Errors: SL_EPROTO.
 */
int sl_sp_session_of(char uuid[static SL_UUID_CHARS], const char *location, const char *folder,
                     struct sl_err *err) SL_MUST_CHECK;

/** 0 when the JSON body {"pieceCid": ...} names the root of `piece`. Errors: SL_EPROTO. */
int sl_sp_same_piece(const struct sl_http_response *response, const struct sl_piece_id *piece,
                     struct sl_err *err) SL_MUST_CHECK;

/** Whether a PUT was refused because the session has all its bytes already. */
bool sl_sp_has_all(const struct sl_http_response *response);

/**
 * What a refused commit or pull of `count` pieces says about their number: the most pieces to send
 * next, 1 .. count - 1. That is the number that the provider names, or half of `count` when it
 * names none that helps or calls the message too large. 0: it was refused for another reason, or
 * has one piece only.
 */
size_t sl_sp_fewer_pieces(const char *text, size_t count);

/** The error that a refused upload, finalize or declare means; see sl_http_status_err(). With
 * detail 409: SL_EBUSY (see sl_sp_is_claimed()) and SL_ESERVER (the PUT was not complete). */
int sl_sp_refusal(const struct sl_http_response *response, const char *what, struct sl_err *err);

/**
 * What a refused commit, pull, removal or termination means: the chain's reason, if the answer has
 * one. Returns 1 if the nonce was already used (an earlier request has landed). Else an error:
 * SL_EREVERT, SL_EMONEY, SL_EKEY; with detail 400, SL_ENOTFOUND for a piece that is not parked and
 * SL_EALIKE for a piece whose root the provider has with another length; and those of
 * sl_http_status_err(). detail is the status.
 */
int sl_sp_chain_refusal(const struct sl_http_response *response, const char *what,
                        struct sl_err *err);

#endif
