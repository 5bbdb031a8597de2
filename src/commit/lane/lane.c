/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A lane's thread: recover open commits first, then commit one batch after the other. */
#include "lane/lane.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/journal.h"
#include "sluice/log.h"

#include "lane/gather.h"
#include "lane/items.h"
#include "lane/lane_io.h"
#include "lane/outcome.h"
#include "money/money.h"
#include "provider/target.h"
#include "reuse/recover.h"
#include "reuse/reuse.h"
#include "submission/batch.h"
#include "submission/landed.h"
#include "submission/orphan.h"
#include "submission/pull.h"
#include "submission/settle.h"
#include "submission/submission.h"

/* ---- one batch ---- */

/* Any answer shows that the provider is up. Errors: SL_ENET, SL_ESTALLED, SL_ECANCELED. */
static int look_for(struct sl_lane *lane, const char *url, struct sl_err *err)
{
    struct sl_err why = {0};
    int rc = sl_lane_client(lane, url, err);
    if (rc == SL_OK)
        rc = sl_sp_ping(lane->sp, &why);
    if (!sl_is_silence(rc) && rc != SL_ECANCELED)
        return SL_OK;
    if (err != NULL)
        *err = why;
    return rc;
}

/* Do not sign for an unreachable provider: a payload that it already has could land at any later
 * time. */
static int look_for_provider(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc = look_for(lane, lane->target.shown.service_url, err);
    batch->is_away = sl_is_silence(rc);
    if (rc == SL_OK)
        lane->provider_silent_since_ms = 0;
    return rc;
}

/* When the source of the bytes is silent, only a copy's provider that answers can show whose fault
 * that is. */
static int look_for_source(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const char *url = batch->items[0]->url;
    int rc = look_for(lane, url, err);
    if (!sl_is_silence(rc))
        return rc;
    rc = look_for_provider(lane, batch, err);
    batch->is_away = batch->is_away && lane->copy == 0; /* another copy is tried elsewhere */
    if (rc < 0)
        return rc;
    batch->is_gone = true;
    return sl_err_set(err, SL_ENET, "%s has the bytes but does not answer", url);
}

/* Whether the chain failed this batch. Waits grow with such failures in a row. */
static void note_chain(struct sl_lane *lane, struct sl_batch *batch, bool failed)
{
    batch->chain_failed = failed;
    lane->chain_failures = failed ? lane->chain_failures + 1 : 0;
}

/* No provider answered when the run began: look for one now. A provider that is found may take
 * other pieces together: SL_STEP_REGATHER. */
static enum sl_step find_provider(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    if (!sl_u256_is_zero(lane->target.provider_id))
        return SL_STEP_PROCEED;
    const int rc = sl_lane_replace(lane, err);
    note_chain(lane, batch, rc < 0 && rc != SL_ENOTFOUND);
    return rc < 0 ? SL_STEP_FAILED : SL_STEP_REGATHER;
}

static enum sl_step ask_chain(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc = sl_lane_check_target(lane, err);
    const enum sl_step step =
        rc < 0 ? SL_STEP_FAILED : sl_reuse_check(lane, batch, SL_REUSE_CHAIN, err);
    batch->chain_failed = step == SL_STEP_FAILED;
    if (batch->chain_failed)
        lane->chain_failures++;
    return step;
}

/* The last check that can fail without an abandoned record: it reserves the money. */
static enum sl_step reserve_money(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc =
        batch->pulls ? look_for_source(lane, batch, err) : look_for_provider(lane, batch, err);
    const bool paid = rc == SL_OK && sl_lane_check_money(lane, batch, err) == SL_OK;
    note_chain(lane, batch, rc == SL_OK && !paid);
    return paid ? SL_STEP_PROCEED : SL_STEP_FAILED;
}

/* Sign, and let the provider fetch the pieces if another one has them. */
static enum sl_step sign(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    sl_lane_emit_all(lane, batch, SL_COMMIT_GATHERED, NULL);
    int rc = sl_batch_sign(lane, batch, err);
    if (rc == SL_OK && batch->pulls) {
        rc = sl_batch_pull(lane, batch, err);
        batch->is_gone = lane->copy == 0 && rc < 0;
    }
    if (rc < 0) /* nothing was sent */
        sl_batch_abandon(lane, batch, err);
    return rc < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
}

static enum sl_step submit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc = sl_batch_commit(lane, batch, err);
    if (rc == SL_EMONEY)
        sl_lane_explain_money(lane, batch, err);
    return rc < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
}

static enum sl_step ask_journal(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    return sl_reuse_check(lane, batch, SL_REUSE_JOURNAL, err);
}

static void run(struct sl_lane *lane, struct sl_batch *batch)
{
    static enum sl_step (*const steps[])(struct sl_lane *, struct sl_batch *, struct sl_err *) = {
        ask_journal, find_provider, ask_chain, reserve_money, sign, submit};
    struct sl_err err = {0};
    enum sl_step step = SL_STEP_PROCEED;
    for (size_t i = 0; step == SL_STEP_PROCEED && i < sizeof steps / sizeof steps[0]; i++)
        step = steps[i](lane, batch, &err);
    if (step == SL_STEP_PROCEED)
        sl_lane_on_landed(lane, batch);
    else if (step == SL_STEP_REGATHER)
        sl_batch_let_go(lane, batch);
    else
        sl_lane_on_failed(lane, batch, &err);
}

/* ---- the thread ---- */

/* Without its journal a lane commits nothing: every piece fails with the reason. */
static void refuse_all(struct sl_lane *lane, const struct sl_err *err)
{
    struct sl_batch batch = {0};
    while (sl_lane_gather(lane, &batch))
        sl_lane_emit_all(lane, &batch, SL_COMMIT_FAILED, err);
}

void *sl_lane_main(void *arg)
{
    struct sl_lane *lane = arg;
    struct sl_err err = {0};
    if (sl_lane_recover(lane, &err) < 0) {
        refuse_all(lane, &err);
        return NULL;
    }
    struct sl_batch batch = {0};
    while (sl_lane_gather(lane, &batch)) {
        if (batch.record.count > 0)
            run(lane, &batch);
        sl_log_about("%s", "");
        sl_orphans_look(lane);
        sl_buf_free(&batch.payload);
        batch = (struct sl_batch){0};
    }
    return NULL;
}
