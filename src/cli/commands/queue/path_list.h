/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* path_list.h - the paths to upload: operands, and lists on standard input. Private to cli. */
#ifndef SL_CLI_PATH_LIST_H
#define SL_CLI_PATH_LIST_H

#include "sluice/buf.h"

#include "args.h"

/** Zero-initialise, free with sl_cli_path_list_free(). */
struct sl_cli_path_list {
    struct sl_buf text; /* the paths, each with a NUL */
    size_t count;
};

/**
 * Read the operands; "-" stands for the list on standard input. Its paths end with a NUL each or,
 * if there is no NUL, stand one a line. A byte order mark and the CR of a CRLF are cut from lines
 * (the CR stays if a file has that name), and empty lines are skipped. Errors: SL_EIO, SL_EOVERFLOW
 * (a list over 256 MiB), SL_ENOMEM, SL_EUSAGE ("-" twice), SL_EFORMAT (the list is UTF-16).
 */
int sl_cli_path_list_fill(struct sl_cli_path_list *list, const struct sl_args *args,
                          struct sl_err *err) SL_MUST_CHECK;
void sl_cli_path_list_free(struct sl_cli_path_list *list);

/** As sl_cli_path_list_fill() of "-" alone, from any descriptor. */
int sl_cli_path_list_read(struct sl_cli_path_list *list, int fd, struct sl_err *err) SL_MUST_CHECK;

/** The path after `path`, the first for NULL; NULL at the end. Borrowed from the list. */
const char *sl_cli_path_list_next(const struct sl_cli_path_list *list, const char *path);

#endif
