/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* json_lines.h - what every line of --json has in common. Private to cli. */
#ifndef SL_CLI_JSON_LINES_H
#define SL_CLI_JSON_LINES_H

#include "sluice/clock.h"
#include "sluice/json.h"
#include "sluice/metadata.h"
#include "sluice/u256.h"

/** {"v":1,"ts":"2026-01-31T23:59:59.999Z","type":TYPE and open for more. */
void sl_cli_json_begin(struct sl_jw *w, const char *type, const struct sl_clock *clock);

/** Whether a "summary" line was begun: it is the last line. */
bool sl_cli_json_has_summary(void);

/** "path", and its bytes as "pathBase64" when they are not UTF-8. */
void sl_cli_json_path(struct sl_jw *w, const char *path);

/** Unix ms as text; nothing for 0. */
void sl_cli_json_time(struct sl_jw *w, const char *key, int64_t wall_ms);

/** Close the object and the line. */
void sl_cli_json_end(struct sl_jw *w);

/** A JSON number up to 2^53 - 1, a decimal string above. */
void sl_cli_json_u256(struct sl_jw *w, const char *key, struct sl_u256 value);
/** As sl_cli_json_u256() of an amount: always a decimal string. */
void sl_cli_json_amount(struct sl_jw *w, const char *key, struct sl_u256 value);
/** The entries as an object. */
void sl_cli_json_metadata(struct sl_jw *w, const struct sl_metadata *entries, size_t count);

#endif
