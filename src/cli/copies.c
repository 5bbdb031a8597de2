/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "copies.h"

#include <inttypes.h>
#include <string.h>

#include "sluice/sp.h"

#include "onchain.h"
#include "say.h"

enum { URL_BYTES = SL_JOURNAL_URL_BYTES + SL_PIECE_CID_CHARS + 16 };

struct writing {
    struct sl_jw *w;
    struct sl_buf *out;
    const char *indent;
    const struct sl_copies_of *of;
    const struct sl_piece_id *piece;
};

static bool is_of(const struct sl_copies_of *of, uint64_t chain_id, const uint8_t *payer)
{
    return of->network.chain_id == 0 ||
           (of->network.chain_id == chain_id &&
            memcmp(of->payer.bytes, payer, sizeof of->payer.bytes) == 0);
}

static int json_copy(void *ctx, const struct sl_journal_copy *copy)
{
    const struct writing *writing = ctx;
    struct sl_jw *w = writing->w;
    char url[URL_BYTES];
    if (!is_of(writing->of, copy->chain_id, copy->payer))
        return 0;
    sl_jw_object(w, NULL);
    sl_json_u256(w, "providerId", copy->provider_id);
    sl_jw_u64(w, "dataSetId", copy->data_set_id);
    sl_jw_u64(w, "pieceId", copy->piece_id);
    if (copy->tx[0] != '\0')
        sl_jw_str(w, "txHash", copy->tx);
    if (sl_sp_retrieval_url(url, sizeof url, copy->service_url, writing->piece, NULL) == SL_OK)
        sl_jw_str(w, "retrievalUrl", url);
    if (writing->of->with_cdn &&
        sl_network_cdn_url(url, sizeof url, &writing->of->network, &writing->of->payer,
                           writing->piece, NULL) == SL_OK)
        sl_jw_str(w, "cdnUrl", url);
    sl_jw_end_object(w);
    return 0;
}

int sl_copies_json(struct sl_jw *w, struct sl_journal *journal, const struct sl_copies_of *of,
                   const struct sl_piece_id *piece, struct sl_err *err)
{
    struct writing writing = {.w = w, .of = of, .piece = piece};
    int rc = SL_OK;
    sl_jw_array(w, "copies");
    if (journal != NULL)
        rc = sl_journal_each_copy(journal, piece, json_copy, &writing, err);
    sl_jw_end_array(w);
    return rc;
}

static int text_copy(void *ctx, const struct sl_journal_copy *copy)
{
    const struct writing *writing = ctx;
    char url[URL_BYTES];
    if (!is_of(writing->of, copy->chain_id, copy->payer))
        return 0;
    sl_buf_printf(writing->out, "%sdata set %" PRIu64 ", piece %" PRIu64 "  ", writing->indent,
                  copy->data_set_id, copy->piece_id);
    if (sl_sp_retrieval_url(url, sizeof url, copy->service_url, writing->piece, NULL) == SL_OK)
        sl_name_escape(writing->out, url);
    sl_buf_str(writing->out, "\n");
    return 0;
}

int sl_copies_text(struct sl_buf *out, const char *indent, struct sl_journal *journal,
                   const struct sl_copies_of *of, const struct sl_piece_id *piece,
                   struct sl_err *err)
{
    struct writing writing = {.out = out, .indent = indent, .of = of, .piece = piece};
    return sl_journal_each_copy(journal, piece, text_copy, &writing, err);
}

struct adding {
    const struct sl_copies_of *of;
    int64_t since_ms;
    struct sl_u256 *sum;
};

static int add_fees(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                    size_t len)
{
    const struct adding *adding = ctx;
    (void)payload;
    (void)len;
    if (commit->state == SL_JOURNAL_COMMIT_LANDED && commit->changed_ms >= adding->since_ms &&
        is_of(adding->of, commit->chain_id, commit->payer) &&
        !sl_u256_add(adding->sum, *adding->sum, commit->fees))
        *adding->sum = sl_u256_max();
    return 0;
}

int sl_copies_fees(struct sl_u256 *fees, struct sl_journal *journal, const struct sl_copies_of *of,
                   int64_t since_ms, struct sl_err *err)
{
    struct adding adding = {.of = of, .since_ms = since_ms, .sum = fees};
    *fees = sl_u256(0);
    return sl_journal_each_commit(journal, false, add_fees, &adding, err);
}
