/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Lines of the file against what the ledger did. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/json.h"

#include "devnet/chain/ledger_call.h"
#include "devnet/chain/ledger_read.h"
#include "support/test.h"
#include "unit/observed_today.h"

enum { TEXT = 1 << 16 };

const char *behind(struct story *s, const char *mark)
{
    const char *at = strstr(s->line, mark);
    if (at == NULL)
        fail_msg("no \"%s\" in: %s", mark, s->line);
    return at + strlen(mark);
}

void expect_true(struct story *s, bool is)
{
    if (!is)
        fail_msg("not so: %s", s->line);
}

static void expect_u256(struct story *s, const char *what, struct sl_u256 is, struct sl_u256 want)
{
    char is_text[SL_U256_DEC_CHARS], want_text[SL_U256_DEC_CHARS];
    sl_u256_dec(is_text, is);
    sl_u256_dec(want_text, want);
    if (sl_u256_cmp(is, want) != 0)
        fail_msg("%s: %s instead of %s: %s", what, is_text, want_text, s->line);
}

void expect_amount(struct story *s, const char *mark, struct sl_u256 is)
{
    const char *text = behind(s, mark);
    struct sl_u256 want;
    assert_int_equal(sl_u256_parse_amount(&want, text, strspn(text, "0123456789."), 18, NULL),
                     SL_OK);
    expect_u256(s, mark, is, want);
}

void expect_units(struct story *s, const char *mark, struct sl_u256 is)
{
    const char *text = behind(s, mark);
    struct sl_u256 want;
    assert_int_equal(sl_u256_parse_dec(&want, text, strspn(text, "0123456789"), NULL), SL_OK);
    expect_u256(s, mark, is, want);
}

void expect_number(struct story *s, const char *mark, uint64_t is)
{
    expect_units(s, mark, sl_u256(is));
}

void expect_hex(struct story *s, const char *mark, const void *bytes, size_t len)
{
    const char *text = behind(s, mark);
    char *is = malloc(2 * len + 1);
    if (strncmp(text, "0x", 2) == 0)
        text += 2;
    assert_non_null(is);
    sl_hex_encode(is, bytes, len);
    const size_t want = strspn(text, "0123456789abcdef");
    if (want != 2 * len || memcmp(is, text, want) != 0)
        fail_msg("%s: %s instead of %.*s: %.100s", mark, is, (int)want, text, s->line);
    free(is);
}

/* ---- whose address ---- */

/* Accounts and contracts of the file; whoever else it names came out of bytes that differ here. */
static bool known_address(const struct story *s, const char *text, struct sl_address *out)
{
    const struct ledger_kit *kit = s->kit;
    const struct {
        const char *text;
        struct sl_address is;
    } all[] = {
        {"0x90f79bf6eb2c4f870365e785982e1f101e93b906", kit_address(kit, CLIENT)},
        {"0xa0ee7a142d267c1f36714e4a8f75612f20a79720", kit_address(kit, CLIENT)},
        {"0x70997970c51812dc3a010c7d01b50e0d17dc79c8", kit_address(kit, SP1)},
        {"0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc", kit_address(kit, STRANGER)},
        {"0x610178da211fef7d417bc0e6fed39f05609ad788", kit->at->fwss},
        {"0x976ea74026e726554db657fa54763abd0c3a0aa9", kit->at->filbeam_controller},
        {"0x5fbdb2315678afecb367f032d93f642f64180aa3", kit->at->usdfc},
    };
    char lower[64];
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < sizeof lower; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    lower[i] = '\0';
    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(lower, all[i].text) == 0) {
            *out = all[i].is;
            return true;
        }
    }
    return false;
}

/* ---- reverts ---- */

/* Whether a value of an error is that of the file. */
static bool same_value(const struct story *s, struct sl_abi_reader *r, const char *want)
{
    size_t len;
    struct sl_address address;
    char text[SL_U256_DEC_CHARS] = "0x";
    switch (sl_abi_next(r)) {
    case SL_ABI_ADDRESS: {
        const struct sl_address is = sl_abi_get_address(r);
        return !known_address(s, want, &address) || sl_address_equal(&is, &address);
    }
    case SL_ABI_UINT:
        sl_u256_dec(text, sl_abi_get_u256(r));
        return strcmp(text, want) == 0;
    case SL_ABI_STRING: {
        const char *is = sl_abi_get_str(r, &len);
        return strlen(want) == len && memcmp(is, want, len) == 0;
    }
    case SL_ABI_FIXED: /* the second of two is made from a nonce */
        sl_hex_encode(text + 2, sl_abi_get_fixed(r), 32);
        return sl_abi_next(r) == SL_ABI_BYTES || strcmp(text, want) == 0;
    case SL_ABI_BYTES:
        (void)sl_abi_get_bytes(r, &len);
        return len == (strlen(want) - 2) / 2;
    case SL_ABI_NONE:
    case SL_ABI_BOOL:
    case SL_ABI_TUPLE:
    case SL_ABI_LIST:
        break;
    }
    return false;
}

