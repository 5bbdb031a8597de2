/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sl_engine_piece_size_check(uint64_t size_bytes, struct sl_err *err)
{
    if (size_bytes < SL_PIECE_MIN_BYTES) {
        return sl_err_set(err, SL_ETOOSMALL,
                          "%" PRIu64 " bytes are too few: a piece has at least %" PRIu64 " bytes",
                          size_bytes, SL_PIECE_MIN_BYTES);
    }
    if (size_bytes > SL_PIECE_MAX_BYTES) {
        return sl_err_set(err, SL_ETOOBIG,
                          "%" PRIu64 " bytes are too many: a piece has at most %" PRIu64 " bytes",
                          size_bytes, SL_PIECE_MAX_BYTES);
    }
    return SL_OK;
}

int sl_source_open(struct sl_source *source, const char *path, const struct sl_file_mark *known,
                   const struct sl_guarded *guarded, struct sl_err *err)
{
    int rc = source->hashing == NULL ? sl_hashing_new(&source->hashing, err) : SL_OK;
    if (rc < 0)
        return rc;
    source->path = path;
    rc = sl_engine_job_file_open(path, known, guarded, err);
    if (rc < 0)
        return rc;
    source->fd = rc;
    rc = sl_file_mark_begin(&source->mark, source->fd, err);
    if (rc < 0) {
        sl_source_close(source);
        return rc;
    }
    source->made_up = sl_fd_makes_up_ctime(source->fd);
    source->touched = false;
    (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice only */
    sl_source_range(source, 0, source->mark.size_bytes, false);
    return SL_OK;
}

void sl_source_range(struct sl_source *source, uint64_t offset_bytes, uint64_t size_bytes,
                     bool known)
{
    source->offset_bytes = offset_bytes;
    source->size_bytes = size_bytes;
    source->known = known;
    sl_source_rewind(source);
}

void sl_source_rewind(struct sl_source *source)
{
    sl_hashing_reset(source->hashing);
    source->at_bytes = 0;
}

static int shrunk(const struct sl_source *source, struct sl_err *err)
{
    return sl_err_set(err, SL_ECHANGED,
                      "the file shrank from %" PRIu64 " to %" PRIu64
                      " bytes while it was read: add it again once it is complete",
                      source->mark.size_bytes, source->offset_bytes + source->at_bytes);
}

/* The next bytes, at most as many as are left and a buffer of the hasher takes. */
static int read_some(const struct sl_source *source, void *out, size_t cap, struct sl_err *err)
{
    const uint64_t left = source->size_bytes - source->at_bytes;
    size_t want = left < cap ? (size_t)left : cap;
    if (want > SL_HASHING_BYTES)
        want = SL_HASHING_BYTES;
    if (want == 0)
        return 0;
    ssize_t n = -1;
    do
        n = pread(source->fd, out, want, (off_t)(source->offset_bytes + source->at_bytes));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return sl_err_sys(err, errno, "read the file");
    return n == 0 ? shrunk(source, err) : (int)n;
}

int sl_source_read(struct sl_source *source, void *out, size_t cap, struct sl_err *err)
{
    const int n = read_some(source, out, cap, err);
    if (n <= 0)
        return n;
    if (!source->known) { /* a copy: `out` is sent, and used again, before it is hashed */
        memcpy(sl_hashing_buffer(source->hashing), out, (size_t)n);
        sl_hashing_add(source->hashing, (size_t)n);
    }
    source->at_bytes += (uint64_t)n;
    return n;
}

uint64_t sl_source_hashed_bytes(const struct sl_source *source)
{
    return source->known ? source->at_bytes : sl_hashing_bytes(source->hashing);
}

static int say_changed(const struct sl_file_mark *was, const struct sl_file_mark *is,
                       struct sl_err *err)
{
    if (is->inode != was->inode || is->device != was->device)
        return sl_err_set(err, SL_ECHANGED,
                          "another file replaced this one while it was read: add it again");
    if (is->size_bytes != was->size_bytes) {
        return sl_err_set(err, SL_ECHANGED,
                          "the file %s from %" PRIu64 " to %" PRIu64
                          " bytes while it was read: add it again once it is complete",
                          is->size_bytes > was->size_bytes ? "grew" : "shrank", was->size_bytes,
                          is->size_bytes);
    }
    return sl_err_set(err, SL_ECHANGED, "the file was written to while it was read: add it again");
}

static int compare_mark(struct sl_source *source, const struct stat *st, struct sl_err *err)
{
    source->now = sl_file_mark_on(st, source->made_up);
    if (sl_file_mark_equal(&source->mark, &source->now))
        return SL_OK;
    source->touched = sl_file_mark_alike(&source->mark, &source->now) &&
                      source->mark.device == source->now.device;
    return say_changed(&source->mark, &source->now, err);
}

static int check_unchanged(struct sl_source *source, struct sl_err *err)
{
    struct stat st;
    source->touched = false;
    if (fstat(source->fd, &st) != 0)
        return sl_err_sys(err, errno, "look at the file");
    const int rc = compare_mark(source, &st, err);
    if (rc < 0 && !source->touched)
        return rc;
    if (stat(source->path, &st) != 0) {
        source->touched = false;
        if (errno == ENOENT || errno == ENOTDIR)
            return sl_err_set(err, SL_ECHANGED, "the file vanished while it was read");
        return sl_err_sys(err, errno, "look at the file");
    }
    return compare_mark(source, &st, err);
}

int sl_source_finish(struct sl_source *source, struct sl_piece_id *piece, struct sl_err *err)
{
    const int rc = source->known ? SL_OK : sl_hashing_finish(source->hashing, piece, err);
    return rc < 0 ? rc : check_unchanged(source, err);
}

int sl_source_compare(struct sl_source *source, const struct sl_piece_id *piece, struct sl_err *err)
{
    struct sl_piece_id now;
    const struct sl_file_mark was = source->mark;
    int rc = sl_file_mark_begin(&source->mark, source->fd, err);
    if (rc >= 0)
        rc = sl_piece_of_fd(&now, source->fd, source->offset_bytes, source->size_bytes, NULL, NULL,
                            err);
    if (rc >= 0 && !sl_piece_id_equal(&now, piece))
        rc = say_changed(&was, &source->mark, err);
    return rc < 0 ? rc : check_unchanged(source, err);
}

void sl_source_close(struct sl_source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    source->fd = -1;
    source->path = NULL;
}

void sl_source_fini(struct sl_source *source)
{
    sl_source_close(source);
    sl_hashing_free(source->hashing);
    source->hashing = NULL;
}
