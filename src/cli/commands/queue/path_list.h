/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* path_list.h - the paths to upload: operands, and lists on standard input. Private to cli. */
#ifndef SL_CLI_PATH_LIST_H
#define SL_CLI_PATH_LIST_H

#include "sluice/buf.h"

#include "args.h"

/** Zero-initialise, free with sl_path_list_free(). */
struct sl_path_list {
    struct sl_buf text; /* the paths, a NUL behind each */
    size_t count;
};

/**
 * Take the operands; "-" stands for the list on standard input. Its paths end with a NUL each or,
 * when it has no NUL, stand one a line. From lines, a byte order mark and the CR of a CRLF are cut
 * (the CR stays if a file has that name); empty lines are skipped. Errors: SL_EIO, SL_EOVERFLOW (a
 * list over 256 MiB), SL_ENOMEM, SL_EUSAGE ("-" twice), SL_EFORMAT (the list is UTF-16).
 */
int sl_path_list_fill(struct sl_path_list *list, const struct sl_args *args,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_path_list_free(struct sl_path_list *list);

/** As sl_path_list_fill() of "-" alone, from any descriptor. */
int sl_path_list_read(struct sl_path_list *list, int fd, struct sl_err *err) SL_MUST_CHECK;

/** The path behind `path`, the first for NULL; NULL at the end. Borrowed from the list. */
const char *sl_path_list_next(const struct sl_path_list *list, const char *path);

#endif