static void expect_values(struct story *s, const char *types, const char *list)
{
    const struct sl_buf *data = &s->kit->result.data;
    struct sl_json *root = NULL;
    struct sl_abi_reader r;
    assert_int_equal(sl_json_parse(&root, list, strlen(list), NULL), SL_OK);
    sl_abi_read(&r, types, (const uint8_t *)data->data + SL_ABI_SELECTOR,
                data->len - SL_ABI_SELECTOR);
    for (const struct sl_json *at = sl_json_first(root); at != NULL; at = sl_json_next(at)) {
        if (!same_value(s, &r, sl_json_str(at)))
            fail_msg("not %s: %s", sl_json_str(at), s->line);
    }
    assert_int_equal(sl_abi_next(&r), SL_ABI_NONE);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    sl_json_free(root);
}

/* "Name(type a, type b)" without the names of its arguments. */
static void strip_names(char out[static 256], const char *text, const char *end)
{
    size_t n = 0;
    bool skipping = false;
    for (; text < end && n < 255; text++) {
        const bool gap = *text == ' ' && text[-1] == ','; /* "a, type b" */
        skipping = (skipping || (*text == ' ' && !gap)) && *text != ',' && *text != ')';
        if (!skipping && !gap)
            out[n++] = *text;
    }
    out[n] = '\0';
}

/* The last "0x" that eight digits or none follow. */
static const char *find_selector(const char *line)
{
    const char *found = NULL;
    for (const char *at = strstr(line, " 0x"); at != NULL; at = strstr(at + 1, " 0x")) {
        const size_t digits = strspn(at + 3, "0123456789abcdef");
        if ((digits == 8 || digits == 0) && at[3 + digits] == ' ')
            found = at + 1;
    }
    return found;
}

static void expect_revert(struct story *s)
{
    char types[256], selector[2 * SL_ABI_SELECTOR + 1];
    const struct sl_buf *data = &s->kit->result.data;
    const char *want = find_selector(s->line);
    if (want == NULL || !s->kit->result.reverted)
        fail_msg("did not revert: %s", s->line);
    if (want[2] == ' ') {
        assert_int_equal(data->len, 0);
        return;
    }
    struct sl_buf text = {0};
    sl_ledger_revert_text(&text, data->data, data->len);
    if (data->len < SL_ABI_SELECTOR)
        fail_msg("no data: %s", s->line);
    sl_hex_encode(selector, (const uint8_t *)data->data, SL_ABI_SELECTOR);
    if (memcmp(selector, want + 2, 8) != 0)
        fail_msg("%s: %s", text.data, s->line);
    sl_buf_free(&text);
    const char *name = want + 10 + strspn(want + 10, " ");
    const char *list = strchr(name, '[');
    strip_names(types, name, strchr(name, ')') + 1);
    assert_non_null(list);
    char values[4096];
    snprintf(values, sizeof values, "%.*s", (int)(strchr(list, ']') + 1 - list), list);
    expect_values(s, types, values);
}

void expect_outcome(struct story *s)
{
    if (strncmp(s->line, "REVERT", 6) == 0) {
        expect_revert(s);
        return;
    }
    if (strncmp(s->line, "OK", 2) == 0 && s->kit->result.reverted) {
        struct sl_buf text = {0};
        sl_ledger_revert_text(&text, s->kit->result.data.data, s->kit->result.data.len);
        fail_msg("%s: %s", text.data, s->line);
    }
}

/* ---- calls ---- */

static const char *signature_of(const char *name, size_t len)
{
    static const char *const all[] = {"VERSION()",
                                      "legacyPieceStorageIdLimit()",
                                      "getAllPieceMetadata(uint256,uint256)",
                                      "getPieceMetadata(uint256,uint256,string)",
                                      "getDataSetAuthorizer(uint256)",
                                      "getServicePrice()",
                                      "getEffectiveRates()",
                                      "getCurrentPricingRates()",
                                      "getPDPConfig()",
                                      "nextUpgrade()",
                                      "getDataSetSizeInBytes(uint256)",
                                      "getDataSet(uint256)",
                                      "provingActivationEpoch(uint256)",
                                      "getDataSetLastProvenEpoch(uint256)",
                                      "getDataSetLeafCount(uint256)",
                                      "getAllDataSetMetadata(uint256)",
                                      "getPriceList()",
                                      "proxiableUUID()",
                                      "viewContractAddress()"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strncmp(all[i], name, len) == 0 && all[i][len] == '(')
            return all[i];
    }
    fail_msg("no signature of %.*s", (int)len, name);
    return NULL;
}

