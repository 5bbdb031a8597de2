/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/deposit_worker.h"

#include <stdio.h>
#include <stdlib.h>

#include "sluice/wallet_tx.h"

#include "setup/network.h"

struct sl_deposit_worker {
    const struct sl_session *session;
    struct sl_answers *answers;
    struct sl_chain *chain; /* NULL: the network has none */
    pthread_t thread;

    /* the thread's */
    const struct sl_contracts *contracts;
    struct sl_chain_view *view;
    struct sl_answer answer;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under the lock */
    bool quit;
    bool asked;
    bool pays;
    struct sl_payment wanted;
};

static const struct sl_key *key_of(const struct sl_deposit_worker *worker)
{
    const struct sl_cli_upload_target *target = &worker->session->target;
    return target->devnet != NULL ? sl_devnet_key(target->devnet) : target->signer.key;
}

static int check_key(const struct sl_deposit_worker *worker, struct sl_err *err)
{
    if (worker->chain == NULL || key_of(worker) == NULL)
        return sl_err_set(err, SL_EKEY, "this network has no account that can pay");
    if (worker->session->target.signer.session)
        return sl_err_set(err, SL_EKEY,
                          "a session key can only sign uploads; moving money needs the account's "
                          "own key");
    return SL_OK;
}

/* ---- messages ---- */

static void post(struct sl_deposit_worker *worker, enum sl_paid_state state)
{
    worker->answer.type = SL_ANSWER_PAID;
    worker->answer.paid.state = state;
    sl_answers_post(worker->answers, &worker->answer);
}

static void on_tx_event(void *ctx, enum sl_wallet_tx_event event, const struct sl_journal_tx *tx)
{
    struct sl_deposit_worker *worker = ctx;
    (void)tx;
    if (event == SL_WALLET_TX_SENT || event == SL_WALLET_TX_FEE_RAISED ||
        event == SL_WALLET_TX_IN_BLOCK)
        post(worker, event == SL_WALLET_TX_IN_BLOCK ? SL_PAID_IN_BLOCK : SL_PAID_SENT);
}

/* ---- the transaction ---- */

static int read_chain(struct sl_deposit_worker *worker, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY,
                                       .payer = &worker->session->target.payer};
    sl_chain_view_free(worker->view);
    worker->view = NULL;
    const int rc = sl_chain_contracts(worker->chain, &worker->contracts, err);
    return rc < 0 ? rc : sl_chain_read(&worker->view, worker->chain, &wish, err);
}

/* Build the call from the present state of the chain; includes the approval if it is missing. */
static int make_call(struct sl_wallet_tx_call *out, struct sl_deposit_worker *worker,
                     const struct sl_payment *wanted, struct sl_err *err)
{
    const int rc = read_chain(worker, err);
    if (rc < 0)
        return rc;
    const struct sl_chain_view *view = worker->view;
    const struct sl_wallet_tx_payer from = {.network = &worker->session->target.chain,
                                            .contracts = worker->contracts,
                                            .view = view,
                                            .key = key_of(worker)};
    const bool approved = sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs);
    if (sl_u256_is_zero(wanted->amount))
        return sl_wallet_tx_approve(out, &from, true, err);
    if (!view->token.permits)
        return sl_err_set(err, SL_EREFUSED,
                          "this token supports no permits, so a deposit takes several steps; use "
                          "`sluice wallet deposit`");
    return sl_wallet_tx_deposit(out, &from, wanted->amount, wanted->approve && !approved, err);
}

static struct sl_wallet_tx_sender own_of(struct sl_deposit_worker *worker)
{
    return (struct sl_wallet_tx_sender){.chain = worker->chain,
                                        .key = key_of(worker),
                                        .clock = worker->session->clock,
                                        .event = on_tx_event,
                                        .event_ctx = worker};
}

/* Fees change with every block, so leave room above the estimate. */
static struct sl_u256 with_room(struct sl_u256 fee)
{
    struct sl_u256 more = fee;
    return sl_u256_add(&more, fee, fee) ? more : fee;
}

static void try(struct sl_deposit_worker *worker, const struct sl_payment *wanted,
                struct sl_err *err)
{
    struct sl_wallet_tx_sender own = own_of(worker);
    struct sl_wallet_tx_call call = {0};
    struct sl_wallet_tx_cost cost;
    int rc = make_call(&call, worker, wanted, err);
    if (rc == SL_OK)
        rc = sl_wallet_tx_try(&cost, &own, &call, err);
    if (rc == SL_OK) {
        worker->answer.paid.payment.most_fee = with_room(cost.most);
        snprintf(worker->answer.paid.what, sizeof worker->answer.paid.what, "%s", call.what);
    }
    sl_wallet_tx_call_free(&call);
}

