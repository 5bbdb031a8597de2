/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A manifest of anybody: what is taken from it stays below the folder, and is a file or none. */
#include <stdlib.h>
#include <string.h>

#include "sluice/copies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sl_manifest manifest;
    const int rc = sl_manifest_parse(&manifest, (const char *)data, len, NULL);
    for (size_t i = 0; rc == SL_OK && i < manifest.count; i++) {
        struct sl_wanted wanted;
        const char *name = manifest.files[i].name;
        if (!sl_copies_name_is_below(name) || name[0] == '/' || strncmp(name, "../", 3) == 0 ||
            strstr(name, "/../") != NULL)
            abort();
        if (sl_copies_file(&wanted, &manifest.copies, &manifest.files[i].whole, NULL) == 1) {
            if (sl_fetch_check_parts(&wanted.file, NULL) < 0)
                abort();
            sl_wanted_free(&wanted);
        }
    }
    sl_manifest_free(&manifest);
    return 0;
}
