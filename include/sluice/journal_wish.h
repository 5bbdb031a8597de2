/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_wish.h - the wish of a job: how the user wants its copies placed. Layer: store.
 *
 * A job keeps the wish that it was queued with (struct sl_job, wish_id) until an option sets
 * another one. Many jobs share one wish. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_WISH_H
#define SL_JOURNAL_WISH_H

#include "sluice/journal.h"

enum { SL_WISH_SOURCE_BYTES = 128, SL_WISH_METADATA_BYTES = 2048, SL_WISH_NUMBER_CHARS = 80 };

/** How the copies of a job are placed, in the form of the settings. A plain value. */
struct sl_wish {
    char source[SL_WISH_SOURCE_BYTES];     /* application name in the data sets; "": none */
    char metadata[SL_WISH_METADATA_BYTES]; /* metadata of the data sets: KEY=VALUE,KEY=VALUE */
    bool with_cdn;
    char provider[SL_WISH_NUMBER_CHARS]; /* provider of the first copy, decimal; "": chosen by the
                                            commit */
    char data_set[SL_WISH_NUMBER_CHARS]; /* data set of the first copy, likewise */
};

/** Get the id of a wish, > 0; a new wish is stored. */
int sl_journal_put_wish(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
                        struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 and *wish, or 0 when no wish has this id. */
int sl_journal_wish(struct sl_journal *journal, int64_t id, struct sl_wish *wish,
                    struct sl_err *err) SL_MUST_CHECK;

#endif
