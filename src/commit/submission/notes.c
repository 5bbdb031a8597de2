/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Log lines about a batch: `grep commit=7` finds all lines of batch 7. */
#include "submission/notes.h"

#include <stdio.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/log.h"

enum { NONCE_BYTES = 4, SET_CHARS = 24 };

void sl_batch_about(const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    char provider[SL_U256_DEC_CHARS];
    char data_set[SET_CHARS] = "new";
    sl_u256_dec(provider, record->provider_id);
    if (record->data_set_id != 0)
        snprintf(data_set, sizeof data_set, "%llu", (unsigned long long)record->data_set_id);
    sl_log_about("commit=%lld copy=%u provider=%.20s data-set=%s", (long long)record->id,
                 record->copy + 1, provider, data_set);
}

static void list_pieces(const struct sl_journal_commit *record)
{
    if (!sl_log_is_on(SL_LOG_DEBUG, SL_LOG_COMMIT))
        return;
    for (size_t i = 0; i < record->count; i++) {
        char cid[SL_PIECE_CID_CHARS];
        sl_piece_cid(cid, &record->pieces[i]);
        sl_log(SL_LOG_DEBUG, SL_LOG_COMMIT, "piece=%s", cid);
    }
}

void sl_batch_note(const struct sl_batch *batch, const char *what, const struct sl_err *why)
{
    const struct sl_journal_commit *record = &batch->record;
    uint8_t nonce[32];
    char shown[2 * NONCE_BYTES + 1];
    sl_batch_about(batch);
    if (!sl_log_is_on(SL_LOG_INFO, SL_LOG_COMMIT))
        return;
    sl_u256_to_be(nonce, record->nonce);
    sl_hex_encode(shown, nonce, NONCE_BYTES);
    sl_log(SL_LOG_INFO, SL_LOG_COMMIT, "%s: pieces=%zu nonce=%s%s%s%s%s", what, record->count,
           shown, record->tx[0] != '\0' ? " tx=" : "", record->tx,
           why != NULL && why->code != SL_OK ? ": " : "",
           why != NULL && why->code != SL_OK ? why->text : "");
    if (record->state == SL_JOURNAL_COMMIT_SIGNED)
        list_pieces(record);
}
