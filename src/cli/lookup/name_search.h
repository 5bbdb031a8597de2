/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * name_search.h - finds names of pieces that the contracts do not keep: in receipts of commits that
 * the journal knows, and in the chain's logs. Private to cli.
 */
#ifndef SL_CLI_NAME_SEARCH_H
#define SL_CLI_NAME_SEARCH_H

#include "sluice/chain_logs.h"
#include "sluice/clock.h"
#include "sluice/copies.h"

/** Where to search for names. Fill it in, free with sl_name_search_free(). */
struct sl_name_search {
    struct sl_chain *chain;
    const char *state_dir; /* of the journal; borrowed */
    struct sl_clock clock;
    bool logs;            /* search the logs too, which takes long and shows progress on stderr */
    uint64_t most_epochs; /* of a data set whose logs are searched; 0: any number */
    struct sl_name_search_batch
        *batches; /* what the journal knows; zero: not read yet, as the next */
    size_t batch_count;
    size_t batch_room;
    bool read_journal;
};

void sl_name_search_free(struct sl_name_search *search);

/**
 * Search names of these pieces, first in receipts. If a node refuses, that is reported and the
 * search ends; names found so far stay. Errors: SL_ECANCELED (the epoch reached is reported),
 * SL_ENOMEM, those of the journal.
 */
int sl_name_search_find(struct sl_piece_names *names, struct sl_name_search *search,
                        struct sl_err *err) SL_MUST_CHECK;

/** Label all unlabelled copies of `copies` that are in data sets. *left is how many pieces stay
 * unlabelled. */
int sl_name_search_label(size_t *left, struct sl_copies *copies, struct sl_name_search *search,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
