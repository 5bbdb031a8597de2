/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit/ledger_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/hex.h"
#include "sluice/tx.h"

#include "devnet/chain/ledger_call.h"
#include "devnet/chain/ledger_chain.h"
#include "devnet/chain/ledger_mempool.h"
#include "devnet/chain/ledger_read.h"
#include "support/test.h"
#include "support/tmp.h"

const struct sl_u256 kit_deposit_fil = {{UINT64_C(100000000000000000)}};

/* The keys that everybody knows from local test chains; the one of SP3_PAYEE is made up. */
static const char *const secrets[PEOPLE] = {
    [SP1] = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    [SP2] = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    [CLIENT] = "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    [SESSION] = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    [STRANGER] = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
    [SP3] = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
    [SP3_PAYEE] = "00000000000000000000000000000000000000000000000000000000000000f3",
};

struct sl_u256 kit_dec(const char *text)
{
    struct sl_u256 value;
    assert_int_equal(sl_u256_parse_dec(&value, text, strlen(text), NULL), SL_OK);
    return value;
}

struct sl_address kit_address(const struct ledger_kit *kit, enum who who)
{
    return *sl_key_address(kit->keys[who]);
}

/* ---- the ledger ---- */

void kit_open(struct ledger_kit *kit)
{
    struct sl_err err = {0};
    kit->options.dir = kit->dir;
    if (sl_ledger_open(&kit->ledger, &kit->options, &err) < 0)
        fail_msg("%s", err.text);
    kit->at = sl_ledger_contracts(kit->ledger);
}

void kit_close(struct ledger_kit *kit)
{
    sl_ledger_close(kit->ledger);
    kit->ledger = NULL;
}

static void set_provider(struct ledger_kit *kit, size_t i, enum who who, enum who payee,
                         const char *name, bool approved)
{
    kit->providers[i] = (struct sl_ledger_provider){.service_provider = kit_address(kit, who),
                                                    .payee = kit_address(kit, payee),
                                                    .name = name,
                                                    .description = "a provider of a test",
                                                    .service_url = "http://127.0.0.1:1",
                                                    .approved = approved,
                                                    .endorsed = who == SP1};
}

static int set_up(void **state, enum sl_devnet_profile profile, bool idle)
{
    static const char *const names[] = {"one", "two", "three"};
    struct ledger_kit *kit = calloc(1, sizeof *kit);
    assert_non_null(kit);
    sl_tmp_make(kit->dir);
    kit->clock.wall_offset_ms = INT64_C(1800000000000);
    for (enum who who = SP1; who < PEOPLE; who++)
        assert_int_equal(sl_key_from_hex(&kit->keys[who], secrets[who], 64, NULL), SL_OK);
    set_provider(kit, 0, SP1, SP1, names[0], true);
    set_provider(kit, 1, SP2, SP2, names[1], true);
    set_provider(kit, 2, SP3, SP3_PAYEE, names[2], false);
    kit->options = (struct sl_ledger_options){.providers = kit->providers,
                                              .provider_count = 3,
                                              .epoch_ms = 1000,
                                              .profile = profile,
                                              .idle_providers = idle,
                                              .proving_period_epochs = idle ? 120 : 0,
                                              .challenge_window_epochs = idle ? 10 : 0,
                                              .clock = sl_fake_clock(&kit->clock)};
    kit_open(kit);
    for (enum who who = SP1; who < PEOPLE; who++) {
        const struct sl_address owner = kit_address(kit, who);
        const struct sl_u256 usdfc =
            who == CLIENT ? kit_dec("10000000000000000000000") : sl_u256(0);
        assert_int_equal(
            sl_ledger_fund(kit->ledger, &owner, kit_dec("1000000000000000000000"), usdfc, NULL),
            SL_OK);
    }
    *state = kit;
    return 0;
}

int ledger_kit_setup(void **state)
{
    return set_up(state, SL_DEVNET_TODAY, false);
}

int ledger_kit_setup_1_3(void **state)
{
    return set_up(state, SL_DEVNET_1_3, false);
}

