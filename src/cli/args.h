/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* args.h - parses the command line; looks nothing up and runs nothing. Private to cli. */
#ifndef SL_CLI_ARGS_H
#define SL_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/* X(id, name, operands, what it does in a few words) */
#define SL_COMMANDS(X)                                                                             \
    X(SL_CMD_LINE_SCREEN, "", "[PATH...]",                                                         \
      "Open the screen and queue PATHs (without a terminal: as upload)")                           \
    X(SL_CMD_LINE_UPLOAD, "upload", "PATH... | -",                                                 \
      "Upload files and folders, and wait until they are stored")                                  \
    X(SL_CMD_LINE_WATCH, "watch", "[DIR...]",                                                      \
      "Upload files as they finish arriving; runs until stopped")                                  \
    X(SL_CMD_LINE_CID, "cid", "FILE... | -", "Print or check PieceCIDs, like sha256sum")           \
    X(SL_CMD_LINE_GET, "get", "CID | NAME...",                                                     \
      "Download files and verify every byte; continue a broken download")                          \
    X(SL_CMD_LINE_VERIFY, "verify", "CID | NAME | FILE...",                                        \
      "Read stored copies and compare them with their PieceCIDs")                                  \
    X(SL_CMD_LINE_EXPORT, "export", "[DATASET...]",                                                \
      "Write a manifest of the stored files, for get --manifest")                                  \
    X(SL_CMD_LINE_STATUS, "status", "[ID...]",                                                     \
      "Show the queue: states, progress, reasons of failures")                                     \
    X(SL_CMD_LINE_RESUME, "resume", "[ID...]", "Continue what earlier runs left unfinished")       \
    X(SL_CMD_LINE_RETRY, "retry", "[ID...]", "Try failed files and missing copies again")          \
    X(SL_CMD_LINE_CANCEL, "cancel", "ID...", "Send nothing more of these files")                   \
    X(SL_CMD_LINE_FORGET, "forget", "ID...", "Take files off the list; the files themselves stay") \
    X(SL_CMD_LINE_COST, "cost", "PATH... | -", "Show the price of PATHs before anything is sent")  \
    X(SL_CMD_LINE_WALLET, "wallet", "[status | deposit | ...]",                                    \
      "Show or move the money of the key that pays and signs")                                     \
    X(SL_CMD_LINE_PROVIDERS, "providers", "", "List approved providers, and which of them answer") \
    X(SL_CMD_LINE_DATASETS, "datasets", "[terminate DATASET]",                                     \
      "List data sets: contents, price, state of their proofs")                                    \
    X(SL_CMD_LINE_PIECES, "pieces", "DATASET", "List the pieces of a data set")                    \
    X(SL_CMD_LINE_RM, "rm", "DATASET PIECE...", "Remove pieces from a data set; asks first")       \
    X(SL_CMD_LINE_DOCTOR, "doctor", "",                                                            \
      "Check everything that an upload needs, and name the remedy")                                \
    X(SL_CMD_LINE_CONFIG, "config", "", "Print the settings in effect as a config.ini")            \
    X(SL_CMD_LINE_SERVE, "serve", "",                                                              \
      "Run a test network on this machine: chain, contracts, providers")                           \
    X(SL_CMD_LINE_HELP, "help", "[COMMAND | keys]",                                                \
      "Show this text, the help of a command, or the screen's keys")

#define SL_COMMAND_ENUM(id, name, operands, text) id,
enum sl_command_line { SL_COMMANDS(SL_COMMAND_ENUM) SL_CMD_LINE_COUNT };
#undef SL_COMMAND_ENUM

#define SL_FOR(command) (1u << (command))
#define SL_FOR_ALL      ((1u << SL_CMD_LINE_COUNT) - 1)
#define SL_FOR_CHAIN                                                                               \
    (SL_FOR(SL_CMD_LINE_PROVIDERS) | SL_FOR(SL_CMD_LINE_DATASETS) | SL_FOR(SL_CMD_LINE_PIECES) |   \
     SL_FOR(SL_CMD_LINE_DOCTOR) | SL_FOR(SL_CMD_LINE_COST) | SL_FOR(SL_CMD_LINE_RM))
#define SL_FOR_FETCH                                                                               \
    (SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_VERIFY) | SL_FOR(SL_CMD_LINE_EXPORT))
#define SL_FOR_CONSENT                                                                             \
    (SL_FOR(SL_CMD_LINE_WALLET) | SL_FOR(SL_CMD_LINE_RM) | SL_FOR(SL_CMD_LINE_DATASETS))
