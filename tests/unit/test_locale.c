/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <locale.h>
#include <stdlib.h>

#include "sluice/locale.h"

#include "support/test.h"

static void put(const char *name, const char *value)
{
    assert_int_equal(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

/* Locales that no system has stand for those that this system lacks. */
static void a_locale_that_is_not_installed_becomes_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *ctype, *all;
        bool utf8;
    } rows[] = {
        {"C.UTF-8", NULL, NULL, true},
        {"C", NULL, NULL, false},
        {"C.UTF-8", "POSIX", NULL, false},
        {"C", "UTF-8", NULL, true}, /* over ssh from a Mac */
        {"xx_XX.UTF-8", NULL, NULL, true},
        {"xx_XX.utf8@euro", "", NULL, true},
        {"xx_XX", NULL, NULL, true},
        {"xx_XX.ISO-8859-1", NULL, NULL, false},
        {"C.UTF-8", "xx_XX.KOI8-R", NULL, false},
        {"C", "C", "xx_XX.UTF-8", true},
        {"xx_XX.UTF-8", NULL, "C", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_non_null(setlocale(LC_CTYPE, "C"));
        put("LANG", rows[i].lang);
        put("LC_CTYPE", rows[i].ctype);
        put("LC_ALL", rows[i].all);
        sl_locale_set();
        if (sl_locale_is_utf8() != rows[i].utf8)
            fail_msg("row %zu", i);
    }
}

static void numbers_keep_their_point(void **state)
{
    (void)state;
    put("LC_ALL", "C.UTF-8");
    sl_locale_set();
    assert_string_equal(localeconv()->decimal_point, ".");
    assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_locale_that_is_not_installed_becomes_utf8),
        cmocka_unit_test(numbers_keep_their_point),
    };
    return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
