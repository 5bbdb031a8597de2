/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/deposit_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/own_tx.h"

#include "setup/chain_open.h"

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

static const struct sl_key *key_of(const struct sl_deposit_worker *payer)
{
    const struct sl_upload_target *uplink = &payer->session->uplink;
    return uplink->localnet != NULL ? sl_localnet_key(uplink->localnet) : uplink->signer.key;
}

static int check_key(const struct sl_deposit_worker *payer, struct sl_err *err)
{
    if (payer->chain == NULL || key_of(payer) == NULL)
        return sl_err_set(err, SL_EKEY, "there is no account here that could pay");
    if (payer->session->uplink.signer.session)
        return sl_err_set(err, SL_EKEY,
                          "a session key signs for uploads only: moving money needs the payer's "
                          "own key");
    return SL_OK;
}

/* ---- what is told ---- */

static void post(struct sl_deposit_worker *payer, enum sl_paid_state state)
{
    payer->answer.type = SL_ANSWER_PAID;
    payer->answer.paid.state = state;
    sl_answers_post(payer->answers, &payer->answer);
}

static void on_event(void *ctx, enum sl_own_event event, const struct sl_journal_tx *tx)
{
    struct sl_deposit_worker *payer = ctx;
    (void)tx;
    if (event == SL_OWN_SENT || event == SL_OWN_RAISED || event == SL_OWN_IN_BLOCK)
        post(payer, event == SL_OWN_IN_BLOCK ? SL_PAID_IN_BLOCK : SL_PAID_SENT);
}

/* ---- the transaction ---- */

static int read_chain(struct sl_deposit_worker *payer, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY,
                                       .payer = &payer->session->uplink.payer};
    sl_chain_view_free(payer->view);
    payer->view = NULL;
    const int rc = sl_chain_contracts(payer->chain, &payer->contracts, err);
    return rc < 0 ? rc : sl_chain_read(&payer->view, payer->chain, &wish, err);
}

/* By what the chain says now; the service is approved when it is not yet. */
static int make_call(struct sl_own_call *out, struct sl_deposit_worker *payer,
                     const struct sl_payment *wanted, struct sl_err *err)
{
    const int rc = read_chain(payer, err);
    if (rc < 0)
        return rc;
    const struct sl_chain_view *view = payer->view;
    const struct sl_own_payer from = {.network = &payer->session->uplink.chain,
                                      .contracts = payer->contracts,
                                      .view = view,
                                      .key = key_of(payer)};
    const bool approved = sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs);
    if (sl_u256_is_zero(wanted->amount))
        return sl_own_approve(out, &from, true, err);
    if (!view->token.permits)
        return sl_err_set(err, SL_EREFUSED,
                          "this token takes no permit, so it needs several steps: `sluice wallet "
                          "deposit` makes them");
    return sl_own_deposit(out, &from, wanted->amount, wanted->approve && !approved, err);
}

static struct sl_own own_of(struct sl_deposit_worker *payer)
{
    return (struct sl_own){.chain = payer->chain,
                           .key = key_of(payer),
                           .clock = payer->session->clock,
                           .event = on_event,
                           .event_ctx = payer};
}

/* Fees move from block to block: what is agreed to holds for some of them. */
static struct sl_u256 with_room(struct sl_u256 fee)
{
    struct sl_u256 more = fee;
    return sl_u256_add(&more, fee, fee) ? more : fee;
}

static void try(struct sl_deposit_worker *payer, const struct sl_payment *wanted,
                struct sl_err *err)
{
    struct sl_own own = own_of(payer);
    struct sl_own_call call = {0};
    struct sl_own_cost cost;
    int rc = make_call(&call, payer, wanted, err);
    if (rc == SL_OK)
        rc = sl_own_try(&cost, &own, &call, err);
    if (rc == SL_OK) {
        payer->answer.paid.payment.most_fee = with_room(cost.most);
        snprintf(payer->answer.paid.what, sizeof payer->answer.paid.what, "%s", call.what);
    }
    sl_own_call_free(&call);
}

static int send(struct sl_deposit_worker *payer, struct sl_own *own,
                const struct sl_payment *wanted, struct sl_err *err)
{
    struct sl_own_call call = {0};
    struct sl_own_cost cost;
    struct sl_own_result result = {0};
    int rc = make_call(&call, payer, wanted, err);
    if (rc == SL_OK)
        rc = sl_own_try(&cost, own, &call, err);
    snprintf(payer->answer.paid.what, sizeof payer->answer.paid.what, "%s", call.what);
    if (rc == SL_OK)
        rc = sl_own_send(&result, own, &call, &cost, err);
    payer->answer.paid.fee = result.fee;
    sl_own_call_free(&call);
    return rc;
}

