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

enum { DOTENV_BYTES = 65536, KEY_TEXT_BYTES = 256 };

static const char *const names[] = {"PRIVATE_KEY", "SESSION_KEY", "WALLET_ADDRESS", "RPC_URL",
                                    "NETWORK"};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

void sl_key_env_free(struct sl_key_env *env)
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

static int keep(struct sl_key_env *env, size_t name, const char *value, size_t len,
                struct sl_err *err)
{
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

int sl_key_env_take(struct sl_key_env *out, struct sl_err *err)
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
        sl_key_env_free(out);
    return rc;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The value behind '=': quotes taken off, or white space and a comment behind it cut. */
static bool trim_value(const char **value, size_t *len)
{
    const char *at = *value;
    const char *end = at + *len;
    while (at < end && is_blank(*at))
        at++;
    if (at < end && (*at == '"' || *at == '\'')) {
        const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
        if (close == NULL)
            return false;
        *value = at + 1;
        *len = (size_t)(close - at - 1);
        return true;
    }
    for (const char *mark = at; mark < end; mark++) {
        if (*mark == '#' && (mark == at || is_blank(mark[-1])))
            end = mark;
    }
    while (end > at && is_blank(end[-1]))
        end--;
    *value = at;
    *len = (size_t)(end - at);
    return true;
}

static int read_line(struct sl_key_env *env, const char *line, size_t len, struct sl_err *err)
{
    while (len > 0 && is_blank(*line)) {
        line++;
        len--;
    }
    if (len > 7 && memcmp(line, "export ", 7) == 0) {
        line += 7;
        len -= 7;
    }
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const size_t name_len = strlen(names[i]);
        if (len <= name_len || memcmp(line, names[i], name_len) != 0)
            continue;
        const char *value = line + name_len;
        while (value < line + len && is_blank(*value))
            value++;
        if (value == line + len || *value != '=')
            continue;
        value++;
        size_t value_len = (size_t)(line + len - value);
        if (!trim_value(&value, &value_len))
            return sl_err_set(err, SL_EFORMAT, "%s: the quote is not closed", names[i]);
        return keep(env, i, value, value_len, err);
    }
    return SL_OK;
}

static bool others_can_read(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

int sl_key_env_read_text(struct sl_key_env *out, const char *name, const char *text, size_t len,
                         struct sl_err *err)
{
    int rc = SL_OK;
    unsigned number = 1;
    *out = (struct sl_key_env){0};
    for (const char *line = text; rc == SL_OK && line < text + len; number++) {
        const char *end = memchr(line, '\n', (size_t)(text + len - line));
        if (end == NULL)
            end = text + len;
        rc = read_line(out, line, (size_t)(end - line), err);
        if (rc < 0)
            sl_err_ctx(err, "%s:%u", name, number);
        line = end + 1;
    }
    if (rc < 0)
        sl_key_env_free(out);
    return rc;
}

int sl_key_env_read_file(struct sl_key_env *out, const char *path, struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    *out = (struct sl_key_env){0};
    int rc = sl_file_read(&text, &len, path, DOTENV_BYTES, err);
    if (rc == SL_ENOENT)
        return 0;
    if (rc < 0)
        return rc;
    rc = sl_key_env_read_text(out, path, text, len, err);
    sl_wipe(text, len);
    free(text);
    if (rc < 0)
        return rc;
    out->exposed = (out->private_key != NULL || out->session_key != NULL) && others_can_read(path);
    return 1;
}
