/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cid_run.h - one run of `sluice cid`: hashing a name, and how far it is. Private to cli.
 *
 * Nothing but the base and piece rooms is set to work for it. Calling thread only.
 */
#ifndef SL_CLI_CID_RUN_H
#define SL_CLI_CID_RUN_H

#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/piece.h"

#include "args.h"
#include "output/exit.h"
#include "output/meter.h"

struct sl_cid_run {
    const struct sl_args *args;
    struct sl_clock clock;
    unsigned threads; /* 0: all cores */
    size_t failed;    /* files without a PieceCID */
    size_t missing;   /* of those, no such file */
    bool broken;      /* stdout took no more */
    /* the fresh line */
    bool shows; /* stderr is a terminal */
    struct sl_meter meter;
    int64_t line_ms;
    uint64_t total_bytes; /* of the files counted so far, grows when more is found */
    uint64_t done_bytes;
    size_t files;
    size_t done_files;
    const char *name; /* being hashed; borrowed */
};

/** Errors: SL_EUSAGE (--threads). */
int sl_cid_run_init(struct sl_cid_run *run, const struct sl_args *args,
                    struct sl_err *err) SL_MUST_CHECK;

/** Say that files of so many bytes will be hashed: what the fresh line measures by. */
void sl_cid_run_expect(struct sl_cid_run *run, uint64_t bytes);

/**
 * Hash a file, "-" being standard input; what is no regular file is read to its end. Errors:
 * SL_ENOENT, SL_EACCES, SL_EIO, SL_ENOMEM, SL_EFILETYPE (a folder), SL_ECHANGED (it was written to
 * meanwhile).
 */
int sl_cid_run_hash(struct sl_cid_run *run, struct sl_piece_id *out, const char *name,
                    struct sl_err *err) SL_MUST_CHECK;

/** Count a file that has no PieceCID, and say so on stderr or as a JSON line. */
void sl_cid_run_failed(struct sl_cid_run *run, const char *name, const struct sl_err *err);

/** Write lines to stdout; a failure is kept in `broken`. Frees the text. */
void sl_cid_run_out(struct sl_cid_run *run, struct sl_buf *text);

/** `sluice cid --check` of all operands. */
enum sl_exit sl_cid_check(struct sl_cid_run *run);

#endif
