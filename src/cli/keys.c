/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "say.h"

static struct {
    struct sl_key_env environment;
    struct sl_err err; /* code 0: it was fine */
} taken;

void sl_keys_take(void)
{
    taken.err = (struct sl_err){0};
    (void)!sl_key_env_take(&taken.environment, &taken.err);
}

void sl_keys_forget(void)
{
    sl_key_env_free(&taken.environment);
}

const char *sl_keys_network(void)
{
    return taken.environment.network;
}

static bool is_file(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* Nobody has a file whose name is a key: what exists is a checksum or the like. */
static bool may_stand(const char *word)
{
    const char *equals = strchr(word, '=');
    return strstr(word, "://") != NULL || is_file(word) || (equals != NULL && is_file(equals + 1));
}

int sl_keys_refuse_words(int argc, char **argv, struct sl_err *err)
{
    int found = 0;
    for (int i = 1; i < argc; i++) {
        if (may_stand(argv[i]))
            continue;
        const char *digits = argv[i];
        for (; (digits = sl_key_seen(digits)) != NULL; digits += SL_KEY_HEX_CHARS) {
            sl_wipe(argv[i] + (digits - argv[i]), SL_KEY_HEX_CHARS);
            found = i;
        }
    }
    if (found == 0)
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE,
                      "word %d of the command line looks like a private key: it is in the "
                      "history of the shell now and others could read it. Use another key, and "
                      "give it with key_file, keystore or PRIVATE_KEY",
                      found);
}

/* Of a source that was named, everything that is wrong is wrong with the key. */
static int as_key_error(int rc, struct sl_err *err)
{
    if (rc >= 0 || rc == SL_ENOMEM)
        return rc;
    if (err != NULL)
        err->code = SL_EKEY;
    return SL_EKEY;
}

static int find(struct sl_signer *signer, const struct sl_key_env *dotenv,
                const struct sl_config *config, enum sl_keys_for what, struct sl_err *err)
{
    struct sl_key_sources sources = {
        .environment = &taken.environment,
        .dotenv = dotenv,
        .key_file = config->key_file,
        .keystore = what != SL_KEYS_IMPORT ? config->keystore : NULL,
        .password_command = config->password_command,
        .prompt = sl_prompt_terminal,
        .address_only = what == SL_KEYS_ADDRESS || what == SL_KEYS_LOOK,
    };
    int rc = sl_signer_find(signer, &sources, err);
    if (rc == 1 && signer->unnamed && what == SL_KEYS_ADDRESS) {
        sl_say("%s does not name its address: its password is needed to know it", signer->source);
        sources.address_only = false;
        rc = sl_signer_find(signer, &sources, err);
    }
    if (rc == 1 && dotenv->exposed)
        sl_say("warning: others can read the key in .env: type chmod 600 .env");
    return rc;
}

int sl_keys_find(struct sl_signer *signer, const struct sl_config *config, enum sl_keys_for what,
                 struct sl_err *err)
{
    struct sl_key_env dotenv;
    *signer = (struct sl_signer){0};
    if (taken.err.code != SL_OK) {
        if (err != NULL)
            *err = taken.err;
        return as_key_error(taken.err.code, err);
    }
    int rc = sl_key_env_read_file(&dotenv, ".env", err);
    if (rc >= 0)
        rc = find(signer, &dotenv, config, what, err);
    sl_key_env_free(&dotenv);
    return as_key_error(rc, err);
}

int sl_keys_rpc_url(char *out, size_t cap, struct sl_err *err)
{
    struct sl_key_env dotenv = {0};
    const char *url = taken.environment.rpc_url;
    int rc = SL_OK;
    if (url[0] == '\0') {
        rc = sl_key_env_read_file(&dotenv, ".env", err);
        url = dotenv.rpc_url;
    }
    if (rc >= 0) {
        rc = url[0] != '\0';
        if (snprintf(out, cap, "%s", url) >= (int)cap)
            rc = sl_err_set(err, SL_ECONFIG, "RPC_URL is too long");
    }
    sl_key_env_free(&dotenv);
    return rc;
}