/* commands that read the configuration */
#define SL_FOR_SETTINGS                                                                            \
    (SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_WATCH) |         \
     SL_FOR(SL_CMD_LINE_STATUS) | SL_FOR(SL_CMD_LINE_RESUME) | SL_FOR(SL_CMD_LINE_RETRY) |         \
     SL_FOR(SL_CMD_LINE_CANCEL) | SL_FOR(SL_CMD_LINE_FORGET) | SL_FOR(SL_CMD_LINE_WALLET) |        \
     SL_FOR(SL_CMD_LINE_CONFIG) | SL_FOR(SL_CMD_LINE_SERVE) | SL_FOR_CHAIN | SL_FOR_FETCH)

/* X(field, flag, value name ("": a switch; "[=VALUE]": a switch that may carry this value),
 * commands, help). SL_OPTIONS has the others. */
#define SL_FLAGS(X)                                                                                \
    X(help, "help", "", SL_FOR_ALL, "(-h) show this help, or the help of the command")             \
    X(version, "version", "", SL_FOR_ALL, "(-V) show the versions of sluice and its libraries")    \
    X(state_dir, "state-dir", "DIR", SL_FOR_SETTINGS,                                              \
      "keep configuration, journal and data below DIR")                                            \
    X(config_file, "config", "FILE", SL_FOR_SETTINGS, "read this config.ini")                      \
    X(json, "json", "",                                                                            \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_WATCH) |        \
          SL_FOR(SL_CMD_LINE_CID) | SL_FOR(SL_CMD_LINE_STATUS) | SL_FOR(SL_CMD_LINE_RESUME) |      \
          SL_FOR(SL_CMD_LINE_RETRY) | SL_FOR(SL_CMD_LINE_WALLET) | SL_FOR(SL_CMD_LINE_SERVE) |     \
          SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_VERIFY) | SL_FOR_CHAIN,                     \
      "print one JSON object per line on stdout")                                                  \
    X(force, "force", "",                                                                          \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_GET) |          \
          SL_FOR(SL_CMD_LINE_EXPORT) | SL_FOR(SL_CMD_LINE_DOCTOR),                                 \
      "send stored files again; overwrite files")                                                  \
    X(follow_links, "follow-links", "[=outside]",                                                  \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_WATCH) |        \
          SL_FOR(SL_CMD_LINE_COST),                                                                \
      "follow links inside the folder; outside: all links")                                        \
    X(dry_run, "dry-run", "", SL_FOR_CONSENT, "show what would happen, and send nothing")          \
    X(yes, "yes", "", SL_FOR_CONSENT, "do not ask before money moves or data is deleted")          \
    X(breaks, "breaks", "N", SL_FOR(SL_CMD_LINE_RM) | SL_FOR(SL_CMD_LINE_DATASETS),                \
      "accept that N files (all) lose bytes")                                                      \
    X(expiry, "expiry", "DURATION", SL_FOR(SL_CMD_LINE_WALLET),                                    \
      "with session login: how long, as 12h or 30d (30d)")                                         \
    X(v1, "v1", "", SL_FOR(SL_CMD_LINE_CID), "print version 1 PieceCIDs (baga...)")                \
    X(recursive, "recursive", "", SL_FOR(SL_CMD_LINE_CID), "(-r) include the files in folders")    \
    X(check, "check", "", SL_FOR(SL_CMD_LINE_CID),                                                 \
      "(-c) check the files that the lists in FILEs name")                                         \
    X(quiet, "quiet", "", SL_FOR(SL_CMD_LINE_CID), "with --check: print only what fails")          \
    X(status, "status", "", SL_FOR(SL_CMD_LINE_CID),                                               \
      "with --check: print nothing, set the exit status")                                          \
    X(ignore_missing, "ignore-missing", "", SL_FOR(SL_CMD_LINE_CID),                               \
      "with --check: skip missing files")                                                          \
    X(threads, "threads", "N", SL_FOR(SL_CMD_LINE_CID),                                            \
      "hash on N cores (0: all cores, the default)")                                               \
    X(output, "output", "FILE", SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_EXPORT),              \
      "(-o) write to FILE or folder; `-`: stdout")                                                 \
    X(from, "from", "URL", SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_VERIFY),                   \
      "download from this provider only")                                                          \
    X(manifest, "manifest", "FILE", SL_FOR(SL_CMD_LINE_GET),                                       \
      "download the files of a manifest, or its NAMEs")                                            \
    X(at, "at", "DATE", SL_FOR(SL_CMD_LINE_GET), "newest version stored by DATE (local time)")     \
    X(versions, "versions", "", SL_FOR(SL_CMD_LINE_GET),                                           \
      "add older versions: 'NAME (2026-03-01 1204).EXT'")                                          \
    X(search_logs, "search-logs", "", SL_FOR_FETCH | SL_FOR(SL_CMD_LINE_PIECES),                   \
      "search the chain's logs for missing names (slow)")                                          \
    X(sample, "sample", "SIZE", SL_FOR(SL_CMD_LINE_VERIFY),                                        \
      "compare only SIZE bytes with the local file")                                               \
    X(address, "address", "ADDRESS",                                                               \
      SL_FOR(SL_CMD_LINE_DATASETS) | SL_FOR(SL_CMD_LINE_DOCTOR) | SL_FOR(SL_CMD_LINE_COST) |       \
          SL_FOR_FETCH,                                                                            \
      "look at this account instead of your key's")                                                \
    X(on_chain, "on-chain", "", SL_FOR(SL_CMD_LINE_DATASETS),                                      \
      "with terminate: send the transaction yourself")                                             \
    X(no_ping, "no-ping", "", SL_FOR(SL_CMD_LINE_PROVIDERS) | SL_FOR(SL_CMD_LINE_DOCTOR),          \
      "do not check whether providers answer")                                                     \
    X(bundle, "bundle", "FILE", SL_FOR(SL_CMD_LINE_DOCTOR),                                        \
      "pack versions, settings and log for a bug report")                                          \
    X(names, "names", "", SL_FOR(SL_CMD_LINE_DOCTOR), "with --bundle: keep file names")            \
    X(print, "print", "", SL_FOR(SL_CMD_LINE_CONFIG), "print the settings (the default)")          \
    X(path, "path", "", SL_FOR(SL_CMD_LINE_CONFIG), "print the path of config.ini")                \
    X(listen, "listen", "HOST:PORT", SL_FOR(SL_CMD_LINE_SERVE),                                    \
      "address of the node (127.0.0.1:5700)")                                                      \
    X(dir, "dir", "DIR", SL_FOR(SL_CMD_LINE_SERVE), "keep the network's data in DIR")              \
    X(epoch, "epoch", "SECONDS", SL_FOR(SL_CMD_LINE_SERVE),                                        \
      "time between two blocks (1; real networks: 30)")                                            \
    X(providers, "providers", "N", SL_FOR(SL_CMD_LINE_SERVE), "number of providers (3)")           \
    X(chain_id, "chain-id", "N", SL_FOR(SL_CMD_LINE_SERVE), "number of the chain (31415926)")      \
    X(profile, "profile", "NAME", SL_FOR(SL_CMD_LINE_SERVE),                                       \
      "contracts of `today` (the default) or `1.3`")                                               \
    X(migrate, "migrate", "", SL_FOR(SL_CMD_LINE_SERVE),                                           \
      "upgrade a network of 1.3 to today's contracts")                                             \
    X(fund, "fund", "ADDR:AMOUNT,...", SL_FOR(SL_CMD_LINE_SERVE),                                  \
      "give FIL and USDFC to these accounts")                                                      \
    X(unfunded, "unfunded", "", SL_FOR(SL_CMD_LINE_SERVE), "give no money to the throwaway key")

