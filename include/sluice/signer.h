/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * signer.h - where the signing key comes from, and whose money it spends. Layer: config.
 *
 * Looked at in this order; the first that names a key is used:
 *   1. --key-file or --keystore
 *   2. SLUICE_KEY_FILE or SLUICE_KEYSTORE
 *   3. key_file or keystore of config.ini
 *   4. ETH_KEYSTORE of the environment: a keystore, as Foundry has it
 *   5. PRIVATE_KEY, or SESSION_KEY with WALLET_ADDRESS, of the environment
 *   6. the same in the file .env of the working directory
 * A key file has 64 hex digits and is refused when others can read it; a keystore is Web3 Secret
 * Storage, its password comes from `password_command` or from a hidden question on the terminal.
 * Which account pays must never depend on where one stands: when 4 or 5 is another account than 3,
 * or two files of one source are two accounts, that is an error. Files that others could have
 * written (trust.h) are refused; such a .env is passed over.
 * A key is never an argument of the command line, and no byte of one reaches a log, an error, a
 * child process or a core file.
 */
#ifndef SL_SIGNER_H
#define SL_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"
#include "sluice/config.h"
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
    bool hides_key;          /* the file was passed over, and names a key or may do so */
    char passed_over[SL_ERR_TEXT_BYTES]; /* why the file was; then nothing above is filled */
};
void sl_key_env_free(struct sl_key_env *env);

/**
 * Take the five variables out of the process: copied without white space at both ends, their bytes
 * wiped where they stand (also for /proc/PID/environ), then unset. Call once, before threads and
 * children. Errors: SL_ENOMEM, SL_EFORMAT (too long).
 */
int sl_key_env_take(struct sl_key_env *out, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read the same names from a .env file in every form that npm's dotenv reads (src/config/dotenv.h);
 * other names are ignored. Returns 1, or 0 when there is no such file.
 * One that others could have written, or that cannot be read, is passed over when it has one of
 * these names: *out says why. Errors: SL_EFORMAT with file and line, SL_ENOMEM.
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
    const char *key_file; /* "" or NULL: none; "~/" in front is the home folder */
    const char *keystore; /* the same */
    enum sl_origin key_file_from;
    enum sl_origin keystore_from;
    const char *eth_keystore;             /* ETH_KEYSTORE */
    const struct sl_key_env *environment; /* may be NULL */
    const struct sl_key_env *dotenv;      /* may be NULL */
    const char *password_command;         /* run by /bin/sh; the first line it prints */
    sl_prompt_fn prompt;                  /* NULL: no question is asked */
    void *prompt_ctx;
    bool address_only; /* whose account it is will do: no keystore is unlocked */
};

enum { SL_SIGNER_SOURCE_BYTES = 320 };

/** Zero-initialise; sl_signer_free(). */
struct sl_signer {
    struct sl_key *key;        /* signs; NULL for a keystore that was not unlocked */
    struct sl_address address; /* of the key; of a locked keystore what the file says, which
                                  unlocking verifies */
    struct sl_address payer;   /* owns money, data sets and nonces: the key's own address, or for a
                                  session key the account that logged it in */
    bool session;
    bool unnamed; /* a locked keystore that does not name its address: both are unknown */
    bool exposed; /* a keystore that others can read */
    char source[SL_SIGNER_SOURCE_BYTES]; /* "PRIVATE_KEY (environment)", "key_file /home/ann/key
                                            (config.ini)": for people */
    char note[SL_ERR_TEXT_BYTES];        /* a key that was passed over, for people; "" if none */
};

/**
 * Returns 1 with *out filled, 0 when no source names a key. Errors: SL_EKEY (not a key; wrong
 * password; a file that others can read, with the chmod to type; SESSION_KEY without
 * WALLET_ADDRESS or together with PRIVATE_KEY; WALLET_ADDRESS of another key; two accounts; a .env
 * that was passed over, and no other key), and those of reading the files.
 */
int sl_signer_find(struct sl_signer *out, const struct sl_key_sources *sources,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_signer_free(struct sl_signer *signer);

/** The account's own key, given to a zero-initialised signer; `source` is left to the caller. */
void sl_signer_own(struct sl_signer *out, struct sl_key *key);

/** Whether any source names a key: 1 or 0. No key is read. Errors: SL_EKEY: only a .env that was
 * passed over. */
int sl_signer_named(const struct sl_key_sources *sources, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read a secret from a file that only its owner can read, or from a pipe without a name, white
 * space at both ends cut. Where the file is root's and we are not, others may read it: so
 * containers mount secrets. *out is owned. `what` stands in errors: "key_file". Errors: SL_EKEY
 * (group or world may read it), SL_EACCES (others could have written it), and those of opening it.
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
