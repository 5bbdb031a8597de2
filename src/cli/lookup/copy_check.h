/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copy_check.h - a stored file compared with its PieceCID, copy by copy, and the local file with
 * it. Private to cli.
 */
#ifndef SL_CLI_COPY_CHECK_H
#define SL_CLI_COPY_CHECK_H

#include "sluice/copies.h"

/** The worst of several counts. */
enum sl_check_result {
    SL_CHECK_OK,
    SL_CHECK_UNREACHABLE,
    SL_CHECK_MISSING,
    SL_CHECK_DIFFERS,
    SL_CHECK_RESULTS
};
/** "ok", "unreachable" ... */
const char *sl_check_name(enum sl_check_result result);

/** What was looked at: a copy, or the local file. */
struct sl_verdict {
    enum sl_check_result result;
    struct sl_err err;
    uint64_t compared_bytes;    /* of a sample */
    size_t parts;               /* looked at */
    const struct sl_copy *copy; /* NULL: the local file */
};

/** Who checks; the functions run on the caller's thread. */
struct sl_check_run {
    struct sl_fetch *fetch;
    uint64_t sample_bytes;   /* of a copy, at random places; 0: everything */
    bool (*over)(void *ctx); /* whether to end */
    void (*begin)(void *ctx, const struct sl_copy *copy); /* before the first byte of it */
    void (*hashed)(void *ctx, uint64_t bytes); /* of the local file so far; may be NULL */
    void (*tell)(void *ctx, const struct sl_wanted *wanted, const struct sl_verdict *verdict);
    void *ctx;
    uint64_t passed_bytes; /* of the parts of this copy that were looked at: for progress */
};

/** The bytes before the path of a URL: what tells one place from another. */
size_t sl_check_host_length(const char *url);

/** Places that have parts of the file. */
size_t sl_check_count(const struct sl_wanted *wanted);

/** The PieceCID of a local file. Errors: those of sl_piece_of_still_file() and of opening the file;
 * SL_ECANCELED when the command is ending. */
int sl_check_hash(struct sl_check_run *check, struct sl_piece_id *out, const char *path,
                  struct sl_err *err) SL_MUST_CHECK;

/** Compare the local file, and tell. */
void sl_check_local(struct sl_check_run *check, const struct sl_wanted *wanted, const char *path);

/** Compare each copy, and tell of each. `local_fd` only for a sample. */
void sl_check_copies(struct sl_check_run *check, const struct sl_wanted *wanted, int local_fd);

#endif
