/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The name that LC_CTYPE comes from: the first of these variables that is not empty. */
static const char *named_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]); /* NOLINT(concurrency-mt-unsafe): no thread yet */
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

/* "de_DE.ISO-8859-1@euro" names one. "de_DE" does not, nor does the bare "UTF-8" of a Mac. */
static bool names_other_charset(const char *locale)
{
    const char *dot = strchr(locale, '.');
    if (dot == NULL)
        return false;
    const size_t len = strcspn(dot + 1, "@");
    return !(len == 5 && strncasecmp(dot + 1, "UTF-8", len) == 0) &&
           !(len == 4 && strncasecmp(dot + 1, "UTF8", len) == 0);
}

void sl_locale_set(void)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): no thread yet */
    if (setlocale(LC_CTYPE, "") == NULL && !names_other_charset(named_locale()))
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    /* NOLINTEND(concurrency-mt-unsafe) */
}

bool sl_locale_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; /* NOLINT(concurrency-mt-unsafe) */
}