/* One nonce, one effect: what is open is settled first, and then the person looks again. */
static void pay(struct sl_deposit_worker *payer, const struct sl_payment *wanted,
                struct sl_err *err)
{
    struct sl_own own = own_of(payer);
    own.most_fee = wanted->most_fee; /* stuck ones are not raised above it either */
    char dir[SL_PATH_BYTES];
    int rc =
        sl_path_join(dir, sizeof dir, payer->session->settings.config.paths.state, "wallet", err);
    if (rc == SL_OK)
        rc = sl_journal_open(&own.journal, dir, SL_JOURNAL_WRITE, &own.clock, err);
    if (rc == SL_OK)
        rc = sl_own_settle(&own, err);
    if (rc > 0)
        (void)sl_err_set(err, SL_EBUSY,
                         "nothing was sent: a transaction of an earlier run was open and has ended "
                         "now, look at the sums again");
    else if (rc == SL_OK)
        (void)send(payer, &own, wanted, err);
    sl_journal_close(own.journal);
}

/* ---- the thread ---- */

static void work(struct sl_deposit_worker *payer, bool pays, const struct sl_payment *wanted)
{
    struct sl_err err = {0};
    payer->answer.paid = (struct sl_paid){.payment = *wanted};
    if (check_key(payer, &err) == SL_OK) {
        if (pays)
            pay(payer, wanted, &err);
        else
            try(payer, wanted, &err);
    }
    payer->answer.paid.err = err;
    post(payer, err.code != SL_OK ? SL_PAID_FAILED : pays ? SL_PAID_DONE : SL_PAID_TRIED);
}

static void *run(void *arg)
{
    struct sl_deposit_worker *payer = arg;
    pthread_mutex_lock(&payer->lock);
    while (!payer->quit) {
        if (!payer->asked) {
            pthread_cond_wait(&payer->wake, &payer->lock);
            continue;
        }
        const bool pays = payer->pays;
        const struct sl_payment wanted = payer->wanted;
        payer->asked = false;
        pthread_mutex_unlock(&payer->lock);
        work(payer, pays, &wanted);
        pthread_mutex_lock(&payer->lock);
    }
    pthread_mutex_unlock(&payer->lock);
    return NULL;
}

/* ---- the door ---- */

void sl_deposit_worker_ask(struct sl_deposit_worker *payer, const struct sl_errand *errand)
{
    pthread_mutex_lock(&payer->lock);
    payer->asked = true;
    payer->pays = errand->type == SL_ERRAND_PAY;
    payer->wanted = errand->payment;
    pthread_cond_signal(&payer->wake);
    pthread_mutex_unlock(&payer->lock);
}

static void free_payer(struct sl_deposit_worker *payer)
{
    sl_chain_view_free(payer->view);
    sl_chain_free(payer->chain);
    pthread_cond_destroy(&payer->wake);
    pthread_mutex_destroy(&payer->lock);
    free(payer);
}

int sl_deposit_worker_open(struct sl_deposit_worker **out, const struct sl_session *session,
                           struct sl_answers *answers, struct sl_err *err)
{
    const struct sl_upload_target *uplink = &session->uplink;
    const struct sl_rpc_options options = sl_cli_rpc_options(uplink->config);
    struct sl_deposit_worker *payer = calloc(1, sizeof *payer);
    int rc = SL_OK;
    *out = NULL;
    if (payer == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    payer->session = session;
    payer->answers = answers;
    pthread_mutex_init(&payer->lock, NULL);
    pthread_cond_init(&payer->wake, NULL);
    if (uplink->network[0] != '\0')
        rc = sl_chain_new(&payer->chain, &uplink->chain, &options, err);
    if (rc == SL_OK && pthread_create(&payer->thread, NULL, run, payer) != 0)
        rc = sl_err_set(err, SL_ENOMEM, "no thread could be started");
    if (rc < 0) {
        free_payer(payer);
        return rc;
    }
    *out = payer;
    return SL_OK;
}

void sl_deposit_worker_close(struct sl_deposit_worker *payer)
{
    if (payer == NULL)
        return;
    pthread_mutex_lock(&payer->lock);
    payer->quit = true;
    pthread_cond_signal(&payer->wake);
    pthread_mutex_unlock(&payer->lock);
    if (payer->chain != NULL)
        sl_chain_cancel(payer->chain);
    pthread_join(payer->thread, NULL);
    free_payer(payer);
}
