/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* waits.c - reports a long wait: for which provider, since when, and what happens next. */
#include <inttypes.h>
#include <stdio.h>

#include "sluice/journal_provider.h"
#include "sluice/text.h"

#include "core/engine_internal.h"

enum { AGAIN = 6 }; /* multiples of say_after_ms between two reports about one provider */

/* "provider 2 at http://...", or only the URL when the journal knows no provider there. */
static void name_of(char out[static SL_ERR_TEXT_BYTES], struct sl_engine *engine, const char *url)
{
    struct sl_u256 id;
    char number[SL_U256_DEC_CHARS];
    if (sl_journal_provider_of(engine->journal, url, &id, NULL) != 1) {
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "%.160s", url);
        return;
    }
    sl_u256_dec(number, id);
    (void)snprintf(out, SL_ERR_TEXT_BYTES, "provider %s at %.120s", number, url);
}

static void outlook(char out[static SL_ERR_TEXT_BYTES], const struct sl_engine *engine,
                    const char *url)
{
    char patience[SL_TEXT_SHORT];
    sl_text_duration(patience, engine->options.change_after_ms);
    if (url != engine->url)
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "after %s its files are uploaded again", patience);
    else if (sl_engine_can_change(engine))
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "after %s another provider is looked for", patience);
    else
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "files wait for it, because it was named");
}

void sl_engine_say_wait(struct sl_engine *engine, const char *url, int64_t since_ms)
{
    const int64_t now_ms = sl_engine_now(engine);
    const int64_t after_ms = engine->options.say_after_ms;
    struct sl_event event = {.type = SL_EVENT_NOTE};
    char name[SL_ERR_TEXT_BYTES], hope[SL_ERR_TEXT_BYTES];
    if (since_ms == 0 || now_ms - since_ms < after_ms ||
        (engine->wait_url == url && now_ms - engine->wait_said_ms < AGAIN * after_ms))
        return;
    engine->wait_url = url;
    engine->wait_said_ms = now_ms;
    name_of(name, engine, url);
    outlook(hope, engine, url);
    (void)sl_err_set(&event.err, SL_ENET, "waiting for %s: no answer for %" PRId64 "s; %s", name,
                     (now_ms - since_ms) / 1000, hope);
    sl_engine_say(engine, &event, NULL);
}
