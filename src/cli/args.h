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
      "the screen; queues PATHs, folders too (no terminal: as upload)")                            \
    X(SL_CMD_LINE_UPLOAD, "upload", "PATH... | -",                                                 \
      "upload without a screen: results on stdout, progress on stderr")                            \
    X(SL_CMD_LINE_WATCH, "watch", "[DIR...]",                                                      \
      "upload what becomes finished in folders, until it is stopped")                              \
    X(SL_CMD_LINE_CID, "cid", "FILE... | -", "print PieceCIDs, a line for each FILE; check lists") \
    X(SL_CMD_LINE_GET, "get", "CID | NAME...",                                                     \
      "get files back, every byte verified; go on where it broke off")                             \
    X(SL_CMD_LINE_VERIFY, "verify", "CID | NAME | FILE...",                                        \
      "compare what is stored with its PieceCID, copy by copy")                                    \
    X(SL_CMD_LINE_EXPORT, "export", "[DATASET...]",                                                \
      "a manifest of what is stored where, for get --manifest")                                    \
    X(SL_CMD_LINE_STATUS, "status", "[ID...]",                                                     \
      "what was queued, where it is, what failed and why")                                         \
    X(SL_CMD_LINE_RESUME, "resume", "[ID...]", "go on with what earlier runs left unfinished")     \
    X(SL_CMD_LINE_RETRY, "retry", "[ID...]", "try again what has failed, and copies that miss")    \
    X(SL_CMD_LINE_CANCEL, "cancel", "ID...", "send nothing more of these")                         \
    X(SL_CMD_LINE_FORGET, "forget", "ID...", "take these out of the list; files stay")             \
    X(SL_CMD_LINE_COST, "cost", "PATH... | -",                                                     \
      "what uploading PATHs would cost, before anything is sent")                                  \
    X(SL_CMD_LINE_WALLET, "wallet", "[status | deposit | ...]",                                    \
      "the key that pays and signs, and its money")                                                \
    X(SL_CMD_LINE_PROVIDERS, "providers", "",                                                      \
      "the approved providers of the network, and who answers")                                    \
    X(SL_CMD_LINE_DATASETS, "datasets", "[terminate DATASET]",                                     \
      "data sets of an account: what they hold, how proving goes")                                 \
    X(SL_CMD_LINE_PIECES, "pieces", "DATASET", "the pieces of a data set")                         \
    X(SL_CMD_LINE_RM, "rm", "DATASET PIECE...", "have pieces of a data set removed")               \
    X(SL_CMD_LINE_DOCTOR, "doctor", "", "look at all that uploads need, and say what to do")       \
    X(SL_CMD_LINE_CONFIG, "config", "", "the settings in effect, as a config.ini")                 \
    X(SL_CMD_LINE_SERVE, "serve", "",                                                              \
      "a whole test network on this machine: chain, contracts, providers")                         \
    X(SL_CMD_LINE_HELP, "help", "[COMMAND | keys]",                                                \
      "this text, that of one command, or the keys of the screen")

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
    X(help, "help", "", SL_FOR_ALL, "(-h) show help, of a command when there is one")              \
    X(version, "version", "", SL_FOR_ALL, "(-V) show the version, and those of the libraries")     \
    X(state_dir, "state-dir", "DIR", SL_FOR_SETTINGS,                                              \
      "keep configuration, journal and data below DIR")                                            \
    X(config_file, "config", "FILE", SL_FOR_SETTINGS, "read this config.ini")                      \
    X(json, "json", "",                                                                            \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_WATCH) |        \
          SL_FOR(SL_CMD_LINE_CID) | SL_FOR(SL_CMD_LINE_STATUS) | SL_FOR(SL_CMD_LINE_RESUME) |      \
          SL_FOR(SL_CMD_LINE_RETRY) | SL_FOR(SL_CMD_LINE_WALLET) | SL_FOR(SL_CMD_LINE_SERVE) |     \
          SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_VERIFY) | SL_FOR_CHAIN,                     \
      "one JSON object a line on stdout")                                                          \
    X(force, "force", "",                                                                          \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_GET) |          \
          SL_FOR(SL_CMD_LINE_EXPORT) | SL_FOR(SL_CMD_LINE_DOCTOR),                                 \
      "send again what is stored; replace other files")                                            \
    X(follow_links, "follow-links", "[=outside]",                                                  \
      SL_FOR(SL_CMD_LINE_SCREEN) | SL_FOR(SL_CMD_LINE_UPLOAD) | SL_FOR(SL_CMD_LINE_WATCH) |        \
          SL_FOR(SL_CMD_LINE_COST),                                                                \
      "follow links inside folders; outside: all links")                                           \
    X(dry_run, "dry-run", "", SL_FOR_CONSENT, "show what would be done, send nothing")             \
    X(yes, "yes", "", SL_FOR_CONSENT, "do not ask before money moves or data is deleted")          \
    X(breaks, "breaks", "N", SL_FOR(SL_CMD_LINE_RM) | SL_FOR(SL_CMD_LINE_DATASETS),                \
      "go on although N files (all) lose bytes")                                                   \
    X(expiry, "expiry", "DURATION", SL_FOR(SL_CMD_LINE_WALLET),                                    \
      "with session login: for how long, 12h or 30d (30d)")                                        \
    X(v1, "v1", "", SL_FOR(SL_CMD_LINE_CID), "print the older form of the PieceCID (baga...)")     \
    X(recursive, "recursive", "", SL_FOR(SL_CMD_LINE_CID), "(-r) the files in folders too")        \
    X(check, "check", "", SL_FOR(SL_CMD_LINE_CID), "(-c) FILEs are lists: check what they name")   \
    X(quiet, "quiet", "", SL_FOR(SL_CMD_LINE_CID), "with --check: say nothing of what is fine")    \
    X(status, "status", "", SL_FOR(SL_CMD_LINE_CID), "with --check: the exit status alone")        \
    X(ignore_missing, "ignore-missing", "", SL_FOR(SL_CMD_LINE_CID),                               \
      "with --check: skip files that are not there")                                               \
    X(threads, "threads", "N", SL_FOR(SL_CMD_LINE_CID), "hash on N cores (0: all, the default)")   \
    X(output, "output", "FILE", SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_EXPORT),              \
      "(-o) write to FILE or folder; `-`: stdout")                                                 \
    X(from, "from", "URL", SL_FOR(SL_CMD_LINE_GET) | SL_FOR(SL_CMD_LINE_VERIFY),                   \
      "ask this provider and nobody else")                                                         \
    X(manifest, "manifest", "FILE", SL_FOR(SL_CMD_LINE_GET),                                       \
      "get what a manifest lists: all, or the NAMEs")                                              \
    X(at, "at", "DATE", SL_FOR(SL_CMD_LINE_GET), "the newest version stored by DATE, local time")  \
    X(versions, "versions", "", SL_FOR(SL_CMD_LINE_GET),                                           \
      "older versions too: 'NAME (2026-03-01 1204).EXT'")                                          \
    X(search_logs, "search-logs", "", SL_FOR_FETCH | SL_FOR(SL_CMD_LINE_PIECES),                   \
      "look for missing names in the chain's logs (slow)")                                         \
    X(sample, "sample", "SIZE", SL_FOR(SL_CMD_LINE_VERIFY),                                        \
      "compare so many bytes with the local file")                                                 \
    X(address, "address", "ADDRESS",                                                               \
      SL_FOR(SL_CMD_LINE_DATASETS) | SL_FOR(SL_CMD_LINE_DOCTOR) | SL_FOR(SL_CMD_LINE_COST) |       \
          SL_FOR_FETCH,                                                                            \
      "whose account, instead of that of your key")                                                \
    X(on_chain, "on-chain", "", SL_FOR(SL_CMD_LINE_DATASETS),                                      \
      "with terminate: by an own transaction")                                                     \
    X(no_ping, "no-ping", "", SL_FOR(SL_CMD_LINE_PROVIDERS) | SL_FOR(SL_CMD_LINE_DOCTOR),          \
      "do not ask providers whether they answer")                                                  \
    X(bundle, "bundle", "FILE", SL_FOR(SL_CMD_LINE_DOCTOR),                                        \
      "write versions, settings and log for a bug report")                                         \
    X(names, "names", "", SL_FOR(SL_CMD_LINE_DOCTOR), "with --bundle: keep file names")            \
    X(print, "print", "", SL_FOR(SL_CMD_LINE_CONFIG), "print the settings (as without it)")        \
    X(path, "path", "", SL_FOR(SL_CMD_LINE_CONFIG), "print where the config.ini is")               \
    X(listen, "listen", "HOST:PORT", SL_FOR(SL_CMD_LINE_SERVE), "of the node (127.0.0.1:5700)")    \
    X(dir, "dir", "DIR", SL_FOR(SL_CMD_LINE_SERVE), "keep the network in DIR")                     \
    X(epoch, "epoch", "SECONDS", SL_FOR(SL_CMD_LINE_SERVE),                                        \
      "between two blocks (1; the real: 30)")                                                      \
    X(providers, "providers", "N", SL_FOR(SL_CMD_LINE_SERVE), "how many (3)")                      \
    X(chain_id, "chain-id", "N", SL_FOR(SL_CMD_LINE_SERVE),                                        \
      "what the chain calls itself (31415926)")                                                    \
    X(profile, "profile", "NAME", SL_FOR(SL_CMD_LINE_SERVE),                                       \
      "which contracts: `today` (the default) or `1.3`")                                           \
    X(migrate, "migrate", "", SL_FOR(SL_CMD_LINE_SERVE),                                           \
      "bring a network of 1.3 to today's contracts")                                               \
    X(fund, "fund", "ADDR:AMOUNT,...", SL_FOR(SL_CMD_LINE_SERVE),                                  \
      "FIL and USDFC for new accounts")                                                            \
    X(unfunded, "unfunded", "", SL_FOR(SL_CMD_LINE_SERVE), "no money for the throwaway key")

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
