/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/account_reader.h"

#include <stdlib.h>

#include "sluice/chain.h"

#include "commands/account/cost_plan.h"
#include "setup/account_ctx.h"
#include "setup/network.h"

struct sl_cli_account_reader {
    const struct sl_cli_upload_target *target;
    struct sl_answers *answers;
    struct sl_chain *chain; /* NULL: the network has none */
    pthread_t thread;

    /* the thread's */
    struct sl_answer answer;
    struct sl_chain_view *view; /* read last; NULL: never */
    struct sl_cli_provider_cooldown cooldown;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under the lock */
    bool quit;
    bool asked;
    bool read; /* the account too */
    struct sl_queue_load load;
};

/* ---- reading ---- */

static int read_view(struct sl_cli_account_reader *reader, struct sl_err *err)
{
    const struct sl_cli_upload_target *target = reader->target;
    const struct sl_chain_wish wish = {
        .what = SL_READ_PROVIDERS | SL_READ_DATA_SETS | SL_READ_MONEY, .payer = &target->payer};
    struct sl_chain_view *view = NULL;
    struct sl_cli_provider_cooldown cooldown = {0};
    int rc = sl_chain_read(&view, reader->chain, &wish, err);
    if (rc == SL_OK)
        rc = sl_cli_provider_cooldown_read(&cooldown, target->config, target->chain.chain_id,
                                           &target->clock, err);
    if (rc < 0) {
        sl_chain_view_free(view);
        return rc;
    }
    sl_chain_view_free(reader->view);
    sl_cli_provider_cooldown_free(&reader->cooldown);
    reader->view = view;
    reader->cooldown = cooldown;
    return SL_OK;
}

static enum sl_wallet_approval approval_of(const struct sl_chain_view *view)
{
    if (!view->approval.approved)
        return SL_WALLET_NOT_APPROVED;
    return sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs)
               ? SL_WALLET_UNLIMITED
               : SL_WALLET_LIMITED;
}

static void fill_wallet(const struct sl_cli_account_reader *reader, struct sl_wallet *out)
{
    const struct sl_cli_upload_target *target = reader->target;
    const struct sl_chain_view *view = reader->view;
    *out = (struct sl_wallet){.state = SL_WALLET_READ,
                              .test_money = target->chain.testnet,
                              .local = target->devnet != NULL,
                              .address = target->payer,
                              .epoch = view->epoch,
                              .read_ms = sl_wall_ms(&target->clock),
                              .fil = view->fil,
                              .usdfc = view->token.balance,
                              .deposited = view->account.funds,
                              .locked = sl_cli_account_locked(view),
                              .available = view->account_state.available,
                              .debt = view->account_state.debt,
                              .rate = view->account.rate,
                              .runway = view->account_state.runway,
                              .approval = approval_of(view)};
}

/* ---- the price ---- */

static int make_plan(const struct sl_cli_account_reader *reader, struct sl_cli_cost_plan *plan,
                     const struct sl_queue_load *load, struct sl_err *err)
{
    const struct sl_cli_upload_target *target = reader->target;
    const uint64_t mean = load->pieces > 0 ? load->bytes / load->pieces : 0;
    struct sl_u256 leaves;
    const int rc = sl_cost_leaves(&leaves, sl_u256(load->bytes), load->pieces, err);
    if (rc < 0)
        return rc;
    const struct sl_cli_cost_load all = {.leaves = leaves,
                                         .bytes = sl_u256(load->bytes),
                                         .files = load->files,
                                         .pieces = load->pieces,
                                         .least_bytes = mean,
                                         .most_bytes = mean};
    return sl_cli_cost_plan_make(plan, target->config, &target->payer, reader->view,
                                 &reader->cooldown, &all, &target->chain, err);
}

