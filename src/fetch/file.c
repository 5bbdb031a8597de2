/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * file.c - ".NAME.part": the bytes that have come, at their places, and behind them a table of how
 * much of each segment there is. The table only saves asking for bytes again: all of them are
 * hashed again, so a wrong table or a power cut costs time and nothing else.
 *
 * Table: 16 bytes of magic, then little-endian 64-bit numbers: size of the file, size of a segment,
 * number of segments; 64 bytes with the binary PieceCID of the whole; then the bytes of each.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sluice/path.h"
#include "sluice/text.h"

enum {
    MAGIC_BYTES = 16,
    CID_BYTES = 64,
    HEAD_BYTES = MAGIC_BYTES + 3 * 8 + CID_BYTES,
    PART_STEM = 200, /* most bytes of a long name that its part file keeps */
};

static const char magic[MAGIC_BYTES] = "sluice part 1\n";

static void put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_u64(const uint8_t *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return value;
}

/* ---- the table ---- */

static void make_head(uint8_t head[static HEAD_BYTES], const struct sl_run *run,
                      const struct sl_piece_id *whole)
{
    memset(head, 0, HEAD_BYTES);
    memcpy(head, magic, MAGIC_BYTES);
    put_u64(head + MAGIC_BYTES, run->total_bytes);
    put_u64(head + MAGIC_BYTES + 8, run->segment_bytes);
    put_u64(head + MAGIC_BYTES + 16, run->segment_count);
    (void)sl_piece_cid_bytes(head + MAGIC_BYTES + 24, whole);
}

static bool read_at(int fd, void *out, size_t len, uint64_t offset)
{
    return pread(fd, out, len, (off_t)offset) == (ssize_t)len;
}

static bool write_at(int fd, const void *data, size_t len, uint64_t offset)
{
    return pwrite(fd, data, len, (off_t)offset) == (ssize_t)len;
}

void sl_fetch_file_note(const struct sl_run *run, const struct sl_segment *segment)
{
    uint8_t bytes[8];
    if (run->sink.table_offset == 0)
        return;
    put_u64(bytes, segment->have);
    const size_t i = (size_t)(segment - run->segments);
    (void)write_at(run->sink.fd, bytes, sizeof bytes,
                   run->sink.table_offset + HEAD_BYTES + i * sizeof bytes);
}

/* What the file says has come; false: it is none of this fetch. */
static bool read_table(struct sl_run *run, int fd, const struct sl_piece_id *whole)
{
    uint8_t want[HEAD_BYTES], head[HEAD_BYTES], bytes[8];
    make_head(want, run, whole);
    if (!read_at(fd, head, sizeof head, run->total_bytes) || memcmp(want, head, sizeof head) != 0)
        return false;
    for (size_t i = 0; i < run->segment_count; i++) {
        struct sl_segment *segment = &run->segments[i];
        if (!read_at(fd, bytes, sizeof bytes, run->total_bytes + HEAD_BYTES + 8 * i))
            return true;
        const uint64_t have = get_u64(bytes);
        segment->have = have < segment->bytes ? have : segment->bytes;
        atomic_fetch_add(&run->have_bytes, segment->have);
    }
    return true;
}

static int new_table(const struct sl_run *run, int fd, const struct sl_piece_id *whole,
                     struct sl_err *err)
{
    uint8_t head[HEAD_BYTES];
    make_head(head, run, whole);
    const uint64_t end = run->total_bytes + HEAD_BYTES + 8 * (uint64_t)run->segment_count;
    if (ftruncate(fd, 0) != 0 || ftruncate(fd, (off_t)end) != 0 ||
        !write_at(fd, head, sizeof head, run->total_bytes))
        return sl_err_sys(err, errno, "make room");
    return SL_OK;
}

/* The origin of these bytes is unknown, so no address is blamed for them. */
static void mark_resumed(struct sl_run *run)
{
    for (size_t i = 0; i < run->part_count; i++) {
        struct sl_part *part = &run->parts[i];
        for (size_t k = 0; k < part->segment_count; k++)
            part->mixed = part->mixed || part->segments[k].have > 0;
    }
}

