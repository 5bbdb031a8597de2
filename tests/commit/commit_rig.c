/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commit_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/sp.h"

#include "support/peer.h"
#include "support/test.h"
#include "support/tmp.h"

static void must(int rc, const struct sl_err *err)
{
    if (rc < 0)
        fail_msg("%s", err->text);
}

/* ---- fixtures ---- */

static void join(char out[static SL_PATH_BYTES], const struct commit_rig *rig, const char *name)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, rig->dir, name, NULL), SL_OK);
}

static void start_net(struct commit_rig *rig)
{
    struct sl_err err = {0};
    must(sl_devnet_start(&rig->net, &rig->net_options, &err), &err);
}

void rig_init(struct commit_rig *rig)
{
    rig->clock = sl_clock_system();
    pthread_mutex_init(&rig->lock, NULL);
    pthread_cond_init(&rig->changed, NULL);
    rig->options = (struct sl_commit_options){.copies = 1,
                                              .source = "sluice",
                                              .epoch_ms = RIG_EPOCH_MS,
                                              .resend_ms = 15 * RIG_EPOCH_MS,
                                              .settle_ms = 40 * RIG_EPOCH_MS,
                                              .seed = 1,
                                              .clock = rig->clock};
}

int rig_setup(void **state)
{
    struct commit_rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    sl_tmp_make(rig->dir);
    join(rig->state_dir, rig, "state");
    join(rig->net_dir, rig, "net");
    rig_init(rig);
    rig->chain_options = (struct sl_devnet_chain){.epoch_ms = RIG_EPOCH_MS, .watch_delay_ms = 10};
    rig->net_options = (struct sl_devnet_options){.dir = rig->net_dir,
                                                  .chain = &rig->chain_options,
                                                  .park_delay_ms = 0,
                                                  .faults = true,
                                                  .clock = rig->clock};
    start_net(rig);
    rig->options.key = sl_devnet_key(rig->net);
    rig->options.payer = *sl_key_address(rig->options.key);
    assert_int_equal(sl_devnet_network(rig->net, &rig->options.network, NULL), SL_OK);
    *state = rig;
    return 0;
}

static void new_network(struct commit_rig *rig)
{
    sl_devnet_stop(rig->net);
    sl_tmp_remove(rig->net_dir);
    start_net(rig);
    rig->options.key = sl_devnet_key(rig->net);
    rig->options.payer = *sl_key_address(sl_devnet_key(rig->net));
    assert_int_equal(sl_devnet_network(rig->net, &rig->options.network, NULL), SL_OK);
}

void rig_more_providers(struct commit_rig *rig)
{
    rig->chain_options.providers = 4;
    new_network(rig);
}

void rig_old_network(struct commit_rig *rig)
{
    rig->chain_options.profile = SL_DEVNET_1_3;
    new_network(rig);
}

int rig_teardown(void **state)
{
    struct commit_rig *rig = *state;
    rig_close(rig);
    sl_devnet_stop(rig->net);
    sl_tmp_remove(rig->dir);
    pthread_cond_destroy(&rig->changed);
    pthread_mutex_destroy(&rig->lock);
    free(rig);
    return 0;
}

/* ---- commits ---- */

static struct rig_copy *copy_of(struct commit_rig *rig, const struct sl_commit_event *event)
{
    for (size_t i = 0; i < rig->piece_count; i++) {
        if (sl_piece_id_equal(&rig->pieces[i], &event->piece))
            return &rig->copies[i][event->copy];
    }
    return NULL;
}

static void on_event(void *ctx, const struct sl_commit_event *event)
{
    struct commit_rig *rig = ctx;
    pthread_mutex_lock(&rig->lock);
    struct rig_copy *copy = copy_of(rig, event);
    rig->sent += event->type == SL_COMMIT_SENT;
    rig->notes += event->type == SL_COMMIT_NOTE;
    if (event->type == SL_COMMIT_NOTE)
        memcpy(rig->note, event->err.text, sizeof rig->note);
    if (copy != NULL && event->type >= SL_COMMIT_LANDED) {
        copy->landed += event->type == SL_COMMIT_LANDED;
        copy->lost += event->type == SL_COMMIT_LOST;
        copy->failed += event->type == SL_COMMIT_FAILED;
        copy->event = *event;
    }
    pthread_cond_broadcast(&rig->changed);
    pthread_mutex_unlock(&rig->lock);
}

