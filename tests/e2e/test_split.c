/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice, killed while it uploads a file in parts, and started again. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/http.h"

#include "binary_kit.h"
#include "engine/rig.h"

enum { SHARD = 127 << 10, PARTS = 24, KILLS = 2, MOST_PUTS = PARTS + PARTS / 4 };

/* Requests that the rule number `at` has hit. */
static int hits(struct rig *rig, int at)
{
    char url[SL_URL_BYTES];
    struct sl_err err = {0};
    struct sl_http *http = NULL;
    struct sl_http_response response = {0};
    snprintf(url, sizeof url, "%s/fault", rig->url);
    const struct sl_http_request request = {.method = "GET", .url = url};
    assert_int_equal(sl_http_new(&http, &(struct sl_http_options){0}, &err), SL_OK);
    if (sl_http_perform(http, &request, &response, &err) < 0)
        fail_msg("%s", err.text);
    cJSON *rules = cJSON_ParseWithLength(response.body.data, response.body.len);
    const int count = bin_number(cJSON_GetArrayItem(rules, at), "hits");
    cJSON_Delete(rules);
    sl_http_response_free(&response);
    sl_http_free(http);
    return count;
}

/* Reads lines until `parts` of them tell of a stored part. */
static void read_parts(int fd, int parts)
{
    char line[4096];
    size_t len = 0;
    while (parts > 0) {
        assert_true(len + 1 < sizeof line);
        assert_int_equal(read(fd, line + len, 1), 1);
        if (line[len] != '\n') {
            len++;
            continue;
        }
        line[len] = '\0';
        len = 0;
        parts -= strstr(line, "\"part\":") != NULL;
    }
}

static void kill_in_the_middle(struct rig *rig, const char *path)
{
    struct sl_child child;
    struct sl_ran ran;
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("upload", "--json", "--split", "131072", "--network", "none",
                           "--provider-url", rig->url, path));
    read_parts(child.out, 5);
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, 1000 + SIGKILL);
    sl_ran_free(&ran);
}

static void a_file_in_parts_survives_kills_and_nothing_is_sent_twice(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    rig_provider(rig);
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':2000000}");
    bin_file(path, "film.mkv", (uint64_t)PARTS * SHARD - 77, 1);
    bin_cid(cid, path);
    for (int i = 0; i < KILLS; i++)
        kill_in_the_middle(rig, path);
    RUN(&ran, "upload", "--json", "--split", "131072", "--network", "none", "--provider-url",
        rig->url, path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *whole = NULL;
    const cJSON *line = NULL;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "stored") == 0 &&
            cJSON_GetObjectItem(line, "part") == NULL)
            whole = line;
    }
    assert_non_null(whole);
    assert_string_equal(bin_str(whole, "pieceCid"), cid);
    assert_int_equal(bin_number(whole, "parts"), PARTS);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    /* a part is the most that a request carried: at most 1.25 times the file in all */
    assert_in_range(hits(rig, 0), PARTS, MOST_PUTS);
    assert_int_equal(rig_provider_files(rig, "pieces"), PARTS);

    RUN(&ran, "status", "1");
    bin_assert_says(&ran.out, "24 of 24 stored");
    bin_assert_says(&ran.out, "  3/24 ");
    sl_ran_free(&ran);
    rig_free(rig);
}

static void sizes_that_are_none_are_refused(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 5000, 1);
    REFUSED(SL_EXIT_USAGE, "130048", "upload", "--split", "130047", path);
    REFUSED(SL_EXIT_USAGE, "neither auto, never nor a size", "upload", "--split", "often", path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BIN_TEST(a_file_in_parts_survives_kills_and_nothing_is_sent_twice),
        BIN_TEST(sizes_that_are_none_are_refused),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
