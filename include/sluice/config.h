/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * config.h - options: one table, four sources, one plain struct. Layer: config.
 *
 * Flag > environment SLUICE_NAME > config.ini > default. The table SL_OPTIONS gives the command
 * line, the environment names, the ini keys, --help, `sluice config --print` and
 * config.ini.example (a test holds them equal). Lower rooms never read configuration: main and cli
 * hand them plain structs.
 */
#ifndef SL_CONFIG_H
#define SL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/buf.h"
#include "sluice/path.h"

/*
 * X(field, key, TYPE, default text, range or choices, group, help)
 * The key is the ini key; the flag is "--key" with '_' as '-', the variable SLUICE_KEY in capitals.
 * TYPE: STR (text), INT (int, "min..max"), SIZE (bytes, sl_text_parse_size), MS (a duration
 * "500ms", "30s", "5m", kept in ms; "auto": -1 where the range begins with it), BOOL (yes/no,
 * true/false, on/off, 1/0), ENUM (one of the choices, kept as its index), SPLIT (a size, "auto": 0,
 * or "never": UINT64_MAX).
 */
#define SL_OPTIONS(X)                                                                              \
    X(network, "network", STR, "auto", "", "network",                                              \
      "network to upload to: local (built in, needs no account), calibration, "                    \
      "mainnet, or none (only provider_url, nothing is put on chain); auto: "                      \
      "calibration if a key is set, else local")                                                   \
    X(rpc_url, "rpc_url", STR, "", "", "network",                                                  \
      "JSON-RPC node to use instead of the network's public nodes")                                \
    X(second_node, "second_node", STR, "", "", "network",                                          \
      "JSON-RPC node that must agree on prices and confirmations; empty: another "                 \
      "public node, unless rpc_url is set")                                                        \
    X(network_chain_id, "network_chain_id", STR, "", "", "network",                                \
      "other networks: number of the chain")                                                       \
    X(fwss, "fwss", STR, "", "", "network", "other networks: address of the storage service")      \
    X(endorsements, "endorsements", STR, "", "", "network",                                        \
      "other networks: address of the list of endorsed providers")                                 \
    X(network_epoch_ms, "network_epoch", MS, "30s", "100..3600000", "network",                     \
      "other networks: time between two blocks")                                                   \
    X(provider_url, "provider_url", STR, "", "", "network",                                        \
      "URL of the provider of the first copy, instead of a choice by sluice")                      \
    X(allow_http, "allow_http", BOOL, "no", "", "network",                                         \
      "allow unencrypted http to other machines")                                                  \
    X(allow_private, "allow_private", BOOL, "no", "", "network",                                   \
      "on mainnet and calibration, also connect to private and local addresses")                   \
    X(ca_file, "ca_file", STR, "", "", "network",                                                  \
      "file of certificates to trust instead of the system's")                                     \
    X(connect_timeout_ms, "connect_timeout", MS, "15s", "100..600000", "network",                  \
      "how long to wait for a connection")                                                         \
    X(stall_ms, "stall_timeout", MS, "60s", "1000..3600000", "network",                            \
      "give up a transfer after this long without a byte")                                         \
    X(copies, "copies", INT, "0", "0..16", "storage",                                              \
      "copies of each file, each at another provider; 0: 1 on `local`, else 2")                    \
    X(with_cdn, "with_cdn", BOOL, "no", "", "storage", "let the CDN serve new data sets")          \
    X(source, "source", STR, "sluice", "", "storage",                                              \
      "value of `source` in the metadata of data sets; empty: none")                               \
    X(metadata, "metadata", STR, "", "", "storage",                                                \
      "more metadata of data sets: KEY=VALUE, separated by commas")                                \
    X(provider, "provider", STR, "", "", "storage",                                                \
      "number of the provider of the first copy, instead of a choice by sluice")                   \
    X(data_set, "data_set", STR, "", "", "storage", "number of the data set of the first copy")    \
    X(max_spend, "max_spend", STR, "", "", "storage",                                              \
      "most USDFC that one run may spend and lock; 0: none; empty: no limit")                      \
    X(hold_ms, "hold", MS, "30m", "0..2400000", "storage",                                         \
      "collect files for one transaction, at most this long after the first was sent; "            \
      "lowers fees; never waits when nothing else is on its way")                                  \
    X(key_file, "key_file", STR, "", "", "wallet",                                                 \
      "file with the private key in hex; refused if other users can read it")                      \
    X(keystore, "keystore", STR, "", "", "wallet",                                                 \
      "file with the encrypted private key (Web3 Secret Storage)")                                 \
    X(password_command, "password_command", STR, "", "", "wallet",                                 \
      "shell command that prints the keystore's password")                                         \
    X(parallel, "parallel", INT, "3", "1..16", "transfer", "uploads at a time")                    \
    X(max_attempts, "max_attempts", INT, "5", "1..1000", "transfer",                               \
      "attempts per file before it is marked failed")                                              \
    X(split, "split", SPLIT, "auto", "", "transfer",                                               \
      "split files into parts of this size, each a piece; auto: only files that are "              \
      "too large for one piece or too slow to send as one; never")                                 \
    X(request_limit_ms, "request_limit", MS, "30m", "1000..86400000", "transfer",                  \
      "time that providers allow for one upload; parts are sized to take half of it")              \
    X(limit, "limit", STR, "off", "", "transfer",                                                  \
      "most bytes per second of all uploads together: 2M, or by local time: 08:00,2M "             \
      "23:00,off")                                                                                 \
    X(slow_limit, "slow_limit", STR, "1M", "", "transfer",                                         \
      "rate limit of slow mode (key t, signal USR2)")                                              \
    X(stop_at, "stop_at", STR, "", "", "transfer",                                                 \
      "stop at this local time (HH:MM); uploads that are almost done are finished")                \
    X(hidden, "hidden", BOOL, "no", "", "transfer", "include hidden files in folders")             \
    X(watch, "watch", STR, "", "", "watching",                                                     \
      "folders to watch, separated by colons; used by the screen and by `sluice "                  \
      "watch` without arguments")                                                                  \
    X(settle_ms, "settle", MS, "30s", "0..86400000", "watching",                                   \
      "how long a file must stay unchanged to count as complete")                                  \
    X(rescan_ms, "rescan", MS, "10m", "1000..604800000", "watching",                               \
      "how often to look through all folders, since the system does not report every "             \
      "change")                                                                                    \
    X(temp_names, "temp_names", BOOL, "no", "", "watching",                                        \
      "also take files named like unfinished downloads (.part, .crdownload ...)")                  \
    X(theme, "theme", STR, "dark", "", "screen",                                                   \
      "colours: contrast, dark, ember, harbour, light, mono, sixteen, or a theme file")            \
    X(ascii, "ascii", BOOL, "no", "", "screen", "draw with ASCII characters only")                 \
    X(color, "color", ENUM, "auto", "auto never 16 256 truecolor", "screen", "colours to use")     \
    X(fps, "fps", INT, "10", "1..60", "screen", "most frames per second")                          \
    X(clipboard, "clipboard", ENUM, "auto", "auto raw tmux off", "screen",                         \
      "how the key y copies to the terminal's clipboard (OSC 52)")                                 \
    X(on_hangup, "on_hangup", ENUM, "continue", "continue stop", "screen",                         \
      "when the terminal is lost: continue without a screen, or stop after the "                   \
      "running pieces")                                                                            \
    X(local_park_delay_ms, "local_park_delay", MS, "auto", "auto, 0..3600000", "local network",    \
      "time until the local network lists a piece; auto: none, as today's providers")              \
    X(local_epoch_ms, "local_epoch", MS, "1s", "100..3600000", "local network",                    \
      "time between two blocks of a new local network; an existing one keeps its own")             \
    X(local_min_free, "local_min_free", SIZE, "1GiB", "", "local network",                         \
      "disk space that the local network leaves free; 0: none")                                    \
    X(local_faults, "local_faults", BOOL, "no", "", "local network",                               \
      "serve the local network's fault switches (tests)")                                          \
    X(log_level, "log_level", STR, "info", "", "files",                                            \
      "level of the log file: error, warn, info, debug or trace; per component after "             \
      "a comma: info,net:debug,rpc:trace")

