/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copy_index.h - the list of known copies, filled from the journal and from the chain. Private to
 * cli.
 *
 * Each source is one function, so that what it learns more of is added in one place.
 */
#ifndef SL_CLI_COPY_INDEX_H
#define SL_CLI_COPY_INDEX_H

#include "sluice/chain.h"
#include "sluice/clock.h"
#include "sluice/copies.h"
#include "sluice/devnet.h"

/** Add what the journal of `state_dir` lists as stored; nothing without a journal. `devnet` (may
 * be NULL) is the local network that runs: its providers may have other ports now. Errors: those of
 * sl_journal_open() and sl_journal_each(). */
int sl_cli_copy_index_journal(struct sl_copies *out, const char *state_dir,
                              const struct sl_clock *clock, const struct sl_devnet *devnet,
                              struct sl_err *err) SL_MUST_CHECK;

/** The same for one job of the journal; 0: for all. */
int sl_cli_copy_index_job(struct sl_copies *out, const char *state_dir,
                          const struct sl_clock *clock, const struct sl_devnet *devnet,
                          int64_t job_id, struct sl_err *err) SL_MUST_CHECK;

/** Add the present URLs of the local network's providers to its copies in a manifest. */
int sl_cli_copy_index_local(struct sl_copies *copies, const struct sl_devnet *devnet,
                            struct sl_err *err) SL_MUST_CHECK;

/** All pieces in the live data sets of an account (one whose pieces the node refuses to list is
 * counted in unread_sets), or `only` one, which is found without reading
 * the others. Errors: those of chain.h. */
int sl_cli_copy_index_account(struct sl_copies *out, struct sl_chain *chain,
                              const struct sl_address *payer, const struct sl_piece_id *only,
                              struct sl_err *err) SL_MUST_CHECK;

/** All pieces of these data sets, of any account. Errors: also SL_ENOTFOUND (there is no
 * such data set). */
int sl_cli_copy_index_data_sets(struct sl_copies *out, struct sl_chain *chain,
                                const struct sl_u256 *ids, size_t count,
                                struct sl_err *err) SL_MUST_CHECK;

/** One piece at every approved provider, whether they have it or not. */
int sl_cli_copy_index_approved(struct sl_copies *out, struct sl_chain *chain,
                               const struct sl_piece_id *piece, struct sl_err *err) SL_MUST_CHECK;

/** One piece at a provider of this address, or at the address itself when it ends with the
 * PieceCID. Errors: SL_EUSAGE (no URL). */
int sl_cli_copy_index_from(struct sl_copies *out, const char *url, const struct sl_copy *like,
                           struct sl_err *err) SL_MUST_CHECK;

#endif
