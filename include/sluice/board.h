/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * board.h - the newest byte counts of all workers, for any number of readers. Layer: engine.
 *
 * One slot for each worker in shared memory (a memfd). A worker overwrites its slot with cumulative
 * totals; a reader copies a slot at any time, in any process. Neither side waits: a slow
 * reader sees fewer records, never wrong ones. The memory is sealed: readers can neither write it
 * nor shrink it, so a hostile reader cannot harm the writer.
 */
#ifndef SL_BOARD_H
#define SL_BOARD_H

#include <stddef.h>

#include "sluice/engine.h"

enum { SL_BOARD_SLOTS = 33 }; /* the workers, those that hold a connection too, and the planner */

struct sl_board;

/** The writer's board. Owned, free with sl_board_free(). Errors: SL_ENOMEM, SL_EIO. */
int sl_board_new(struct sl_board **out, struct sl_err *err) SL_MUST_CHECK;
/** NULL is allowed. */
void sl_board_free(struct sl_board *board);
/** The descriptor to hand to readers; borrowed, as long as the board lives. */
int sl_board_fd(const struct sl_board *board);
/** Overwrite a slot. One thread for each slot. */
void sl_board_write(struct sl_board *board, unsigned slot, const struct sl_progress *progress);

/** A reader of a board. */
struct sl_board_view {
    const void *memory;
    uint64_t seen[SL_BOARD_SLOTS]; /* the version of each slot that was read last */
};

/** Map a board that another process handed over; `fd` stays the caller's. Errors: SL_EPROTO (not a
 * sealed board of this size), SL_EIO. */
int sl_board_view_open(struct sl_board_view *view, int fd, struct sl_err *err) SL_MUST_CHECK;
void sl_board_view_close(struct sl_board_view *view);
/** The next slot that changed since it was read last; false: none has. */
bool sl_board_view_next(struct sl_board_view *view, struct sl_progress *progress);

#endif
