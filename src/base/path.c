/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/path.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sl_path_join(char *out, size_t cap, const char *dir, const char *name, struct sl_err *err)
{
    const size_t dir_len = strlen(dir);
    const bool slash = dir_len > 0 && dir[dir_len - 1] == '/';
    const int n = snprintf(out, cap, "%s%s%s", dir, slash ? "" : "/", name);
    if (n < 0 || (size_t)n >= cap)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s.../%.80s", dir, name);
    return SL_OK;
}

const char *sl_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

size_t sl_path_shared(const char *first, size_t len, const char *path)
{
    size_t same = 0;
    while (same < len && path[same] == first[same])
        same++;
    while (same > 0 && first[same - 1] != '/')
        same--;
    return same;
}

/* $VARIABLE/sluice if the variable is an absolute path, else $HOME/fallback/sluice. */
static int xdg_folder(char *out, const char *variable, const char *fallback, struct sl_err *err)
{
    const char *value = getenv(variable); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    if (value != NULL && value[0] == '/')
        return sl_path_join(out, SL_PATH_BYTES, value, "sluice", err);
    const char *home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    if (home == NULL || home[0] != '/')
        return sl_err_set(err, SL_ECONFIG, "neither %s nor HOME is set: use --state-dir DIR",
                          variable);
    char base[SL_PATH_BYTES];
    const int rc = sl_path_join(base, sizeof base, home, fallback, err);
    return rc < 0 ? rc : sl_path_join(out, SL_PATH_BYTES, base, "sluice", err);
}

static int absolute(char *out, const char *dir, struct sl_err *err)
{
    char here[SL_PATH_BYTES] = ""; /* joined with "/" it is the root */
    if (dir[0] != '/' && getcwd(here, sizeof here) == NULL)
        return sl_err_sys(err, errno, "find the working directory");
    return sl_path_join(out, SL_PATH_BYTES, here, dir + strspn(dir, "/"), err);
}

int sl_paths_find(struct sl_paths *out, const char *state_dir, struct sl_err *err)
{
    int rc;
    if (state_dir == NULL) {
        rc = xdg_folder(out->config, "XDG_CONFIG_HOME", ".config", err);
        if (rc == SL_OK)
            rc = xdg_folder(out->state, "XDG_STATE_HOME", ".local/state", err);
        if (rc == SL_OK)
            rc = xdg_folder(out->data, "XDG_DATA_HOME", ".local/share", err);
        return rc;
    }
    if (state_dir[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "--state-dir: empty path");
    char top[SL_PATH_BYTES];
    rc = absolute(top, state_dir, err);
    if (rc == SL_OK)
        rc = sl_path_join(out->config, SL_PATH_BYTES, top, "config", err);
    if (rc == SL_OK)
        rc = sl_path_join(out->state, SL_PATH_BYTES, top, "state", err);
    if (rc == SL_OK)
        rc = sl_path_join(out->data, SL_PATH_BYTES, top, "data", err);
    return rc;
}

static int make_one(const char *dir, unsigned mode, struct sl_err *err)
{
    if (mkdir(dir, (mode_t)mode) == 0)
        return SL_OK;
    const int why = errno;
    struct stat st;
    if (why == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return SL_OK;
    return sl_err_sys(err, why == EEXIST ? ENOTDIR : why, "make folder %s", dir);
}

int sl_path_make(const char *dir, unsigned mode, struct sl_err *err)
{
    char part[SL_PATH_BYTES];
    const size_t len = strlen(dir);
    if (len >= sizeof part)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", dir);
    memcpy(part, dir, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] != '/' || part[i - 1] == '/')
            continue;
        part[i] = '\0';
        struct stat st;
        /* a folder above may be there but not writable for us: only a missing one is made */
        if (stat(part, &st) != 0) {
            const int rc = make_one(part, mode, err);
            if (rc < 0)
                return rc;
        }
        part[i] = '/';
    }
    return make_one(part, mode, err);
}

int sl_path_expand_home(char out[static SL_PATH_BYTES], const char *path, struct sl_err *err)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes HOME */
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) == 0 && home != NULL && home[0] != '\0')
        return sl_path_join(out, SL_PATH_BYTES, home, path + 2, err);
    if (strlen(path) >= SL_PATH_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
    memcpy(out, path, strlen(path) + 1);
    return SL_OK;
}
