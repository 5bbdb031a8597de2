/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* copies_json.h - prints the copies on chain that the journal knows, as JSON or text. Private to
 * cli. */
#ifndef SL_CLI_COPIES_JSON_H
#define SL_CLI_COPIES_JSON_H

#include "sluice/journal_commit.h"
#include "sluice/json.h"
#include "sluice/network.h"

/** The owner whose copies count: a payer on a chain. Zero chain_id: all copies. */
struct sl_copies_owner {
    struct sl_network network;
    struct sl_address payer;
};

/** An array "copies": providerId, dataSetId, pieceId, txHash, retrievalUrl of each; of a file in
 * parts an object a copy with "parts", which have these and "part" and "pieceCid". `journal` NULL:
 * an empty one. Errors: those of the journal. */
int sl_cli_copies_json_array(struct sl_jw *w, struct sl_journal *journal,
                             const struct sl_copies_owner *of, const struct sl_job *job,
                             struct sl_err *err) SL_MUST_CHECK;

/** Whether a copy belongs to this owner. */
bool sl_cli_copies_owner_has(const struct sl_copies_owner *of, uint64_t chain_id,
                             const uint8_t *payer);

/** Write providerId, dataSetId, pieceId, txHash, retrievalUrl of one copy of this piece; also
 * cdnUrl if the CDN serves its data set. */
void sl_cli_copies_json_members(struct sl_jw *w, const struct sl_copies_owner *of,
                                const struct sl_piece_id *piece,
                                const struct sl_journal_copy *copy);

/** Of a file in parts: an array "parts" of one of its copies. Errors: those of the journal. */
int sl_cli_copies_json_parts(struct sl_jw *w, struct sl_journal *journal,
                             const struct sl_copies_owner *of, const struct sl_job *job,
                             unsigned copy, struct sl_err *err) SL_MUST_CHECK;

/** The same for people, a line each behind `indent`. */
int sl_cli_copies_json_text(struct sl_buf *out, const char *indent, struct sl_journal *journal,
                            const struct sl_copies_owner *of, const struct sl_piece_id *piece,
                            struct sl_err *err) SL_MUST_CHECK;

/** Whether a file on chain can be restored only with this journal, see journal_commit.h. Also true
 * when that cannot be read. */
bool sl_cli_copies_json_needs_journal(struct sl_journal *journal, const struct sl_job *job,
                                      const char *path);
/** The value for --json: "journal" or "key". */
const char *sl_cli_copies_json_restorable(bool needs_journal);
/** How many files that landed since then (Unix ms) need this journal. `journal` may be NULL: 0. */
size_t sl_cli_copies_json_count_needed(struct sl_journal *journal, int64_t since_ms);
/** The closing line of a run; nothing for 0 files. */
void sl_cli_copies_json_print_needed(size_t files);
/** Print a line on stderr for each data set created since then (Unix ms). Errors: those of the
 * journal. */
int sl_cli_copies_json_print_made(struct sl_journal *journal, const struct sl_copies_owner *of,
                                  int64_t since_ms, struct sl_err *err) SL_MUST_CHECK;

/** Fees of all commits that landed since then (Unix ms), in base units. */
int sl_cli_copies_json_fees(struct sl_u256 *fees, struct sl_journal *journal,
                            const struct sl_copies_owner *of, int64_t since_ms,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
