/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The thread that keeps time: blocks, what providers do behind them, and their cleaning. Everything
 * it does follows from the injected clock; requests do the same on their way in, so that a test
 * which moves the clock sees its effect at once. */
#include "block_timer.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "sluice/log.h"

#include "chain/ledger_chain.h"
#include "commit/commit.h"
#include "commit/commit_watch.h"
#include "network.h"

/* With nobody asking there is nothing to see: the chain then makes a block a minute only. */
#define IDLE_MS INT64_C(60000)

static void catch_up(struct sl_devnet *net)
{
    struct sl_err err;
    if (sl_ledger_catch_up(net->ledger, NULL, &err) < 0)
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "blocks: %s", err.text);
    for (size_t i = 0; i < net->provider_count; i++)
        sl_devnet_commit_watch(&net->providers[i]);
}

void sl_devnet_catch_up(struct sl_devnet *net)
{
    if (net->ledger == NULL)
        return;
    atomic_store(&net->asked_ms, sl_now_ms(&net->clock));
    catch_up(net);
}

static int64_t pause_ms(struct sl_devnet *net)
{
    const bool idle = sl_now_ms(&net->clock) - atomic_load(&net->asked_ms) > IDLE_MS;
    return idle && net->epoch_ms < IDLE_MS ? IDLE_MS : net->epoch_ms;
}

/* True when the network ends. */
static bool pause_for(struct sl_devnet *net, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&net->lock);
    while (!net->stopping && pthread_cond_timedwait(&net->wake, &net->lock, &until) != ETIMEDOUT)
        ;
    const bool stopping = net->stopping;
    pthread_mutex_unlock(&net->lock);
    return stopping;
}

static void *keep(void *ctx)
{
    struct sl_devnet *net = ctx;
    while (!pause_for(net, pause_ms(net))) {
        catch_up(net);
        for (size_t i = 0; i < net->provider_count; i++)
            sl_devnet_commit_clean(&net->providers[i]);
    }
    return NULL;
}

int sl_devnet_block_timer_start(struct sl_devnet *net, struct sl_err *err)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&net->block_timer, NULL, keep, net);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    net->has_block_timer = failed == 0;
    return failed == 0 ? SL_OK : sl_err_sys(err, failed, "start the local network's clock");
}

void sl_devnet_block_timer_stop(struct sl_devnet *net)
{
    if (!net->has_block_timer)
        return;
    pthread_mutex_lock(&net->lock);
    net->stopping = true;
    pthread_cond_signal(&net->wake);
    pthread_mutex_unlock(&net->lock);
    pthread_join(net->block_timer, NULL);
    net->has_block_timer = false;
}
