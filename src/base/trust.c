/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/trust.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 16384, LINK_BYTES = 64, OWNER_BYTES = 80 };

/* ---- owners ---- */

static bool is_ours(uid_t uid)
{
    return uid == 0 || uid == geteuid();
}

/* Whether the group has the user's name and no other member, as Debian creates for each user, with
 * a umask of 002. Root's group counts as root. */
static bool is_private_group(gid_t gid)
{
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    char user_text[NAME_BYTES], group_text[NAME_BYTES];
    if (gid == 0)
        return true;
    if (getpwuid_r(geteuid(), &user, user_text, sizeof user_text, &found_user) != 0 ||
        found_user == NULL || user.pw_gid != gid)
        return false;
    if (getgrgid_r(gid, &group, group_text, sizeof group_text, &found_group) != 0 ||
        found_group == NULL || strcmp(group.gr_name, user.pw_name) != 0)
        return false;
    for (char **member = group.gr_mem; *member != NULL; member++) {
        if (strcmp(*member, user.pw_name) != 0)
            return false;
    }
    return true;
}

static bool others_can_write(const struct stat *st)
{
    return (st->st_mode & S_IWOTH) != 0 ||
           ((st->st_mode & S_IWGRP) != 0 && !is_private_group(st->st_gid));
}

static bool refuse(struct sl_distrust *out, enum sl_distrust_why why, bool folder, const char *path,
                   uid_t owner)
{
    *out = (struct sl_distrust){.why = why, .owner = owner, .folder = folder};
    snprintf(out->path, sizeof out->path, "%s", path);
    return false;
}

/* ---- folders ---- */

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_home(const struct stat *folder)
{
    struct stat st;
    const char *home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    return home != NULL && home[0] == '/' && stat(home, &st) == 0 && same_file(folder, &st);
}

/* In a sticky folder other users cannot rename or remove our files. */
static bool trust_folder(struct sl_distrust *out, const char *path, struct stat *st)
{
    if (stat(path, st) != 0)
        return refuse(out, SL_DISTRUST_UNKNOWN, true, path, 0);
    if (!is_ours(st->st_uid))
        return refuse(out, SL_DISTRUST_OWNER, true, path, st->st_uid);
    if ((st->st_mode & S_ISVTX) == 0 && others_can_write(st))
        return refuse(out, SL_DISTRUST_WRITABLE, true, path, st->st_uid);
    return true;
}

/* Check the folder of `file` (an absolute path without links), and the folders above it. Folders
 * above the home folder are not checked, as in ssh: in a sandbox they may seem to have no owner. */
static bool trust_folders(struct sl_distrust *out, const char *file)
{
    char folder[SL_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s", file);
    for (char *slash = strrchr(folder, '/'); slash != NULL; slash = strrchr(folder, '/')) {
        struct stat st;
        const bool top = slash == folder;
        slash[top ? 1 : 0] = '\0';
        if (!trust_folder(out, folder, &st))
            return false;
        if (top || is_home(&st))
            return true;
    }
    return true;
}

/* The path of an open file without links, or "pipe:[4711]"; "" when the system does not report it.
 */
static void path_of(char out[static SL_PATH_BYTES], int fd)
{
    char link[LINK_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t len = readlink(link, out, SL_PATH_BYTES - 1);
    out[len > 0 ? len : 0] = '\0';
}

bool sl_trust_is_nameless_pipe(int fd)
{
    char path[SL_PATH_BYTES];
    path_of(path, fd);
    return strncmp(path, "pipe:[", strlen("pipe:[")) == 0;
}

/* A link decides which file is opened, so its own folder counts as much as the file's. */
static bool trust_named_folder(struct sl_distrust *out, const char *path, const char *real)
{
    char folder[SL_PATH_BYTES], file[SL_PATH_BYTES];
    const size_t len = (size_t)(sl_path_base(path) - path);
    if (len >= sizeof folder)
        return refuse(out, SL_DISTRUST_UNKNOWN, false, path, 0);
    snprintf(folder, sizeof folder, "%.*s", (int)(len > 0 ? len : 1), len > 0 ? path : ".");
    char *resolved = realpath(folder, NULL);
    if (resolved == NULL)
        return refuse(out, SL_DISTRUST_UNKNOWN, true, folder, 0);
    const int rc = sl_path_join(file, sizeof file, resolved, sl_path_base(path), NULL);
    free(resolved);
    if (rc < 0)
        return refuse(out, SL_DISTRUST_UNKNOWN, true, folder, 0);
    return strcmp(file, real) == 0 || trust_folders(out, file);
}

bool sl_trusted(struct sl_distrust *out, int fd, const char *path)
{
    struct stat st;
    char real[SL_PATH_BYTES];
    *out = (struct sl_distrust){.why = SL_TRUSTED};
    if (fstat(fd, &st) != 0)
        return refuse(out, SL_DISTRUST_UNKNOWN, false, path, 0);
    if (!is_ours(st.st_uid))
        return refuse(out, SL_DISTRUST_OWNER, false, path, st.st_uid);
    if (others_can_write(&st))
        return refuse(out, SL_DISTRUST_WRITABLE, false, path, st.st_uid);
    if (st.st_nlink == 0 || sl_trust_is_nameless_pipe(fd))
        return true;
    path_of(real, fd);
    if (real[0] == '/' && !trust_folders(out, real))
        return false;
    return trust_named_folder(out, path, real);
}

/* ---- for people ---- */

static void name_owner(char out[static OWNER_BYTES], uid_t uid)
{
    struct passwd user, *found = NULL;
    char text[NAME_BYTES];
    if (getpwuid_r(uid, &user, text, sizeof text, &found) == 0 && found != NULL)
        snprintf(out, OWNER_BYTES, "%.60s", user.pw_name);
    else
        snprintf(out, OWNER_BYTES, "user %lu", (unsigned long)uid);
}

int sl_distrust_err(struct sl_err *err, const char *what, const char *path,
                    const struct sl_distrust *distrust)
{
    char owner[OWNER_BYTES];
    char subject[SL_PATH_BYTES + 16] = "it";
    if (distrust->folder)
        snprintf(subject, sizeof subject, "its folder %s", distrust->path);
    switch (distrust->why) {
    case SL_TRUSTED:
        return SL_OK;
    case SL_DISTRUST_OWNER:
        name_owner(owner, distrust->owner);
        return sl_err_set(err, SL_EACCES, "%s %s is not obeyed: %s belongs to %s, another user",
                          what, path, subject, owner);
    case SL_DISTRUST_WRITABLE:
        return sl_err_set(err, SL_EACCES,
                          "%s %s is not obeyed: others can write %s: type chmod go-w '%s'", what,
                          path, subject, distrust->path);
    case SL_DISTRUST_UNKNOWN:
        break;
    }
    return sl_err_set(err, SL_EACCES, "%s %s is not obeyed: the owner of %s cannot be seen", what,
                      path, subject);
}
