/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "server.h"

static const struct sl_ln_route routes[] = {
    {"GET", "/pdp/ping", NULL, sl_ln_ping, SL_LN_BODY_IGNORED, false},
    {"POST", "/pdp/piece/uploads", NULL, sl_ln_upload_new, SL_LN_BODY_IGNORED, false},
    {"PUT", "/pdp/piece/uploads/*", sl_ln_upload_open, sl_ln_upload_done, SL_LN_BODY_STREAM, false},
    {"POST", "/pdp/piece/uploads/*", NULL, sl_ln_upload_finalize, SL_LN_BODY_JSON, false},
    {"POST", "/pdp/piece", NULL, sl_ln_declared_new, SL_LN_BODY_JSON, false},
    {"GET", "/pdp/piece", NULL, sl_ln_find, SL_LN_BODY_IGNORED, false},
    {"PUT", "/pdp/piece/upload/*", sl_ln_declared_open, sl_ln_declared_done, SL_LN_BODY_STREAM,
     false},
    {"GET", "/pdp/piece/*/status", NULL, sl_ln_status, SL_LN_BODY_IGNORED, false},
    {"GET", "/piece/*", NULL, sl_ln_retrieve, SL_LN_BODY_IGNORED, false},
    {"HEAD", "/piece/*", NULL, sl_ln_retrieve, SL_LN_BODY_IGNORED, false},
    {"GET", "/health", NULL, sl_ln_health, SL_LN_BODY_IGNORED, false},
    {"GET", "/version", NULL, sl_ln_version, SL_LN_BODY_IGNORED, false},
    {"POST", "/fault", NULL, sl_ln_fault_add, SL_LN_BODY_JSON, true},
    {"DELETE", "/fault", NULL, sl_ln_fault_clear, SL_LN_BODY_IGNORED, true},
    {"GET", "/fault", NULL, sl_ln_fault_list, SL_LN_BODY_IGNORED, true},
};

/* Takes one "/segment" off *at; its length, or -1 at the end. */
static long segment(const char **at, const char **text)
{
    if (**at != '/')
        return -1;
    *text = *at + 1;
    const size_t len = strcspn(*text, "/");
    *at = *text + len;
    return (long)len;
}

static bool matches(const char *pattern, const char *path, char param[static SL_LN_PARAM_CHARS])
{
    for (;;) {
        const char *want = NULL;
        const char *have = NULL;
        const long want_len = segment(&pattern, &want);
        const long have_len = segment(&path, &have);
        if (want_len < 0 || have_len < 0)
            return want_len == have_len;
        if (want_len == 1 && *want == '*') {
            if (have_len == 0 || have_len >= SL_LN_PARAM_CHARS)
                return false;
            memcpy(param, have, (size_t)have_len);
            param[have_len] = '\0';
        } else if (want_len != have_len || memcmp(want, have, (size_t)have_len) != 0) {
            return false;
        }
    }
}

const struct sl_ln_route *sl_ln_route_find(struct sl_ln_request *request, const char *method,
                                           const char *path)
{
    bool known = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (routes[i].control && !request->net->with_faults)
            continue;
        if (!matches(routes[i].pattern, path, request->param))
            continue;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
        known = true;
    }
    if (known)
        sl_ln_reply_status(&request->reply, MHD_HTTP_METHOD_NOT_ALLOWED);
    else
        sl_ln_reply_plain(&request->reply, MHD_HTTP_NOT_FOUND, "Requested resource not found");
    return NULL;
}
