/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* At the start: choose providers and data sets, and check that the account can pay. */
#include "provider/choose.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"
#include "sluice/provider.h"

#include "money/money.h"
#include "money/prices.h"
#include "money/second.h"
#include "provider/asked.h"
#include "provider/candidates.h"
#include "provider/places.h"
#include "reuse/ownership.h"

/* ---- copies ---- */

struct choosing {
    struct sl_commit *commit;
    const struct sl_chain_view *view;
    struct sl_selection selection;
    struct sl_alive *alive;
    struct sl_choice choices[SL_COPIES_MAX];
    size_t count;
};

static size_t lanes_of(const struct choosing *ch)
{
    return (size_t)ch->commit->options.lanes;
}

/* What a person named is taken as it is: not pinged, endorsed or not. */
static int choose_named(struct choosing *ch, struct sl_err *err)
{
    const struct sl_commit_options *options = &ch->commit->options;
    const bool by_set = !sl_u256_is_zero(options->data_set);
    char id[SL_U256_DEC_CHARS];
    const int rc =
        by_set ? sl_select_data_set(&ch->choices[0], &ch->selection, options->data_set,
                                    &options->payer, err)
               : sl_select_provider(&ch->choices[0], &ch->selection, options->provider, err);
    sl_u256_dec(id, by_set ? options->data_set : options->provider);
    if (rc < 0)
        sl_err_ctx(err, "%s = %s", by_set ? "data_set" : "provider", id);
    return rc;
}

