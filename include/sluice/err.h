/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * err.h - the error value. Layer: base.
 *
 * A function that can fail returns int: 0 or a positive count on success, an SL_E* code (< 0) on
 * failure, and takes `struct sl_err *err` as its last parameter (may be NULL).
 * The code is what the program decides by; the text is for people and logs and is never parsed.
 */
#ifndef SL_ERR_H
#define SL_ERR_H

#include <stdbool.h>

/*
 * X(code, value, class, name, short text). The class decides what the engine does next; the name
 * stands in the journal and in `--json` output, so a row keeps its name and value for ever.
 */
#define SL_ERR_CODES(X)                                                                            \
    X(SL_ENOMEM, -1, SL_CLASS_RETRY, "no_memory", "out of memory")                                 \
    X(SL_EIO, -2, SL_CLASS_RETRY, "io", "input/output error")                                      \
    X(SL_ENOENT, -3, SL_CLASS_USER, "no_such_file", "no such file")                                \
    X(SL_EACCES, -4, SL_CLASS_USER, "permission_denied", "permission denied")                      \
    X(SL_EINVAL, -5, SL_CLASS_BUG, "invalid_argument", "invalid argument")                         \
    X(SL_ECANCELED, -6, SL_CLASS_STOP, "cancelled", "cancelled")                                   \
    X(SL_ENET, -7, SL_CLASS_RETRY, "network", "network failure")                                   \
    X(SL_EPROTO, -8, SL_CLASS_FATAL, "protocol", "the peer broke the protocol")                    \
    X(SL_ESTALLED, -9, SL_CLASS_RETRY, "stalled", "no bytes moved for too long")                   \
    X(SL_EBUSY, -10, SL_CLASS_RETRY, "busy", "the server asks to wait")                            \
    X(SL_ESERVER, -11, SL_CLASS_RETRY, "server_error", "the server failed")                        \
    X(SL_EREFUSED, -12, SL_CLASS_FATAL, "refused", "the server refused the request")               \
    X(SL_ENOTFOUND, -13, SL_CLASS_FATAL, "not_found", "the server does not know it")               \
    X(SL_ETOOSMALL, -14, SL_CLASS_USER, "too_small", "smaller than a piece may be")                \
    X(SL_ETOOBIG, -15, SL_CLASS_USER, "too_big", "larger than a piece may be")                     \
    X(SL_ECHANGED, -16, SL_CLASS_USER, "file_changed", "the file changed while it was read")       \
    X(SL_EFILETYPE, -17, SL_CLASS_USER, "not_a_file", "neither a regular file nor a folder")       \
    X(SL_EFORMAT, -18, SL_CLASS_USER, "malformed", "malformed data")                               \
    X(SL_ECONFIG, -19, SL_CLASS_USER, "configuration", "bad configuration")                        \
    X(SL_EUSAGE, -20, SL_CLASS_USER, "usage", "bad command line")                                  \
    X(SL_ENOSPC, -21, SL_CLASS_RETRY, "no_space", "no space left")                                 \
    X(SL_EJOURNAL, -22, SL_CLASS_FATAL, "journal", "the journal failed")                           \
    X(SL_EHELD, -23, SL_CLASS_USER, "held", "another sluice holds the state folder")               \
    X(SL_EMISMATCH, -24, SL_CLASS_RETRY, "mismatch", "the PieceCID does not match the bytes")      \
    X(SL_EOVERFLOW, -25, SL_CLASS_FATAL, "overflow", "a number is out of range")                   \
    X(SL_EKEY, -26, SL_CLASS_USER, "key", "a key or signature was refused")                        \
    X(SL_EMONEY, -27, SL_CLASS_USER, "money", "not enough money")                                  \
    X(SL_EREVERT, -28, SL_CLASS_FATAL, "reverted", "the chain refused the call")                   \
    X(SL_EEMPTY, -29, SL_CLASS_USER, "empty_folder", "nothing to upload in it")                    \
    X(SL_EALIKE, -30, SL_CLASS_FATAL, "other_length",                                              \
      "the provider keeps these bytes with another number of zeros at the end")

/* RETRY: try again later. USER: the user must act. STOP: the user asked to stop. FATAL: a retry
 * cannot help. BUG: an error in this program. */
enum sl_err_class { SL_CLASS_RETRY, SL_CLASS_USER, SL_CLASS_STOP, SL_CLASS_FATAL, SL_CLASS_BUG };

#define SL_ERR_ENUM(code, value, cls, name, text) code = (value),
enum sl_code { SL_OK = 0, SL_ERR_CODES(SL_ERR_ENUM) };
#undef SL_ERR_ENUM

enum { SL_ERR_TEXT_BYTES = 240 };

/** A plain value: copy it, put it in an event, send it to another thread. Owns nothing. */
struct sl_err {
    int code;    /* enum sl_code */
    int detail;  /* errno, CURLcode, HTTP status or SQLite code behind it; 0 if none */
    int wait_ms; /* the peer's Retry-After; 0 if it gave none */
    char text[SL_ERR_TEXT_BYTES]; /* "hash /a/b: open: No such file"; cut at the end if too long.
                                     May hold bytes of a peer or a file name: escape for display */
};

#if defined(__GNUC__)
#define SL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define SL_MUST_CHECK        __attribute__((warn_unused_result))
#else
#define SL_PRINTF(fmt, args)
#define SL_MUST_CHECK
#endif

/** Fill *err (if not NULL; detail and wait_ms 0) and return `code`: `return sl_err_set(...)`. */
int sl_err_set(struct sl_err *err, int code, const char *fmt, ...) SL_PRINTF(3, 4);

/** Like sl_err_set(), for a failed system call: maps `sys_errno` to a code and appends its text. */
int sl_err_sys(struct sl_err *err, int sys_errno, const char *fmt, ...) SL_PRINTF(3, 4);

/** Put "context: " in front of the text. Call it once per layer, on the way out. */
void sl_err_ctx(struct sl_err *err, const char *fmt, ...) SL_PRINTF(2, 3);

enum sl_err_class sl_err_class_of(int code);

/** "file_changed"; "ok" for 0, "unknown" for a code without a row. Static. */
const char *sl_err_name(int code);

/** The code of a name as sl_err_name() gives it; 0 for "ok" and for unknown names. */
int sl_err_code_of_name(const char *name);

/** The short text of the code, static: for callers without a struct sl_err. */
const char *sl_err_text(int code);

#endif
