/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any text: refused, or printed and read back to the same options. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "config/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_config config;
    if (sl_config_defaults(&config, NULL) < 0)
        return 0;
    struct sl_err err = {0};
    struct sl_buf keys = {0};
    const int rc = sl_config_read_text(&config, "f", (const char *)data, size, &keys, &err);
    assert(rc == SL_OK || (err.code == rc && err.text[0] != '\0'));
    assert(rc == SL_OK || keys.len == 0);
    struct sl_buf out = {0};
    sl_config_print(&out, &config, false);
    assert(out.failed == SL_OK);
    sl_buf_free(&out);
    sl_buf_free(&keys);
    sl_config_free(&config);
    return 0;
}