static int choose_others(struct choosing *ch, struct sl_err *err)
{
    struct sl_u256 used[SL_COPIES_MAX];
    for (ch->count = 1; ch->count < lanes_of(ch); ch->count++) {
        const struct sl_provider *last = ch->choices[ch->count - 1].provider;
        if (last == NULL)
            return sl_err_set(err, SL_ENOTFOUND, "no storage provider was chosen");
        used[ch->count - 1] = last->id;
        const int rc = sl_select_another(&ch->choices[ch->count], &ch->selection, used, ch->count,
                                         sl_alive, ch->alive, err);
        if (rc == SL_ENOTFOUND)
            return SL_OK; /* fewer copies */
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static bool has_endorsed(const struct sl_chain_view *view)
{
    bool has = false;
    for (size_t i = 0; i < view->provider_count; i++)
        has = has || (view->providers[i].approved && view->providers[i].endorsed);
    return has;
}

static int choose(struct choosing *ch, struct sl_err *err)
{
    if (sl_commit_is_named(ch->commit)) {
        const int rc = choose_named(ch, err);
        return rc < 0 ? rc : choose_others(ch, err);
    }
    const int rc =
        sl_select_copies(ch->choices, lanes_of(ch), &ch->selection, sl_alive, ch->alive, err);
    if (rc == SL_ENOTFOUND && has_endorsed(ch->view) && err != NULL)
        err->code = SL_ENET; /* providers exist; their silence may be temporary */
    if (rc == SL_ENOTFOUND && has_endorsed(ch->view))
        return SL_ENET;
    ch->count = rc > 0 ? (size_t)rc : 0;
    return rc < 0 ? rc : SL_OK;
}

/* Wanting more copies than the network has providers is an error. A silent provider is not: its
 * silence may pass. */
static int check_copies(const struct choosing *ch, struct sl_err *err)
{
    const int copies = ch->commit->options.copies;
    int approved = 0;
    for (size_t i = 0; i < ch->view->provider_count; i++)
        approved += ch->view->providers[i].approved;
    if (copies <= approved || approved == 0)
        return SL_OK;
    return sl_err_set(
        err, SL_EREFUSED,
        "copies = %d: the network has %d approved provider%s, and each copy needs one "
        "of its own; use --copies %d at most",
        copies, approved, approved == 1 ? "" : "s", approved);
}

/* A lane without a provider looks for one once it has something to commit. */
static int make_lanes(struct choosing *ch, struct sl_err *err)
{
    struct sl_commit *commit = ch->commit;
    for (size_t i = 0; i < lanes_of(ch); i++) {
        struct sl_lane *lane = &commit->lanes[i];
        lane->commit = commit;
        lane->copy = (unsigned)i;
        lane->tail = &lane->items;
        const int rc = i < ch->count ? sl_target_of(&lane->target, &ch->choices[i], err) : SL_OK;
        if (rc < 0)
            return rc;
        if (i < ch->count)
            commit->used[commit->used_count++] = lane->target.provider_id;
        commit->now[i] = lane->target.provider_id;
        commit->start[i] = commit->last[i] = sl_target_cost(commit, &lane->target);
        commit->lane_count++;
    }
    return SL_OK;
}

/* ---- the account ---- */

static int check_session_key(const struct sl_commit *commit, const struct sl_chain_view *view,
                             struct sl_err *err)
{
    if (memcmp(sl_key_address(commit->options.key)->bytes, commit->options.payer.bytes,
               sizeof commit->options.payer.bytes) == 0 ||
        sl_chain_session_allows(view, view->unix_s + SL_SESSION_MARGIN_S))
        return SL_OK;
    return sl_err_set(err, SL_EKEY,
                      "the session key may not sign for this account, or it has expired; renew it "
                      "with the payer's key: `sluice wallet session login`");
}

/* What landed a while ago every node knows. */
enum { RECENT_EPOCHS = 20 };

struct recalling {
    const struct sl_commit *commit;
    const struct sl_chain_view *view;
    uint64_t missing; /* a data set that must be there and is not; 0: none */
    int64_t age_ms;
};

static int recall(void *ctx, const struct sl_journal_commit *record, const void *payload,
                  size_t len)
{
    struct recalling *recalling = ctx;
    const struct sl_commit_options *options = &recalling->commit->options;
    (void)payload;
    (void)len;
    if (record->state != SL_JOURNAL_COMMIT_LANDED ||
        record->chain_id != options->network.chain_id ||
        memcmp(record->payer, options->payer.bytes, sizeof record->payer) != 0)
        return 0;
    recalling->age_ms = sl_wall_ms(&options->clock) - record->changed_ms;
    if (recalling->age_ms < 0 || recalling->age_ms > RECENT_EPOCHS * options->epoch_ms ||
        recalling->view->data_set_count >= SL_DATA_SETS_MAX) /* the list was cut */
        return 1;
    for (size_t i = 0; i < recalling->view->data_set_count; i++) {
        if (sl_u256_cmp(recalling->view->data_sets[i].id, sl_u256(record->data_set_id)) == 0)
            return 0;
    }
    recalling->missing = record->data_set_id;
    return 1;
}

/* A node that is behind does not know the data set that a run has just made: choosing by its word
 * would make, and pay for, another one. */
static int check_node(const struct sl_commit *commit, const struct sl_chain_view *view,
                      struct sl_err *err)
{
    struct recalling recalling = {.commit = commit, .view = view};
    const int rc = sl_journal_latest_commits(commit->journal, recall, &recalling, err);
    if (rc < 0 || recalling.missing == 0)
        return rc < 0 ? rc : SL_OK;
    return sl_err_set(err, SL_EBUSY,
                      "the chain's node is behind: it does not know data set %" PRIu64
                      " yet, in which pieces landed %" PRId64
                      " s ago. Try again in a minute, or with another rpc_url",
                      recalling.missing, recalling.age_ms / 1000);
}

/* ---- data sets that were asked for ---- */

struct asked {
    const struct sl_commit *commit;
    struct sl_u256 ids[SL_COPIES_MAX]; /* 0: none for this copy */
};

static int on_creation(void *ctx, const struct sl_journal_commit *record, const void *payload,
                       size_t len)
{
    struct asked *asked = ctx;
    (void)payload;
    (void)len;
    if (record->state != SL_JOURNAL_COMMIT_ABANDONED && record->copy < SL_COPIES_MAX &&
        sl_commit_is_own(&asked->commit->options, record) &&
        sl_u256_is_zero(asked->ids[record->copy])) /* the newest comes first */
        asked->ids[record->copy] = record->provider_id;
    return 0;
}

/* A data set that an earlier run asked for may be made at any time: with its provider again it is
 * the one, with another there may be two to be paid for. */
static int prefer_asked(struct asked *asked, struct sl_selection *selection, struct sl_err *err)
{
    size_t count = 0;
    const int rc = sl_journal_creations(asked->commit->journal, on_creation, asked, err);
    for (size_t i = 0; i < SL_COPIES_MAX; i++) {
        if (!sl_u256_is_zero(asked->ids[i]))
            asked->ids[count++] = asked->ids[i];
    }
    selection->prefer = asked->ids;
    selection->prefer_count = count;
    return rc;
}

/* One smallest piece for each copy. */
static int check_least(const struct choosing *ch, struct sl_err *err)
{
    struct sl_commit_price price;
    struct sl_chain_view *money = &ch->commit->money;
    money->prices = ch->view->prices;
    money->account = ch->view->account;
    money->account_state = ch->view->account_state;
    money->approval = ch->view->approval;
    (void)!sl_stored_count(&ch->commit->stored, ch->view->data_sets, ch->view->data_set_count,
                           NULL); /* only advice is made of it */
    if (ch->commit->options.prices_follow)
        return SL_OK;
    const int rc = sl_commit_preflight(&price, ch->commit, sl_u256(SL_PIECE_MIN_BYTES), 1, err);
    if (rc == SL_EMONEY)
        sl_commit_price_queue(ch->commit, ch->commit->journal, &ch->commit->money, NULL, err);
    return rc;
}

static void warn(const struct choosing *ch)
{
    struct sl_commit *commit = ch->commit;
    if (ch->view->warning[0] != '\0')
        snprintf(commit->warning, sizeof commit->warning, "%s", ch->view->warning);
    const size_t wanted = (size_t)commit->options.copies;
    if (ch->count < wanted && commit->warning[0] == '\0')
        snprintf(commit->warning, sizeof commit->warning,
                 "%zu of %zu copies for now: no more approved providers answer", ch->count, wanted);
}

static int check_prices(struct sl_commit *commit, struct sl_chain *chain,
                        const struct sl_prices *told, struct sl_err *err)
{
    struct sl_err note;
    int rc = sl_commit_check_prices(commit, told, err);
    if (rc == SL_OK)
        rc = sl_commit_compare_prices(commit, NULL, chain, told, &note, err);
    if (rc == SL_OK && note.code != SL_OK)
        snprintf(commit->warning, sizeof commit->warning, "%s", note.text);
    return rc;
}

static int choose_from(struct sl_commit *commit, const struct sl_chain_view *view,
                       struct sl_alive *alive, struct sl_err *err)
{
    struct choosing ch = {.commit = commit,
                          .view = view,
                          .selection = sl_commit_selection(commit, view),
                          .alive = alive};
    struct sl_avoid avoid;
    struct asked asked = {.commit = commit};
    int rc = check_session_key(commit, view, err);
    if (rc == SL_OK)
        rc = check_node(commit, view, err);
    if (rc == SL_OK)
        rc = check_copies(&ch, err);
    if (rc == SL_OK)
        rc = sl_commit_note_places(commit, view, err);
    if (rc == SL_OK)
        rc = sl_commit_find_fits(commit, view, err);
    if (rc == SL_OK)
        rc = sl_avoid_read(&avoid, commit, commit->journal, err);
    ch.selection.avoid = avoid.ids;
    ch.selection.avoid_count = rc == SL_OK ? avoid.count : 0;
    if (rc == SL_OK)
        rc = prefer_asked(&asked, &ch.selection, err);
    if (rc == SL_OK)
        rc = sl_alive_ask(alive, commit, view, err);
    if (rc == SL_OK)
        rc = choose(&ch, err);
    if (rc == SL_OK)
        rc = make_lanes(&ch, err);
    if (rc == SL_OK)
        rc = check_least(&ch, err);
    if (rc == SL_OK)
        warn(&ch);
    return rc;
}

int sl_commit_choose(struct sl_commit *commit, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_ALL,
                                       .payer = &commit->options.payer,
                                       .session_key = sl_key_address(commit->options.key)};
    const struct sl_contracts *contracts = NULL;
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    struct sl_alive *alive = calloc(1, sizeof *alive);
    if (alive == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the commits");
    int rc = sl_commit_chain(&chain, commit, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&view, chain, &wish, err);
    if (rc == SL_OK)
        rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK) {
        commit->is_compact = contracts->is_compact;
        commit->legacy_limit = contracts->legacy_limit;
    }
    if (rc == SL_OK)
        rc = check_prices(commit, chain, &view->prices, err);
    if (rc == SL_OK)
        rc = choose_from(commit, view, alive, err);
    sl_chain_view_free(view);
    sl_chain_free(chain);
    free(alive);
    return rc;
}
