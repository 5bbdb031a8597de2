/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "server.h"

static const struct sl_ln_route routes[] = {
    {"GET", "/pdp/ping", SL_LN_BODY_IGNORED, NULL, sl_ln_ping, false},
    {"POST", "/pdp/piece/uploads", SL_LN_BODY_IGNORED, NULL, sl_ln_upload_new, false},
    {"PUT", "/pdp/piece/uploads/*", SL_LN_BODY_STREAM, sl_ln_upload_open, sl_ln_upload_done, false},
    {"POST", "/pdp/piece/uploads/*", SL_LN_BODY_JSON, NULL, sl_ln_upload_finalize, false},
    {"POST", "/pdp/piece", SL_LN_BODY_JSON, NULL, sl_ln_declared_new, false},
    {"GET", "/pdp/piece", SL_LN_BODY_IGNORED, NULL, sl_ln_find, false},
    {"PUT", "/pdp/piece/upload/*", SL_LN_BODY_STREAM, sl_ln_declared_open, sl_ln_declared_done,
     false},
    {"GET", "/pdp/piece/*/status", SL_LN_BODY_IGNORED, NULL, sl_ln_status, false},
    {"GET", "/piece/*", SL_LN_BODY_IGNORED, NULL, sl_ln_retrieve, false},
    {"HEAD", "/piece/*", SL_LN_BODY_IGNORED, NULL, sl_ln_retrieve, false},
    {"GET", "/health", SL_LN_BODY_IGNORED, NULL, sl_ln_health, false},
    {"GET", "/version", SL_LN_BODY_IGNORED, NULL, sl_ln_version, false},
    {"POST", "/fault", SL_LN_BODY_JSON, NULL, sl_ln_fault_add, true},
    {"DELETE", "/fault", SL_LN_BODY_IGNORED, NULL, sl_ln_fault_clear, true},
    {"GET", "/fault", SL_LN_BODY_IGNORED, NULL, sl_ln_fault_list, true},
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
