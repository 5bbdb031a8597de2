/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/key.h"
#include "sluice/path.h"
#include "sluice/trust.h"

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

/* ---- files ---- */

/* A file that a source names. */
struct named {
    bool is_keystore;
    const char *path;  /* as written; "" or NULL: none */
    const char *where; /* "--keystore", "config.ini"; "" if not known */
    enum sl_origin from;
};

/* What a source names, as far as it is known without a password. */
struct candidate {
    struct sl_signer signer;
    char path[SL_PATH_BYTES];
    char *json; /* for a keystore; else NULL */
    size_t json_len;
};

static void candidate_free(struct candidate *candidate)
{
    sl_signer_free(&candidate->signer);
    free(candidate->json);
}

/* The end of a long path says most. */
static void name_source(struct candidate *candidate, const struct named *named)
{
    enum { SHOWN = 240 };
    const char *path = candidate->path;
    const size_t len = strlen(path);
    const bool known = named->where[0] != '\0';
    snprintf(candidate->signer.source, sizeof candidate->signer.source, "%s %s%s%s%s%s",
             named->is_keystore ? "keystore" : "key_file", len > SHOWN ? "..." : "",
             path + (len > SHOWN ? len - SHOWN : 0), known ? " (" : "", named->where,
             known ? ")" : "");
}

static int read_key_file(struct candidate *out, struct sl_err *err)
{
    struct sl_secret *text = NULL;
    int rc = sl_config_secret_read_file(&text, out->path, "key_file", err);
    if (rc < 0)
        return rc;
    rc = key_of_secret(&out->signer.key, text, err);
    sl_secret_free(text);
    if (rc < 0)
        sl_err_ctx(err, "key_file %s", out->path);
    else
        sl_signer_own(&out->signer, out->signer.key);
    return rc;
}