void rig_open(struct commit_rig *rig)
{
    struct sl_err err = {0};
    must(sl_journal_open(&rig->journal, rig->state_dir, SL_JOURNAL_WRITE, &rig->clock, &err), &err);
    must(sl_commit_open(&rig->commit, &rig->options, rig->journal, &err), &err);
    must(sl_commit_start(rig->commit, on_event, rig, &err), &err);
}

void rig_close(struct commit_rig *rig)
{
    sl_commit_close(rig->commit);
    rig->commit = NULL;
    sl_journal_close(rig->journal);
    rig->journal = NULL;
}

/* ---- pieces ---- */

struct bytes {
    uint8_t data[RIG_BYTES];
    size_t at;
};

static int read_bytes(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    struct bytes *bytes = ctx;
    const size_t left = sizeof bytes->data - bytes->at;
    const size_t n = left < cap ? left : cap;
    (void)err;
    memcpy(out, bytes->data + bytes->at, n);
    bytes->at += n;
    return (int)n;
}

static void make_bytes(struct bytes *bytes, size_t seed)
{
    uint64_t random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    bytes->at = 0;
    for (size_t i = 0; i < sizeof bytes->data; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes->data[i] = (uint8_t)(random >> 56);
    }
}

void rig_invent(struct commit_rig *rig, size_t count)
{
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    struct bytes bytes;
    assert_non_null(hasher);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(rig->piece_count, 0, RIG_PIECES - 1);
        make_bytes(&bytes, rig->piece_count);
        sl_piece_hasher_reset(hasher);
        assert_int_equal(sl_piece_hasher_add(hasher, bytes.data, sizeof bytes.data, NULL), SL_OK);
        assert_int_equal(sl_piece_hasher_finish(hasher, &rig->pieces[rig->piece_count++], NULL),
                         SL_OK);
    }
    sl_piece_hasher_free(hasher);
}

static void upload(struct sl_sp *sp, const struct commit_rig *rig, size_t i)
{
    char uuid[SL_UUID_CHARS];
    struct bytes bytes;
    struct sl_err err = {0};
    make_bytes(&bytes, i);
    const int rc = sl_sp_declare(sp, &rig->pieces[i], uuid, &err);
    must(rc, &err);
    if (rc == 0)
        must(sl_sp_declared_put(sp, uuid, sizeof bytes.data, read_bytes, &bytes, &err), &err);
    while (sl_sp_find(sp, &rig->pieces[i], &err) == 0)
        must(sl_sp_wait(sp, 5, &err), &err);
}

void rig_store(struct commit_rig *rig, size_t count)
{
    struct sl_sp *sp = NULL;
    const size_t from = rig->piece_count;
    const struct sl_http_options http = {0};
    rig_invent(rig, count);
    assert_int_equal(sl_sp_new(&sp, sl_devnet_provider_url(rig->net, rig->at), &http, NULL), SL_OK);
    for (size_t i = from; i < rig->piece_count; i++)
        upload(sp, rig, i);
    sl_sp_free(sp);
}

void rig_store_again(struct commit_rig *rig, size_t i)
{
    struct sl_sp *sp = NULL;
    const struct sl_http_options http = {0};
    assert_int_equal(sl_sp_new(&sp, sl_devnet_provider_url(rig->net, rig->at), &http, NULL), SL_OK);
    upload(sp, rig, i);
    sl_sp_free(sp);
}

void rig_name(char out[static RIG_NAME_CHARS], size_t i)
{
    snprintf(out, RIG_NAME_CHARS, "film-%zu.mkv", i);
}