static void put_arguments(struct sl_abi_writer *w, const char *at)
{
    struct sl_u256 value;
    while (*at != ')') {
        const size_t len = strcspn(at, ",)");
        if (at[0] == '"') {
            sl_abi_put_strn(w, at + 1, len - 2);
        } else if (strncmp(at, "2^256-1", 7) == 0) {
            sl_abi_put_u256(w, sl_u256_max());
        } else {
            assert_int_equal(sl_u256_parse_dec(&value, at, len, NULL), SL_OK);
            sl_abi_put_u256(w, value);
        }
        at += len + (at[len] == ',');
    }
}

/* The contract that the line names, and where its function begins. */
static const struct sl_address *contract_of(struct story *s, const char **function)
{
    const struct ledger_kit *kit = s->kit;
    const struct {
        const char *name;
        const struct sl_address *at;
    } all[] = {{"old View: ", &kit->at->view}, {"new View: ", &kit->at->view_today},
               {"migrate(): ", &kit->at->pdp}, {"PDPVerifier", &kit->at->pdp},
               {"FWSS", &kit->at->fwss},       {"View", sl_ledger_view(kit->ledger)}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *at = strstr(s->line, all[i].name);
        if (at == NULL)
            continue;
        at += strlen(all[i].name);
        *function = at + strspn(at, ".: ");
        return all[i].at;
    }
    fail_msg("of which contract: %s", s->line);
    return NULL;
}

/* Contracts stand elsewhere here. */
static void move_contracts(const struct story *s, char *hex)
{
    static const char there[] = "5fbdb2315678afecb367f032d93f642f64180aa3";
    char here[2 * SL_ADDRESS_BYTES + 1];
    sl_hex_encode(here, s->kit->at->usdfc.bytes, SL_ADDRESS_BYTES);
    for (char *at = strstr(hex, there); at != NULL; at = strstr(at, there))
        memcpy(at, here, strlen(there));
}

static void expect_answer(struct story *s, const char *want)
{
    char hex[TEXT];
    const struct sl_buf *data = &s->kit->result.data;
    const size_t digits = strspn(want + 2, "0123456789abcdef");
    snprintf(hex, sizeof hex, "%.*s", (int)digits, want + 2);
    move_contracts(s, hex);
    char *is = malloc(2 * data->len + 1);
    assert_non_null(is);
    sl_hex_encode(is, (const uint8_t *)data->data, data->len);
    /* long answers end somewhere in a word */
    const bool whole = digits % (2 * (size_t)SL_ABI_WORD) == 0 ||
                       digits % (2 * (size_t)SL_ABI_WORD) == 2 * (size_t)SL_ABI_SELECTOR;
    const bool cut = strncmp(want + 2 + digits, "...", 3) == 0 || !whole;
    if (strlen(is) < digits || memcmp(is, hex, digits) != 0 || (!cut && strlen(is) != digits))
        fail_msg("%s: %s", is, s->line);
    free(is);
    const char *bytes = strstr(want, " (");
    if (bytes != NULL && isdigit((unsigned char)bytes[2]))
        assert_int_equal(data->len, strtoul(bytes + 2, NULL, 10));
}

void expect_call(struct story *s)
{
    struct sl_abi_writer w = {0};
    const char *function = NULL;
    const struct sl_address *to = contract_of(s, &function);
    const char *open = strchr(function, '(');
    sl_abi_call(&w, signature_of(function, (size_t)(open - function)));
    put_arguments(&w, open + 1);
    const bool ok = kit_call(s->kit, STRANGER, to, sl_u256(0), &w);
    const char *want = strstr(s->line, "reverts, data ");
    expect_true(s, ok == (want == NULL));
    expect_answer(s, strstr(want != NULL ? want : strchr(open, ')'), "0x"));
}

/* ---- objects ---- */

static struct sl_json *object_behind(struct story *s, const char *mark)
{
    struct sl_json *root = NULL;
    const char *text = behind(s, mark);
    const char *end = strchr(text, '}');
    assert_non_null(end);
    assert_int_equal(sl_json_parse(&root, text, (size_t)(end + 1 - text), NULL), SL_OK);
    return root;
}

