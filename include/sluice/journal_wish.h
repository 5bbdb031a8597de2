/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_wish.h - what was asked for a job, beside its number of copies. Layer: store.
 *
 * A job keeps the wish that it was queued with (struct sl_job, wish_id) until an option names
 * another one; many jobs share one. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_WISH_H
#define SL_JOURNAL_WISH_H

#include "sluice/journal.h"

enum { SL_WISH_SOURCE_BYTES = 128, SL_WISH_METADATA_BYTES = 2048, SL_WISH_NUMBER_CHARS = 80 };

/** How the copies of a job are placed, as the settings say it. A plain value. */
struct sl_wish {
    char source[SL_WISH_SOURCE_BYTES];     /* of the data sets; "": none */
    char metadata[SL_WISH_METADATA_BYTES]; /* of the data sets: KEY=VALUE,KEY=VALUE */
    bool with_cdn;
    char provider[SL_WISH_NUMBER_CHARS]; /* of the first copy, decimal; "": chosen */
    char data_set[SL_WISH_NUMBER_CHARS]; /* the same */
};

bool sl_wish_equal(const struct sl_wish *a, const struct sl_wish *b);

/** The id of a wish, > 0, kept if it is new. */
int sl_journal_put_wish(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
                        struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 and *wish, or 0 when there is none of that id. */
int sl_journal_wish(struct sl_journal *journal, int64_t id, struct sl_wish *wish,
                    struct sl_err *err) SL_MUST_CHECK;

#endif
