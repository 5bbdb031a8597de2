/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* memfd_create, seals */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) \
                                               */
#include "sluice/board.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010 /* Linux 5.1 */
#endif

/*
 * `version` is odd while the slot is written. Both sides use acquire and release on every word, not
 * fences: a reader that saw one new word also sees the odd version behind it.
 */
struct slot {
    alignas(64) _Atomic uint64_t version;
    _Atomic uint64_t job_id;
    _Atomic uint64_t part_attempt;
    _Atomic uint64_t hashed_bytes;
    _Atomic uint64_t sent_bytes;
    _Atomic uint64_t acked_bytes;
    _Atomic uint64_t at_ms;
};

enum { BOARD_BYTES = sizeof(struct slot) * SL_BOARD_SLOTS, SEALS = F_SEAL_SHRINK | F_SEAL_GROW };

struct sl_board {
    int fd;
    struct slot *slots;
};

int sl_board_new(struct sl_board **out, struct sl_err *err)
{
    struct sl_board *board = calloc(1, sizeof *board);
    if (board == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the progress board");
    void *memory = MAP_FAILED;
    board->fd = memfd_create("sluice-progress", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (board->fd >= 0 && ftruncate(board->fd, BOARD_BYTES) == 0)
        memory = mmap(NULL, BOARD_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, board->fd, 0);
    if (memory == MAP_FAILED ||
        fcntl(board->fd, F_ADD_SEALS, SEALS | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) {
        const int rc = sl_err_sys(err, errno, "make the progress board");
        if (memory != MAP_FAILED)
            munmap(memory, BOARD_BYTES);
        if (board->fd >= 0)
            close(board->fd);
        free(board);
        return rc;
    }
    board->slots = memory;
    *out = board;
    return SL_OK;
}

void sl_board_free(struct sl_board *board)
{
    if (board == NULL)
        return;
    munmap(board->slots, BOARD_BYTES);
    close(board->fd);
    free(board);
}

int sl_board_fd(const struct sl_board *board)
{
    return board->fd;
}

static void set(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

static uint64_t get(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

void sl_board_write(struct sl_board *board, unsigned slot, const struct sl_progress *progress)
{
    struct slot *s = &board->slots[slot];
    const uint64_t version = atomic_load_explicit(&s->version, memory_order_relaxed);
    set(&s->version, version + 1);
    set(&s->job_id, (uint64_t)progress->job_id);
    set(&s->part_attempt, (uint64_t)(uint32_t)progress->part << 32 | (uint32_t)progress->attempt);
    set(&s->hashed_bytes, progress->hashed_bytes);
    set(&s->sent_bytes, progress->sent_bytes);
    set(&s->acked_bytes, progress->acked_bytes);
    set(&s->at_ms, (uint64_t)progress->at_ms);
    set(&s->version, version + 2);
}

/* ---- readers ---- */

int sl_board_view_open(struct sl_board_view *view, int fd, struct sl_err *err)
{
    struct stat st;
    *view = (struct sl_board_view){0};
    const int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0 || st.st_size != BOARD_BYTES)
        return sl_err_set(err, SL_EPROTO, "the descriptor is not a progress board of this version");
    void *memory = mmap(NULL, BOARD_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return sl_err_sys(err, errno, "map the progress board");
    view->memory = memory;
    return SL_OK;
}

void sl_board_view_close(struct sl_board_view *view)
{
    if (view->memory != NULL)
        munmap((void *)view->memory, BOARD_BYTES);
    view->memory = NULL;
}

/* False: the slot was being written, or has not changed. */
static bool read_slot(const struct slot *s, uint64_t *seen, struct sl_progress *progress)
{
    const uint64_t version = get(&s->version);
    if (version == *seen || version % 2 != 0)
        return false;
    const uint64_t part_attempt = get(&s->part_attempt);
    *progress = (struct sl_progress){
        .job_id = (int64_t)get(&s->job_id),
        .part = (int32_t)(part_attempt >> 32),
        .attempt = (int32_t)(uint32_t)part_attempt,
        .hashed_bytes = get(&s->hashed_bytes),
        .sent_bytes = get(&s->sent_bytes),
        .acked_bytes = get(&s->acked_bytes),
        .at_ms = (int64_t)get(&s->at_ms),
    };
    if (get(&s->version) != version)
        return false;
    *seen = version;
    return true;
}

bool sl_board_view_next(struct sl_board_view *view, struct sl_progress *progress)
{
    const struct slot *slots = view->memory;
    for (unsigned i = 0; slots != NULL && i < SL_BOARD_SLOTS; i++) {
        if (read_slot(&slots[i], &view->seen[i], progress))
            return true;
    }
    return false;
}