static bool others_can_read(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

/* Check everything that needs no password, so that no user types one in vain. */
static int read_keystore(struct candidate *out, struct sl_err *err)
{
    struct sl_signer *signer = &out->signer;
    int rc = sl_file_read_trusted(&out->json, &out->json_len, "keystore", out->path,
                                  SL_KEYSTORE_MAX_BYTES, err);
    if (rc < 0)
        return rc;
    rc = sl_keystore_check(&signer->address, out->json, out->json_len, err);
    if (rc < 0) {
        sl_err_ctx(err, "keystore %s", out->path);
        return rc;
    }
    signer->payer = signer->address;
    signer->unnamed = rc == 0;
    signer->exposed = others_can_read(out->path);
    return SL_OK;
}

/* 1, or 0 when the source names no file. The caller frees the candidate, after a failure too. */
static int look(struct candidate *out, const struct named *named, struct sl_err *err)
{
    *out = (struct candidate){0};
    if (!has_text(named->path))
        return 0;
    int rc = sl_path_expand_home(out->path, named->path, err);
    if (rc == SL_OK)
        rc = named->is_keystore ? read_keystore(out, err) : read_key_file(out, err);
    name_source(out, named);
    if (rc < 0 && named->where[0] != '\0')
        sl_err_ctx(err, "%s", named->where);
    return rc < 0 ? rc : 1;
}

static int get_password(struct sl_secret **out, const struct sl_key_sources *sources,
                        const char *path, struct sl_err *err)
{
    if (has_text(sources->password_command))
        return sl_config_secret_of_command(out, sources->password_command, err);
    if (sources->prompt == NULL)
        return sl_err_set(err, SL_EKEY, "it needs a password: set password_command");
    char question[SL_PATH_BYTES + 32];
    snprintf(question, sizeof question, "Password of %s: ", sl_path_base(path));
    return sources->prompt(sources->prompt_ctx, out, question, err);
}

static int unlock(struct candidate *out, const struct sl_key_sources *sources, struct sl_err *err)
{
    struct sl_secret *password = NULL;
    int rc = get_password(&password, sources, out->path, err);
    if (rc == SL_OK)
        rc = sl_keystore_read(&out->signer.key, out->json, out->json_len,
                              (const char *)sl_secret_peek(password), sl_secret_len(password), err);
    sl_secret_free(password);
    if (rc < 0) {
        sl_err_ctx(err, "keystore %s", out->path);
        return rc;
    }
    sl_signer_own(&out->signer, out->signer.key);
    out->signer.unnamed = false;
    return SL_OK;
}

/* ---- precedence ---- */

static const char *where_of(enum sl_origin from, bool is_keystore)
{
    switch (from) {
    case SL_FROM_FLAG:
        return is_keystore ? "--keystore" : "--key-file";
    case SL_FROM_ENVIRONMENT:
        return is_keystore ? "SLUICE_KEYSTORE" : "SLUICE_KEY_FILE";
    case SL_FROM_FILE:
        return "config.ini";
    case SL_FROM_DEFAULT:
        break;
    }
    return "";
}

static struct named key_file_of(const struct sl_key_sources *sources)
{
    return (struct named){.path = sources->key_file,
                          .where = where_of(sources->key_file_from, false),
                          .from = sources->key_file_from};
}

static struct named keystore_of(const struct sl_key_sources *sources)
{
    return (struct named){.is_keystore = true,
                          .path = sources->keystore,
                          .where = where_of(sources->keystore_from, true),
                          .from = sources->keystore_from};
}

static struct named eth_keystore_of(const struct sl_key_sources *sources)
{
    return (struct named){
        .is_keystore = true, .path = sources->eth_keystore, .where = "ETH_KEYSTORE"};
}

/* Of two settings, the one nearer to the command wins; from the same place, the key file. */
static struct named setting_of(const struct sl_key_sources *sources)
{
    const struct named key_file = key_file_of(sources);
    const struct named keystore = keystore_of(sources);
    const bool has_keystore = has_text(keystore.path);
    return has_text(key_file.path) && (!has_keystore || key_file.from >= keystore.from) ? key_file
                                                                                        : keystore;
}

/* ---- two accounts ---- */

enum { SHORT_SOURCE_BYTES = 46 }; /* two of these and two addresses must fit into an error */

/* The end of a source's name, if it is long. */
static void short_source(char out[static SHORT_SOURCE_BYTES], const struct sl_signer *signer)
{
    const size_t len = strlen(signer->source);
    const size_t shown = SHORT_SOURCE_BYTES - strlen("...") - 1;
    if (len < SHORT_SOURCE_BYTES)
        memcpy(out, signer->source, len + 1);
    else
        snprintf(out, SHORT_SOURCE_BYTES, "...%s", signer->source + len - shown);
}

static bool is_another(const struct sl_signer *a, const struct sl_signer *b)
{
    return !a->unnamed && !b->unnamed && !sl_address_equal(&a->payer, &b->payer);
}

static int refuse_two(const struct sl_signer *a, const struct sl_signer *b, struct sl_err *err)
{
    char first[SL_ADDRESS_CHARS], second[SL_ADDRESS_CHARS];
    char first_source[SHORT_SOURCE_BYTES], second_source[SHORT_SOURCE_BYTES];
    sl_address_text(first, &a->payer);
    sl_address_text(second, &b->payer);
    short_source(first_source, a);
    short_source(second_source, b);
    return sl_err_set(
        err, SL_EKEY,
        "two accounts: %s of %s, %s of %s: unset one, or give --keystore or --key-file", first,
        first_source, second, second_source);
}

/* A source that cannot be read names no account; it is not used either. */
static int check_rival(const struct candidate *chosen, const struct named *rival,
                       struct sl_err *err)
{
    struct candidate other;
    const int found = look(&other, rival, NULL);
    const int rc = found == 1 && is_another(&chosen->signer, &other.signer)
                       ? refuse_two(&chosen->signer, &other.signer, err)
                       : SL_OK;
    candidate_free(&other);
    return rc;
}

static int check_environment(const struct candidate *chosen, const struct sl_key_env *env,
                             struct sl_err *err)
{
    struct sl_signer other = {0};
    const int found = from_env(&other, env, "environment", NULL);
    const int rc = found == 1 && is_another(&chosen->signer, &other)
                       ? refuse_two(&chosen->signer, &other, err)
                       : SL_OK;
    sl_signer_free(&other);
    return rc;
}

/* Whether another source of the same weight, or an environment source beside config.ini, names
 * another account. */
static int check_accounts(const struct candidate *chosen, const struct named *named,
                          const struct sl_key_sources *sources, struct sl_err *err)
{
    const struct named keystore = keystore_of(sources);
    const struct named eth_keystore = eth_keystore_of(sources);
    int rc = SL_OK;
    if (!named->is_keystore && keystore.from == named->from)
        rc = check_rival(chosen, &keystore, err);
    if (rc < 0 || named->from != SL_FROM_FILE)
        return rc;
    rc = check_rival(chosen, &eth_keystore, err);
    return rc < 0 ? rc : check_environment(chosen, sources->environment, err);
}

/* A .env depends on the working directory, and a session key is weaker than the account's own key.
 * So a note names another key that is not used. */
static void note_unused(struct sl_signer *chosen, const struct sl_key_env *env, const char *where)
{
    struct sl_signer other = {0};
    struct sl_err err = {0};
    char address[SL_ADDRESS_CHARS], source[SHORT_SOURCE_BYTES];
    const int found = from_env(&other, env, where, &err);
    short_source(source, chosen);
    if (found < 0) {
        snprintf(chosen->note, sizeof chosen->note, "not used, as %s comes first: %.150s", source,
                 err.text);
    } else if (found == 1 && !chosen->unnamed &&
               !sl_address_equal(&chosen->address, &other.address)) {
        sl_address_text(address, &other.payer);
        snprintf(chosen->note, sizeof chosen->note, "%s, account %s, is not used: %s comes first",
                 other.source, address, source);
    }
    sl_signer_free(&other);
}

/* ---- finding ---- */

static int take_file(struct sl_signer *out, const struct named *named,
                     const struct sl_key_sources *sources, struct sl_err *err)
{
    struct candidate chosen;
    int rc = look(&chosen, named, err);
    if (rc == 1) {
        const bool unnamed = chosen.signer.unnamed;
        const bool locked = named->is_keystore && !sources->address_only;
        rc = check_accounts(&chosen, named, sources, err);
        if (rc == SL_OK && locked)
            rc = unlock(&chosen, sources, err);
        if (rc == SL_OK && locked && unnamed)
            rc = check_accounts(&chosen, named, sources, err);
        rc = rc < 0 ? rc : 1;
    }
    if (rc == 1) {
        *out = chosen.signer;
        chosen.signer = (struct sl_signer){0};
    }
    candidate_free(&chosen);
    return rc;
}

static int refuse_hidden(struct sl_err *err)
{
    return sl_err_set(err, SL_EKEY, "no key is set but that of .env, which is passed over");
}

static bool hides_key(const struct sl_key_env *dotenv)
{
    return dotenv != NULL && dotenv->hides_key;
}

static bool names_key(const struct sl_key_env *env)
{
    return env != NULL && (env->private_key != NULL || env->session_key != NULL);
}

int sl_signer_named(const struct sl_key_sources *sources, struct sl_err *err)
{
    if (has_text(sources->key_file) || has_text(sources->keystore) ||
        has_text(sources->eth_keystore) || names_key(sources->environment) ||
        names_key(sources->dotenv))
        return 1;
    return hides_key(sources->dotenv) ? refuse_hidden(err) : 0;
}

int sl_signer_find(struct sl_signer *out, const struct sl_key_sources *sources, struct sl_err *err)
{
    const struct named setting = setting_of(sources);
    const struct named eth_keystore = eth_keystore_of(sources);
    *out = (struct sl_signer){0};
    int rc = take_file(out, &setting, sources, err);
    if (rc == 0)
        rc = take_file(out, &eth_keystore, sources, err);
    if (rc == 1 && setting.from != SL_FROM_FLAG)
        note_unused(out, sources->environment, "environment");
    if (rc == 0)
        rc = from_env(out, sources->environment, "environment", err);
    if (rc == 1 && setting.from != SL_FROM_FLAG && out->note[0] == '\0')
        note_unused(out, sources->dotenv, ".env");
    if (rc == 0)
        rc = from_env(out, sources->dotenv, ".env", err);
    if (rc == 0 && hides_key(sources->dotenv))
        rc = refuse_hidden(err);
    if (rc < 0)
        sl_signer_free(out);
    return rc;
}
