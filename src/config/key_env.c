/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Keys and friends in the environment and in .env. */
#include "key_env.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/path.h"
#include "sluice/signer.h"
#include "sluice/trust.h"

#include "dotenv.h"

enum { DOTENV_BYTES = 65536, KEY_TEXT_BYTES = 256, VALUE_BYTES = 1024 };

static const char *const names[] = {"PRIVATE_KEY", "SESSION_KEY", "WALLET_ADDRESS", "RPC_URL",
                                    "NETWORK"};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

void sl_config_key_env_free(struct sl_key_env *env)
{
    sl_secret_free(env->private_key);
    sl_secret_free(env->session_key);
    *env = (struct sl_key_env){0};
}

static int keep_secret(struct sl_secret **slot, const char *value, size_t len, const char *name,
                       struct sl_err *err)
{
    if (len == 0)
        return SL_OK; /* PRIVATE_KEY= is none */
    if (len > KEY_TEXT_BYTES)
        return sl_err_set(err, SL_EFORMAT, "%s is too long for a key", name);
    sl_secret_free(*slot);
    *slot = NULL;
    return sl_secret_copy(slot, value, len, err);
}

static int keep_text(char *slot, size_t cap, const char *value, size_t len, const char *name,
                     struct sl_err *err)
{
    if (len >= cap)
        return sl_err_set(err, SL_EFORMAT, "%s is longer than %zu characters", name, cap - 1);
    memcpy(slot, value, len);
    slot[len] = '\0';
    return SL_OK;
}

/* White space at both ends comes from files, from copying, and from secrets mounted in containers.
 */
static int keep(struct sl_key_env *env, size_t name, const char *value, size_t len,
                struct sl_err *err)
{
    while (len > 0 && isspace((unsigned char)value[len - 1]))
        len--;
    for (; len > 0 && isspace((unsigned char)value[0]); len--)
        value++;
    switch (name) {
    case 0:
        return keep_secret(&env->private_key, value, len, names[name], err);
    case 1:
        return keep_secret(&env->session_key, value, len, names[name], err);
    case 2:
        return keep_text(env->wallet_address, sizeof env->wallet_address, value, len, names[name],
                         err);
    case 3:
        return keep_text(env->rpc_url, sizeof env->rpc_url, value, len, names[name], err);
    default:
        return keep_text(env->network, sizeof env->network, value, len, names[name], err);
    }
}

int sl_config_key_env_take(struct sl_key_env *out, struct sl_err *err)
{
    int rc = SL_OK;
    *out = (struct sl_key_env){0};
    for (size_t i = 0; i < NAME_COUNT; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): before threads */
        char *value = getenv(names[i]);
        if (value == NULL)
            continue;
        const size_t len = strlen(value);
        if (rc == SL_OK)
            rc = keep(out, i, value, len, err);
        sl_wipe(value, len); /* the process's own copy: /proc/PID/environ shows it */
        unsetenv(names[i]);  /* NOLINT(concurrency-mt-unsafe): before threads */
    }
    if (rc < 0)
        sl_config_key_env_free(out);
    return rc;
}

/* Replace the escapes that count between double quotes. The caller wipes the bytes. */
static size_t unescape(char *out, const char *value, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        const bool escaped = value[i] == '\\' && i + 1 < len;
        const bool is_end = escaped && (value[i + 1] == 'n' || value[i + 1] == 'r');
        out[n] = value[i];
        if (is_end && value[i + 1] == 'n')
            out[n] = '\n';
        else if (is_end)
            out[n] = '\r';
        i += is_end ? 1 : 0;
        n++;
    }
    return n;
}

static int take_entry(struct sl_key_env *env, const struct sl_dotenv_entry *entry,
                      struct sl_err *err)
{
    char plain[VALUE_BYTES];
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (entry->name_len != strlen(names[i]) ||
            memcmp(entry->name, names[i], entry->name_len) != 0)
            continue;
        if (entry->unclosed)
            return sl_err_set(err, SL_EFORMAT, "%s: the quote is not closed", names[i]);
        if (entry->quote != '"' || entry->value_len > sizeof plain)
            return keep(env, i, entry->value, entry->value_len, err);
        const size_t len = unescape(plain, entry->value, entry->value_len);
        const int rc = keep(env, i, plain, len, err);
        sl_wipe(plain, sizeof plain);
        return rc;
    }
    return SL_OK;
}

/* Some Windows editors write UTF-16; no name would be found in it. */
static bool is_utf16(const char *text, size_t len)
{
    return len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
}

static bool others_can_read(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

int sl_config_key_env_read_text(struct sl_key_env *out, const char *name, const char *text,
                                size_t len, struct sl_err *err)
{
    int rc = SL_OK;
    struct sl_dotenv at;
    struct sl_dotenv_entry entry;
    *out = (struct sl_key_env){0};
    if (is_utf16(text, len))
        return sl_err_set(err, SL_EFORMAT, "%s is UTF-16: save it as UTF-8", name);
    sl_dotenv_begin(&at, text, len);
    while (rc == SL_OK && sl_dotenv_next(&at, &entry)) {
        rc = take_entry(out, &entry, err);
        if (rc < 0)
            sl_err_ctx(err, "%s:%u", name, entry.line);
    }
    if (rc < 0)
        sl_config_key_env_free(out);
    return rc;
}

static bool has_key(const struct sl_key_env *env)
{
    return env->private_key != NULL || env->session_key != NULL;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Ignore the file's content, but report that the file exists. */
static int pass_over(struct sl_key_env *env, bool hides_key, const struct sl_err *why)
{
    sl_config_key_env_free(env);
    env->hides_key = hides_key;
    snprintf(env->passed_over, sizeof env->passed_over, "%s", why->text);
    return 1;
}

static int judge(struct sl_key_env *env, const char *path, const struct sl_distrust *distrust,
                 int parsed)
{
    struct sl_err why = {0};
    const bool hides_key = parsed < 0 || has_key(env);
    const bool says_more = env->rpc_url[0] != '\0' || env->network[0] != '\0';
    (void)sl_distrust_err(&why, "file", path, distrust);
    if (hides_key || says_more)
        return pass_over(env, hides_key, &why);
    sl_config_key_env_free(env);
    return 1;
}

int sl_config_key_env_read_file(struct sl_key_env *out, const char *path, struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    struct sl_distrust distrust;
    struct sl_err why = {0};
    *out = (struct sl_key_env){0};
    int rc = sl_file_read_judged(&text, &len, &distrust, path, DOTENV_BYTES, &why);
    if (rc == SL_ENOENT || (rc == SL_EFILETYPE && is_folder(path)))
        return 0; /* a folder of this name is a Python virtual environment */
    if (rc < 0 && rc != SL_ENOMEM)
        return pass_over(out, true, &why);
    if (rc == SL_OK)
        rc = sl_config_key_env_read_text(out, path, text, len, &why);
    if (text != NULL)
        sl_wipe(text, len);
    free(text);
    if (rc != SL_ENOMEM && distrust.why != SL_TRUSTED)
        return judge(out, path, &distrust, rc);
    if (rc < 0) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    out->exposed = has_key(out) && others_can_read(path);
    return 1;
}
