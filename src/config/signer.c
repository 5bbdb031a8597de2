/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/keystore.h"
#include "sluice/path.h"

void sl_signer_free(struct sl_signer *signer)
{
    sl_key_free(signer->key);
    *signer = (struct sl_signer){0};
}

static bool has_text(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static int key_of_secret(struct sl_key **out, const struct sl_secret *secret, struct sl_err *err)
{
    return sl_key_from_hex(out, (const char *)sl_secret_peek(secret), sl_secret_len(secret), err);
}

void sl_signer_own(struct sl_signer *out, struct sl_key *key)
{
    out->key = key;
    out->address = *sl_key_address(key);
    out->payer = out->address;
}

/* A wallet address beside a private key must be its own: a leftover of another account would
 * otherwise send the questions there and the money from here. */
static int check_address(struct sl_signer *signer, const char *text, struct sl_err *err)
{
    struct sl_address address;
    int rc = sl_address_parse(&address, text, strlen(text), err);
    if (rc < 0) {
        sl_err_ctx(err, "WALLET_ADDRESS");
        return SL_EKEY;
    }
    if (signer->session) {
        signer->payer = address;
        return SL_OK;
    }
    if (sl_address_equal(&address, &signer->payer))
        return SL_OK;
    char own[SL_ADDRESS_CHARS];
    sl_address_text(own, &signer->payer);
    return sl_err_set(err, SL_EKEY,
                      "WALLET_ADDRESS is not the address of PRIVATE_KEY, %s: correct or unset it",
                      own);
}

static int from_env(struct sl_signer *out, const struct sl_key_env *env, const char *where,
                    struct sl_err *err)
{
    if (env == NULL || (env->private_key == NULL && env->session_key == NULL))
        return 0;
    if (env->private_key != NULL && env->session_key != NULL)
        return sl_err_set(err, SL_EKEY, "%s has both PRIVATE_KEY and SESSION_KEY: leave one out",
                          where);
    out->session = env->session_key != NULL;
    const char *name = out->session ? "SESSION_KEY" : "PRIVATE_KEY";
    if (out->session && env->wallet_address[0] == '\0')
        return sl_err_set(err, SL_EKEY,
                          "SESSION_KEY (%s) needs WALLET_ADDRESS, the account that it signs for",
                          where);
    int rc = key_of_secret(&out->key, out->session ? env->session_key : env->private_key, err);
    if (rc < 0) {
        sl_err_ctx(err, "%s (%s)", name, where);
        return rc;
    }
    sl_signer_own(out, out->key);
    if (env->wallet_address[0] != '\0')
        rc = check_address(out, env->wallet_address, err);
    snprintf(out->source, sizeof out->source, "%s (%s)", name, where);
    return rc < 0 ? rc : 1;
}

static int from_key_file(struct sl_signer *out, const char *configured, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    struct sl_secret *text = NULL;
    int rc = sl_path_expand_home(path, configured, err);
    if (rc == SL_OK)
        rc = sl_secret_read_file(&text, path, "key_file", err);
    if (rc < 0)
        return rc;
    rc = key_of_secret(&out->key, text, err);
    sl_secret_free(text);
    if (rc < 0) {
        sl_err_ctx(err, "key_file %s", path);
        return rc;
    }
    sl_signer_own(out, out->key);
    snprintf(out->source, sizeof out->source, "key_file %s", path);
    return 1;
}

static int get_password(struct sl_secret **out, const struct sl_key_sources *sources,
                        const char *path, struct sl_err *err)
{
    if (has_text(sources->password_command))
        return sl_secret_of_command(out, sources->password_command, err);
    if (sources->prompt == NULL)
        return sl_err_set(err, SL_EKEY, "keystore %s needs a password: set password_command", path);
    char question[SL_PATH_BYTES + 32];
    snprintf(question, sizeof question, "Password of %s: ", sl_path_base(path));
    return sources->prompt(sources->prompt_ctx, out, question, err);
}

static int unlock(struct sl_signer *out, const struct sl_key_sources *sources, const char *path,
                  const char *json, size_t len, struct sl_err *err)
{
    struct sl_secret *password = NULL;
    int rc = get_password(&password, sources, path, err);
    if (rc == SL_OK)
        rc = sl_keystore_read(&out->key, json, len, (const char *)sl_secret_peek(password),
                              sl_secret_len(password), err);
    sl_secret_free(password);
    if (rc == SL_OK)
        sl_signer_own(out, out->key);
    return rc;
}

static int from_keystore(struct sl_signer *out, const struct sl_key_sources *sources,
                         struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    char *json = NULL;
    size_t len = 0;
    int rc = sl_path_expand_home(path, sources->keystore, err);
    if (rc == SL_OK)
        rc = sl_file_read(&json, &len, path, SL_KEYSTORE_MAX_BYTES, err);
    if (rc == SL_OK)
        rc = sl_keystore_check(&out->address, json, len, err); /* before a person types in vain */
    if (rc >= 0) {
        out->payer = out->address;
        out->unnamed = rc == 0 && sources->address_only;
        rc = sources->address_only ? SL_OK : unlock(out, sources, path, json, len, err);
    }
    free(json);
    if (rc < 0) {
        sl_err_ctx(err, "keystore %s", path);
        return rc;
    }
    snprintf(out->source, sizeof out->source, "keystore %s", path);
    return 1;
}

int sl_signer_find(struct sl_signer *out, const struct sl_key_sources *sources, struct sl_err *err)
{
    *out = (struct sl_signer){0};
    int rc = from_env(out, sources->environment, "environment", err);
    if (rc == 0)
        rc = from_env(out, sources->dotenv, ".env", err);
    if (rc == 0 && has_text(sources->key_file))
        rc = from_key_file(out, sources->key_file, err);
    if (rc == 0 && has_text(sources->keystore))
        rc = from_keystore(out, sources, err);
    if (rc < 0)
        sl_signer_free(out);
    return rc;
}