/* ---- opening ---- */

/* ".NAME.part". If the name is too long for that: its beginning, and 64 bits of hash to distinguish
 * names that begin alike. */
static void name_part(struct sl_part_file *file)
{
    const size_t len = strlen(file->name);
    if (len + sizeof "..part" <= sizeof file->part_name) {
        snprintf(file->part_name, sizeof file->part_name, ".%s.part", file->name);
        return;
    }
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)file->name[i]) * UINT64_C(0x100000001b3);
    snprintf(file->part_name, sizeof file->part_name, ".%.*s-%016" PRIx64 ".part", PART_STEM,
             file->name, hash);
}

/* "a/b/film.mkv" from the working directory: its folder is opened, all else happens in there. */
static int open_folder(struct sl_part_file *file, const struct sl_fetch_target *target,
                       struct sl_err *err)
{
    const char *base = sl_path_base(target->name);
    const size_t len = (size_t)(base - target->name);
    char dir[SL_PATH_BYTES];
    file->dir_fd = target->dir_fd;
    if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return sl_err_set(err, SL_EFILETYPE, "not the name of a file");
    if (strlen(base) >= sizeof file->name || len >= sizeof dir)
        return sl_err_set(err, SL_EOVERFLOW, "the name is too long");
    memcpy(file->name, base, strlen(base) + 1);
    name_part(file);
    memcpy(dir, len > 0 ? target->name : ".", len > 0 ? len : 1);
    dir[len > 0 ? len : 1] = '\0';
    file->dir_fd = openat(target->dir_fd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file->dir_fd < 0)
        return sl_err_sys(err, errno, "open the folder %.100s", dir);
    file->own_dir = true;
    return SL_OK;
}

/* No other program may have put it there. */
static int check_part_file(int fd, struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "look at it");
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
        return sl_err_set(err, SL_EFILETYPE, "it is not a file of ours: remove it");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? sl_err_set(err, SL_EHELD, "another sluice is getting this file")
                   : sl_err_sys(err, errno, "lock it");
    return SL_OK;
}

static int check_space(const struct sl_run *run, int fd, struct sl_err *err)
{
    struct statvfs fs;
    struct stat st;
    char need[SL_TEXT_SHORT], have[SL_TEXT_SHORT];
    if (fstatvfs(fd, &fs) != 0 || fstat(fd, &st) != 0)
        return SL_OK; /* then writing will tell */
    const uint64_t taken = (uint64_t)st.st_blocks * 512;
    const uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    const uint64_t wanted = run->total_bytes > taken ? run->total_bytes - taken : 0;
    if (wanted <= free_bytes)
        return SL_OK;
    sl_text_size(need, wanted);
    sl_text_size(have, free_bytes);
    return sl_err_set(err, SL_ENOSPC, "%s more are needed on this disk, %s are free", need, have);
}

static int prepare(struct sl_part_file *file, struct sl_run *run, const struct sl_piece_id *whole,
                   struct sl_err *err)
{
    int rc = check_part_file(file->fd, err);
    if (rc == SL_OK && !read_table(run, file->fd, whole))
        rc = new_table(run, file->fd, whole, err);
    if (rc == SL_OK)
        rc = check_space(run, file->fd, err);
    mark_resumed(run);
    run->sink = (struct sl_sink){.fd = file->fd, .table_offset = run->total_bytes};
    return rc;
}

