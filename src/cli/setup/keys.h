/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keys.h - the secrets that a process is given, and the signer they make. Private to cli. */
#ifndef SL_CLI_KEYS_H
#define SL_CLI_KEYS_H

#include "sluice/signer.h"

#include "setup/settings.h"

/**
 * Take keys and friends out of the environment, before any thread or child; they are kept until
 * sl_keys_forget(). What is wrong with them is told by who needs them.
 */
void sl_keys_take(void);
void sl_keys_forget(void);

/** NETWORK from the environment, else from .env if that was read; "" if none. Borrowed until
 * sl_keys_forget(). */
const char *sl_keys_network(bool *in_dotenv);

/**
 * Refuse a command line with a private key in it: everybody on the machine can read it, and the
 * shell keeps it. Its digits are wiped from argv. Names of files that exist, and URLs, may have
 * such digits in them. Errors: SL_EUSAGE.
 */
int sl_keys_refuse_words(int argc, char **argv, struct sl_err *err) SL_MUST_CHECK;

/** What the signer is needed for. */
enum sl_keys_for {
    SL_KEYS_SIGN,    /* to sign: a keystore is unlocked */
    SL_KEYS_ADDRESS, /* for its address: unlocks only a keystore without an address, and says so */
    SL_KEYS_LOOK,    /* likewise, but unlocks nothing: the signer may be `unnamed` */
    SL_KEYS_IMPORT   /* to import a key that is in no keystore yet */
};

/**
 * Find the signer from the settings, the environment and the .env of the working directory, in the
 * order of signer.h. Warns about a .env that shows its key to others, that was passed over (once),
 * or whose key belongs to another account and is not used. Returns 1, or 0 when nothing names a
 * key. Errors: SL_EKEY (any fault of the named source), SL_ENOMEM. `signer`: sl_signer_free().
 */
int sl_keys_find(struct sl_signer *signer, const struct sl_config *config, enum sl_keys_for what,
                 struct sl_err *err) SL_MUST_CHECK;

/** Whether any source names a key: 1 or 0. Reads no key. Errors: as sl_keys_find(). */
int sl_keys_named(const struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;

/** RPC_URL of the environment, else of .env. Returns 1, or 0 when neither says one. Errors: those
 * of reading .env, SL_ECONFIG (too long). */
int sl_keys_rpc_url(char *out, size_t cap, struct sl_err *err) SL_MUST_CHECK;

#endif
