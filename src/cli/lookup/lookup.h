/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lookup.h - what get, verify and export stand on: settings, the local network, what is known of
 * copies, and Ctrl-C. Private to cli.
 *
 * What is known is asked for step by step, as far as it is needed: the journal, the data sets of
 * the account on the chain, its logs when --search-logs says so, then all approved providers of the
 * network.
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
    struct sl_devnet *localnet;          /* the built-in network, if it is the one; else NULL */
    struct sl_network devnet;            /* describes it */
    struct sl_copies copies;
    struct sl_fetch *fetch;
    bool has_payer;
    struct sl_address payer;
    bool read_journal; /* need not be again */
    bool walked;       /* all pieces of the account are known */
    size_t unnamed;    /* pieces that no source names: the contract keeps no metadata to read */
    struct sl_interrupt interrupt;
    pthread_mutex_t lock;   /* of `chain` */
    struct sl_chain *chain; /* NULL: not opened (yet) */
};

/** How many connections, tries and HTTP rules of these settings. The path of ca_file is borrowed.
 */
struct sl_fetch_options sl_lookup_fetch_options(const struct sl_config *config);

/** Load the settings, start the local network if it is the one, watch for Ctrl-C, open a fetch.
 * Close with sl_lookup_close(), after a failure too. Errors: SL_ECONFIG, and those of
 * sl_cli_devnet_start() but SL_EHELD. */
int sl_lookup_open(struct sl_lookup *fetching, const struct sl_args *args,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_lookup_close(struct sl_lookup *fetching);

/** Start the local network, if the settings say that it is the network. */
int sl_lookup_start_devnet(struct sl_lookup *fetching, struct sl_err *err) SL_MUST_CHECK;

/**
 * Learn what this step knows, of the piece `cid` or of everything (NULL). 1 when copies or names
 * were added, 0 when it knows nothing more. Errors: those of the journal or the chain.
 */
int sl_lookup_read(struct sl_lookup *fetching, enum sl_lookup_source reach,
                   const struct sl_piece_id *cid, struct sl_err *err) SL_MUST_CHECK;

/** Give names to pieces of data sets that have none yet, from receipts of commits that the journal
 * knows, and with `logs` from the logs, too: those of the last days, all of them with
 * --search-logs. f->nameless are left. Errors: those of naming.h. */
int sl_lookup_name_pieces(struct sl_lookup *fetching, bool logs, struct sl_err *err) SL_MUST_CHECK;

/** The chain, opened when it is needed first. Errors: SL_ECONFIG (there is none). */
int sl_lookup_chain(struct sl_lookup *fetching, struct sl_chain **out,
                    struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether an operand is a PieceCID: 1 and *out, or 0. One of version 1 is sought in the journal and
 * in the data sets of the account. Errors: SL_EUSAGE (it looks like one, or several pieces fit and
 * were listed), SL_ENOTFOUND (of version 1, and no known piece fits), those of the journal or the
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

/** When that may be why the file of this PieceCID, or a name (NULL), is not known: make it the
 * error, SL_ENOTFOUND with what to do, and return true. Another error than that stays. */
bool sl_lookup_explain_unnamed(const struct sl_lookup *fetching, const struct sl_piece_id *cid,
                               struct sl_err *err);

/** Warn that newer versions of a file that the chain alone names may be out of sight. */
void sl_lookup_warn_unnamed(const struct sl_lookup *fetching, const char *operand,
                            const struct sl_versions *versions);

/** List on stderr the files that an ambiguous name could mean. */
void sl_lookup_print_matches(const char *operand, const struct sl_versions *versions);

/** Leave one address of every part: the --from of the arguments, when it was given. The new copies
 * are added to `own`, which has to live as long. Errors: SL_EUSAGE. */
int sl_lookup_use_from(struct sl_lookup *fetching, struct sl_wanted *wanted, struct sl_copies *own,
                       struct sl_err *err) SL_MUST_CHECK;

/** Whether an error is of those who have the copies: others may do better. */
bool sl_lookup_is_provider_fault(const struct sl_err *err);

#endif
