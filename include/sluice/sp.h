/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sp.h - a client of a storage provider's HTTP API. Layer: foc.
 *
 * Source: Curio's PDP API (docs/PROTOCOL.md "Storage provider"). One client per thread, as http.h;
 * only sl_sp_cancel() and sl_sp_unpause() may come from another thread. Errors of every call,
 * besides those named: SL_ENET, SL_ESTALLED, SL_ECANCELED, SL_EBUSY (429; the wait is in
 * err->wait_ms), SL_ESERVER (5xx), SL_EPROTO (an answer that the API does not allow).
 */
#ifndef SL_SP_H
#define SL_SP_H

#include <stdint.h>

#include "sluice/address.h"
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
/** For a read that returns SL_HTTP_PAUSE: as sl_http_resume_after(). */
void sl_sp_resume_after(struct sl_sp *sp, int64_t wait_ms);
uint64_t sl_sp_unacked_bytes(struct sl_sp *sp);
/** As sl_http_limit_unsent(). */
void sl_sp_limit_unsent(struct sl_sp *sp, uint64_t bytes);

/** Wait between two requests. Errors: SL_ECANCELED, at once after sl_sp_cancel(). */
int sl_sp_wait(struct sl_sp *sp, int64_t wait_ms, struct sl_err *err) SL_MUST_CHECK;

/** GET pdp/ping. 0: alive (any 2xx). */
int sl_sp_ping(struct sl_sp *sp, struct sl_err *err) SL_MUST_CHECK;

/** POST pdp/piece/uploads: start an upload session. */
int sl_sp_upload_begin(struct sl_sp *sp, char uuid[static SL_UUID_CHARS],
                       struct sl_err *err) SL_MUST_CHECK;

/**
 * PUT the bytes into the session, streamed from `read` (see sl_http_read_fn). Also 0 if the session
 * has the bytes of an earlier PUT (409), perhaps before all bytes were read. Errors: SL_ETOOSMALL,
 * SL_ETOOBIG (the provider's limits), SL_ENOTFOUND (session unknown), SL_EBUSY with
 * sl_sp_is_claimed(), and what `read` returned. A failed PUT may be repeated.
 */
int sl_sp_upload_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes, sl_http_read_fn read,
                     void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * POST the PieceCID, which ends the session. Errors: SL_EMISMATCH (the provider computed another
 * root or size), SL_ENOTFOUND (session unknown or already finalized: call sl_sp_find()), SL_ESERVER
 * (also when the PUT was never recorded: PUT again; newer providers report this with detail 409).
 */
int sl_sp_upload_finalize(struct sl_sp *sp, const char *uuid, const struct sl_piece_id *piece,
                          struct sl_err *err) SL_MUST_CHECK;

/**
 * POST pdp/piece: declare the PieceCID before the upload. Returns 1 if the provider already stores
 * this root (there is nothing to send), or 0 with a session in `uuid`.
 */
int sl_sp_declare(struct sl_sp *sp, const struct sl_piece_id *piece,
                  char uuid[static SL_UUID_CHARS], struct sl_err *err) SL_MUST_CHECK;

/** PUT for a declared session. Since the provider knows the PieceCID, it may answer before all
 * bytes were sent, if it got them from another client or by an earlier PUT. That is success, and
 * sending stops. Errors as above, and SL_EMISMATCH. */
int sl_sp_declared_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes,
                       sl_http_read_fn read, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** Whether a PUT was refused because another PUT holds the session or the piece. An interrupted PUT
 * holds its claim for a while; a provider that crashed keeps the claim for an hour. */
bool sl_sp_is_claimed(const struct sl_err *err);

/** GET pdp/piece?pieceCid=. Returns 1 if the piece is parked (can be committed), 0 if it is not,
 * not yet or no longer. */
