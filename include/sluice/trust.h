/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * trust.h - whether a file may tell this program what to do. Layer: base.
 *
 * Settings run commands and keys spend money, so a file with either is obeyed only when nobody but
 * the user and root can have written it, as ssh does it: it belongs to one of them, others cannot
 * write it, and the same holds for its folder and those above, up to the home folder or the root.
 * A sticky folder (/tmp) may be writable; a group that has no member but the user, or root's own,
 * counts as its owner. The file is looked at after it was opened: what was checked is what is read.
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
    SL_DISTRUST_UNKNOWN   /* `path` could not be looked at */
};

/** Why a file is not obeyed. */
struct sl_distrust {
    enum sl_distrust_why why;
    uid_t owner;              /* of `path` */
    bool folder;              /* `path` is a folder above the file, else the file */
    char path[SL_PATH_BYTES]; /* the file as it was named, or the folder */
};

/**
 * Judge the open file `fd` that was opened as `path` (borrowed); *out says why when the result is
 * false. A pipe without a name (process substitution) and a file that was deleted since have no
 * folder: their owner and mode decide.
 */
bool sl_trusted(struct sl_distrust *out, int fd, const char *path) SL_MUST_CHECK;

/** Fill *err with SL_EACCES: "WHAT PATH is not obeyed: ..." with the reason and what to type.
 * Returns the code. */
int sl_distrust_err(struct sl_err *err, const char *what, const char *path,
                    const struct sl_distrust *distrust);

/** An open pipe without a name; a FIFO in a folder is none. */
bool sl_is_nameless_pipe(int fd) SL_MUST_CHECK;

/**
 * As sl_file_read(), and judge the file: the caller looks at *distrust. A nameless pipe is read to
 * its end.
 */
int sl_file_read_judged(char **out, size_t *len, struct sl_distrust *distrust, const char *path,
                        size_t cap, struct sl_err *err) SL_MUST_CHECK;

/** As sl_file_read_judged(); a file that is not trusted is SL_EACCES. `what` ("theme")
 * stands in that error. */
int sl_file_read_trusted(char **out, size_t *len, const char *what, const char *path, size_t cap,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
