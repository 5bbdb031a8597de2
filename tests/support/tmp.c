/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/tmp.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

void sl_tmp_make(char dir[static SL_PATH_BYTES])
{
    const char *top = getenv("TMPDIR");
    snprintf(dir, SL_PATH_BYTES, "%s/sluice-test-XXXXXX", top != NULL && top[0] ? top : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

void sl_tmp_remove(const char *dir)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void sl_tmp_file(char *path, const char *dir, const char *name, uint64_t len, uint64_t seed)
{
    char full[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(full, sizeof full, dir, name, NULL), SL_OK);
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    uint64_t s = seed;
    for (uint64_t at = 0; at < len; at += sizeof s) {
        s ^= s >> 12;
        s ^= s << 25;
        s ^= s >> 27;
        const uint64_t word = s * UINT64_C(0x2545F4914F6CDD1D);
        const size_t n = len - at < sizeof word ? (size_t)(len - at) : sizeof word;
        assert_int_equal(fwrite(&word, 1, n, file), n);
    }
    assert_int_equal(fclose(file), 0);
    if (path != NULL)
        snprintf(path, SL_PATH_BYTES, "%s", full);
}

void sl_tmp_change_secretly(const char *path, uint64_t at, const char *bytes)
{
    struct stat st;
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    const struct timespec before[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(pwrite(fd, bytes, strlen(bytes), (off_t)at), strlen(bytes));
    assert_int_equal(futimens(fd, before), 0);
    close(fd);
}
