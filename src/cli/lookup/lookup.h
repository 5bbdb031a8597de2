/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lookup.h - finds stored files for get, verify and export: settings, local network, known copies,
 * and Ctrl-C. Private to cli.
 *
 * Sources are read one after the other, as far as needed: the journal, the data sets of the account
 * on the chain, its logs with --search-logs, then all approved providers of the network.
 */
#ifndef SL_CLI_LOOKUP_H
#define SL_CLI_LOOKUP_H

#include <pthread.h>

#include "sluice/chain.h"
#include "sluice/copies.h"
#include "sluice/devnet.h"

#include "interrupt.h"
#include "setup/settings.h"

enum sl_lookup_source {
    SL_LOOKUP_JOURNAL,
    SL_LOOKUP_ACCOUNT,
    SL_LOOKUP_LOGS, /* names of what SL_LOOKUP_ACCOUNT has found */
    SL_LOOKUP_ALL,
    SL_LOOKUP_END
};

struct sl_lookup {
    const struct sl_args *args;
    struct sl_settings settings;
    struct sl_clock clock;
    char network[SL_NETWORK_NAME_BYTES]; /* its name */
    struct sl_devnet *devnet;            /* the built-in network, if it is the one; else NULL */
    struct sl_network devnet_network;    /* describes it */
    struct sl_copies copies;
    struct sl_fetch *fetch;
    bool has_payer;
    struct sl_address payer;
    bool read_journal; /* the journal was read */
    bool read_account; /* all pieces of the account are known */
    size_t unnamed;    /* pieces that no source names: the contract keeps no metadata to read */
    struct sl_interrupt interrupt;
    pthread_mutex_t lock;   /* of `chain` */
    struct sl_chain *chain; /* NULL: not opened (yet) */
};

/** Connections, attempts and HTTP options of these settings. The path of ca_file is borrowed. */
struct sl_fetch_options sl_lookup_fetch_options(const struct sl_config *config);

/** Load the settings, start the local network if it is selected, watch for Ctrl-C, open a fetch.
 * Close with sl_lookup_close(), after a failure too. Errors: SL_ECONFIG, and those of
 * sl_cli_devnet_start() except SL_EHELD. */
int sl_lookup_open(struct sl_lookup *fetching, const struct sl_args *args,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_lookup_close(struct sl_lookup *fetching);

/** Start the local network, if the settings say that it is the network. */
int sl_lookup_start_devnet(struct sl_lookup *fetching, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read this source, for the piece `cid` or for everything (NULL). Returns 1 when copies or names
 * were added, 0 when it knows nothing more. Errors: those of the journal or the chain.
 */
int sl_lookup_read(struct sl_lookup *fetching, enum sl_lookup_source source,
                   const struct sl_piece_id *cid, struct sl_err *err) SL_MUST_CHECK;

/** Find names for unnamed pieces in data sets, from receipts of commits in the journal and, with
 * `logs`, from the logs: those of the last days, or all with --search-logs. f->unnamed pieces stay
 * unnamed. Errors: those of name_search.h. */
int sl_lookup_name_pieces(struct sl_lookup *fetching, bool logs, struct sl_err *err) SL_MUST_CHECK;

/** The chain, opened at its first use. Errors: SL_ECONFIG (the network has none). */
int sl_lookup_chain(struct sl_lookup *fetching, struct sl_chain **out,
                    struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether an operand is a PieceCID: 1 and *out, or 0. Version 1 is looked up in the journal and in
 * the data sets of the account. Errors: SL_EUSAGE (an invalid PieceCID, or several pieces fit and
 * were listed), SL_ENOTFOUND (version 1, and no known piece fits), those of the journal or the
 * chain.
 */
int sl_lookup_cid(struct sl_lookup *fetching, struct sl_piece_id *out, const char *operand,
                  struct sl_err *err) SL_MUST_CHECK;

/** The files that a name stands for, among those read so far: returns their number, and their
 * versions in *out. Free with sl_versions_free(), after a failure too. Errors: SL_ENOMEM. */
int sl_lookup_find(struct sl_lookup *fetching, struct sl_versions *out, const char *operand,
                   struct sl_err *err) SL_MUST_CHECK;

/** Whether files may exist that cannot be found by name: pieces without readable metadata, or data
 * sets that the node refused to list. */
bool sl_lookup_has_unnamed(const struct sl_lookup *fetching);

/** If that may be the reason why the file of this PieceCID, or a name (NULL), is not known, set
 * *err to SL_ENOTFOUND with what to do, and return true. Any other error stays. */
bool sl_lookup_explain_unnamed(const struct sl_lookup *fetching, const struct sl_piece_id *cid,
                               struct sl_err *err);

/** Warn that a file that only the chain names may have newer versions without a name. */
void sl_lookup_warn_unnamed(const struct sl_lookup *fetching, const char *operand,
                            const struct sl_versions *versions);

/** List on stderr the files that an ambiguous name could mean. */
void sl_lookup_print_matches(const char *operand, const struct sl_versions *versions);

/** Replace the URLs of every part by the one of --from, if given. The new copies are added to
 * `own`, which must live as long. Errors: SL_EUSAGE. */
int sl_lookup_use_from(struct sl_lookup *fetching, struct sl_wanted *wanted, struct sl_copies *own,
                       struct sl_err *err) SL_MUST_CHECK;

/** Whether the error is a provider's fault, so that another provider may succeed. */
bool sl_lookup_is_provider_fault(const struct sl_err *err);

#endif
