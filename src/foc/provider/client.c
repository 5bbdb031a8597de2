/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/json.h"
#include "sluice/sp.h"

#include "provider/answer.h"
#include "provider/call.h"

/* Short questions: what does not answer in this time is on a dead connection, or away. */
enum { PING_MS = 8000, FIND_MS = 20000 };

static const char uploads[] = "/pdp/piece/uploads/"; /* sessions of the streaming form */
static const char declared[] = "/pdp/piece/upload/"; /* sessions of the declared form */

int sl_sp_new(struct sl_sp **out, const char *service_url, const struct sl_http_options *options,
              struct sl_err *err)
{
    char url[SL_SP_URL_BYTES];
    *out = NULL;
    int rc = sl_url_resolve(url, sizeof url, service_url, "pdp/ping", err);
    if (rc < 0) {
        sl_err_ctx(err, "the provider's address");
        return rc;
    }
    struct sl_sp *sp = calloc(1, sizeof *sp);
    if (sp == NULL)
        return sl_err_set(err, SL_ENOMEM, "provider: out of memory");
    const int n = snprintf(sp->service_url, sizeof sp->service_url, "%s", service_url);
    if (n < 0 || (size_t)n >= sizeof sp->service_url)
        rc = sl_err_set(err, SL_EFORMAT, "the provider's address is too long");
    else
        rc = sl_http_new(&sp->http, options, err);
    if (rc < 0) {
        sl_sp_free(sp);
        return rc;
    }
    *out = sp;
    return 0;
}

void sl_sp_free(struct sl_sp *sp)
{
    if (sp == NULL)
        return;
    sl_http_free(sp->http);
    sl_http_response_free(&sp->response);
    free(sp);
}

void sl_sp_cancel(struct sl_sp *sp)
{
    sl_http_cancel(sp->http);
}

void sl_sp_uncancel(struct sl_sp *sp)
{
    sl_http_uncancel(sp->http);
}

void sl_sp_unpause(struct sl_sp *sp)
{
    sl_http_unpause(sp->http);
}

void sl_sp_resume_after(struct sl_sp *sp, int64_t wait_ms)
{
    sl_http_resume_after(sp->http, wait_ms);
}

uint64_t sl_sp_unacked_bytes(struct sl_sp *sp)
{
    return sl_http_unacked_bytes(sp->http);
}

void sl_sp_limit_unsent(struct sl_sp *sp, uint64_t bytes)
{
    sl_http_limit_unsent(sp->http, bytes);
}

int sl_sp_wait(struct sl_sp *sp, int64_t wait_ms, struct sl_err *err)
{
    return sl_http_wait(sp->http, wait_ms, err);
}

/* POST of {"pieceCid": ...}. */
static int post_piece(struct sl_sp *sp, const char *path, const struct sl_piece_id *piece,
                      struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_jw w = {0};
    sl_piece_cid(cid, piece);
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_end_object(&w);
    return sl_sp_send_json(sp, "POST", path, &w, err);
}

/* "pdp/piece/uploads/{uuid}": below the service URL, as every other path. */
static int session_path(char out[static 64], const char *folder, const char *uuid,
                        struct sl_err *err)
{
    if (!sl_sp_is_uuid(uuid))
        return sl_err_set(err, SL_EINVAL, "not an upload session's id");
    snprintf(out, 64, "%s%s", folder + 1, uuid);
    return 0;
}

static int put(struct sl_sp *sp, const char *folder, const char *uuid, uint64_t body_bytes,
               sl_http_read_fn read, void *ctx, struct sl_err *err)
{
    char path[64];
    const int rc = session_path(path, folder, uuid, err);
    if (rc < 0)
        return rc;
    return sl_sp_call(sp,
                      (struct sl_http_request){.method = "PUT",
                                               .content_type = "application/octet-stream",
                                               .read = read,
                                               .read_ctx = ctx,
                                               .body_bytes = body_bytes},
                      path, err);
}

/* 409 comes after an earlier PUT whose answer was lost. */
static int judge_put(const struct sl_sp *sp, struct sl_err *err)
{
    if (sp->response.status == 204 || sl_sp_has_all(&sp->response))
        return 0;
    return sl_sp_refusal(&sp->response, "upload", err);
}

