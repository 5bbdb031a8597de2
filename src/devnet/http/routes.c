/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/routes.h"

#include <string.h>

#include "commit/commit.h"
#include "commit/commit_status.h"
#include "commit/datasets.h"
#include "commit/delete.h"
#include "commit/terminate.h"
#include "http/faults_api.h"
#include "http/server.h"
#include "node/rpc.h"
#include "provider/declared.h"
#include "provider/find.h"
#include "provider/pull.h"
#include "provider/retrieve.h"
#include "provider/uploads.h"

enum { EITHER = SL_DEVNET_PROVIDER | SL_DEVNET_NODE };

static const struct sl_devnet_route routes[] = {
    {"GET", "/pdp/ping", NULL, sl_devnet_ping, SL_DEVNET_BODY_IGNORED, false, SL_DEVNET_PROVIDER},
    {"POST", "/pdp/piece/uploads", NULL, sl_devnet_upload_new, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"PUT", "/pdp/piece/uploads/*", sl_devnet_upload_open, sl_devnet_upload_done,
     SL_DEVNET_BODY_STREAM, false, SL_DEVNET_PROVIDER},
    {"POST", "/pdp/piece/uploads/*", NULL, sl_devnet_upload_finalize, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"POST", "/pdp/piece", NULL, sl_devnet_declared_new, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"GET", "/pdp/piece", NULL, sl_devnet_find_piece, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"PUT", "/pdp/piece/upload/*", sl_devnet_declared_open, sl_devnet_declared_done,
     SL_DEVNET_BODY_STREAM, false, SL_DEVNET_PROVIDER},
    {"GET", "/pdp/piece/*/status", NULL, sl_devnet_status, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"GET", "/piece/*", NULL, sl_devnet_retrieve, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"HEAD", "/piece/*", NULL, sl_devnet_retrieve, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"POST", "/pdp/data-sets", NULL, sl_devnet_data_set_create, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"POST", "/pdp/data-sets/create-and-add", NULL, sl_devnet_data_set_create_and_add,
     SL_DEVNET_BODY_JSON, false, SL_DEVNET_PROVIDER},
    {"GET", "/pdp/data-sets/created/*", NULL, sl_devnet_created_status, SL_DEVNET_BODY_IGNORED,
     false, SL_DEVNET_PROVIDER},
    {"POST", "/pdp/data-sets/*/pieces", NULL, sl_devnet_pieces_add, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"GET", "/pdp/data-sets/*/pieces/added/*", NULL, sl_devnet_added_status, SL_DEVNET_BODY_IGNORED,
     false, SL_DEVNET_PROVIDER},
    {"GET", "/pdp/data-sets/*", NULL, sl_devnet_data_set_get, SL_DEVNET_BODY_IGNORED, false,
     SL_DEVNET_PROVIDER},
    {"GET", "/pdp/data-sets/*/pieces/*", NULL, sl_devnet_data_set_piece_get, SL_DEVNET_BODY_IGNORED,
     false, SL_DEVNET_PROVIDER},
    {"DELETE", "/pdp/data-sets/*/pieces/*", NULL, sl_devnet_piece_delete, SL_DEVNET_BODY_JSON,
     false, SL_DEVNET_PROVIDER},
    {"POST", "/pdp/data-sets/*/terminate", NULL, sl_devnet_terminate, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"GET", "/pdp/data-sets/*/terminate", NULL, sl_devnet_terminate_status, SL_DEVNET_BODY_IGNORED,
     false, SL_DEVNET_PROVIDER},
    {"POST", "/pdp/piece/pull", NULL, sl_devnet_pull, SL_DEVNET_BODY_JSON, false,
     SL_DEVNET_PROVIDER},
    {"POST", "/rpc/v1", NULL, sl_devnet_rpc, SL_DEVNET_BODY_JSON, false, SL_DEVNET_NODE},
    {"POST", "/", NULL, sl_devnet_rpc, SL_DEVNET_BODY_JSON, false, SL_DEVNET_NODE},
    {"GET", "/health", NULL, sl_devnet_health, SL_DEVNET_BODY_IGNORED, false, EITHER},
    {"GET", "/version", NULL, sl_devnet_version, SL_DEVNET_BODY_IGNORED, false, SL_DEVNET_PROVIDER},
    {"POST", "/fault", NULL, sl_devnet_fault_add, SL_DEVNET_BODY_JSON, true, EITHER},
    {"DELETE", "/fault", NULL, sl_devnet_fault_clear, SL_DEVNET_BODY_IGNORED, true, EITHER},
    {"GET", "/fault", NULL, sl_devnet_fault_list, SL_DEVNET_BODY_IGNORED, true, EITHER},
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

static bool matches(struct sl_devnet_request *request, const char *pattern, const char *path)
{
    size_t stars = 0;
    for (;;) {
        const char *want = NULL;
        const char *have = NULL;
        const long want_len = segment(&pattern, &want);
        const long have_len = segment(&path, &have);
        if (want_len < 0 || have_len < 0)
            return want_len == have_len;
        if (want_len == 1 && *want == '*') {
            if (have_len == 0 || have_len >= SL_DEVNET_PARAM_CHARS)
                return false;
            char *param = request->param;
            if (stars++ > 0)
                memcpy(request->first, param, sizeof request->first);
            memcpy(param, have, (size_t)have_len);
            param[have_len] = '\0';
        } else if (want_len != have_len || memcmp(want, have, (size_t)have_len) != 0) {
            return false;
        }
    }
}

const struct sl_devnet_route *sl_devnet_route_find(struct sl_devnet_request *request,
                                                   const char *method, const char *path)
{
    bool known = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if ((routes[i].roles & request->server->role) == 0 ||
            (routes[i].control && !request->server->with_faults))
            continue;
        if (!matches(request, routes[i].pattern, path))
            continue;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
        known = true;
    }
    if (known)
        sl_devnet_reply_status(&request->reply, MHD_HTTP_METHOD_NOT_ALLOWED);
    else
        sl_devnet_reply_plain(&request->reply, MHD_HTTP_NOT_FOUND, "Requested resource not found");
    return NULL;
}