/*
 * X(old key, key): names of earlier releases. They are accepted in config.ini, as SLUICE_* and as
 * flags, and take the values that they always took. Nothing prints them but the notice that names
 * the new key.
 */
#define SL_OPTION_OLD_KEYS(X) X("commit_after", "hold")

#define SL_OPT_INDEX(field, key, type, def, range, group, help) SL_OPT_INDEX_##field,
enum { SL_OPTIONS(SL_OPT_INDEX) SL_OPTION_COUNT };
#undef SL_OPT_INDEX

/** The source of an option's value; a later source overrides an earlier one. */
enum sl_origin { SL_FROM_DEFAULT, SL_FROM_FILE, SL_FROM_ENVIRONMENT, SL_FROM_FLAG };

#define SL_OPT_FIELD_STR                                        char *
#define SL_OPT_FIELD_INT                                        int
#define SL_OPT_FIELD_SIZE                                       uint64_t
#define SL_OPT_FIELD_SPLIT                                      uint64_t
#define SL_OPT_FIELD_MS                                         int64_t
#define SL_OPT_FIELD_BOOL                                       bool
#define SL_OPT_FIELD_ENUM                                       int
#define SL_OPT_FIELD(field, key, type, def, range, group, help) SL_OPT_FIELD_##type field;

