/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The providers over HTTP, and the dispatcher of 1.5. */
#include <string.h>

#include "devnet/chain/ledger_call.h"
#include "support/test.h"
#include "unit/observed_today.h"

#define DO(text, fn)                                                                               \
    {                                                                                              \
        text, fn, NULL, NULL                                                                       \
    }
#define NOT(text, why)                                                                             \
    {                                                                                              \
        text, NULL, NULL, why                                                                      \
    }

/* ---- the providers ---- */

#define HTTP "providers over HTTP have tests of their own (e2e/test_devnet_*)"

static const struct fact providers[] = {
    NOT("405 pieces by the declared form", HTTP),
    NOT("POST /pdp/piece of a stored piece", HTTP),
    NOT("streaming: ", HTTP),
    NOT("finalize 200", HTTP),
    NOT("declared: ", HTTP),
    NOT("create-and-add of ", HTTP),
    NOT("  created 5 pieces", HTTP),
    NOT("add of ", HTTP),
    NOT("  pieces ", HTTP),
};

static const struct fact old_providers[] = {
    NOT("41 pieces by the declared form", HTTP),
    NOT("POST /pdp/piece of a stored piece", HTTP),
    NOT("streaming: ", HTTP),
    NOT("finalize 200", HTTP),
    NOT("declared: ", HTTP),
    NOT("create-and-add of ", HTTP),
    NOT("pull of 41", HTTP),
};

/* ---- the dispatcher of 1.5 ---- */

static void begin_dispatcher(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "1");
}

static void call_raw(struct story *s, const void *data, size_t len)
{
    const struct sl_ledger_message m = {.from = kit_address(s->kit, STRANGER),
                                        .to = s->kit->at->fwss,
                                        .data = data,
                                        .data_len = len};
    assert_int_equal(sl_ledger_call(s->kit->ledger, &s->kit->result, &m, NULL), SL_OK);
    expect_true(s, s->kit->result.reverted);
    expect_hex(s, "reverts, data ", s->kit->result.data.data, s->kit->result.data.len);
}

static void no_function(struct story *s)
{
    call_raw(s, "\xde\xad\xbe\xef", strstr(s->line, "0xdeadbeef ") != NULL ? 4 : 0);
}

static void module_of(struct story *s)
{
    struct sl_abi_writer w = {0};
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, "viewContractAddress()");
    sl_abi_call(&w, "implementation(bytes4)");
    sl_abi_put_fixed(&w, selector, sizeof selector);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->fwss, "(address)", &w);
    const struct sl_address module = sl_abi_get_address(&r);
    expect_true(s, sl_ledger_has_code(s->kit->ledger, &module));
}

static const struct fact dispatcher[] = {
    DO("FWSS.VERSION() ", expect_call),
    DO("FWSS.getPriceList() (View getter at the proxy)", expect_call),
    DO("FWSS: unknown selector 0xdeadbeef", no_function),
    DO("FWSS: proxiableUUID()", expect_call),
    DO("FWSS: empty calldata", no_function),
    DO("FWSS.implementation(viewContractAddress)", module_of),
    DO("FWSS.getAllPieceMetadata(1,0) at the proxy", expect_call),
    DO("FWSS.getDataSetAuthorizer(1) at the proxy", expect_call),
};

static const struct scene scene_http = SCENE("== provider emulation", NULL, providers);
static const struct scene scene_old_http =
    SCENE("-- the same with the old cap", NULL, old_providers);
static const struct scene scene_1_5 = SCENE("== 1.5 emulated", begin_dispatcher, dispatcher);

const struct scene *const today_1_5[] = {&scene_http, &scene_old_http, &scene_1_5, NULL};
