/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lookup/copy_check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *sl_check_name(enum sl_check_result result)
{
    static const char *const names[SL_CHECK_RESULTS] = {"ok", "unreachable", "missing", "differs"};
    return names[result];
}

size_t sl_check_host_length(const char *url)
{
    const char *at = strstr(url, "://");
    return at == NULL ? strlen(url) : (size_t)(at + 3 - url) + strcspn(at + 3, "/");
}

static bool is_same_host(const char *a, const char *b)
{
    const size_t len = sl_check_host_length(a);
    return sl_check_host_length(b) == len && strncmp(a, b, len) == 0;
}

/* ---- one copy ---- */

static enum sl_check_result result_of(const struct sl_err *err)
{
    if (err->code == SL_OK)
        return SL_CHECK_OK;
    if (err->code == SL_EMISMATCH)
        return SL_CHECK_DIFFERS;
    if (err->code == SL_ENOTFOUND ||
        (err->code == SL_EREFUSED && (err->detail == 410 || err->detail == 451)))
        return SL_CHECK_MISSING;
    return SL_CHECK_UNREACHABLE;
}

/* Of a part of a file, so many bytes as it is of the whole. */
static uint64_t share(const struct sl_check_run *c, const struct sl_wanted *wanted, size_t i)
{
    const double part = (double)wanted->file.parts[i].piece.payload_bytes;
    const double all = (double)wanted->file.whole.payload_bytes;
    return 1 + (uint64_t)((double)c->sample_bytes * part / all);
}

static int check_part(struct sl_check_run *c, const struct sl_wanted *wanted, size_t i,
                      const char *url, int local_fd, uint64_t offset, struct sl_verdict *verdict,
                      struct sl_err *err)
{
    struct sl_fetch_result result;
    const struct sl_piece_id *piece = &wanted->file.parts[i].piece;
    if (c->sample_bytes > 0) {
        uint64_t compared = 0;
        const int rc = sl_fetch_sample(c->fetch, url, piece, local_fd, offset, share(c, wanted, i),
                                       &compared, err);
        verdict->compared_bytes += compared;
        return rc;
    }
    const struct sl_fetch_part part = {.piece = *piece, .urls = &url, .url_count = 1};
    const struct sl_fetch_file file = {.parts = &part, .part_count = 1, .whole = *piece};
    return sl_fetch_verify(c->fetch, &file, &result, err);
}

/* All parts of the file that this host has. */
static void check_host(struct sl_check_run *c, const struct sl_wanted *wanted,
                       const struct sl_copy *copy, int local_fd)
{
    struct sl_verdict verdict = {.copy = copy};
    uint64_t offset = 0;
    c->passed_bytes = 0;
    c->begin(c->ctx, copy);
    for (size_t i = 0; i < wanted->file.part_count && !c->over(c->ctx); i++) {
        const struct sl_wanted_part *part = &wanted->parts[i];
        size_t k = 0;
        while (k < part->count && !is_same_host(part->urls[k], copy->url))
            k++;
        struct sl_err err = {0};
        if (k < part->count) {
            verdict.parts++;
            err.code = check_part(c, wanted, i, part->urls[k], local_fd, offset, &verdict, &err);
        }
        if (err.code == SL_ECANCELED)
            return;
        if (result_of(&err) > verdict.result) {
            verdict.result = result_of(&err);
            verdict.err = err;
        }
        offset += wanted->file.parts[i].piece.payload_bytes;
        c->passed_bytes = offset;
    }
    if (!c->over(c->ctx))
        c->tell(c->ctx, wanted, &verdict);
}

/* ---- all copies ---- */

static bool is_first_of_host(const struct sl_wanted *wanted, size_t part, size_t copy)
{
    const char *url = wanted->parts[part].urls[copy];
    for (size_t i = 0; i <= part; i++) {
        const size_t most = i < part ? wanted->parts[i].count : copy;
        for (size_t k = 0; k < most; k++) {
            if (is_same_host(wanted->parts[i].urls[k], url))
                return false;
        }
    }
    return true;
}

size_t sl_check_count(const struct sl_wanted *wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < wanted->file.part_count; i++) {
        for (size_t k = 0; k < wanted->parts[i].count; k++)
            count += is_first_of_host(wanted, i, k);
    }
    return count;
}

void sl_check_copies(struct sl_check_run *c, const struct sl_wanted *wanted, int local_fd)
{
    for (size_t i = 0; i < wanted->file.part_count; i++) {
        for (size_t k = 0; k < wanted->parts[i].count && !c->over(c->ctx); k++) {
            if (is_first_of_host(wanted, i, k))
                check_host(c, wanted, wanted->parts[i].copies[k], local_fd);
        }
    }
}

/* ---- the local file ---- */

static bool stop_hashing(void *ctx, uint64_t hashed_bytes)
{
    struct sl_check_run *c = ctx;
    if (c->hashed != NULL)
        c->hashed(c->ctx, hashed_bytes);
    return c->over(c->ctx);
}

int sl_check_hash(struct sl_check_run *c, struct sl_piece_id *out, const char *path,
                  struct sl_err *err)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return sl_err_sys(err, errno, "open it");
    const int rc = sl_piece_of_still_file(out, fd, 0, stop_hashing, c, err);
    close(fd);
    return rc;
}

void sl_check_local(struct sl_check_run *c, const struct sl_wanted *wanted, const char *path)
{
    struct sl_piece_id is = {0};
    struct sl_verdict verdict = {0};
    const int rc = sl_check_hash(c, &is, path, &verdict.err);
    if (rc == SL_ECANCELED)
        return;
    if (rc < 0) {
        verdict.result = SL_CHECK_UNREACHABLE;
    } else if (!sl_piece_id_equal(&is, &wanted->file.whole)) {
        verdict.result = SL_CHECK_DIFFERS;
        (void)sl_err_set(&verdict.err, SL_ECHANGED,
                         "the local file has other bytes than those that were stored");
    }
    c->tell(c->ctx, wanted, &verdict);
}
