/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output/output.h"

static struct {
    struct sl_key_env environment;
    struct sl_err err; /* code 0: it was fine */
} taken;

void sl_keys_read_env(void)
{
    taken.err = (struct sl_err){0};
    (void)!sl_config_key_env_take(&taken.environment, &taken.err);
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* A file name is not a private key: such digits are a checksum or the like. */
static bool is_harmless(const char *word)
{
    const char *equals = strchr(word, '=');
    return strstr(word, "://") != NULL || exists(word) || (equals != NULL && exists(equals + 1));
}

int sl_keys_refuse_arguments(int argc, char **argv, struct sl_err *err)
{
    int found = 0;
    for (int i = 1; i < argc; i++) {
        if (is_harmless(argv[i]))
            continue;
        const char *digits = argv[i];
        for (; (digits = sl_config_key_seen(digits)) != NULL; digits += SL_KEY_HEX_CHARS) {
            sl_wipe(argv[i] + (digits - argv[i]), SL_KEY_HEX_CHARS);
            found = i;
        }
    }
    if (found == 0)
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE,
                      "argument %d looks like a private key. It is in the shell's history now, "
                      "and others could have read it. Use another key, and set it with "
                      "key_file, keystore or PRIVATE_KEY",
                      found);
}

/* Any fault of a named source is a fault of the key. */
static int as_key_error(int rc, struct sl_err *err)
{
    if (rc >= 0 || rc == SL_ENOMEM)
        return rc;
    if (err != NULL)
        err->code = SL_EKEY;
    return SL_EKEY;
}

/* ---- .env ---- */

/* Read once, on first use. */
static struct {
    struct sl_key_env env;
    struct sl_err err; /* code 0: it was fine */
    bool read;
    bool warned; /* the user has been told that it was passed over */
} dotenv;

static int read_dotenv(struct sl_err *err)
{
    if (!dotenv.read)
        (void)!sl_config_key_env_read_file(&dotenv.env, ".env", &dotenv.err);
    dotenv.read = true;
    if (dotenv.err.code != SL_OK) {
        if (err != NULL)
            *err = dotenv.err;
        return dotenv.err.code;
    }
    if (dotenv.env.passed_over[0] != '\0' && !dotenv.warned)
        sl_notice("%s", dotenv.env.passed_over);
    dotenv.warned = true;
    return SL_OK;
}

/* ---- finding ---- */

static struct sl_key_sources sources_of(const struct sl_config *config, enum sl_keys_for what)
{
    const bool import = what == SL_KEYS_IMPORT;
    return (struct sl_key_sources){
        .key_file = config->key_file,
        .keystore = import ? NULL : config->keystore,
        .key_file_from = sl_config_origin(config, "key_file"),
        .keystore_from = sl_config_origin(config, "keystore"),
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing sets it */
        .eth_keystore = import ? NULL : getenv("ETH_KEYSTORE"),
        .environment = &taken.environment,
        .dotenv = &dotenv.env,
        .password_command = config->password_command,
        .prompt = sl_prompt_terminal,
        .address_only = what == SL_KEYS_ADDRESS || what == SL_KEYS_LOOK,
    };
}

void sl_keys_forget(void)
{
    sl_config_key_env_free(&taken.environment);
    sl_config_key_env_free(&dotenv.env);
    dotenv.err = (struct sl_err){0};
    dotenv.read = false;
    dotenv.warned = false;
}

const char *sl_keys_network(bool *in_dotenv)
{
    *in_dotenv = taken.environment.network[0] == '\0' && dotenv.env.network[0] != '\0';
    return *in_dotenv ? dotenv.env.network : taken.environment.network;
}

static int find(struct sl_signer *signer, const struct sl_config *config, enum sl_keys_for what,
                struct sl_err *err)
{
    struct sl_key_sources sources = sources_of(config, what);
    int rc = sl_signer_find(signer, &sources, err);
    if (rc == 1 && signer->unnamed && what == SL_KEYS_ADDRESS) {
        sl_notice("%s does not name its address; its password is needed to find it",
                  signer->source);
        sources.address_only = false;
        rc = sl_signer_find(signer, &sources, err);
    }
    if (rc == 1 && dotenv.env.exposed)
        sl_notice("warning: others can read the key in .env; run `chmod 600 .env`");
    if (rc == 1 && signer->note[0] != '\0')
        sl_notice("%s", signer->note);
    return rc;
}

/* Read the sources that every search uses. */
static int read_sources(struct sl_err *err)
{
    if (taken.err.code == SL_OK)
        return read_dotenv(err);
    if (err != NULL)
        *err = taken.err;
    return taken.err.code;
}

int sl_keys_find(struct sl_signer *signer, const struct sl_config *config, enum sl_keys_for what,
                 struct sl_err *err)
{
    *signer = (struct sl_signer){0};
    int rc = read_sources(err);
    if (rc == SL_OK)
        rc = find(signer, config, what, err);
    return as_key_error(rc, err);
}

int sl_keys_named(const struct sl_config *config, struct sl_err *err)
{
    const struct sl_key_sources sources = sources_of(config, SL_KEYS_SIGN);
    int rc = read_sources(err);
    if (rc == SL_OK)
        rc = sl_signer_named(&sources, err);
    return as_key_error(rc, err);
}

int sl_keys_rpc_url(char *out, size_t cap, struct sl_err *err)
{
    const char *url = taken.environment.rpc_url;
    if (url[0] == '\0') {
        const int rc = read_dotenv(err);
        if (rc < 0)
            return rc;
        url = dotenv.env.rpc_url;
    }
    if (snprintf(out, cap, "%s", url) >= (int)cap)
        return sl_err_set(err, SL_ECONFIG, "RPC_URL is too long");
    return url[0] != '\0';
}