int sl_fetch_file_open(struct sl_part_file *file, struct sl_run *run,
                       const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                       struct sl_err *err)
{
    *file = (struct sl_part_file){.fd = -1};
    int rc = open_folder(file, target, err);
    if (rc == SL_OK) {
        file->fd = openat(file->dir_fd, file->part_name,
                          O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (file->fd < 0)
            rc = sl_err_sys(err, errno, "open");
        if (rc == SL_OK)
            rc = prepare(file, run, whole, err);
        if (rc < 0)
            sl_err_ctx(err, "%.100s", file->part_name);
    }
    if (rc < 0)
        sl_fetch_file_close(file, run);
    return rc;
}

/* ---- the end ---- */

static bool stop_hashing(void *ctx, uint64_t hashed_bytes)
{
    struct sl_fetch *fetch = ctx;
    (void)hashed_bytes;
    return atomic_load(&fetch->cancelled);
}

int sl_fetch_file_check(const struct sl_part_file *file, const struct sl_run *run,
                        const struct sl_piece_id *whole, struct sl_err *err)
{
    struct sl_piece_id has;
    const int rc = sl_piece_of_fd_threads(&has, file->fd, 0, run->total_bytes, 0, stop_hashing,
                                          run->fetch, err);
    if (rc < 0)
        return rc;
    return sl_piece_id_equal(&has, whole) ? SL_OK : sl_fetch_not_whole(err);
}

/* Never over a file that came meanwhile, unless that was asked for. */
static int give_name(const struct sl_part_file *file, bool force)
{
    if (!force && linkat(file->dir_fd, file->part_name, file->dir_fd, file->name, 0) == 0)
        return unlinkat(file->dir_fd, file->part_name, 0);
    if (!force && errno == EEXIST)
        return -1;
    struct stat st;
    if (!force && fstatat(file->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST; /* a file system without links */
        return -1;
    }
    return renameat(file->dir_fd, file->part_name, file->dir_fd, file->name);
}

int sl_fetch_file_commit(struct sl_part_file *file, const struct sl_run *run,
                         const struct sl_fetch_target *target, struct sl_err *err)
{
    const mode_t mode = target->mode != 0 ? (mode_t)target->mode : 0600;
    if (ftruncate(file->fd, (off_t)run->total_bytes) != 0 || fsync(file->fd) != 0 ||
        fchmod(file->fd, mode) != 0)
        return sl_err_sys(err, errno, "finish %.100s", file->part_name);
    if (give_name(file, target->force) != 0) {
        if (errno == EEXIST)
            return sl_err_set(err, SL_EREFUSED, "%.100s is there already: --force replaces it",
                              file->name);
        return sl_err_sys(err, errno, "name it %.100s", file->name);
    }
    if (fsync(file->dir_fd) != 0 && errno != EINVAL)
        return sl_err_sys(err, errno, "finish its folder");
    return SL_OK;
}

void sl_fetch_file_close(struct sl_part_file *file, const struct sl_run *run)
{
    if (file->fd >= 0 && atomic_load(&run->have_bytes) == 0 && run->sink.fd == file->fd)
        unlinkat(file->dir_fd, file->part_name, 0);
    if (file->fd >= 0)
        close(file->fd);
    if (file->own_dir)
        close(file->dir_fd);
    *file = (struct sl_part_file){.fd = -1};
}

/* ---- what has the name already ---- */

static int compare(int fd, const struct sl_piece_id *whole, struct sl_fetch *fetch,
                   struct sl_err *err)
{
    struct sl_piece_id has = {0};
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "look at it");
    if (!S_ISREG(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE, "this name exists and is not a file");
    if ((uint64_t)st.st_size != whole->payload_bytes)
        return 0;
    const int rc = sl_piece_of_still_file(&has, fd, 0, stop_hashing, fetch, err);
    return rc < 0 ? rc : sl_piece_id_equal(&has, whole);
}

int sl_fetch_target_look(const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                         struct sl_fetch *fetch, struct sl_err *err)
{
    const int fd = openat(target->dir_fd, target->name,
                          O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 && target->force && (errno == EACCES || errno == ELOOP))
        return 0;
    if (fd < 0)
        return errno == ELOOP ? sl_err_set(err, SL_EFILETYPE,
                                           "%.100s is a link: --force replaces it", target->name)
                              : sl_err_sys(err, errno, "open %.100s", target->name);
    int rc = compare(fd, whole, fetch, err);
    close(fd);
    if (rc < 0) {
        sl_err_ctx(err, "%.100s", target->name);
    } else if (rc == 0 && !target->force) {
        rc = sl_err_set(err, SL_EREFUSED,
                        "%.100s is there already, with other bytes: --force replaces it",
                        target->name);
    }
    return rc;
}
