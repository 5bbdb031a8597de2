/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "provider/call.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "provider/trace.h"

enum { ANSWER_CAP_BYTES = 1 << 18, HASH_DIGITS = 64 };

int sl_sp_call(struct sl_sp *sp, struct sl_http_request request, const char *path,
               struct sl_err *err)
{
    char url[SL_SP_URL_BYTES];
    int rc = sl_url_resolve(url, sizeof url, sp->service_url, path, err);
    if (rc < 0)
        return rc;
    request.url = url;
    if (request.response_cap == 0)
        request.response_cap = ANSWER_CAP_BYTES;
    rc = sl_http_perform(sp->http, &request, &sp->response, err);
    sl_sp_trace(sp, request.method, path, rc, err);
    return rc;
}

int sl_sp_get(struct sl_sp *sp, const char *path, struct sl_err *err)
{
    return sl_sp_call(sp, (struct sl_http_request){.method = "GET"}, path, err);
}

int sl_sp_send_json(struct sl_sp *sp, const char *method, const char *path, struct sl_jw *body,
                    struct sl_err *err)
{
    int rc = body->buf.failed;
    if (rc < 0)
        sl_err_set(err, rc, "provider: out of memory");
    else
        rc = sl_sp_call(sp,
                        (struct sl_http_request){.method = method,
                                                 .content_type = "application/json",
                                                 .body = body->buf.data,
                                                 .body_bytes = body->buf.len},
                        path, err);
    sl_jw_free(body);
    return rc;
}

int sl_sp_object(struct sl_json **out, const struct sl_sp *sp, const char *what, struct sl_err *err)
{
    const struct sl_buf *body = &sp->response.body;
    *out = NULL;
    if (body->len == 0 || sl_json_parse(out, body->data, body->len, NULL) < 0 ||
        !sl_json_is_object(*out)) {
        sl_json_free(*out);
        *out = NULL;
        return sl_err_set(err, SL_EPROTO, "%s: the provider's answer is no JSON object", what);
    }
    return SL_OK;
}

bool sl_sp_tx(char out[static SL_TX_HASH_CHARS], const char *text)
{
    uint8_t bytes[HASH_DIGITS / 2];
    if (text == NULL ||
        sl_hex_decode(bytes, sizeof bytes, text, strlen(text), NULL) != (int)sizeof bytes)
        return false;
    out[0] = '0';
    out[1] = 'x';
    sl_hex_encode(out + 2, bytes, sizeof bytes);
    return true;
}

bool sl_sp_optional_tx(char out[static SL_TX_HASH_CHARS], const struct sl_json *object,
                       const char *key)
{
    const struct sl_json *value = sl_json_get(object, key);
    return value == NULL || sl_json_is_null(value) || sl_sp_tx(out, sl_json_str(value));
}

enum sl_sp_tri sl_sp_tri(const struct sl_json *object, const char *key)
{
    const struct sl_json *value = sl_json_get(object, key);
    bool flag;
    if (value == NULL || sl_json_is_null(value))
        return SL_SP_NULL;
    if (!sl_json_bool(value, &flag))
        return SL_SP_WRONG;
    return flag ? SL_SP_TRUE : SL_SP_FALSE;
}
