/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* version_names.h - local times in messages and arguments, and names for older versions. Private to
 * cli. */
#ifndef SL_CLI_VERSION_NAMES_H
#define SL_CLI_VERSION_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/piece.h"

enum { SL_DATE_CHARS = 17, SL_NAME_BYTES = 256 };

/** "2026-11-30 18:05", local time; "-" for 0: not known. */
void sl_date_text(char out[static SL_DATE_CHARS], int64_t wall_ms);

/**
 * The last millisecond of a DATE. "2026-11-30" means the whole day, "2026-11-30T18:05" the minute,
 * "2026-11-30T18:05:30" the second; ".250" behind it the millisecond. A blank may replace the T.
 * Local time; UTC with a Z at the end. Errors: SL_EUSAGE.
 */
int sl_date_parse(int64_t *until_ms, const char *text, struct sl_err *err) SL_MUST_CHECK;

/**
 * The name for an older version: "film (2026-03-01 1204).mkv", in local time. `unique` adds the end
 * of the PieceCID, which stands alone when the time is not known. `path` may have folders, which
 * stay. The last component has at most 255 bytes. Returns it owned, or NULL without memory.
 */
char *sl_version_name(const char *path, int64_t stored_ms, const struct sl_piece_id *cid,
                      bool unique);

#endif