void rig_add(struct commit_rig *rig, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        char name[RIG_NAME_CHARS];
        struct sl_err err = {0};
        rig_name(name, i);
        const struct sl_metadata metadata = {.key = "filename", .value = name};
        const struct sl_commit_piece piece = {.piece = rig->pieces[i],
                                              .url = sl_devnet_provider_url(rig->net, rig->at),
                                              .metadata = &metadata,
                                              .metadata_count = rig->unnamed ? 0 : 1};
        must(sl_commit_add(rig->commit, &piece, &err), &err);
    }
}

/* ---- waiting ---- */

static bool has_ended(const struct rig_copy *copy)
{
    return copy->landed + copy->lost + copy->failed > 0;
}

static bool all_ended(const struct commit_rig *rig, size_t copies)
{
    for (size_t i = 0; i < rig->piece_count; i++) {
        for (size_t c = 0; c < copies; c++) {
            if (!has_ended(&rig->copies[i][c]))
                return false;
        }
    }
    return true;
}

void rig_wait(struct commit_rig *rig, size_t copies)
{
    pthread_mutex_lock(&rig->lock);
    while (!all_ended(rig, copies))
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
}

void rig_commit_all(struct commit_rig *rig, size_t copies)
{
    rig_open(rig);
    rig_add(rig, 0, rig->piece_count);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, copies);
}

void rig_wait_piece(struct commit_rig *rig, size_t piece)
{
    pthread_mutex_lock(&rig->lock);
    while (!has_ended(&rig->copies[piece][0]))
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
}

void rig_wait_note(struct commit_rig *rig, const char *words)
{
    pthread_mutex_lock(&rig->lock);
    while (strstr(rig->note, words) == NULL)
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
}

void rig_forget(struct commit_rig *rig)
{
    pthread_mutex_lock(&rig->lock);
    memset(rig->copies, 0, sizeof rig->copies);
    rig->sent = 0;
    pthread_mutex_unlock(&rig->lock);
}

void rig_expect_landed(struct commit_rig *rig, unsigned copy)
{
    for (size_t i = 0; i < rig->piece_count; i++) {
        if (rig->copies[i][copy].landed != 1)
            fail_msg("piece %zu, copy %u: %s", i, copy, rig->copies[i][copy].event.err.text);
    }
}

void rig_expect_landed_once(struct commit_rig *rig, size_t copies)
{
    for (unsigned c = 0; c < copies; c++)
        rig_expect_landed(rig, c);
    for (size_t i = 0; i < rig->piece_count; i++)
        assert_int_equal(rig_on_chain(rig, i), copies);
}

/* ---- faults ---- */

static const char *url_at(const struct commit_rig *rig, int at, char out[static 128])
{
    if (at >= 0)
        return sl_devnet_provider_url(rig->net, (size_t)at);
    snprintf(out, 128, "%s", sl_devnet_rpc_url(rig->net));
    *strstr(out, "/rpc/v1") = '\0';
    return out;
}

static void ask_faults(const struct commit_rig *rig, int at, const char *method, const char *rule)
{
    char url[128];
    struct sl_answer answer = {0};
    sl_peer_ask(url_at(rig, at, url), method, "/fault", NULL, rule, rule != NULL ? strlen(rule) : 0,
                &answer);
    if (answer.status >= 300)
        fail_msg("%d %s", answer.status, answer.body.data);
    sl_answer_free(&answer);
}

void rig_fault(const struct commit_rig *rig, int at, const char *rule)
{
    ask_faults(rig, at, "POST", rule);
}

void rig_wait_fault(const struct commit_rig *rig, int at)
{
    char url[128];
    bool hit = false;
    while (!hit) {
        struct sl_answer answer = {0};
        sl_peer_ask(url_at(rig, at, url), "GET", "/fault", NULL, NULL, 0, &answer);
        assert_int_equal(answer.status, 200);
        hit = strstr(answer.body.data, "\"hits\":0") == NULL;
        sl_answer_free(&answer);
    }
}

void rig_no_faults(const struct commit_rig *rig, int at)
{
    ask_faults(rig, at, "DELETE", NULL);
}

/* ---- what is on chain ---- */

