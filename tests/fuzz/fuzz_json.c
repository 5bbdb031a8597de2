/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes as JSON: refused, or a tree that, written out and read again, gives the same text. */
#include <stdlib.h>
#include <string.h>

#include "sluice/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* Depth is capped by the parser. NOLINTNEXTLINE(misc-no-recursion) */
static void write_out(struct sl_jw *w, const char *key, const struct sl_json *value)
{
    bool flag = false;
    double number = 0;
    if (sl_json_is_object(value) || sl_json_is_array(value)) {
        const bool object = sl_json_is_object(value);
        (object ? sl_jw_object : sl_jw_array)(w, key);
        size_t count = 0;
        for (const struct sl_json *item = sl_json_first(value); item != NULL;
             item = sl_json_next(item), count++) {
            check(!object || sl_json_get(value, sl_json_key(item)) == item); /* no duplicates */
            write_out(w, sl_json_key(item), item);
        }
        check(count == sl_json_count(value));
        (object ? sl_jw_end_object : sl_jw_end_array)(w);
    } else if (sl_json_str(value) != NULL) {
        sl_jw_str(w, key, sl_json_str(value));
    } else if (sl_json_bool(value, &flag)) {
        sl_jw_bool(w, key, flag);
    } else if (sl_json_double(value, &number)) {
        sl_jw_double(w, key, number);
    } else {
        sl_jw_null(w, key);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_json *root = NULL;
    struct sl_err err = {0};
    const int rc = sl_json_parse(&root, (const char *)data, size, &err);
    check(rc == 0 || (rc == SL_EFORMAT && err.text[0] != '\0' && root == NULL));
    if (rc < 0)
        return 0;
    struct sl_jw first = {0};
    struct sl_jw second = {0};
    write_out(&first, NULL, root);
    check(first.buf.failed == 0);
    sl_json_free(root);
    /* Two keys may become one when invalid UTF-8 is replaced: then the text is refused. */
    if (sl_json_parse(&root, first.buf.data, first.buf.len, NULL) == 0) {
        write_out(&second, NULL, root);
        check(second.buf.len == first.buf.len &&
              memcmp(first.buf.data, second.buf.data, first.buf.len) == 0);
        sl_json_free(root);
    }
    sl_jw_free(&first);
    sl_jw_free(&second);
    return 0;
}