struct ledger_kit *ledger_kit_idle(enum sl_devnet_profile profile)
{
    void *state = NULL;
    assert_int_equal(set_up(&state, profile, true), 0);
    return state;
}

int ledger_kit_teardown(void **state)
{
    struct ledger_kit *kit = *state;
    kit_close(kit);
    sl_ledger_result_free(&kit->result);
    sl_ledger_receipt_free(&kit->receipt);
    for (enum who who = SP1; who < PEOPLE; who++)
        sl_key_free(kit->keys[who]);
    sl_tmp_remove(kit->dir);
    free(kit);
    return 0;
}

static void copy_file(const char *from, const char *to, const char *name)
{
    char path[SL_PATH_BYTES];
    char bytes[4096];
    size_t len;
    assert_int_equal(sl_path_join(path, sizeof path, from, name, NULL), SL_OK);
    FILE *in = fopen(path, "rb");
    assert_int_equal(sl_path_join(path, sizeof path, to, name, NULL), SL_OK);
    FILE *out = fopen(path, "wb");
    assert_true(in != NULL && out != NULL);
    while ((len = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

void kit_fork(struct ledger_kit *kit, struct ledger_kit *kept)
{
    /* the last to close writes all back into the one file */
    kit_close(kit);
    *kept = *kit;
    sl_tmp_make(kit->dir);
    copy_file(kept->dir, kit->dir, "ledger.db");
    kit_open(kit);
}

void kit_unfork(struct ledger_kit *kit, struct ledger_kit *kept)
{
    kit_close(kit);
    sl_tmp_remove(kit->dir);
    memcpy(kit->dir, kept->dir, sizeof kit->dir);
    kit_open(kit);
}

void kit_skip(struct ledger_kit *kit, uint64_t count)
{
    struct sl_err err = {0};
    if (sl_ledger_skip(kit->ledger, count, &err) < 0)
        fail_msg("%s", err.text);
}

void kit_tick(struct ledger_kit *kit)
{
    kit_skip(kit, 1);
}

uint64_t kit_epoch(struct ledger_kit *kit)
{
    struct sl_ledger_block block;
    assert_int_equal(sl_ledger_block(kit->ledger, &block, SL_LEDGER_PENDING, NULL), 1);
    return block.number;
}

/* ---- calls ---- */

static struct sl_ledger_message message_of(struct ledger_kit *kit, enum who from,
                                           const struct sl_address *to, struct sl_u256 value,
                                           struct sl_abi_writer *w)
{
    struct sl_err err = {0};
    if (sl_abi_end(w, &err) < 0)
        fail_msg("%s", err.text);
    return (struct sl_ledger_message){.from = kit_address(kit, from),
                                      .to = *to,
                                      .value = value,
                                      .data = (const uint8_t *)w->buf.data,
                                      .data_len = w->buf.len};
}

bool kit_call(struct ledger_kit *kit, enum who from, const struct sl_address *to,
              struct sl_u256 value, struct sl_abi_writer *w)
{
    struct sl_err err = {0};
    const struct sl_ledger_message m = message_of(kit, from, to, value, w);
    if (sl_ledger_call(kit->ledger, &kit->result, &m, &err) < 0)
        fail_msg("%s", err.text);
    sl_abi_free(w);
    return !kit->result.reverted;
}

struct sl_abi_reader kit_view(struct ledger_kit *kit, const struct sl_address *to,
                              const char *returns, struct sl_abi_writer *w)
{
    struct sl_abi_reader r;
    if (!kit_call(kit, CLIENT, to, sl_u256(0), w))
        (void)kit_reverted(kit, "", "");
    assert_false(kit->result.reverted);
    sl_abi_read(&r, returns, (const uint8_t *)kit->result.data.data, kit->result.data.len);
    return r;
}

/* The client signs its transactions, the others are of the node. */
static void submit(struct ledger_kit *kit, const struct sl_ledger_message *m, uint8_t *hash,
                   enum who from)
{
    struct sl_err err = {0};
    struct sl_buf raw = {0};
    struct sl_tx tx = {.chain_id = sl_ledger_chain_id(kit->ledger),
                       .max_priority_fee = sl_ledger_priority_fee(),
                       .max_fee = sl_u256(1000000),
                       .gas_limit = UINT64_C(5000000000),
                       .to = m->to,
                       .value = m->value,
                       .data = m->data,
                       .data_len = m->data_len};
    if (from != CLIENT) {
        assert_int_equal(sl_ledger_send(kit->ledger, hash, m, NULL), SL_OK);
        return;
    }
    assert_int_equal(sl_ledger_nonce(kit->ledger, &tx.nonce, &m->from, true, NULL), SL_OK);
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, kit->keys[from], NULL), SL_OK);
    if (sl_ledger_submit(kit->ledger, hash, (const uint8_t *)raw.data, raw.len, &err) < 0)
        fail_msg("%s", err.text);
    sl_buf_free(&raw);
}

bool kit_send(struct ledger_kit *kit, enum who from, const struct sl_address *to,
              struct sl_u256 value, struct sl_abi_writer *w)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    const struct sl_ledger_message m = message_of(kit, from, to, value, w);
    submit(kit, &m, hash, from);
    sl_abi_free(w);
    kit_tick(kit);
    assert_int_equal(sl_ledger_receipt(kit->ledger, &kit->receipt, hash, NULL), 1);
    kit->result.reverted = !kit->receipt.ok;
    sl_buf_clear(&kit->result.data);
    sl_buf_add(&kit->result.data, kit->receipt.returned.data, kit->receipt.returned.len);
    return kit->receipt.ok;
}

