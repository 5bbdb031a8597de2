/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Answers about the chain and the database. */
#include "commit/reply_chain.h"

#include "sluice/log.h"

#include "chain/ledger_call.h"
#include "commit/commit.h"

void sl_devnet_reply_chain(struct sl_devnet_reply *reply, const struct sl_buf *data)
{
    sl_devnet_reply_text(reply, 500, "text/plain; charset=utf-8", "chain: ");
    sl_devnet_reply_header(reply, "X-Content-Type-Options", "nosniff");
    sl_ledger_revert_text(&reply->body, data->data, data->len);
    sl_buf_str(&reply->body, "\n");
}

void sl_devnet_reply_failure(struct sl_devnet_request *request, const struct sl_err *err,
                             const char *text)
{
    sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "%s: %s", text, err->text);
    sl_devnet_reply_error(&request->reply, 500, "%s", text);
}

void sl_devnet_reply_written(struct sl_devnet_request *request, struct sl_jw *w, int rc,
                             const struct sl_err *err)
{
    if (rc < 0)
        sl_devnet_reply_failure(request, err, "Database error");
    else
        sl_devnet_reply_json(&request->reply, &w->buf);
    sl_jw_free(w);
}
