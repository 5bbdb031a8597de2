/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * body_writer.h - a body on its way in: written to DIR/tmp and hashed as it comes, constant memory.
 */
#ifndef SL_DEVNET_BODY_WRITER_H
#define SL_DEVNET_BODY_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"
#include "sluice/path.h"
#include "sluice/piece.h"

/** How much the disk must keep free. Shared by all uploads. */
struct sl_devnet_space {
    uint64_t min_free_bytes;
    _Atomic uint64_t promised_bytes; /* of bodies begun with a known length, not written yet */
};

/** Zero-initialise; belongs to one thread. */
struct sl_devnet_body_writer {
    struct sl_devnet_space *space; /* NULL: not begun */
    struct sl_piece_hasher *hasher;
    int fd;
    uint64_t received_bytes;
    uint64_t promised_bytes;
    uint64_t next_check_bytes;
    char path[SL_PATH_BYTES];
};

/**
 * Make the file below `dir`. `length` UINT64_MAX: not known. Errors: SL_ENOSPC when the body would
 * leave less than the minimum free, SL_EIO ...
 */
int sl_devnet_body_writer_begin(struct sl_devnet_body_writer *writer, struct sl_devnet_space *space,
                                const char *dir, uint64_t length, struct sl_err *err) SL_MUST_CHECK;

int sl_devnet_body_writer_add(struct sl_devnet_body_writer *writer, const void *data, size_t len,
                              struct sl_err *err) SL_MUST_CHECK;

/** Close the stream: the id of the bytes. */
int sl_devnet_body_writer_hash(struct sl_devnet_body_writer *writer, struct sl_piece_id *out,
                               struct sl_err *err) SL_MUST_CHECK;

/** The bytes are on the disk when it returns. */
int sl_devnet_body_writer_sync(struct sl_devnet_body_writer *writer,
                               struct sl_err *err) SL_MUST_CHECK;

/** Give everything back and unlink the file if it was not taken. Allowed on a zero value. */
void sl_devnet_body_writer_end(struct sl_devnet_body_writer *writer);

#endif
