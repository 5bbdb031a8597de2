/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * removal.h - what a removal from a data set takes from files, told before anything is signed, and
 * what the node says of the data set compared with the journal. Private to cli.
 *
 * Files are those of the journal. A piece that the journal does not know is known by the name that
 * the chain has of it, if any. Without a journal only the chain counts.
 */
#ifndef SL_CLI_REMOVAL_H
#define SL_CLI_REMOVAL_H

#include "sluice/chain.h"
#include "sluice/config.h"
#include "sluice/journal_removal.h"

#include "args.h"

/** A file that loses something. */
struct sl_removal_file {
    char *path;               /* as the journal or the chain has it */
    int64_t job_id;           /* 0: only the chain names it, and copies are not known */
    struct sl_piece_id piece; /* of the whole file */
    unsigned copies, left;    /* before and after */
    unsigned pieces, lost;    /* that it needs, and that it has no copy of any more */
    double covered;           /* job_id 0: how much of `pieces` is removed */
    bool shared;              /* another file needs a lost piece too */
};

/** Zero-initialise, close with sl_removal_close(). */
struct sl_removal {
    struct sl_journal *journal; /* NULL: there is none */
    struct sl_clock clock;
    uint64_t chain_id;
    uint64_t data_set_id;
    struct sl_removal_file *files;
    size_t count;
    size_t room;
    size_t unnamed; /* pieces that neither the journal nor the chain has a name for */
    size_t broken;  /* files that lose bytes: what --breaks has to say */
    bool whole_set;
};

/** Open the journal, if there is one. Errors: SL_EJOURNAL, SL_EUSAGE (--breaks is no number). */
int sl_removal_open(struct sl_removal *removal, const struct sl_config *config,
                    const struct sl_args *args, uint64_t chain_id, uint64_t data_set_id,
                    struct sl_err *err) SL_MUST_CHECK;
void sl_removal_close(struct sl_removal *removal);

/** Compare the data set with the one that the journal has under this number. Errors: SL_EPROTO (the
 * node says something else). */
int sl_removal_check_set(struct sl_removal *removal, const struct sl_data_set *set,
                         struct sl_err *err) SL_MUST_CHECK;

/** Compare a piece with the one that the journal has under this number. Errors: SL_EPROTO (the node
 * says something else). */
int sl_removal_check_piece(struct sl_removal *removal, const struct sl_chain_piece *piece,
                           struct sl_err *err) SL_MUST_CHECK;
/** A piece that goes, with its metadata: compared, and its file noted. */
int sl_removal_take(struct sl_removal *removal, const struct sl_chain_piece *piece,
                    struct sl_err *err) SL_MUST_CHECK;
/** All pieces of the data set, read from the chain. */
int sl_removal_take_all(struct sl_removal *removal, struct sl_chain *chain,
                        struct sl_err *err) SL_MUST_CHECK;

/** Find what files lose by the removal of these piece ids; NULL: of the whole data set. A copy in
 * a data set that has ended on chain does not count. */
int sl_removal_weigh(struct sl_removal *removal, struct sl_chain *chain, const uint64_t *ids,
                     size_t count, struct sl_err *err) SL_MUST_CHECK;

/** Name the files on stderr. */
void sl_removal_say(const struct sl_removal *removal);
/** With --json: a line "affected" for each of them. Errors: SL_EIO (stdout takes no more). */
int sl_removal_print(const struct sl_removal *removal, const struct sl_args *args,
                     struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether it may go on. Without --breaks when no file loses bytes, or when the pieces were named
 * (not the whole data set), are all that these files need, and are needed by no other file. With
 * --breaks when it gives the number of files that lose bytes. Errors: SL_EREFUSED.
 */
int sl_removal_agree(const struct sl_removal *removal, const struct sl_args *args,
                     struct sl_err *err) SL_MUST_CHECK;

#endif