/** An option of the configuration as given: "parallel", "4", "--parallel". */
struct sl_setting {
    const char *key;
    const char *named; /* `key` or the old key that the flag spells */
    const char *value;
    const char *flag;
};

/** Words are borrowed from argv. Free with sl_args_free(). */
struct sl_args {
    enum sl_command_line command;
#define SL_FLAG_FIELD(field, flag, value, commands, help) const char *field;
    SL_FLAGS(SL_FLAG_FIELD) /* the value; "" for a switch that is on; NULL: not given */
#undef SL_FLAG_FIELD
    struct sl_setting *settings;
    size_t setting_count;
    const char **operands;
    size_t operand_count;
};

/** Errors: SL_EUSAGE (with what was meant, if near), SL_ENOMEM. */
int sl_args_parse(struct sl_args *args, int argc, char **argv, struct sl_err *err) SL_MUST_CHECK;
void sl_args_free(struct sl_args *args);

/** The command of a name, SL_CMD_LINE_COUNT if there is none. */
enum sl_command_line sl_command_of_name(const char *name);
const char *sl_command_name(enum sl_command_line command);

/** The nearest name of a command, NULL if none is near. */
const char *sl_command_nearest(const char *word);

/** Check that all operands are job numbers. Errors: SL_EUSAGE. */
int sl_args_check_ids(const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

/** Whether an operand names this job. `known` has an element for each operand; those of the job are
 * set. */
bool sl_args_name_id(const struct sl_args *args, bool *known, int64_t id);

/** Check that every operand named a job. Errors: SL_ENOENT (the first that did not). */
int sl_args_check_known(const struct sl_args *args, const bool *known,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
