/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "binary_kit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct sl_home bin_home;

int bin_setup(void **state)
{
    (void)state;
    sl_home_make(&bin_home);
    return 0;
}

int bin_teardown(void **state)
{
    (void)state;
    sl_home_remove(&bin_home);
    return 0;
}

/* ---- what every run must keep to ---- */

void bin_assert_printable(const struct sl_buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        const unsigned char c = (unsigned char)text->data[i];
        if ((c < ' ' && c != '\n') || c == 0x7f)
            fail_msg("byte %02x in: %s", c, text->data);
    }
}

void bin_run(struct sl_ran *ran, const char *const *argv)
{
    sl_run(ran, &bin_home, NULL, 0, argv);
    bin_assert_printable(&ran->out);
    bin_assert_printable(&ran->err);
}

void bin_assert_says(const struct sl_buf *text, const char *words)
{
    if (strstr(text->data, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text->data, words);
}

void bin_assert_status(const struct sl_ran *ran, int status)
{
    if (ran->status != status)
        fail_msg("status %d, not %d: %s%s", ran->status, status, ran->out.data, ran->err.data);
}

void bin_assert_refused(int status, const char *words, const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    bin_assert_status(&ran, status);
    bool json = false;
    for (size_t i = 0; argv[i] != NULL; i++)
        json = json || strcmp(argv[i], "--json") == 0;
    if (json) {
        cJSON *lines = bin_lines(&ran.out);
        assert_int_equal(cJSON_GetArraySize(lines), 1);
        assert_string_equal(bin_str(bin_last(lines), "type"), "summary");
        cJSON_Delete(lines);
    } else {
        assert_string_equal(ran.out.data, "");
    }
    bin_assert_says(&ran.err, words);
    sl_ran_free(&ran);
}

const char *bin_file(char path[static SL_PATH_BYTES], const char *name, uint64_t len, uint64_t seed)
{
    sl_tmp_file(path, bin_home.dir, name, len, seed);
    return path;
}

const char *bin_folder(char path[static SL_PATH_BYTES], const char *name)
{
    assert_int_equal(sl_path_join(path, SL_PATH_BYTES, bin_home.dir, name, NULL), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

void bin_cid(char cid[static SL_PIECE_CID_CHARS], const char *path)
{
    char *data = NULL;
    size_t len = 0;
    struct sl_piece_id id;
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 24, NULL), 0);
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, data, len, NULL), 0);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), 0);
    sl_piece_cid(cid, &id);
    sl_piece_hasher_free(hasher);
    free(data);
}

/* ---- JSON lines ---- */

cJSON *bin_lines(const struct sl_buf *text)
{
    cJSON *lines = cJSON_CreateArray();
    assert_true(text->len > 0 && text->data[text->len - 1] == '\n');
    for (char *line = text->data; *line != '\0';) {
        char *end = strchr(line, '\n');
        cJSON *one = cJSON_ParseWithLengthOpts(line, (size_t)(end - line), NULL, 0);
        if (!cJSON_IsObject(one))
            fail_msg("no object: %s", line);
        assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(one, "v")), 1);
        assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(one, "ts"))), 24);
        cJSON_AddItemToArray(lines, one);
        line = end + 1;
    }
    return lines;
}

const char *bin_str(const cJSON *line, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(line, key));
    if (text == NULL)
        fail_msg("no \"%s\"", key);
    return text;
}

int bin_number(const cJSON *line, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(line, key);
    assert_true(cJSON_IsNumber(item));
    return (int)cJSON_GetNumberValue(item);
}

size_t bin_count(const cJSON *lines, const char *type)
{
    size_t n = 0;
    const cJSON *line;
    cJSON_ArrayForEach(line, lines) n += strcmp(bin_str(line, "type"), type) == 0;
    return n;
}

const cJSON *bin_last(const cJSON *lines)
{
    return cJSON_GetArrayItem(lines, cJSON_GetArraySize(lines) - 1);
}

const cJSON *bin_stored(const cJSON *lines, const char *key, const char *path)
{
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(line, key));
        if (strcmp(bin_str(line, "type"), "stored") == 0 && text != NULL && strcmp(text, path) == 0)
            return line;
    }
    fail_msg("no stored line of %s", path);
    return NULL;
}
