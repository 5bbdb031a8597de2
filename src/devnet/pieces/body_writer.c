/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* sync_file_range */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "pieces/body_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sluice/text.h"

/* Free space is looked at, and written bytes are pushed to the disk, once per step: the sync at the
 * end then has little left to do. */
#define STEP_BYTES (UINT64_C(16) << 20)

/* Whether all promised bytes still fit; `path` is on the disk in question. */
static int check_space(const struct sl_devnet_space *space, int fd, const char *path,
                       struct sl_err *err)
{
    char have[SL_TEXT_SHORT], keep[SL_TEXT_SHORT];
    struct statvfs fs;
    if (fstatvfs(fd, &fs) != 0)
        return sl_err_sys(err, errno, "look for free space");
    const uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    const uint64_t promised = atomic_load(&space->promised_bytes);
    if (free_bytes >= space->min_free_bytes && free_bytes - space->min_free_bytes >= promised)
        return SL_OK;
    sl_text_size(have, free_bytes);
    sl_text_size(keep, space->min_free_bytes);
    return sl_err_set(err, SL_ENOSPC,
                      "no space on the disk of the local network: %s free, local_min_free = %s: %s",
                      have, keep, path);
}

static void promise(struct sl_devnet_body_writer *writer, uint64_t bytes)
{
    writer->promised_bytes = bytes;
    atomic_fetch_add(&writer->space->promised_bytes, bytes);
}

static void keep_promise(struct sl_devnet_body_writer *writer, uint64_t bytes)
{
    const uint64_t kept = bytes < writer->promised_bytes ? bytes : writer->promised_bytes;
    writer->promised_bytes -= kept;
    atomic_fetch_sub(&writer->space->promised_bytes, kept);
}

int sl_devnet_body_writer_begin(struct sl_devnet_body_writer *writer, struct sl_devnet_space *space,
                                const char *dir, uint64_t length, struct sl_err *err)
{
    char name[SL_UUID_CHARS];
    sl_uuid(name);
    int rc = sl_path_join(writer->path, sizeof writer->path, dir, name, err);
    if (rc < 0)
        return rc;
    writer->fd = open(writer->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (writer->fd < 0)
        return sl_err_sys(err, errno, "make %s", writer->path);
    writer->space = space;
    if (length != UINT64_MAX)
        promise(writer, length);
    rc = check_space(space, writer->fd, dir, err);
    if (rc < 0)
        return rc;
    writer->hasher = sl_piece_hasher_new();
    if (writer->hasher == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    writer->next_check_bytes = STEP_BYTES;
    return SL_OK;
}

static int write_all(int fd, const char *data, size_t len, struct sl_err *err)
{
    while (len > 0) {
        const ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "store a piece");
        data += n;
        len -= (size_t)n;
    }
    return SL_OK;
}

/* Starts writing back what came since the last step and looks at the free space again. */
static int step(struct sl_devnet_body_writer *writer, struct sl_err *err)
{
    const uint64_t from = writer->next_check_bytes - STEP_BYTES;
    writer->next_check_bytes = writer->received_bytes + STEP_BYTES;
    /* only a hint to the kernel: the sync at the end is what counts */
    (void)sync_file_range(writer->fd, (off_t)from, (off_t)(writer->received_bytes - from),
                          SYNC_FILE_RANGE_WRITE);
    return check_space(writer->space, writer->fd, writer->path, err);
}

int sl_devnet_body_writer_add(struct sl_devnet_body_writer *writer, const void *data, size_t len,
                              struct sl_err *err)
{
    int rc = write_all(writer->fd, data, len, err);
    if (rc < 0)
        return rc;
    writer->received_bytes += len;
    keep_promise(writer, len);
    if (writer->received_bytes >= writer->next_check_bytes) {
        rc = step(writer, err);
        if (rc < 0)
            return rc;
    }
    return sl_piece_hasher_add(writer->hasher, data, len, err);
}

int sl_devnet_body_writer_hash(struct sl_devnet_body_writer *writer, struct sl_piece_id *out,
                               struct sl_err *err)
{
    return sl_piece_hasher_finish(writer->hasher, out, err);
}

int sl_devnet_body_writer_sync(struct sl_devnet_body_writer *writer, struct sl_err *err)
{
    return fsync(writer->fd) == 0 ? SL_OK : sl_err_sys(err, errno, "store a piece");
}

void sl_devnet_body_writer_end(struct sl_devnet_body_writer *writer)
{
    if (writer->space == NULL)
        return;
    keep_promise(writer, writer->promised_bytes);
    close(writer->fd);
    (void)unlink(writer->path); /* ENOENT when the store has taken it */
    sl_piece_hasher_free(writer->hasher);
    *writer = (struct sl_devnet_body_writer){.fd = -1};
}