/* ---- money ---- */

bool kit_deposit(struct ledger_kit *kit, struct sl_u256 amount)
{
    struct sl_abi_writer w = {0};
    uint8_t hash[SL_HASH_BYTES], signature[SL_SIGNATURE_BYTES];
    const struct sl_address client = kit_address(kit, CLIENT);
    const struct sl_u256 deadline = sl_u256(UINT64_C(4000000000));
    const struct sl_domain domain = {.name = "USD for Filecoin Community",
                                     .version = "1",
                                     .chain_id = sl_ledger_chain_id(kit->ledger),
                                     .contract = kit->at->usdfc};
    sl_abi_call(&w, "nonces(address)");
    sl_abi_put_address(&w, &client);
    struct sl_abi_reader r = kit_view(kit, &kit->at->usdfc, "(uint256)", &w);
    sl_hash_permit(hash, &client, &kit->at->pay, amount, sl_abi_get_u256(&r), deadline);
    assert_int_equal(sl_message_sign(signature, kit->keys[CLIENT], &domain, hash, NULL), SL_OK);
    sl_abi_call(&w, "depositWithPermitAndApproveOperator(address,address,uint256,uint256,uint8,"
                    "bytes32,bytes32,address,uint256,uint256,uint256)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_address(&w, &client);
    sl_abi_put_u256(&w, amount);
    sl_abi_put_u256(&w, deadline);
    sl_abi_put_u64(&w, signature[64]);
    sl_abi_put_fixed(&w, signature, 32);
    sl_abi_put_fixed(&w, signature + 32, 32);
    sl_abi_put_address(&w, &kit->at->fwss);
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u64(&w, 86400);
    return kit_send(kit, CLIENT, &kit->at->pay, sl_u256(0), &w);
}

bool kit_approve(struct ledger_kit *kit, bool approved, struct sl_u256 rate, struct sl_u256 lockup,
                 uint64_t period)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "setOperatorApproval(address,address,bool,uint256,uint256,uint256)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_address(&w, &kit->at->fwss);
    sl_abi_put_bool(&w, approved);
    sl_abi_put_u256(&w, rate);
    sl_abi_put_u256(&w, lockup);
    sl_abi_put_u64(&w, period);
    return kit_send(kit, CLIENT, &kit->at->pay, sl_u256(0), &w);
}

