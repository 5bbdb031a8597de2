/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: explicit placement options for content that is stored already. */
#include <stdio.h>
#include <string.h>

#include "served.h"

#define QUICK "--hold", "100ms", "--network-epoch", "100ms", "--copies", "1"

/* One run's lines. */
struct run {
    cJSON *lines;
    const cJSON *confirmed;
    const cJSON *summary;
};

static struct run run_of(cJSON *lines)
{
    struct run run = {.lines = lines};
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "confirmed") == 0)
            run.confirmed = line;
        if (strcmp(bin_str(line, "type"), "summary") == 0)
            run.summary = line;
    }
    assert_non_null(run.confirmed);
    assert_non_null(run.summary);
    return run;
}

#define UPLOAD(...) run_of(LINES("upload", QUICK, __VA_ARGS__))

static bool has_paid(const struct run *run)
{
    return strcmp(bin_str(run->summary, "fees"), "0") != 0;
}

static bool is_in(const struct run *run, const char *key, int id)
{
    const cJSON *copy;
    cJSON_ArrayForEach(copy, cJSON_GetObjectItem(run->confirmed, "copies"))
    {
        if (bin_number(copy, key) == id)
            return true;
    }
    return false;
}

static void end(struct run *run)
{
    cJSON_Delete(run->lines);
}

/* The copy is paid for once and then known; no bytes are sent for it. */
static void placed_once(const char *path, int data_set, const char *option, const char *value)
{
    struct run run = UPLOAD(path, option, value);
    assert_true(has_paid(&run));
    assert_true(is_in(&run, "dataSetId", data_set));
    assert_int_equal(bin_number(run.summary, "uploadedBytes"), 0);
    end(&run);
    run = UPLOAD(path, option, value);
    assert_false(has_paid(&run));
    assert_int_equal(bin_number(run.summary, "alreadyStored"), 1);
    end(&run);
}

static void each_option_places_what_is_stored_elsewhere_once(void **state)
{
    (void)state;
    char a[SL_PATH_BYTES], b[SL_PATH_BYTES];
    bin_file(a, "a.mkv", 5000, 1);
    bin_file(b, "b.mkv", 5000, 1); /* with the same content */
    struct run run = UPLOAD(a);
    assert_true(has_paid(&run));
    end(&run);
    run = UPLOAD(b); /* no explicit option */
    assert_false(has_paid(&run));
    end(&run);
    placed_once(b, 2, "--metadata", "project=film");
    placed_once(a, 3, "--source", "archive");
    run = UPLOAD(a, "--data-set", "1"); /* its present place */
    assert_false(has_paid(&run));
    end(&run);
    placed_once(a, 4, "--with-cdn", "--json");
    run = UPLOAD(b, "--with-cdn", "--metadata", "project=film");
    assert_true(has_paid(&run)); /* no data set matches both */
    assert_true(is_in(&run, "dataSetId", 5));
    end(&run);
    run = UPLOAD(b);
    assert_false(has_paid(&run));
    end(&run);
}

static void a_named_provider_gets_a_copy_of_its_own(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a.mkv", 5000, 1);
    struct run run = UPLOAD(path);
    end(&run);
    run = UPLOAD(path, "--provider", "2");
    assert_true(has_paid(&run));
    assert_true(is_in(&run, "providerId", 2));
    end(&run);
    run = UPLOAD(path, "--provider", "2");
    assert_false(has_paid(&run));
    end(&run);
    run = UPLOAD(path, "--provider", "1", "--force");
    assert_false(has_paid(&run));
    end(&run);
}

static void parts_are_placed_as_asked_too(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 3 * 130048 - 5, 1);
    struct run run = UPLOAD("--split", "130048", path);
    end(&run);
    run = UPLOAD("--split", "130048", "--with-cdn", path);
    assert_true(has_paid(&run));
    assert_int_equal(bin_number(run.summary, "uploadedBytes"), 0);
    end(&run);
    run = UPLOAD("--split", "130048", "--with-cdn", path);
    assert_false(has_paid(&run));
    end(&run);
}

static void equal_files_are_paid_for_once(void **state)
{
    (void)state;
    char a[SL_PATH_BYTES], b[SL_PATH_BYTES];
    bin_file(a, "a.mkv", 5000, 1);
    bin_file(b, "b.mkv", 5000, 1);
    struct run run = UPLOAD("--force", a, b);
    assert_true(has_paid(&run));
    end(&run);
    cJSON *lines = LINES("pieces", "1");
    assert_int_equal(bin_count(lines, "piece"), 1);
    cJSON_Delete(lines);
    run = UPLOAD("--force", a, b);
    assert_false(has_paid(&run));
    end(&run);
    run = UPLOAD("--force", "--source", "archive", a, b);
    assert_true(has_paid(&run));
    end(&run);
    lines = LINES("pieces", "2");
    assert_int_equal(bin_count(lines, "piece"), 1);
    cJSON_Delete(lines);
}

static void a_new_data_set_is_told_when_one_was_made(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "a.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "", "created data set 1 at http", "upload", QUICK, path);
    RUN(&ran, "upload", QUICK, path);
    assert_null(strstr(ran.err.data, "created data set"));
    sl_ran_free(&ran);
    RUN(&ran, "upload", QUICK, "--source", "archive", "--max-spend", "0", path);
    assert_null(strstr(ran.err.data, "created data set"));
    sl_ran_free(&ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(each_option_places_what_is_stored_elsewhere_once),
        SERVED_TEST(a_named_provider_gets_a_copy_of_its_own),
        SERVED_TEST(parts_are_placed_as_asked_too),
        SERVED_TEST(equal_files_are_paid_for_once),
        SERVED_TEST(a_new_data_set_is_told_when_one_was_made),
    };
    return cmocka_run_group_tests_name("placed", tests, NULL, NULL);
}
