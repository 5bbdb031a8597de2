/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* tmp.h - temporary folders and files for tests. */
#ifndef SL_TEST_TMP_H
#define SL_TEST_TMP_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/path.h"

/** Makes a new empty folder below $TMPDIR (default /tmp) and writes its absolute path to `dir`. */
void sl_tmp_make(char dir[static SL_PATH_BYTES]);

/** Removes the folder and everything in it. */
void sl_tmp_remove(const char *dir);

/** Writes DIR/NAME with `len` bytes: xorshift of `seed`, or zeros when seed is 0. Its path goes to
 * `path` (may be NULL). */
void sl_tmp_file(char *path, const char *dir, const char *name, uint64_t len, uint64_t seed);

/** Put other bytes at `at` into a file and set its modification time back: neither that time nor
 * the size shows the change. */
void sl_tmp_change_secretly(const char *path, uint64_t at, const char *bytes);

#endif