struct kit_account kit_account(struct ledger_kit *kit, const struct sl_address *owner)
{
    struct sl_abi_writer w = {0};
    struct kit_account a;
    sl_abi_call(&w, "accounts(address,address)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_address(&w, owner);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pay, "(uint256,uint256,uint256,uint256)", &w);
    a.funds = sl_abi_get_u256(&r);
    a.lockup = sl_abi_get_u256(&r);
    a.rate = sl_abi_get_u256(&r);
    a.settled_at = sl_abi_get_u64(&r);
    return a;
}

/* ---- reverts ---- */

static void name_address(const struct ledger_kit *kit, char *out, size_t size,
                         const struct sl_address *address)
{
    static const struct {
        enum who who;
        const char *name;
    } people[] = {{SP1, "@sp1"},         {SP2, "@sp2"},           {CLIENT, "@client"},
                  {SESSION, "@session"}, {STRANGER, "@stranger"}, {SP3, "@sp3"}};
    char text[SL_ADDRESS_CHARS];
    sl_address_text(text, address);
    snprintf(out, size, "%s", text);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        if (sl_address_equal(address, sl_key_address(kit->keys[people[i].who])))
            snprintf(out, size, "%s", people[i].name);
    }
    if (sl_address_equal(address, &kit->at->fwss))
        snprintf(out, size, "@fwss");
    if (sl_address_is_zero(address))
        snprintf(out, size, "@zero");
}

static void next_argument(const struct ledger_kit *kit, struct sl_abi_reader *r, char *out,
                          size_t size)
{
    size_t len;
    char dec[SL_U256_DEC_CHARS];
    struct sl_address address;
    switch (sl_abi_next(r)) {
    case SL_ABI_ADDRESS:
        address = sl_abi_get_address(r);
        name_address(kit, out, size, &address);
        break;
    case SL_ABI_STRING: {
        const char *text = sl_abi_get_str(r, &len);
        snprintf(out, size, "%.*s", (int)len, text);
        break;
    }
    case SL_ABI_BOOL:
        snprintf(out, size, "%s", sl_abi_get_bool(r) ? "true" : "false");
        break;
    case SL_ABI_UINT:
        sl_u256_dec(dec, sl_abi_get_u256(r));
        snprintf(out, size, "%s", dec);
        break;
    case SL_ABI_NONE:
    case SL_ABI_FIXED:
    case SL_ABI_BYTES:
    case SL_ABI_TUPLE:
    case SL_ABI_LIST:
        fail_msg("an error with a type that no error has");
    }
}

static bool arguments_match(const struct ledger_kit *kit, const char *signature, const char *args)
{
    struct sl_abi_reader r;
    const struct sl_buf *data = &kit->result.data;
    sl_abi_read(&r, signature, (const uint8_t *)data->data + SL_ABI_SELECTOR,
                data->len - SL_ABI_SELECTOR);
    while (sl_abi_next(&r) != SL_ABI_NONE) {
        char is[300];
        const size_t want = strcspn(args, ",");
        next_argument(kit, &r, is, sizeof is);
        if (!(want == 1 && args[0] == '*') && (strlen(is) != want || memcmp(is, args, want) != 0)) {
            print_error("%s: %s instead of %.*s\n", signature, is, (int)want, args);
            return false;
        }
        args += want + (args[want] == ',');
    }
    return sl_abi_done(&r, NULL) == SL_OK && args[0] == '\0';
}

bool kit_reverted(struct ledger_kit *kit, const char *signature, const char *args)
{
    uint8_t selector[SL_ABI_SELECTOR];
    const struct sl_buf *data = &kit->result.data;
    const bool want_empty = signature[0] == '\0';
    sl_abi_selector(selector, signature);
    if (kit->result.reverted && want_empty && data->len == 0)
        return true;
    if (kit->result.reverted && !want_empty && data->len >= sizeof selector &&
        memcmp(data->data, selector, sizeof selector) == 0)
        return arguments_match(kit, signature, args);
    struct sl_buf text = {0};
    sl_ledger_revert_text(&text, data->data, data->len);
    print_error("%s instead of %s\n", kit->result.reverted ? text.data : "success", signature);
    sl_buf_free(&text);
    return false;
}