bool sl_sp_is_claimed(const struct sl_err *err)
{
    return err->code == SL_EBUSY && err->detail == 409;
}

int sl_sp_ping(struct sl_sp *sp, struct sl_err *err)
{
    const int rc = sl_sp_call(sp, (struct sl_http_request){.method = "GET", .timeout_ms = PING_MS},
                              "pdp/ping", err);
    if (rc < 0)
        return rc;
    if (sp->response.status >= 200 && sp->response.status < 300)
        return 0;
    return sl_http_status_err(&sp->response, "ping", err);
}

int sl_sp_upload_begin(struct sl_sp *sp, char uuid[static SL_UUID_CHARS], struct sl_err *err)
{
    const int rc =
        sl_sp_call(sp, (struct sl_http_request){.method = "POST"}, "pdp/piece/uploads", err);
    if (rc < 0)
        return rc;
    if (sp->response.status != 201)
        return sl_http_status_err(&sp->response, "new upload", err);
    return sl_sp_session_of(uuid, sp->response.location, uploads, err);
}

int sl_sp_upload_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes, sl_http_read_fn read,
                     void *ctx, struct sl_err *err)
{
    const int rc = put(sp, uploads, uuid, body_bytes, read, ctx, err);
    if (rc < 0)
        return rc;
    /* Without a PieceCID nobody knows what the bytes will be. */
    if (sp->response.status == 204 && sp->response.sent_bytes != body_bytes)
        return sl_err_set(err, SL_EPROTO,
                          "upload: the provider called it stored before all bytes were sent");
    return judge_put(sp, err);
}

int sl_sp_upload_finalize(struct sl_sp *sp, const char *uuid, const struct sl_piece_id *piece,
                          struct sl_err *err)
{
    char path[64];
    int rc = session_path(path, uploads, uuid, err);
    if (rc == 0)
        rc = post_piece(sp, path, piece, err);
    if (rc < 0)
        return rc;
    return sp->response.status == 200 ? 0 : sl_sp_refusal(&sp->response, "finalize", err);
}

int sl_sp_declare(struct sl_sp *sp, const struct sl_piece_id *piece,
                  char uuid[static SL_UUID_CHARS], struct sl_err *err)
{
    int rc = post_piece(sp, "pdp/piece", piece, err);
    if (rc < 0)
        return rc;
    if (sp->response.status == 201)
        return sl_sp_session_of(uuid, sp->response.location, declared, err);
    if (sp->response.status != 200)
        return sl_sp_refusal(&sp->response, "declare", err);
    rc = sl_sp_same_piece(&sp->response, piece, err);
    return rc < 0 ? rc : 1;
}

int sl_sp_declared_put(struct sl_sp *sp, const char *uuid, uint64_t body_bytes,
                       sl_http_read_fn read, void *ctx, struct sl_err *err)
{
    const int rc = put(sp, declared, uuid, body_bytes, read, ctx, err);
    return rc < 0 ? rc : judge_put(sp, err);
}

int sl_sp_find(struct sl_sp *sp, const struct sl_piece_id *piece, struct sl_err *err)
{
    char path[SL_PIECE_CID_CHARS + 32];
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, piece);
    snprintf(path, sizeof path, "pdp/piece?pieceCid=%s", cid);
    int rc =
        sl_sp_call(sp, (struct sl_http_request){.method = "GET", .timeout_ms = FIND_MS}, path, err);
    if (rc < 0)
        return rc;
    if (sp->response.status == 404)
        return 0;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "find", err);
    rc = sl_sp_same_piece(&sp->response, piece, err);
    return rc < 0 ? rc : 1;
}

int sl_sp_retrieval_url(char *out, size_t cap, const char *service_url,
                        const struct sl_piece_id *piece, struct sl_err *err)
{
    char path[SL_PIECE_CID_CHARS + 8];
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, piece);
    snprintf(path, sizeof path, "piece/%s", cid);
    return sl_url_resolve(out, cap, service_url, path, err);
}
