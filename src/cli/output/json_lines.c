/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/json_lines.h"

#include <string.h>

#include "sluice/base64.h"
#include "sluice/text.h"

static bool summed_up; /* used only by the thread that owns stdout */

bool sl_cli_json_has_summary(void)
{
    return summed_up;
}

void sl_cli_json_begin(struct sl_jw *w, const char *type, const struct sl_clock *clock)
{
    summed_up = summed_up || strcmp(type, "summary") == 0;
    sl_jw_object(w, NULL);
    sl_jw_u64(w, "v", 1);
    sl_cli_json_time(w, "ts", sl_wall_ms(clock));
    sl_jw_str(w, "type", type);
}

void sl_cli_json_path(struct sl_jw *w, const char *path)
{
    sl_jw_str(w, "path", path);
    if (sl_text_is_utf8(path))
        return;
    struct sl_buf bytes = {0};
    sl_base64_encode(&bytes, path, strlen(path));
    sl_jw_str(w, "pathBase64", bytes.data);
    if (bytes.failed < 0)
        w->buf.failed = bytes.failed;
    sl_buf_free(&bytes);
}

void sl_cli_json_time(struct sl_jw *w, const char *key, int64_t wall_ms)
{
    char text[SL_RFC3339_CHARS];
    if (wall_ms == 0)
        return;
    sl_rfc3339(text, wall_ms);
    sl_jw_str(w, key, text);
}

void sl_cli_json_end(struct sl_jw *w)
{
    sl_jw_end_object(w);
    sl_buf_str(&w->buf, "\n");
}

void sl_cli_json_amount(struct sl_jw *w, const char *key, struct sl_u256 value)
{
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, value);
    sl_jw_str(w, key, text);
}

void sl_cli_json_u256(struct sl_jw *w, const char *key, struct sl_u256 value)
{
    uint64_t small;
    if (sl_u256_to_u64(&small, value))
        sl_jw_u64(w, key, small);
    else
        sl_cli_json_amount(w, key, value);
}

void sl_cli_json_metadata(struct sl_jw *w, const struct sl_metadata *entries, size_t count)
{
    sl_jw_object(w, "metadata");
    for (size_t i = 0; i < count; i++)
        sl_jw_str(w, entries[i].key, entries[i].value);
    sl_jw_end_object(w);
}
