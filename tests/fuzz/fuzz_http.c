/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Any bytes as a base URL and a reference, as a Retry-After, and as the head of an answer, line by
 * line. What is taken keeps the base's origin, its buffers and its ranges.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "net/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void resolve(const char *base, const char *reference)
{
    char url[300];
    const int rc = sl_url_resolve(url, sizeof url, base, reference, NULL);
    check(rc == 0 || rc == SL_EFORMAT || rc == SL_EOVERFLOW);
    if (rc < 0)
        return;
    const size_t scheme = (size_t)(strstr(base, "://") - base) + 3;
    const size_t origin = scheme + strcspn(base + scheme, "/?#");
    check(strncmp(url, base, origin) == 0 && url[origin] == '/');
    if (strstr(base + origin, "/../") == NULL && strchr(reference, '?') == NULL)
        check(strstr(url + origin, "/../") == NULL);
    for (const char *c = url; *c != '\0'; c++)
        check(*c > ' ' && *c <= '~');
}

static void read_head(const char *text, size_t len)
{
    struct sl_http_head head = {0};
    struct sl_http_response response = {0};
    const char *end = text + len;
    sl_http_response_reset(&response);
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const size_t n = newline != NULL ? (size_t)(newline - text) + 1 : (size_t)(end - text);
        const int rc = sl_http_head_line(&head, &response, text, n, 0, NULL);
        check(rc == 0 || rc == SL_EPROTO);
        if (rc < 0)
            break;
        check(head.status == 0 || (head.status >= 100 && head.status <= 599));
        check(response.retry_after_ms >= -1 && response.retry_after_ms <= 3600000);
        check(memchr(response.location, '\0', sizeof response.location) != NULL);
        text += n;
    }
    sl_http_response_free(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    check(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const size_t first = strlen(text);
    resolve(text, first < size ? text + first + 1 : "");
    resolve("https://h/a/", text);
    const int64_t wait_ms = sl_http_retry_after_ms(text, INT64_C(1700000000000));
    check(wait_ms >= -1 && wait_ms <= 3600000);
    read_head(text, size);
    free(text);
    return 0;
}
