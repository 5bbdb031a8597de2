/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * removal.h - shows what files lose by a removal before anything is signed, checks the node's data
 * set against the journal, and records the removal in the journal. Private to cli.
 *
 * Files come from the journal. A piece that the journal does not know has the name that the chain
 * keeps, if any. Without a journal, only the chain counts.
 */
#ifndef SL_CLI_REMOVAL_H
#define SL_CLI_REMOVAL_H

#include "sluice/chain.h"
#include "sluice/config.h"
#include "sluice/journal_commit.h"

#include "args.h"

/** A file that loses something. */
struct sl_removal_file {
    char *path;               /* from the journal or the chain */
    int64_t job_id;           /* 0: only the chain names the file; its copies are not known */
    struct sl_piece_id piece; /* of the whole file */
    unsigned copies, left;    /* copies before and after */
    unsigned pieces, lost;    /* pieces that it needs, and pieces without any copy left */
    double covered;           /* job_id 0: how much of `pieces` is removed */
    bool shared;              /* another file needs a lost piece too */
};

/** Zero-initialise, close with sl_removal_close(). */
struct sl_removal {
    struct sl_journal *journal; /* NULL: there is no journal */
    struct sl_clock clock;
    uint64_t chain_id;
    uint64_t data_set_id;
    struct sl_removal_file *files;
    size_t count;
    size_t room;
    size_t unnamed; /* pieces without a name in the journal or on the chain */
    size_t broken;  /* files that lose bytes: the number that --breaks must give */
    bool whole_set;
};

/** Open the journal, if there is one. Errors: SL_EJOURNAL, SL_EUSAGE (--breaks is not a number). */
int sl_removal_open(struct sl_removal *removal, const struct sl_config *config,
                    const struct sl_args *args, uint64_t chain_id, uint64_t data_set_id,
                    struct sl_err *err) SL_MUST_CHECK;
void sl_removal_close(struct sl_removal *removal);

/** Compare the data set with the one that the journal has under this id. Errors: SL_EPROTO (the
 * node contradicts the journal). */
int sl_removal_check_set(struct sl_removal *removal, const struct sl_data_set *set,
                         struct sl_err *err) SL_MUST_CHECK;

/** Compare a piece with the one that the journal has under this id. Errors: SL_EPROTO (the node
 * contradicts the journal). */
int sl_removal_check_piece(struct sl_removal *removal, const struct sl_chain_piece *piece,
                           struct sl_err *err) SL_MUST_CHECK;
/** Add a piece to be removed, with its metadata: compare it, and note its file. */
int sl_removal_add_piece(struct sl_removal *removal, const struct sl_chain_piece *piece,
                         struct sl_err *err) SL_MUST_CHECK;
/** Add all pieces of the data set, read from the chain. */
int sl_removal_add_all(struct sl_removal *removal, struct sl_chain *chain,
                       struct sl_err *err) SL_MUST_CHECK;

/** Find what files lose when these piece ids are removed; NULL: the whole data set. Copies in a
 * data set that has ended on chain do not count. */
int sl_removal_find_losses(struct sl_removal *removal, struct sl_chain *chain, const uint64_t *ids,
                           size_t count, struct sl_err *err) SL_MUST_CHECK;

/** List the files on stderr. */
void sl_removal_notice(const struct sl_removal *removal);
/** With --json: print an "affected" line for each file. Errors: SL_EIO (stdout is gone). */
int sl_removal_print(const struct sl_removal *removal, const struct sl_args *args,
                     struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether the removal may go on. Without --breaks, it may if no file loses bytes. It also may if
 * the user named the pieces (not the whole data set), and they are all that these files need, and
 * no other file needs them. With --breaks, the given number must equal the number of files that
 * lose bytes. Errors: SL_EREFUSED.
 */
int sl_removal_check_allowed(const struct sl_removal *removal, const struct sl_args *args,
                             struct sl_err *err) SL_MUST_CHECK;

/**
 * Record in the journal that these pieces are removed, or all pieces of the data set if `ids` is
 * NULL, so that a file that is added again is stored again. Works beside a running sluice, which
 * learns of it at once. Does nothing without a journal. Failures are only reported, because the
 * removal has happened on chain.
 */
void sl_removal_record(const struct sl_config *config, const struct sl_clock *clock,
                       uint64_t chain_id, uint64_t data_set_id, const uint64_t *ids, size_t count);

#endif
