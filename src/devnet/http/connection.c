/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a handler may ask about its request, and the answers that depend on it. */
#include "http/connection.h"

#include <stdlib.h>

#include "network.h"

const char *sl_devnet_header(const struct sl_devnet_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

int sl_devnet_socket(const struct sl_devnet_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

/* What the provider says when it fails by itself. */
static const char *usual_text(const struct sl_devnet_request *request, unsigned status)
{
    const bool upload = request->route != NULL && request->route->body == SL_DEVNET_BODY_STREAM;
    return upload && status == MHD_HTTP_INTERNAL_SERVER_ERROR ? "Failed to store piece data"
                                                              : MHD_get_reason_phrase_for(status);
}

void sl_devnet_reply_fault(struct sl_devnet_request *request)
{
    const struct sl_devnet_fault *fault = &request->fault;
    if (fault->body[0] != '\0')
        sl_devnet_reply_plain(&request->reply, fault->status, "%s", fault->body);
    else
        sl_devnet_reply_error(&request->reply, fault->status, "%s",
                              usual_text(request, fault->status));
    if (fault->retry_after_s > 0)
        sl_devnet_reply_header(&request->reply, "Retry-After", "%llu",
                               (unsigned long long)fault->retry_after_s);
}

/* Seconds that the client's address stays blocked. */
int64_t sl_devnet_blocked_s(const struct sl_devnet_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL)
        return 0;
    return sl_devnet_rate_ban_left_s(&request->provider->rate_bans, info->client_addr,
                                     sl_now_ms(&request->provider->net->clock));
}

void sl_devnet_reply_throttled(struct sl_devnet_request *request)
{
    sl_devnet_reply_plain(&request->reply, MHD_HTTP_TOO_MANY_REQUESTS,
                          "too many requests for unavailable data sets");
    sl_devnet_reply_header(&request->reply, "Retry-After", "%lld",
                           (long long)sl_devnet_blocked_s(request));
}
