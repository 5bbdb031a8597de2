/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * trust.h - whether this program may obey a file. Layer: base.
 *
 * Settings run commands and keys spend money. So a file with either is obeyed only if no one but
 * the user and root can have written it, as in ssh. The user or root owns it, others cannot write
 * it, and the same holds for its folder and the folders above, up to the home folder or the root. A
 * sticky folder (/tmp) may be writable. A group whose only member is the user, or root's own group,
 * counts as its owner. The check uses the opened file, so the file that was checked is the file
 * that is read.
 */
#ifndef SL_TRUST_H
#define SL_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sluice/path.h"

enum sl_distrust_why {
    SL_TRUSTED,
    SL_DISTRUST_OWNER,    /* `path` belongs to another user */
    SL_DISTRUST_WRITABLE, /* others can write `path` */
    SL_DISTRUST_UNKNOWN   /* `path` could not be examined */
};

/** Why a file is not obeyed. */
struct sl_distrust {
    enum sl_distrust_why why;
    uid_t owner;              /* owner of `path` */
    bool folder;              /* `path` is a folder above the file, else the file itself */
    char path[SL_PATH_BYTES]; /* the file as the caller named it, or the folder */
};

/**
 * Judge the open file `fd`, which was opened as `path` (borrowed). If the result is false, *out
 * says why. An unnamed pipe (process substitution) and a file that was deleted since have no
 * folder: only their owner and mode count.
 */
bool sl_trusted(struct sl_distrust *out, int fd, const char *path) SL_MUST_CHECK;

/** Fill *err with SL_EACCES: "WHAT PATH is not obeyed: ..." with the reason and the command to
 * type. Returns the code. */
int sl_distrust_err(struct sl_err *err, const char *what, const char *path,
                    const struct sl_distrust *distrust);

/** Whether `fd` is an unnamed pipe; a FIFO in a folder is not. */
bool sl_trust_is_nameless_pipe(int fd) SL_MUST_CHECK;

/**
 * Like sl_file_read(), but also judges the file: the caller checks *distrust. An unnamed pipe is
 * read to its end.
 */
int sl_file_read_judged(char **out, size_t *len, struct sl_distrust *distrust, const char *path,
                        size_t cap, struct sl_err *err) SL_MUST_CHECK;

/** Like sl_file_read_judged(), but an untrusted file is SL_EACCES; that error names `what`
 * ("theme"). */
int sl_file_read_trusted(char **out, size_t *len, const char *what, const char *path, size_t cap,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
