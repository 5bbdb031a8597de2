/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"

/* The device number may change with a restart; an otherwise equal mark then proves that it is the
 * same file. */
static bool is_known(const struct sl_file_mark *known, const struct stat *st)
{
    const struct sl_file_mark now = sl_file_mark_of(st);
    return now.inode == known->inode &&
           (now.device == known->device || sl_file_mark_same_bytes(known, &now));
}

static int check(int fd, bool by_link, const struct sl_file_mark *known,
                 const struct sl_guarded *guarded, struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "look at the file");
    if (sl_guarded_has(guarded, &st))
        return sl_guarded_refuse(err);
    if (by_link && !is_known(known, &st))
        return sl_err_set(err, SL_ECHANGED,
                          "the symbolic link now leads to another file than when it was queued; to "
                          "upload that file, add it again");
    return SL_OK;
}

int sl_engine_job_file_open(const char *path, const struct sl_file_mark *known,
                            const struct sl_guarded *guarded, struct sl_err *err)
{
    int fd = sl_path_open_plain(path, 0, 0);
    const bool by_link = fd < 0 && errno == ELOOP;
    if (by_link)
        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return sl_err_sys(err, errno, "open the file");
    const int rc = check(fd, by_link, known, guarded, err);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}
