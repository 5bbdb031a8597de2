/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Takes the keys of a URL out of all later log lines. */
#include <string.h>

#include "sluice/log.h"

#include "log/redact.h"

enum { SEGMENT_LEAST_BYTES = 8 };

/* Long, and not a word: "v1" and "calibration" are no secrets. */
static bool is_key(const char *text, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++)
        digits += text[i] >= '0' && text[i] <= '9';
    return len >= SEGMENT_LEAST_BYTES && (digits > 0 || len >= 20);
}

static void hide_keys(const char *text, size_t len)
{
    for (size_t i = 0, n; i < len; i += n + 1) {
        for (n = 0; i + n < len && strchr("/?#&=:", text[i + n]) == NULL;)
            n++;
        if (is_key(text + i, n))
            sl_log_hide(text + i, n);
    }
}

void sl_log_hide_url(const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    const char *at = strrchr(host, '@');
    if (at != NULL)
        hide_keys(host, (size_t)(at - host));
    const char *path = host + strcspn(host, "/?#");
    const size_t path_len = strcspn(path, "?#");
    hide_keys(path, sl_log_shown_from(path, path_len));
    if (strncmp(path + path_len, SL_LOG_KNOWN_QUERY, sizeof SL_LOG_KNOWN_QUERY - 1) != 0)
        hide_keys(path + path_len, strlen(path + path_len));
}