static struct sl_chain_view *read_sets(struct commit_rig *rig, struct sl_chain **chain)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &rig->options.payer};
    struct sl_chain_view *view = NULL;
    struct sl_err err = {0};
    must(sl_chain_new(chain, &rig->options.network, NULL, &err), &err);
    must(sl_chain_read(&view, *chain, &wish, &err), &err);
    return view;
}

size_t rig_on_chain(struct commit_rig *rig, size_t piece)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_sets(rig, &chain);
    size_t count = 0;
    for (size_t i = 0; i < view->data_set_count; i++) {
        uint64_t ids[8];
        const int n =
            sl_chain_find_piece(ids, 8, chain, view->data_sets[i].id, &rig->pieces[piece], NULL);
        assert_true(n >= 0);
        count += (size_t)n;
    }
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return count;
}

static size_t count_pieces(struct sl_chain *chain, struct sl_u256 data_set)
{
    size_t count = 0;
    uint64_t next = 0;
    bool more = true;
    while (more) {
        struct sl_piece_page *page = NULL;
        must(sl_chain_pieces(&page, chain, data_set, next, SL_PIECE_PAGE, false, NULL), NULL);
        count += page->count;
        next = page->next;
        more = page->more;
        sl_chain_piece_page_free(page);
    }
    return count;
}

size_t rig_pieces_on_chain(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_sets(rig, &chain);
    size_t count = 0;
    for (size_t i = 0; i < view->data_set_count; i++)
        count += count_pieces(chain, view->data_sets[i].id);
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return count;
}

size_t rig_data_sets(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_sets(rig, &chain);
    const size_t count = view->data_set_count;
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return count;
}

static struct sl_chain_view *read_money(struct commit_rig *rig, struct sl_chain **chain)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &rig->options.payer};
    struct sl_chain_view *view = NULL;
    struct sl_err err = {0};
    must(sl_chain_new(chain, &rig->options.network, NULL, &err), &err);
    must(sl_chain_read(&view, *chain, &wish, &err), &err);
    return view;
}

struct sl_prices rig_prices(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_money(rig, &chain);
    const struct sl_prices prices = view->prices;
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return prices;
}

struct sl_u256 rig_sum(struct commit_rig *rig, size_t pieces, bool is_new)
{
    const struct sl_prices prices = rig_prices(rig);
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    struct sl_cost_target target = {.pieces = pieces, .is_new = is_new};
    must(sl_cost_leaves(&target.leaves, sl_u256(pieces * RIG_BYTES), pieces, NULL), NULL);
    struct sl_cost_upload costs = {.deposit = sl_u256(0)};
    must(sl_cost_fees(&costs.fees, &prices, is_new, pieces, SL_COMMIT_PIECES, NULL), NULL);
    must(sl_cost_lockup(&costs.lockup, &prices, &target, &terms, NULL), NULL);
    return sl_cost_spent(&costs);
}

struct sl_u256 rig_available(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_money(rig, &chain);
    const struct sl_u256 available = view->account_state.available;
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return available;
}

struct sl_u256 rig_funds(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_money(rig, &chain);
    const struct sl_u256 funds = view->account.funds;
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return funds;
}

struct sl_u256 rig_pending(struct commit_rig *rig)
{
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = read_sets(rig, &chain);
    struct sl_u256 sum = sl_u256(0);
    for (size_t i = 0; i < view->data_set_count; i++)
        assert_true(sl_u256_add(&sum, sum, view->data_sets[i].pending_payments));
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return sum;
}

struct counting {
    enum sl_journal_commit_state state;
    size_t count;
};

static int count_state(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                       size_t len)
{
    struct counting *counting = ctx;
    (void)payload;
    (void)len;
    counting->count += commit->state == counting->state;
    return 0;
}

size_t rig_commits(struct commit_rig *rig, enum sl_journal_commit_state state)
{
    struct sl_journal *journal = NULL;
    struct counting counting = {.state = state};
    assert_int_equal(sl_journal_open(&journal, rig->state_dir, SL_JOURNAL_READ, &rig->clock, NULL),
                     SL_OK);
    assert_int_equal(sl_journal_each_commit(journal, false, count_state, &counting, NULL), 0);
    sl_journal_close(journal);
    return counting.count;
}