static int send_deposit(struct sl_deposit_worker *worker, struct sl_wallet_tx_sender *own,
                        const struct sl_payment *wanted, struct sl_err *err)
{
    struct sl_wallet_tx_call call = {0};
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_result result = {0};
    int rc = make_call(&call, worker, wanted, err);
    if (rc == SL_OK)
        rc = sl_wallet_tx_try(&cost, own, &call, err);
    snprintf(worker->answer.paid.what, sizeof worker->answer.paid.what, "%s", call.what);
    if (rc == SL_OK)
        rc = sl_wallet_tx_send(&result, own, &call, &cost, err);
    worker->answer.paid.fee = result.fee;
    sl_wallet_tx_call_free(&call);
    return rc;
}

/* Settle open transactions first; if there were any, the user looks at the sums again. */
static void pay(struct sl_deposit_worker *worker, const struct sl_payment *wanted,
                struct sl_err *err)
{
    struct sl_wallet_tx_sender own = own_of(worker);
    own.most_fee = wanted->most_fee; /* also the limit when stuck transactions are replaced */
    char dir[SL_PATH_BYTES];
    int rc =
        sl_path_join(dir, sizeof dir, worker->session->settings.config.paths.state, "wallet", err);
    if (rc == SL_OK)
        rc = sl_journal_open(&own.journal, dir, SL_JOURNAL_WRITE, &own.clock, err);
    if (rc == SL_OK)
        rc = sl_wallet_tx_settle(&own, err);
    if (rc > 0)
        (void)sl_err_set(err, SL_EBUSY,
                         "nothing was sent: a transaction of an earlier run has just ended; check "
                         "the amounts again");
    else if (rc == SL_OK)
        (void)send_deposit(worker, &own, wanted, err);
    sl_journal_close(own.journal);
}

/* ---- the thread ---- */

static void work(struct sl_deposit_worker *worker, bool pays, const struct sl_payment *wanted)
{
    struct sl_err err = {0};
    worker->answer.paid = (struct sl_paid){.payment = *wanted};
    if (check_key(worker, &err) == SL_OK) {
        if (pays)
            pay(worker, wanted, &err);
        else
            try(worker, wanted, &err);
    }
    worker->answer.paid.err = err;
    post(worker, err.code != SL_OK ? SL_PAID_FAILED : pays ? SL_PAID_DONE : SL_PAID_TRIED);
}

static void *run_deposits(void *arg)
{
    struct sl_deposit_worker *worker = arg;
    pthread_mutex_lock(&worker->lock);
    while (!worker->quit) {
        if (!worker->asked) {
            pthread_cond_wait(&worker->wake, &worker->lock);
            continue;
        }
        const bool pays = worker->pays;
        const struct sl_payment wanted = worker->wanted;
        worker->asked = false;
        pthread_mutex_unlock(&worker->lock);
        work(worker, pays, &wanted);
        pthread_mutex_lock(&worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* ---- public functions ---- */

void sl_deposit_worker_ask(struct sl_deposit_worker *worker, const struct sl_errand *errand)
{
    pthread_mutex_lock(&worker->lock);
    worker->asked = true;
    worker->pays = errand->type == SL_ERRAND_PAY;
    worker->wanted = errand->payment;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

static void free_payer(struct sl_deposit_worker *worker)
{
    sl_chain_view_free(worker->view);
    sl_chain_free(worker->chain);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

int sl_deposit_worker_open(struct sl_deposit_worker **out, const struct sl_session *session,
                           struct sl_answers *answers, struct sl_err *err)
{
    const struct sl_cli_upload_target *target = &session->target;
    const struct sl_rpc_options options = sl_cli_rpc_options(target->config);
    struct sl_deposit_worker *worker = calloc(1, sizeof *worker);
    int rc = SL_OK;
    *out = NULL;
    if (worker == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    worker->session = session;
    worker->answers = answers;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    if (target->network[0] != '\0')
        rc = sl_chain_new(&worker->chain, &target->chain, &options, err);
    if (rc == SL_OK && pthread_create(&worker->thread, NULL, run_deposits, worker) != 0)
        rc = sl_err_set(err, SL_ENOMEM, "no thread could be started");
    if (rc < 0) {
        free_payer(worker);
        return rc;
    }
    *out = worker;
    return SL_OK;
}

void sl_deposit_worker_close(struct sl_deposit_worker *worker)
{
    if (worker == NULL)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->quit = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    if (worker->chain != NULL)
        sl_chain_cancel(worker->chain);
    pthread_join(worker->thread, NULL);
    free_payer(worker);
}