/** All options, resolved. Strings are owned, never NULL. Free with sl_config_free(). */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of the table */
struct sl_config {
    SL_OPTIONS(SL_OPT_FIELD)
    struct sl_paths paths;
    struct {
        enum sl_origin from;
        int line;               /* line number in the file */
        const char *old_key;    /* the old key that named it; NULL: its key did */
    } origins[SL_OPTION_COUNT]; /* by row */
};
#undef SL_OPT_FIELD

/** Defaults alone. Errors: SL_ENOMEM. */
int sl_config_defaults(struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;
void sl_config_free(struct sl_config *config);

/**
 * Set one option by its key or an old key, as a flag does. Errors start with `where`
 * ("--parallel"). Errors: SL_ECONFIG for an unknown key or a bad value (with the allowed values,
 * and the nearest key), or when a flag has set it by another key.
 */
int sl_config_set(struct sl_config *config, const char *key, const char *value, const char *where,
                  struct sl_err *err) SL_MUST_CHECK;

/**
 * Read an ini file: options stand in [sluice], key bindings in [keys]. Bindings are appended to
 * `keys` as text, "key = action", each on its line number in the file, for the screen; `keys` may
 * be NULL. Errors: SL_ENOENT, SL_EACCES (also: other users could have written the file, see
 * trust.h), SL_ECONFIG with file and line for a bad, unknown or duplicate key or section. After an
 * error nothing is applied.
 */
int sl_config_read_file(struct sl_config *config, const char *path, struct sl_buf *keys,
                        struct sl_err *err) SL_MUST_CHECK;

/** Apply every SLUICE_* variable of `environ` that names an option; unknown ones are ignored.
 * Errors: SL_ECONFIG (also: one option by its key and by an old key), SL_ENOMEM. */
int sl_config_read_env(struct sl_config *config, char *const *environ_list,
                       struct sl_err *err) SL_MUST_CHECK;

/** The resolved options as a config.ini, or with `example` the commented config.ini.example. */
void sl_config_print(struct sl_buf *out, const struct sl_config *config, bool example);

/** For the command line: whether --FLAG names an option and whether it takes a value (BOOL options
 * do not need one). Returns the ini key or the old key that is spelt so, NULL if unknown. */
const char *sl_config_key_of_flag(const char *flag, bool *takes_value);

/** The ini key for a key or an old key; NULL if unknown. */
const char *sl_config_key(const char *named);

/** One line for each option that an old key named: "config.ini:14: commit_after is now hold". Of
 * `file`, the config.ini that was read, only the name is shown. */
void sl_config_add_renamed(struct sl_buf *out, const struct sl_config *config, const char *file);

/** The ini key of row `index` of the table, NULL behind the last: for suggestions. */
const char *sl_config_key_at(size_t index);

/** The source of an option's value; `key` must be in the table. */
enum sl_origin sl_config_origin(const struct sl_config *config, const char *key);

enum { SL_CONFIG_WHERE_BYTES = 192 };

/** Where the user can fix an option, for errors that show only in combination with others: "FILE:3:
 * limit", "SLUICE_LIMIT", "--limit", or the bare key of a default. `file` is the config.ini that
 * was read. */
void sl_config_where(char out[static SL_CONFIG_WHERE_BYTES], const struct sl_config *config,
                     const char *key, const char *file);

/** The options' part of --help, in groups. */
void sl_config_help(struct sl_buf *out);

#endif
