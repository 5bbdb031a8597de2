/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int sl_err_set(struct sl_err *err, int code, const char *fmt, ...)
{
    if (err == NULL)
        return code;
    va_list args;
    va_start(args, fmt);
    err->code = code;
    err->detail = 0;
    err->wait_ms = 0;
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return code;
}

static int code_of_errno(int sys_errno)
{
    switch (sys_errno) {
    case ENOENT:
    case ENOTDIR:
        return SL_ENOENT;
    case EACCES:
    case EPERM:
        return SL_EACCES;
    case ENOMEM:
        return SL_ENOMEM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return SL_ENOSPC;
    default:
        return SL_EIO;
    }
}

/* The remedy, for errors that the user can fix. */
static const char *remedy_of(int sys_errno)
{
    switch (sys_errno) {
    case EFBIG:
        return " (the limit of this shell, see `ulimit -f`, or of the file system)";
    case EMFILE:
        return " (raise the limit of this shell: `ulimit -n`)";
    case EDQUOT:
        return " (the quota of this user)";
    default:
        return "";
    }
}

int sl_err_sys(struct sl_err *err, int sys_errno, const char *fmt, ...)
{
    const int code = code_of_errno(sys_errno);
    if (err == NULL)
        return code;
    char what[sizeof err->text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    char why[128] = "unknown error";
    (void)strerror_r(sys_errno, why, sizeof why);
    sl_err_set(err, code, "%s: %s%s", what, why, remedy_of(sys_errno));
    err->detail = sys_errno;
    return code;
}

void sl_err_ctx(struct sl_err *err, const char *fmt, ...)
{
    if (err == NULL)
        return;
    char inner[sizeof err->text];
    memcpy(inner, err->text, sizeof inner);
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof err->text)
        snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", inner);
}

static const struct row {
    int code;
    enum sl_err_class cls;
    const char *name;
    const char *text;
} rows[] = {{SL_OK, SL_CLASS_BUG, "ok", "no error"},
#define SL_ERR_ROW(code, value, cls, name, text) {code, cls, name, text},
            SL_ERR_CODES(SL_ERR_ROW)
#undef SL_ERR_ROW
};

static const struct row *row_of(int code)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return NULL;
}

enum sl_err_class sl_err_class_of(int code)
{
    const struct row *row = row_of(code);
    return row != NULL ? row->cls : SL_CLASS_BUG;
}

const char *sl_err_name(int code)
{
    const struct row *row = row_of(code);
    return row != NULL ? row->name : "unknown";
}

const char *sl_err_text(int code)
{
    const struct row *row = row_of(code);
    return row != NULL ? row->text : "unknown error";
}

int sl_err_code_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].code;
    }
    return SL_OK;
}