int sl_sp_find(struct sl_sp *sp, const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

/**
 * GET pdp/piece/{cid}/status: the length that the provider stores for the root of `piece`. It
 * stores one length for each root, so it cannot store two pieces that differ only in zeros at the
 * end. Returns 1 with *bytes, or 0 if the provider does not report the length.
 */
int sl_sp_kept_bytes(struct sl_sp *sp, const struct sl_piece_id *piece, uint64_t *bytes,
                     struct sl_err *err) SL_MUST_CHECK;

/* ---- commit: the provider sends the transaction ---- */

/** The park time: how long a provider keeps a parked piece that is not in a data set. Each operator
 * decides; one hour is the shortest that was observed. */
#define SL_SP_PARKED_LIVES_MS INT64_C(3600000)

enum { SL_TX_HASH_CHARS = 67, SL_SP_PIECES = 404, SL_DELETE_PIECES = 35 };

/** The contents of a commit: 1 .. SL_SP_PIECES parked pieces with distinct roots, and the payload
 * that was signed for exactly these pieces in this order (sl_payload_add(),
 * sl_payload_create_and_add()). Everything is borrowed. */
struct sl_sp_commit {
    const struct sl_piece_id *pieces;
    size_t count;
    const uint8_t *extra_data;
    size_t extra_data_len;
};

/**
 * Request the add. Returns 0 with the transaction's hash in `tx` if it was sent; then call
 * sl_sp_added(). Returns 1 with "" in `tx` if the chain has seen this nonce: an earlier request has
 * landed, and sl_chain_nonces() says where.
 *
 * Only the nonce in the payload protects against a second transaction: store the payload before the
 * call, and repeat exactly that payload. Errors: if sl_sp_is_unclear() is true, the transaction may
 * have been sent. Otherwise nothing was sent: SL_EREVERT, SL_EMONEY, SL_EKEY (the chain's reason),
 * SL_EBUSY (wait), SL_EALIKE (sl_sp_kept_bytes()), SL_ENOTFOUND with detail 404 (the provider does
 * not know the data set, perhaps not yet, and has deleted the pieces that are in no data set) or
 * 400 (a piece is not parked or no longer parked: upload it again), SL_EREFUSED (detail 409:
 * terminated; also any other refusal, such as a 404 of a proxy), SL_EINVAL.
 */
int sl_sp_add(struct sl_sp *sp, uint64_t data_set_id, const struct sl_sp_commit *commit,
              char tx[static SL_TX_HASH_CHARS], struct sl_err *err) SL_MUST_CHECK;

/** The same with a new data set; `fwss` is the storage service. Then call sl_sp_created(). */
int sl_sp_create_and_add(struct sl_sp *sp, const struct sl_address *fwss,
                         const struct sl_sp_commit *commit, char tx[static SL_TX_HASH_CHARS],
                         struct sl_err *err) SL_MUST_CHECK;

/** Request a new data set without pieces; the payload comes from sl_payload_create(). */
int sl_sp_create(struct sl_sp *sp, const struct sl_address *fwss, const uint8_t *extra_data,
                 size_t extra_data_len, char tx[static SL_TX_HASH_CHARS],
                 struct sl_err *err) SL_MUST_CHECK;

/** After a commit or pull that was refused for the number of its pieces or the size of its message:
 * how many pieces the next one may have. 0: there was no such refusal. */
size_t sl_sp_most_pieces(const struct sl_sp *sp);

/** Whether a commit that ended with this error may still have sent its transaction. */
bool sl_sp_is_unclear(const struct sl_err *err);

/* UNKNOWN: the provider does not know it yet, or has forgotten it (it does so after 30 days). */
enum sl_sp_phase { SL_SP_UNKNOWN, SL_SP_PENDING, SL_SP_DONE, SL_SP_FAILED };

/** The state of a create. */
struct sl_sp_created {
    enum sl_sp_phase phase;
    bool included;             /* in a block, processed or not */
    uint64_t data_set_id;      /* when DONE */
    char tx[SL_TX_HASH_CHARS]; /* the transaction that was included; it may have replaced the first
                                */
};

/** GET pdp/data-sets/created/{tx}, with the hash that the POST returned. FAILED: reverted or lost.
 */
int sl_sp_created(struct sl_sp *sp, const char *tx, struct sl_sp_created *out,
                  struct sl_err *err) SL_MUST_CHECK;

/** The state of an add. */
struct sl_sp_added {
    enum sl_sp_phase phase;
    bool included;
    uint64_t piece_ids[SL_SP_PIECES]; /* when DONE, in the order of the request */
    size_t count;
    char tx[SL_TX_HASH_CHARS];
};

/** GET pdp/data-sets/{id}/pieces/added/{tx}; `count` is the number of pieces in the request. The
 * phase stays UNKNOWN for a while after a data set was created. */
int sl_sp_added(struct sl_sp *sp, uint64_t data_set_id, const char *tx, size_t count,
                struct sl_sp_added *out, struct sl_err *err) SL_MUST_CHECK;

/** GET pdp/data-sets/{id}/pieces/{piece}: 1 if the provider has this piece under this id, by either
 * version of its PieceCID; 0 if it does not know the id. Errors: SL_EMISMATCH (the id belongs to
 * another piece). */
int sl_sp_has_piece(struct sl_sp *sp, uint64_t data_set_id, uint64_t piece_id,
                    const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

/** One piece of a data set; a negative return ends the walk and becomes its result. */
typedef int (*sl_sp_piece_fn)(void *ctx, uint64_t piece_id, const struct sl_piece_id *piece,
                              struct sl_err *err);

/** GET pdp/data-sets/{id}: all pieces of the data set by ascending id, without removed ones. A
 * piece whose PieceCID has only a root has height 0. Returns their number. Errors: SL_ENOTFOUND. */
int sl_sp_each_piece(struct sl_sp *sp, uint64_t data_set_id, sl_sp_piece_fn each, void *ctx,
                     struct sl_err *err) SL_MUST_CHECK;

/* ---- copies: the provider fetches from another one ---- */

enum sl_pull_state {
    SL_PULL_PENDING,
    SL_PULL_RUNNING,
    SL_PULL_RETRYING,
    SL_PULL_COMPLETE, /* parked there, can be committed */
    SL_PULL_FAILED
};

struct sl_sp_pull {
    uint64_t data_set_id; /* 0: a new one */
    struct sl_address fwss;
    const char *source_url; /* serviceURL of the provider that has the pieces */
    struct sl_sp_commit
        commit; /* the payload that will commit the pieces; it must already be valid */
};

struct sl_sp_pulled {
    enum sl_pull_state pieces[SL_SP_PIECES]; /* in the order of the request */
    size_t complete;
    size_t failed;
    bool finished; /* every piece is complete or failed */
};

/**
 * Start a pull; repeat the identical request to read its progress. A failed pull stays failed for
 * its payload. Errors: as sl_sp_add(), but nothing is ever sent to the chain.
 */
int sl_sp_pull(struct sl_sp *sp, const struct sl_sp_pull *pull, struct sl_sp_pulled *out,
               struct sl_err *err) SL_MUST_CHECK;

/* ---- removal and termination ---- */

/**
 * Schedule pieces for removal: 1 .. SL_DELETE_PIECES distinct ids in the order that was signed
 * (sl_payload_remove()). Returns 0 if the transaction was sent. Errors: SL_EBUSY (too many removals
 * wait for the next proving period).
 */
int sl_sp_remove(struct sl_sp *sp, uint64_t data_set_id, const uint64_t *piece_ids, size_t count,
                 const uint8_t *extra_data, size_t extra_data_len, char tx[static SL_TX_HASH_CHARS],
                 struct sl_err *err) SL_MUST_CHECK;

enum sl_termination_state {
    SL_TERMINATION_NONE,   /* the provider knows no request, or its transaction reverted */
    SL_TERMINATION_QUEUED, /* the provider will send it */
    SL_TERMINATION_SENT,
    SL_TERMINATION_DONE
};

struct sl_sp_termination {
    enum sl_termination_state state;
    uint64_t end_epoch;        /* when DONE, if known; else 0 */
    char tx[SL_TX_HASH_CHARS]; /* "" when there is none */
};

/** Ask the provider to terminate the data set now (sl_payload_terminate()); may be repeated.
 * Errors: SL_ENOTFOUND (the provider does not know the data set), SL_EREFUSED (the service does not
 * support it). */
int sl_sp_terminate(struct sl_sp *sp, uint64_t data_set_id, const uint8_t *extra_data,
                    size_t extra_data_len, struct sl_sp_termination *out,
                    struct sl_err *err) SL_MUST_CHECK;
int sl_sp_termination(struct sl_sp *sp, uint64_t data_set_id, struct sl_sp_termination *out,
                      struct sl_err *err) SL_MUST_CHECK;

/* ---- addresses ---- */

/** "{serviceURL}/piece/{cid}" by the resolution rule. Errors: SL_EOVERFLOW. */
int sl_sp_retrieval_url(char *out, size_t cap, const char *service_url,
                        const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

#endif