static void expect_member(struct story *s, const struct sl_json *root, const char *key,
                          struct sl_u256 is)
{
    const char *text = sl_json_str(sl_json_get(root, key));
    struct sl_u256 want;
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_dec(&want, text, strlen(text), NULL), SL_OK);
    expect_u256(s, key, is, want);
}

void expect_account(struct story *s, const char *mark, enum who who, const char *members)
{
    const struct sl_address owner = kit_address(s->kit, who);
    const struct kit_account a = kit_account(s->kit, &owner);
    struct sl_json *root = object_behind(s, mark);
    struct sl_u256 available;
    assert_true(sl_u256_sub(&available, a.funds, a.lockup));
    const struct {
        const char *key;
        struct sl_u256 is;
    } all[] = {{"funds", a.funds}, {"lock", a.lockup}, {"rate", a.rate}, {"avail", available}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strstr(members, all[i].key) != NULL)
            expect_member(s, root, all[i].key, all[i].is);
    }
    sl_json_free(root);
}

void expect_data_set(struct story *s)
{
    static const char *const keys[] = {"pdpRailId",
                                       "cacheMissRailId",
                                       "cdnRailId",
                                       "payer",
                                       "payee",
                                       "serviceProvider",
                                       "commissionBps",
                                       "clientDataSetId",
                                       "pdpEndEpoch",
                                       "providerId",
                                       "pendingOneTimePayments",
                                       "lifecycleReserveBalance",
                                       "dataSetId"};
    struct sl_json *root = object_behind(s, "data set ");
    const uint8_t *word;
    struct sl_u256 is;
    assert_true(story_call(s, STRANGER, sl_ledger_view(s->kit->ledger), "getDataSet(uint256)",
                           s->set, 0, false));
    word = (const uint8_t *)s->kit->result.data.data;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++, word += SL_ABI_WORD) {
        const char *text = sl_json_str(sl_json_get(root, keys[i]));
        struct sl_address address;
        assert_non_null(text);
        assert_true(sl_u256_from_be(&is, word, SL_ABI_WORD));
        if (strcmp(keys[i], "clientDataSetId") == 0 && strlen(text) > 10)
            continue; /* out of random bytes */
        if (text[0] == '0' && text[1] == 'x') {
            assert_true(known_address(s, text, &address));
            assert_memory_equal(word + 12, address.bytes, SL_ADDRESS_BYTES);
        } else {
            expect_member(s, root, keys[i], is);
        }
    }
    sl_json_free(root);
}

/* ---- events ---- */

static const char *event_name(const struct sl_ledger_log *log)
{
    static const char *const all[] = {
        "RailCreated(uint256,address,address,address,address,address,address,uint256)",
        "AccountLockupSettled(address,address,uint256,uint256,uint256)",
        "RailLockupModified(uint256,uint256,uint256,uint256,uint256)",
        ("DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,address,string[],"
         "string[])"),
        "DataSetCreated(uint256,address)",
        "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])",
        "RailRateModified(uint256,uint256,uint256)",
        "RailOneTimePaymentProcessed(uint256,uint256,uint256,uint256)",
        "RailRateUpdated(uint256,uint256,uint256)",
        "PieceAdded(uint256,uint256,(bytes),string[],string[])",
        "PiecesScheduledForRemoval(uint256,uint256[])",
        "PiecesRemoved(uint256,uint256[])",
        "RailTerminated(uint256,address,uint256)",
        "PDPPaymentTerminated(uint256,uint256,uint256)",
        "ServiceTerminated(address,uint256,uint256,uint256,uint256)",
        "DataSetAuthorizerSet(uint256,address)"};
    uint8_t topic[SL_LEDGER_HASH_BYTES];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sl_abi_topic(topic, all[i]);
        if (memcmp(topic, log->topics[0], sizeof topic) == 0)
            return all[i];
    }
    return "?(";
}

void expect_events(struct story *s, const char *mark)
{
    const char *text = behind(s, mark);
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    struct sl_buf is = {0};
    for (size_t i = 0; i < receipt->log_count; i++) {
        const char *name = event_name(&receipt->logs[i]);
        if (i > 0)
            sl_buf_str(&is, ", ");
        sl_buf_add(&is, name, strcspn(name, "("));
    }
    if (strcmp(is.data != NULL ? is.data : "", text) != 0)
        fail_msg("%s: %s", is.data, s->line);
    sl_buf_free(&is);
}
