/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The errors of a JSON-RPC call. */
#include "node/rpc_call.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_CHARS = 512 };

void sl_devnet_call_fail(struct sl_devnet_call *call, int code, const char *fmt, ...)
{
    char message[MESSAGE_CHARS];
    if (call->code != 0)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    call->code = code;
    sl_buf_clear(&call->message);
    sl_buf_str(&call->message, message);
}

void sl_devnet_call_err(struct sl_devnet_call *call, const struct sl_err *err)
{
    sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "%s", err->text);
}