static void fill_price(const struct sl_cli_account_reader *reader, struct sl_queue_price *out,
                       const struct sl_queue_load *load)
{
    const struct sl_chain_view *view = reader->view;
    struct sl_cli_cost_plan plan;
    *out = (struct sl_queue_price){.load = *load};
    if (load->files == 0 || make_plan(reader, &plan, load, &out->err) < 0)
        return;
    out->copies = (unsigned)plan.copies;
    out->wanted = (unsigned)plan.wanted;
    out->month = plan.month;
    out->fees = plan.costs.fees.total;
    out->locked = plan.costs.lockup.total;
    out->deposit = sl_funds_deposit(&view->account, &plan.costs);
    out->runway = plan.runway;
    out->approval = sl_funds_need_approval(view, &plan.costs);
    out->over_limit = !sl_spend_allows(&plan.limit, plan.most);
}

/* ---- the thread ---- */

static void work(struct sl_cli_account_reader *reader, bool read, const struct sl_queue_load *load)
{
    struct sl_wallet *wallet = &reader->answer.wallet;
    struct sl_err err = {0};
    reader->answer.type = SL_ANSWER_WALLET;
    if (reader->chain == NULL) {
        wallet->state = SL_WALLET_NONE;
        sl_err_set(&wallet->err, SL_ECONFIG,
                   "network = none: files go to one provider without a chain, so nothing is "
                   "committed and there is nothing to pay");
    } else if ((read || reader->view == NULL) && read_view(reader, &err) < 0) {
        wallet->state = SL_WALLET_FAILED;
        wallet->err = err;
    } else {
        if (read || wallet->read_ms == 0)
            fill_wallet(reader, wallet);
        wallet->state = SL_WALLET_READ;
        fill_price(reader, &wallet->price, load);
    }
    sl_answers_post(reader->answers, &reader->answer);
}

static void *run_reader(void *arg)
{
    struct sl_cli_account_reader *reader = arg;
    pthread_mutex_lock(&reader->lock);
    while (!reader->quit) {
        if (!reader->asked) {
            pthread_cond_wait(&reader->wake, &reader->lock);
            continue;
        }
        const bool read = reader->read;
        const struct sl_queue_load load = reader->load;
        reader->asked = reader->read = false;
        pthread_mutex_unlock(&reader->lock);
        work(reader, read, &load);
        pthread_mutex_lock(&reader->lock);
    }
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

/* ---- public functions ---- */

void sl_cli_account_reader_ask(struct sl_cli_account_reader *reader, const struct sl_errand *errand)
{
    pthread_mutex_lock(&reader->lock);
    reader->asked = true;
    reader->read = reader->read || errand->type == SL_ERRAND_WALLET;
    reader->load = errand->load;
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->lock);
}

static void free_reader(struct sl_cli_account_reader *reader)
{
    sl_chain_view_free(reader->view);
    sl_cli_provider_cooldown_free(&reader->cooldown);
    sl_chain_free(reader->chain);
    pthread_cond_destroy(&reader->wake);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

int sl_cli_account_reader_open(struct sl_cli_account_reader **out,
                               const struct sl_cli_upload_target *target,
                               struct sl_answers *answers, struct sl_err *err)
{
    const struct sl_rpc_options options = sl_cli_rpc_options(target->config);
    struct sl_cli_account_reader *reader = calloc(1, sizeof *reader);
    int rc = SL_OK;
    *out = NULL;
    if (reader == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    reader->target = target;
    reader->answers = answers;
    pthread_mutex_init(&reader->lock, NULL);
    pthread_cond_init(&reader->wake, NULL);
    if (target->network[0] != '\0')
        rc = sl_chain_new(&reader->chain, &target->chain, &options, err);
    if (rc == SL_OK && pthread_create(&reader->thread, NULL, run_reader, reader) != 0)
        rc = sl_err_set(err, SL_ENOMEM, "no thread could be started");
    if (rc < 0) {
        free_reader(reader);
        return rc;
    }
    *out = reader;
    return SL_OK;
}

void sl_cli_account_reader_close(struct sl_cli_account_reader *reader)
{
    if (reader == NULL)
        return;
    pthread_mutex_lock(&reader->lock);
    reader->quit = true;
    pthread_cond_signal(&reader->wake);
    pthread_mutex_unlock(&reader->lock);
    if (reader->chain != NULL)
        sl_chain_cancel(reader->chain);
    pthread_join(reader->thread, NULL);
    free_reader(reader);
}
