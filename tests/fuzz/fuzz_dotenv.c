/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any text as a .env file, and its first line as a word with the digits of a key in it. */
#include <stdlib.h>
#include <string.h>

#include "config/key_env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool ends(const char *text, size_t cap)
{
    return memchr(text, '\0', cap) != NULL;
}

static void check_seen(const uint8_t *data, size_t size)
{
    char word[256];
    const size_t len = size < sizeof word - 1 ? size : sizeof word - 1;
    memcpy(word, data, len);
    word[len] = '\0';
    const char *digits = sl_config_key_seen(word);
    if (digits == NULL)
        return;
    check(strspn(digits, "0123456789abcdefABCDEF") == SL_KEY_HEX_CHARS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_key_env env;
    struct sl_err err = {0};
    if (size == 0)
        return 0;
    check_seen(data, size);
    const int rc = sl_config_key_env_read_text(&env, "f", (const char *)data, size, &err);
    if (rc < 0) {
        check(err.code == rc && env.private_key == NULL && env.session_key == NULL);
        return 0;
    }
    check(ends(env.wallet_address, sizeof env.wallet_address));
    check(ends(env.rpc_url, sizeof env.rpc_url) && ends(env.network, sizeof env.network));
    check(env.private_key == NULL || sl_secret_len(env.private_key) > 0);
    sl_config_key_env_free(&env);
    return 0;
}
