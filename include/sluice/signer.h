/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * signer.h - where the signing key comes from, and whose money it spends. Layer: config.
 *
 * Looked at in this order; the first that names a key is used:
 *   1. PRIVATE_KEY, or SESSION_KEY with WALLET_ADDRESS, in the environment
 *   2. the same in the file .env of the working directory
 *   3. `key_file` of the configuration: 64 hex digits; refused when others can read it
 *   4. `keystore` of the configuration: Web3 Secret Storage; its password comes from
 *      `password_command` or from a hidden question on the terminal
 * A key is never an argument of the command line, and no byte of one reaches a log, an error, a
 * child process or a core file.
 */
#ifndef SL_SIGNER_H
#define SL_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"
#include "sluice/key.h"
#include "sluice/secret.h"

/** What the environment or .env says. Zero-initialise; sl_key_env_free(). */
struct sl_key_env {
    struct sl_secret *private_key;
    struct sl_secret *session_key;
    char wallet_address[64]; /* "" if none */
    char rpc_url[512];       /* "" if none; RPC_URL, as Filecoin users have it */
    char network[64];        /* "" if none; NETWORK */
    bool exposed;            /* it came from a file with a key in it that others can read: warn */
};
void sl_key_env_free(struct sl_key_env *env);

/**
 * Take the five variables out of the process: copied without white space at both ends, their bytes
 * wiped where they stand (also for /proc/PID/environ), then unset. Call once, before threads and children. Errors: SL_ENOMEM,
 * SL_EFORMAT (too long).
 */
int sl_key_env_take(struct sl_key_env *out, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read the same names from a .env file in every form that npm's dotenv reads (src/config/dotenv.h);
 * other names are ignored. Returns 1, or 0 when there is no such file.
 * Errors: SL_EFORMAT with file and line, SL_EACCES, SL_ETOOBIG, SL_ENOMEM.
 */
int sl_key_env_read_file(struct sl_key_env *out, const char *path,
                         struct sl_err *err) SL_MUST_CHECK;

/** Ask a person: *out is owned. Errors: SL_EKEY (no terminal, end of input), SL_ECANCELED. */
typedef int (*sl_prompt_fn)(void *ctx, struct sl_secret **out, const char *question,
                            struct sl_err *err);

/** The hidden question on /dev/tty; the terminal is restored on every way out. `ctx` is unused. */
int sl_prompt_terminal(void *ctx, struct sl_secret **out, const char *question,
                       struct sl_err *err) SL_MUST_CHECK;

struct sl_key_sources {
    const struct sl_key_env *environment; /* may be NULL, as all of these */
    const struct sl_key_env *dotenv;
    const char *key_file; /* "" or NULL: none; "~/" in front is the home folder */
    const char *keystore;
    const char *password_command; /* run by /bin/sh; the first line it prints */
    sl_prompt_fn prompt;          /* NULL: no question is asked */
    void *prompt_ctx;
    bool address_only; /* whose account it is will do: no keystore is unlocked */
};

/** Zero-initialise; sl_signer_free(). */
struct sl_signer {
    struct sl_key *key;        /* signs; NULL for a keystore that was not unlocked */
    struct sl_address address; /* of the key; of a locked keystore what the file says, which
                                  unlocking verifies */
    struct sl_address payer;   /* owns money, data sets and nonces: the key's own address, or for a
                                  session key the account that logged it in */
    bool session;
    bool unnamed;     /* a locked keystore that does not name its address: both are unknown */
    char source[160]; /* "PRIVATE_KEY (environment)", "key_file /home/ann/key": for people */
};

/**
 * Returns 1 with *out filled, 0 when no source names a key. Errors: SL_EKEY (not a key; wrong
 * password; a file that others can read, with the chmod to type; SESSION_KEY without
 * WALLET_ADDRESS or together with PRIVATE_KEY; WALLET_ADDRESS of another key), and those of reading
 * the files.
 */
int sl_signer_find(struct sl_signer *out, const struct sl_key_sources *sources,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_signer_free(struct sl_signer *signer);

/** The account's own key, given to a zero-initialised signer; `source` is left to the caller. */
void sl_signer_own(struct sl_signer *out, struct sl_key *key);

/**
 * Read a secret from a file that only its owner can read, white space at both ends cut. *out is
 * owned. `what` stands in errors: "key_file". Errors: SL_EKEY (group or world may read it), and
 * those of opening it.
 */
int sl_secret_read_file(struct sl_secret **out, const char *path, const char *what,
                        struct sl_err *err) SL_MUST_CHECK;

/** The first line that a shell command prints, without its end; an empty line is an empty password.
 * *out is owned. Errors: SL_EKEY (it failed or printed nothing at all), SL_EIO, SL_ENOMEM. */
int sl_secret_of_command(struct sl_secret **out, const char *command,
                         struct sl_err *err) SL_MUST_CHECK;

enum { SL_KEY_HEX_CHARS = 64 };

/** Where the digits of a key begin in `text`: exactly SL_KEY_HEX_CHARS hex digits in a row; NULL if
 * there are none. For refusing keys where none may be. */
const char *sl_key_seen(const char *text);

#endif
