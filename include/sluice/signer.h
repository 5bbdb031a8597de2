/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * signer.h - where the signing key comes from, and whose money it spends. Layer: config.
 *
 * The sources in order; the first that names a key is used:
 *   1. --key-file or --keystore
 *   2. SLUICE_KEY_FILE or SLUICE_KEYSTORE
 *   3. key_file or keystore of config.ini
 *   4. ETH_KEYSTORE of the environment: a keystore, as in Foundry
 *   5. PRIVATE_KEY, or SESSION_KEY with WALLET_ADDRESS, of the environment
 *   6. the same in the file .env of the working directory
 *
 * A key file has 64 hex digits and is refused when other users can read it. A keystore is Web3
 * Secret Storage; its password comes from `password_command` or from a hidden prompt on the
 * terminal. The paying account must never depend on the working directory: it is an error when 4 or
 * 5 is another account than 3, or when two files of one source are two accounts. Files that other
 * users could have written (trust.h) are refused; such a .env is passed over.
 *
 * A key is never a command line argument, and no byte of a key reaches a log, an error, a child
 * process or a core file.
 */
#ifndef SL_SIGNER_H
#define SL_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"
#include "sluice/config.h"
#include "sluice/key.h"
#include "sluice/secret.h"

/** What the environment or .env says. Zero-initialise; sl_config_key_env_free(). */
struct sl_key_env {
    struct sl_secret *private_key;
    struct sl_secret *session_key;
    char wallet_address[64]; /* "" if none */
    char rpc_url[512];       /* "" if none; RPC_URL, as Filecoin users have it */
    char network[64];        /* "" if none; NETWORK */
    bool exposed;            /* it came from a file with a key in it that others can read: warn */
    bool hides_key;          /* the file was passed over, and contains a key or may contain one */
    char passed_over[SL_ERR_TEXT_BYTES]; /* why the file was passed over; the fields above are then
                                            empty */
};
void sl_config_key_env_free(struct sl_key_env *env);

/**
 * Take the five variables out of the environment: copy their values without white space at both
 * ends, wipe their bytes in place (also for /proc/PID/environ), then unset them. Call once, before
 * threads and children. Errors: SL_ENOMEM, SL_EFORMAT (too long).
 */
int sl_config_key_env_take(struct sl_key_env *out, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read the same names from a .env file, in every form that npm's dotenv reads
 * (src/config/dotenv.h); other names are ignored. Returns 1, or 0 when there is no such file. If
 * other users could have written the file, or if it cannot be read, it is passed over when it
 * contains one of these names: *out says why. Errors: SL_EFORMAT with file and line, SL_ENOMEM.
 */
int sl_config_key_env_read_file(struct sl_key_env *out, const char *path,
                                struct sl_err *err) SL_MUST_CHECK;

/** Ask a person: *out is owned. Errors: SL_EKEY (no terminal, end of input), SL_ECANCELED. */
typedef int (*sl_prompt_fn)(void *ctx, struct sl_secret **out, const char *question,
                            struct sl_err *err);

/** The hidden question on /dev/tty; the terminal is restored on every way out. `ctx` is unused. */
int sl_prompt_terminal(void *ctx, struct sl_secret **out, const char *question,
                       struct sl_err *err) SL_MUST_CHECK;

struct sl_key_sources {
    const char *key_file; /* "" or NULL: none; "~/" in front is the home folder */
    const char *keystore; /* the same rules */
    enum sl_origin key_file_from;
    enum sl_origin keystore_from;
    const char *eth_keystore;             /* ETH_KEYSTORE */
    const struct sl_key_env *environment; /* may be NULL */
    const struct sl_key_env *dotenv;      /* may be NULL */
    const char *password_command;         /* for /bin/sh; its first output line is the password */
    sl_prompt_fn prompt;                  /* NULL: no prompt */
    void *prompt_ctx;
    bool address_only; /* only the address is needed: no keystore is unlocked */
};

enum { SL_SIGNER_SOURCE_BYTES = 320 };

/** Zero-initialise; sl_signer_free(). */
struct sl_signer {
    struct sl_key *key;        /* signs; NULL for a keystore that was not unlocked */
    struct sl_address address; /* address of the key; for a locked keystore, the address in the
                                  file, which unlocking verifies */
    struct sl_address payer; /* owner of money, data sets and nonces: the key's own address, or for
                                a session key the account that logged it in */
    bool session;
    bool unnamed; /* a locked keystore without an address: both addresses are unknown */
    bool exposed; /* other users can read the keystore */
    char source[SL_SIGNER_SOURCE_BYTES]; /* for people: "PRIVATE_KEY (environment)", "key_file
                                            /home/ann/key (config.ini)" */
    char note[SL_ERR_TEXT_BYTES];        /* for people: a key that was passed over; "" if none */
};

/**
 * Returns 1 with *out filled, 0 when no source names a key. Errors: SL_EKEY (not a key; wrong
 * password; other users can read the file, with the chmod to type; SESSION_KEY without
 * WALLET_ADDRESS or together with PRIVATE_KEY; WALLET_ADDRESS belongs to another key; two accounts;
 * a .env was passed over and there is no other key), and those of reading the files.
 */
int sl_signer_find(struct sl_signer *out, const struct sl_key_sources *sources,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_signer_free(struct sl_signer *signer);

/** Put the account's own key into a zero-initialised signer; the caller fills in `source`. */
void sl_signer_own(struct sl_signer *out, struct sl_key *key);

/** Whether any source names a key: 1 or 0. Reads no key. Errors: SL_EKEY: the only source is a .env
 * that was passed over. */
int sl_signer_named(const struct sl_key_sources *sources, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read a secret from a file that only its owner can read, or from an unnamed pipe; white space at
 * both ends is cut. If root owns the file and we are not root, other users may read it: containers
 * mount secrets that way. *out is owned. Errors name `what`: "key_file". Errors: SL_EKEY (group or
 * others may read it), SL_EACCES (other users could have written it), and those of opening it.
 */
int sl_config_secret_read_file(struct sl_secret **out, const char *path, const char *what,
                               struct sl_err *err) SL_MUST_CHECK;

/** The first line that a shell command prints, without its line end; an empty line is an empty
 * password. *out is owned. Errors: SL_EKEY (the command failed or printed nothing), SL_EIO,
 * SL_ENOMEM. */
int sl_config_secret_of_command(struct sl_secret **out, const char *command,
                                struct sl_err *err) SL_MUST_CHECK;

enum { SL_KEY_HEX_CHARS = 64 };

/** Where the digits of a key begin in `text`: exactly SL_KEY_HEX_CHARS hex digits in a row; NULL if
 * there are none. For refusing keys where none may be. */
const char *sl_config_key_seen(const char *text);

#endif
