/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The lane's provider fetches the pieces from the one that has them. */
#include "submission/pull.h"

#include "lane/lane_io.h"
#include "submission/batch.h"

/* A provider takes up to 30 minutes a piece; assume that it never fetches slower than this. */
enum { PATIENCE_MS = 30 * 60000, SLOWEST_BYTES_PER_S = 1000000 };

static int64_t patience_ms(const struct sl_batch *batch)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < batch->record.count; i++)
        bytes += batch->record.pieces[i].payload_bytes;
    return PATIENCE_MS + (int64_t)(bytes / SLOWEST_BYTES_PER_S) * 1000;
}

static int blame_items(struct sl_batch *batch, const struct sl_sp_pulled *pulled,
                       struct sl_err *err)
{
    for (size_t i = 0; i < batch->record.count; i++)
        batch->items[i]->tries += pulled->pieces[i] == SL_PULL_FAILED;
    return sl_err_set(err, SL_EMISMATCH,
                      "the copy's provider could not fetch %zu of %zu pieces from %s",
                      pulled->failed, batch->record.count, batch->items[0]->url);
}

int sl_batch_pull(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const struct sl_sp_pull pull = {.data_set_id = batch->record.data_set_id,
                                    .fwss = lane->commit->options.network.fwss,
                                    .source_url = batch->items[0]->url,
                                    .commit = sl_batch_request(batch)};
    const int64_t until_ms = sl_lane_now_ms(lane) + patience_ms(batch);
    int failures = 0;
    int rc = sl_lane_client(lane, batch->record.service_url, err);
    if (rc == SL_OK) { /* from now on others have the payload, too */
        batch->record.sent_ms = sl_wall_ms(&lane->commit->options.clock);
        rc = sl_batch_save(lane, batch, err);
    }
    while (rc == SL_OK) {
        struct sl_sp_pulled pulled;
        struct sl_err why = {0};
        rc = sl_sp_pull(lane->sp, &pull, &pulled, &why);
        if (rc == SL_OK && pulled.finished)
            return pulled.failed == 0 ? SL_OK : blame_items(batch, &pulled, err);
        failures = rc < 0 ? failures + 1 : 0;
        batch->fewer = sl_sp_most_pieces(lane->sp);
        const bool hopeless = rc < 0 && (sl_err_class_of(rc) != SL_CLASS_RETRY ||
                                         failures >= lane->commit->options.attempts);
        if (hopeless || sl_lane_now_ms(lane) > until_ms) {
            if (rc == SL_OK)
                return sl_err_set(err, SL_ESTALLED, "the copy's provider takes too long to fetch");
            if (err != NULL)
                *err = why;
            return rc;
        }
        rc = sl_lane_wait(lane,
                          failures > 0 ? sl_lane_backoff_ms(lane, failures, why.wait_ms)
                                       : sl_lane_poll_ms(lane),
                          err);
    }
    return rc;
}
