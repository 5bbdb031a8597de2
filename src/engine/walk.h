/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * walk.h - one walk from a path down, on the caller's thread. Private to the scanner, which says in
 * scan.h what is walked and what is reported.
 */
#ifndef SL_WALK_H
#define SL_WALK_H

#include <stdatomic.h>

#include "scan.h"

struct sl_walk_options {
    bool include_hidden;
    const atomic_bool *stop; /* looked at before each name */
    sl_scan_fn fn;
    void *ctx;
};

/**
 * Walk an absolute path shorter than SL_PATH_BYTES and report all of it, SL_SCAN_DONE last. Returns
 * early when `stop` is set or the callback returned non-zero.
 */
void sl_walk(const struct sl_walk_options *options, const char *path, uint64_t request_id);

#endif
