/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* struct ucred */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char NAME[] = "engine.sock";
static const char FRESH[] = "engine.sock.new";

enum { BACKLOG = 64 };

static int open_dir(const char *dir, struct sl_err *err)
{
    const int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? fd : sl_err_sys(err, errno, "open %s", dir);
}

static struct sockaddr_un address_in(int dir, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir, name);
    return address;
}

static int new_socket(struct sl_err *err)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 ? fd : sl_err_sys(err, errno, "make a socket");
}

/* Only sockets may be replaced: any other file is not ours to delete. */
static int check_place(int dir, const char *name, const char *state_dir, struct sl_err *err)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISSOCK(st.st_mode))
        return SL_OK;
    return sl_err_set(err, SL_EFILETYPE, "%.120s/%s is not a socket: move it away", state_dir,
                      name);
}

static int bind_in(int dir, int fd, struct sl_err *err)
{
    const struct sockaddr_un address = address_in(dir, FRESH);
    (void)unlinkat(dir, FRESH, 0);
    /* the mode of a socket that is not bound yet becomes the mode of its file */
    if (fchmod(fd, 0600) != 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return sl_err_sys(err, errno, "bind the socket");
    if (listen(fd, BACKLOG) != 0 || renameat(dir, FRESH, dir, NAME) != 0)
        return sl_err_sys(err, errno, "listen on the socket");
    return SL_OK;
}

int sl_control_address_listen(const char *state_dir, struct sl_err *err)
{
    const int dir = open_dir(state_dir, err);
    if (dir < 0)
        return dir;
    int fd = -1;
    int rc = check_place(dir, NAME, state_dir, err);
    if (rc == SL_OK)
        rc = check_place(dir, FRESH, state_dir, err);
    if (rc == SL_OK)
        rc = fd = new_socket(err);
    if (rc >= 0)
        rc = bind_in(dir, fd, err);
    if (rc < 0 && fd >= 0)
        close(fd);
    close(dir);
    return rc < 0 ? rc : fd;
}

void sl_control_address_remove(const char *state_dir)
{
    struct stat st;
    const int dir = open_dir(state_dir, NULL);
    if (dir < 0)
        return;
    if (fstatat(dir, NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
        (void)unlinkat(dir, NAME, 0);
    close(dir);
}

int sl_control_address_connect(const char *state_dir, struct sl_err *err)
{
    const int dir = open_dir(state_dir, err);
    if (dir < 0)
        return dir;
    const int fd = new_socket(err);
    if (fd < 0) {
        close(dir);
        return fd;
    }
    const struct sockaddr_un address = address_in(dir, NAME);
    const bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    const int why = errno;
    close(dir);
    if (connected && sl_control_address_is_own(fd))
        return fd;
    close(fd);
    if (connected || why == EACCES || why == EPERM)
        return sl_err_set(err, SL_EACCES, "the engine of %.120s belongs to another user",
                          state_dir);
    if (why == ENOENT || why == ECONNREFUSED || why == ENOTSOCK)
        return sl_err_set(err, SL_ENOENT, "no engine listens in %.120s", state_dir);
    return sl_err_sys(err, why, "connect to the engine of %.120s", state_dir);
}

bool sl_control_address_is_own(int fd)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t len = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}
