/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any text as a keystore, up to where the password would be used. */
#include <stdint.h>
#include <stdio.h>

#include "sluice/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A good file but for what stands in the settings of its key derivation. */
static void check_settings(const char *kdf, const uint8_t *data, size_t size)
{
    char text[2048];
    struct sl_address address;
    const int n = snprintf(
        text, sizeof text,
        "{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
        "\"13c20dbf78087054deffbc26dda53706\"},\"ciphertext\":"
        "\"d6c9be470ec22198f0450262f7f0f66ff03a5d7117b29b929832164fef4ae061\",\"mac\":"
        "\"812c744806f3362ed66a3dc697024773cd331598df603c32bf6bfa5be9938224\",\"kdf\":\"%s\","
        "\"kdfparams\":{\"dklen\":32,\"salt\":\"aa\",%.*s}}}",
        kdf, (int)size, (const char *)data);
    if (n > 0 && (size_t)n < sizeof text)
        (void)(sl_keystore_check(&address, text, (size_t)n, NULL) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_address address;
    (void)(sl_keystore_check(&address, (const char *)data, size, NULL) == 1);
    check_settings("scrypt", data, size);
    check_settings("pbkdf2", data, size);
    return 0;
}
