/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "get_kit.h"

#include <stdlib.h>
#include <unistd.h>

struct kit *get_provider;

int get_setup(void **state)
{
    char path[SL_PATH_BYTES];
    if (bin_setup(state) != 0 || kit_setup((void **)&get_provider) != 0)
        return -1;
    return chdir(bin_folder(path, "here"));
}

int get_teardown(void **state)
{
    kit_teardown((void **)&get_provider);
    return chdir("/") != 0 || bin_teardown(state);
}

void get_upload(const char *path)
{
    struct sl_ran ran;
    RUN(&ran, "upload", "--local-min-free", "1", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

void get_store(char cid[static SL_PIECE_CID_CHARS], size_t len, uint64_t seed)
{
    uint8_t *bytes = kit_bytes(len, seed);
    kit_store(get_provider, cid, bytes, len);
    free(bytes);
}

void get_same_files(const char *a, const char *b)
{
    char *text[2];
    size_t len[2];
    assert_int_equal(sl_file_read(&text[0], &len[0], a, 1 << 24, NULL), SL_OK);
    assert_int_equal(sl_file_read(&text[1], &len[1], b, 1 << 24, NULL), SL_OK);
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(text[0], text[1], len[0]);
    free(text[0]);
    free(text[1]);
}
