/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `more` bytes and a NUL; false with the failure recorded. */
static bool grow(struct sl_buf *buf, size_t more)
{
    if (buf->failed != SL_OK)
        return false;
    if (more >= SIZE_MAX / 2 - buf->len || (buf->cap != 0 && buf->len + more > buf->cap)) {
        buf->failed = SL_EOVERFLOW;
        return false;
    }
    const size_t need = buf->len + more + 1;
    if (need <= buf->size)
        return true;
    size_t size = buf->size < 64 ? 64 : buf->size;
    while (size < need)
        size += size / 2;
    char *data = realloc(buf->data, size);
    if (data == NULL) {
        buf->failed = SL_ENOMEM;
        return false;
    }
    buf->data = data;
    buf->size = size;
    return true;
}

void sl_buf_add(struct sl_buf *buf, const void *data, size_t len)
{
    if (!grow(buf, len))
        return;
    if (len > 0)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void sl_buf_str(struct sl_buf *buf, const char *text)
{
    sl_buf_add(buf, text, strlen(text));
}

void sl_buf_printf(struct sl_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || !grow(buf, (size_t)n))
        return;
    va_start(args, fmt);
    vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)n;
}

void sl_buf_clear(struct sl_buf *buf)
{
    buf->len = 0;
    buf->failed = SL_OK;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

void sl_buf_free(struct sl_buf *buf)
{
    free(buf->data);
    *buf = (struct sl_buf){.cap = buf->cap};
}
