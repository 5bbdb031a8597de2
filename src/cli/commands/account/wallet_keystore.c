/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice wallet address`, `import` and `new`: the account, and new keystores for its key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/json.h"
#include "sluice/key.h"
#include "sluice/trust.h"

#include "commands/account/wallet.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/keys.h"

/* ---- address ---- */

struct shown {
    char address[SL_ADDRESS_CHARS];
    char filecoin[SL_ADDRESS_F4_CHARS];
    char signer[SL_ADDRESS_CHARS];
};

static void print_signer_text(struct sl_buf *out, const struct sl_signer *signer,
                              const struct shown *shown)
{
    sl_buf_printf(out, "address   %s\nfilecoin  %s\n", shown->address, shown->filecoin);
    if (signer->session)
        sl_buf_printf(out, "session   %s\n", shown->signer);
    sl_buf_str(out, "key       ");
    sl_output_escape(out, signer->source);
    sl_buf_str(out, "\n");
}

static void print_signer_json(struct sl_buf *out, const struct sl_signer *signer,
                              const struct shown *shown)
{
    struct sl_jw w = {0};
    const struct sl_clock clock = sl_clock_system();
    sl_cli_json_begin(&w, "wallet", &clock);
    sl_jw_str(&w, "address", shown->address);
    sl_jw_str(&w, "filecoinAddress", shown->filecoin);
    if (signer->session)
        sl_jw_str(&w, "sessionAddress", shown->signer);
    sl_jw_str(&w, "source", signer->source);
    sl_cli_json_end(&w);
    *out = w.buf;
}

/* Print a signer: lines, or with --json an object. */
static enum sl_exit print_signer(const struct sl_wallet_call *call, const struct sl_signer *signer)
{
    struct shown shown;
    struct sl_buf out = {0};
    sl_address_text(shown.address, &signer->payer);
    sl_address_text(shown.signer, &signer->address);
    sl_address_f4(shown.filecoin, &signer->payer, strcmp(call->config->network, "mainnet") != 0);
    if (call->args->json != NULL)
        print_signer_json(&out, signer, &shown);
    else
        print_signer_text(&out, signer, &shown);
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_wallet_address(const struct sl_wallet_call *call)
{
    struct sl_signer signer;
    struct sl_err err = {0};
    const int rc = sl_keys_find(&signer, call->config, SL_KEYS_ADDRESS, &err);
    if (rc < 0)
        return sl_exit_with(&err);
    if (rc == 0) {
        sl_notice("no key is set; create one with `sluice wallet new`, or import yours "
                  "with `sluice wallet import`");
        return SL_EXIT_KEY;
    }
    const enum sl_exit status = print_signer(call, &signer);
    sl_signer_free(&signer);
    return status;
}

/* ---- keystores ---- */

enum { FOLDER_MODE = 0700, FILE_MODE = 0600 };

/* ---- the destination ---- */

static int target_path(char out[static SL_PATH_BYTES], const struct sl_config *config,
                       struct sl_err *err)
{
    if (config->keystore[0] != '\0')
        return sl_path_expand_home(out, config->keystore, err);
    const int rc = sl_path_make(config->paths.data, FOLDER_MODE, err);
    return rc < 0 ? rc : sl_path_join(out, SL_PATH_BYTES, config->paths.data, "keystore.json", err);
}

static int refuse_taken(const char *path, struct sl_err *err)
{
    return sl_err_set(err, SL_EKEY,
                      "%s already exists and is never overwritten; choose another file with "
                      "--keystore",
                      path);
}

/* ---- the password ---- */

static int ask_twice(struct sl_secret **out, struct sl_err *err)
{
    struct sl_secret *first = NULL;
    struct sl_secret *second = NULL;
    int rc = sl_prompt_terminal(NULL, &first, "Password of the new keystore: ", err);
    if (rc == SL_OK && sl_secret_len(first) > 0)
        rc = sl_prompt_terminal(NULL, &second, "Repeat the password: ", err);
    if (rc == SL_OK && second != NULL &&
        (sl_secret_len(first) != sl_secret_len(second) ||
         !sl_equal_secretly(sl_secret_peek(first), sl_secret_peek(second), sl_secret_len(first))))
        rc = sl_err_set(err, SL_EKEY, "the two passwords differ; nothing was written");
    sl_secret_free(second);
    if (rc < 0)
        sl_secret_free(first);
    else
        *out = first;
    return rc;
}

static int get_password(struct sl_secret **out, const struct sl_config *config, struct sl_err *err)
{
    const bool command = config->password_command[0] != '\0';
    const int rc = command ? sl_config_secret_of_command(out, config->password_command, err)
                           : ask_twice(out, err);
    if (rc < 0 || sl_secret_len(*out) > 0)
        return rc;
    sl_secret_free(*out);
    *out = NULL;
    return sl_err_set(err, SL_EKEY, "an empty password protects nothing; nothing was written");
}

/* ---- the file ---- */

/* Open it as later runs will: a key that cannot be read back would be lost money. */
static int check_written(const char *path, const struct sl_key *key,
                         const struct sl_secret *password, struct sl_err *err)
{
    char *json = NULL;
    size_t len = 0;
    struct sl_key *back = NULL;
    int rc = sl_file_read(&json, &len, path, SL_KEYSTORE_MAX_BYTES, err);
    if (rc == SL_OK)
        rc = sl_keystore_read(&back, json, len, (const char *)sl_secret_peek(password),
                              sl_secret_len(password), err);
    if (rc == SL_OK && !sl_address_equal(sl_key_address(back), sl_key_address(key)))
        rc = sl_err_set(err, SL_EKEY, "the file holds another key");
    if (rc < 0)
        sl_err_ctx(err, "read %s back", path);
    sl_key_free(back);
    free(json);
    return rc;
}

static int write_keystore(const char *path, const struct sl_key *key,
                          const struct sl_secret *password, struct sl_err *err)
{
    struct sl_buf json = {0};
    int rc = sl_keystore_write(&json, key, (const char *)sl_secret_peek(password),
                               sl_secret_len(password), SL_KEYSTORE_LOG2_N, err);
    if (rc == SL_OK)
        rc = sl_file_write_new(path, json.data, json.len, FILE_MODE, err);
    sl_buf_free(&json);
    if (rc == SL_EHELD)
        return refuse_taken(path, err);
    return rc < 0 ? rc : check_written(path, key, password, err);
}

static int store_key(const char *path, const struct sl_config *config, const struct sl_key *key,
                     struct sl_err *err)
{
    struct sl_secret *password = NULL;
    int rc = get_password(&password, config, err);
    if (rc == SL_OK)
        rc = write_keystore(path, key, password, err);
    sl_secret_free(password);
    return rc;
}

/* Check the target before the user types anything. */
static int prepare(char path[static SL_PATH_BYTES], const struct sl_config *config,
                   struct sl_err *err)
{
    const int rc = target_path(path, config, err);
    return rc == SL_OK && access(path, F_OK) == 0 ? refuse_taken(path, err) : rc;
}

/* ---- the commands ---- */

static enum sl_exit refused(struct sl_err *err)
{
    if (err->code != SL_ENOMEM && err->code != SL_ENOSPC)
        err->code = SL_EKEY;
    return sl_exit_with(err);
}

/* Later runs would refuse the file. */
static void warn_of_folder(const char *path)
{
    char *json = NULL;
    size_t len = 0;
    struct sl_distrust distrust;
    struct sl_err err = {0};
    if (sl_file_read_judged(&json, &len, &distrust, path, SL_KEYSTORE_MAX_BYTES, &err) == SL_OK)
        (void)sl_distrust_err(&err, "keystore", path, &distrust);
    free(json);
    if (err.text[0] != '\0')
        sl_notice("warning: %s", err.text);
}

static enum sl_exit print_stored(const struct sl_wallet_call *call, struct sl_signer *signer,
                                 const char *path)
{
    snprintf(signer->source, sizeof signer->source, "keystore %s", path);
    const enum sl_exit status = print_signer(call, signer);
    warn_of_folder(path);
    if (call->config->keystore[0] == '\0')
        sl_notice("to use it, add this line to config.ini: keystore = %s", path);
    sl_notice("keep a backup of the file and of its password: nothing can recover them");
    return status;
}

static int type_key(struct sl_signer *signer, struct sl_err *err)
{
    struct sl_secret *text = NULL;
    int rc = sl_prompt_terminal(NULL, &text, "Private key (64 hex digits): ", err);
    if (rc < 0)
        return rc == SL_EKEY
                   ? sl_err_set(err, rc,
                                "no key to import; set PRIVATE_KEY or key_file, or run this on a "
                                "terminal to type one")
                   : rc;
    rc =
        sl_key_from_hex(&signer->key, (const char *)sl_secret_peek(text), sl_secret_len(text), err);
    sl_secret_free(text);
    return rc;
}

static int find_key(struct sl_signer *signer, const struct sl_config *config, struct sl_err *err)
{
    const int rc = sl_keys_find(signer, config, SL_KEYS_IMPORT, err);
    if (rc == 0)
        return type_key(signer, err);
    if (rc == 1 && signer->session)
        return sl_err_set(
            err, SL_EKEY,
            "a session key expires and is not imported; import the account's own key");
    return rc;
}

enum sl_exit sl_wallet_import(const struct sl_wallet_call *call)
{
    char path[SL_PATH_BYTES];
    struct sl_signer signer = {0};
    struct sl_err err = {0};
    int rc = prepare(path, call->config, &err);
    if (rc == SL_OK)
        rc = find_key(&signer, call->config, &err);
    if (rc >= 0)
        rc = store_key(path, call->config, signer.key, &err);
    if (rc >= 0)
        sl_signer_own(&signer, signer.key);
    const enum sl_exit status = rc < 0 ? refused(&err) : print_stored(call, &signer, path);
    sl_signer_free(&signer);
    return status;
}

enum sl_exit sl_wallet_new(const struct sl_wallet_call *call)
{
    char path[SL_PATH_BYTES];
    struct sl_signer signer = {0};
    struct sl_err err = {0};
    int rc = prepare(path, call->config, &err);
    if (rc == SL_OK)
        rc = sl_key_generate(&signer.key, &err);
    if (rc == SL_OK)
        rc = store_key(path, call->config, signer.key, &err);
    if (rc == SL_OK)
        sl_signer_own(&signer, signer.key);
    const enum sl_exit status = rc < 0 ? refused(&err) : print_stored(call, &signer, path);
    sl_signer_free(&signer);
    return status;
}
