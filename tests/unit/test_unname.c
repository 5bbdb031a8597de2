/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* File names in what goes into a bug report. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands/setup/anonymizer.h"
#include "support/test.h"
#include "support/tmp.h"

struct fixture {
    char dir[SL_PATH_BYTES];
    struct sl_anonymizer names;
};

static int setup(void **state)
{
    static const char *const paths[] = {"/m/in a: b.mov", "/m/in", "/m/in a"};
    static struct fixture f;
    const struct sl_clock clock = sl_clock_system();
    struct sl_journal *journal = NULL;
    sl_tmp_make(f.dir);
    sl_anonymizer_init(&f.names, false);
    assert_int_equal(sl_journal_open(&journal, f.dir, SL_JOURNAL_WRITE, &clock, NULL), SL_OK);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct sl_job job = {.state = SL_JOB_QUEUED, .rank = (int64_t)i + 1};
        assert_int_equal(sl_journal_add(journal, &job, paths[i], NULL), SL_OK);
    }
    assert_int_equal(sl_anonymizer_learn(&f.names, journal, NULL), SL_OK);
    sl_journal_close(journal);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    sl_anonymizer_fini(&f->names);
    sl_tmp_remove(f->dir);
    return 0;
}

/* `line`, with ~NAME~ in `want` for the hash of NAME. */
static void expect(const struct fixture *f, const char *line, const char *want)
{
    struct sl_buf got = {0}, all = {0};
    char hash[SL_ANONYMIZER_CHARS];
    sl_anonymizer_line(&got, &f->names, line, strlen(line));
    for (const char *at = want; *at != '\0';) {
        const size_t n = strcspn(at, "~");
        sl_buf_add(&all, at, n);
        at += n;
        if (*at == '\0')
            break;
        const size_t len = strcspn(at + 1, "~");
        sl_anonymizer_hash(hash, &f->names, at + 1, len);
        sl_buf_str(&all, hash);
        at += len + 2;
    }
    assert_string_equal(got.data, all.data);
    sl_buf_free(&got);
    sl_buf_free(&all);
}

static void names_become_hashes_that_keep_the_extension(void **state)
{
    const struct fixture *f = *state;
    char hash[SL_ANONYMIZER_CHARS], again[SL_ANONYMIZER_CHARS];
    static const char *const extensions[][2] = {
        {"/m/film.mov", ".mov"},
        {"/m/film", ""},
        {"/m/.profile", ".profile"},
        {"a.b c", ""},
        {"a.toolonganend", ""},
        {"x.", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        const char *name = extensions[i][0];
        sl_anonymizer_hash(hash, &f->names, name, strlen(name));
        sl_anonymizer_hash(again, &f->names, name, strlen(name));
        assert_string_equal(hash, again);
        assert_int_equal(strspn(hash, "0123456789abcdef"), 8);
        assert_string_equal(hash + 8, extensions[i][1]);
    }
    sl_anonymizer_hash(again, &f->names, "/m/other.mov", strlen("/m/other.mov"));
    sl_anonymizer_hash(hash, &f->names, "/m/film.mov", strlen("/m/film.mov"));
    assert_string_not_equal(hash, again);
}

static void names_are_found_wherever_lines_have_them(void **state)
{
    const struct fixture *f = *state;
    expect(f, "job=1 new -> queued name=/m/x y.mov", "job=1 new -> queued name=~/m/x y.mov~");
    expect(f, "a name=/m/x name=/m/y", "a name=~/m/x name=/m/y~");
    expect(f, "open /m/in a: b.mov: No such file", "open ~/m/in a: b.mov~: No such file");
    expect(f, "open /m/in a, and /m/in", "open ~/m/in a~, and ~/m/in~");
    expect(f, "open /unknown/a: b.mov: No such file", "open ~/unknown/a: b.mov~: No such file");
    expect(f, "/home/me/x.mov", "~/home/me/x.mov~");
    expect(f, "the file '/home/me/x y.mov' is gone", "the file '~/home/me/x y.mov~' is gone");
    expect(f, "{\"path\":\"/home/me/x.mov\"}", "{\"path\":\"~/home/me/x.mov~\"}");
}

static void what_is_no_name_stays(void **state)
{
    static const char *const lines[] = {
        "GET https://sp.example/pdp/ping -> 200",
        "GET http://127.0.0.1:1/.../pdp/piece -> 404",
        "Location: /pdp/piece/uploads/1",
        ("job=1 part=3/8 copies=1/2 tx=0x"
         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        "a / b // c",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect(*state, lines[i], lines[i]);
}

static void long_hex_is_cut_for_names_are_signed_too(void **state)
{
    char line[300] = "{\"extraData\":\"0x";
    memset(line + strlen(line), 'a', 200);
    expect(*state, line, "{\"extraData\":\"0xaaaaaaaaaaaaaaaa...(200 digits)");
}

static void names_stay_when_they_may(void **state)
{
    (void)state;
    struct sl_anonymizer names;
    struct sl_buf out = {0};
    sl_anonymizer_init(&names, true);
    sl_anonymizer_line(&out, &names, "open /m/x name=/m/x", 19);
    assert_string_equal(out.data, "open /m/x name=/m/x");
    sl_buf_free(&out);
    sl_anonymizer_fini(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_become_hashes_that_keep_the_extension, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(names_are_found_wherever_lines_have_them, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_name_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(long_hex_is_cut_for_names_are_signed_too, setup, teardown),
        cmocka_unit_test(names_stay_when_they_may),
    };
    return cmocka_run_group_tests_name("unname", tests, NULL, NULL);
}
