/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain_kit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/hex.h"
#include "sluice/http.h"

#include "support/test.h"
#include "support/tmp.h"

static struct sl_address address_of(const struct sl_json *value)
{
    struct sl_address address = {{0}};
    const char *text = sl_json_str(value);
    assert_non_null(text);
    assert_int_equal(sl_address_parse(&address, text, strlen(text), NULL), SL_OK);
    return address;
}

static void learn(struct chain *chain)
{
    struct sl_jw w = {0};
    struct sl_json *root = NULL;
    sl_jw_object(&w, NULL);
    sl_devnet_describe(chain->kit.net, &w);
    sl_jw_end_object(&w);
    assert_int_equal(sl_json_parse(&root, w.buf.data, w.buf.len, NULL), SL_OK);
    const struct sl_json *at = sl_json_get(root, "addresses");
    chain->fwss = address_of(sl_json_get(at, "fwss"));
    chain->pdp = address_of(sl_json_get(at, "pdpVerifier"));
    chain->view = address_of(sl_json_get(at, "fwssView"));
    chain->usdfc = address_of(sl_json_get(at, "usdfc"));
    chain->pay = address_of(sl_json_get(at, "filecoinPay"));
    size_t i = 0;
    for (const struct sl_json *one = sl_json_first(sl_json_get(root, "providers")); one != NULL;
         one = sl_json_next(one))
        chain->providers[i++] = address_of(sl_json_get(one, "address"));
    sl_json_free(root);
    sl_jw_free(&w);
}

static void read_key(struct chain *chain)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    assert_int_equal(sl_path_join(path, sizeof path, chain->kit.dir, "key", NULL), SL_OK);
    assert_int_equal(sl_file_read(&text, &len, path, 200, NULL), SL_OK);
    assert_int_equal(sl_key_from_hex(&chain->key, text, len - 1, NULL), SL_OK);
    free(text);
}

static void start(struct chain *chain)
{
    struct sl_err err = {0};
    if (sl_devnet_start(&chain->kit.net, &chain->kit.options, &err) < 0)
        fail_msg("%s", err.text);
    chain_use(chain, 0);
    learn(chain);
}

/* What a test adds by hand, and the time since the first look. */
static int64_t hasty_now(void *ctx)
{
    static _Atomic int64_t begun_ms;
    struct sl_fake_clock *fake = ctx;
    const struct sl_clock world = sl_clock_system();
    const int64_t now_ms = sl_now_ms(&world);
    int64_t none = 0;
    atomic_compare_exchange_strong(&begun_ms, &none, now_ms);
    return atomic_load(&fake->now_ms) + CHAIN_HASTE * (now_ms - atomic_load(&begun_ms));
}

static int64_t hasty_wall(void *ctx)
{
    const struct sl_fake_clock *fake = ctx;
    return hasty_now(ctx) + fake->wall_offset_ms;
}

static int set_up(void **state, bool running, bool poor, enum sl_devnet_profile profile)
{
    struct chain *chain = calloc(1, sizeof *chain);
    assert_non_null(chain);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    sl_tmp_make(chain->kit.dir);
    chain->kit.clock.wall_offset_ms = INT64_C(1800000000000);
    chain->options.watch_delay_ms = CHAIN_WATCH_MS;
    chain->options.unfunded = poor;
    chain->options.profile = profile;
    chain->options.epoch_ms = CHAIN_EPOCH_MS;
    chain->next_nonce = 1;
    chain->kit.options = (struct sl_devnet_options){.dir = chain->kit.dir,
                                                    .chain = &chain->options,
                                                    .park_delay_ms = KIT_PARK_MS,
                                                    .faults = true,
                                                    .clock = sl_fake_clock(&chain->kit.clock)};
    if (running)
        chain->kit.options.clock = (struct sl_clock){hasty_now, hasty_wall, &chain->kit.clock};
    start(chain);
    chain_pass(chain, CHAIN_EPOCH_MS); /* the genesis made the first block ahead of its time */
    read_key(chain);
    chain->domain = sl_domain_storage(31415926, &chain->fwss);
    *state = chain;
    return 0;
}

int chain_setup(void **state)
{
    return set_up(state, false, false, SL_DEVNET_TODAY);
}

int chain_setup_running(void **state)
{
    return set_up(state, true, false, SL_DEVNET_TODAY);
}

int chain_setup_1_3(void **state)
{
    return set_up(state, false, false, SL_DEVNET_1_3);
}

int chain_setup_running_1_3(void **state)
{
    return set_up(state, true, false, SL_DEVNET_1_3);
}

int chain_setup_poor(void **state)
{
    return set_up(state, true, true, SL_DEVNET_TODAY);
}

int chain_teardown(void **state)
{
    struct chain *chain = *state;
    sl_devnet_stop(chain->kit.net);
    sl_key_free(chain->key);
    sl_tmp_remove(chain->kit.dir);
    free(chain);
    return 0;
}

void chain_restart(struct chain *chain)
{
    sl_devnet_stop(chain->kit.net);
    chain->kit.net = NULL;
    start(chain);
}

void chain_use(struct chain *chain, size_t index)
{
    chain->kit.url = sl_devnet_provider_url(chain->kit.net, index);
}

void chain_pass(struct chain *chain, int64_t ms)
{
    atomic_fetch_add(&chain->kit.clock.now_ms, ms);
}

void chain_blocks(struct chain *chain, int count)
{
    struct sl_answer answer = {0};
    for (int i = 0; i < count; i++) {
        chain_pass(chain, CHAIN_EPOCH_MS);
        chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    }
    sl_answer_free(&answer);
}

void chain_store(struct chain *chain, char cid[static SL_PIECE_CID_CHARS], uint64_t seed)
{
    uint8_t *bytes = kit_bytes(CHAIN_PIECE_BYTES, seed);
    kit_store(&chain->kit, cid, bytes, CHAIN_PIECE_BYTES);
    free(bytes);
}

void chain_rpc(const struct chain *chain, const char *method, const char *params,
               struct sl_answer *answer)
{
    struct sl_buf body = {0};
    char url[128];
    snprintf(url, sizeof url, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(url, "/rpc/v1") = '\0';
    sl_buf_printf(&body, "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"%s\",\"params\":%s}", method,
                  params);
    sl_peer_ask(url, "POST", "/rpc/v1", NULL, body.data, body.len, answer);
    sl_buf_free(&body);
}

void chain_view(const struct chain *chain, char out[static SL_U256_HEX_CHARS],
                const struct sl_address *to, const char *signature, uint64_t argument)
{
    struct sl_abi_writer w = {0};
    char target[SL_ADDRESS_CHARS], data[256], params[512];
    struct sl_answer answer = {0};
    struct sl_u256 word;
    sl_abi_call(&w, signature);
    sl_abi_put_u64(&w, argument);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_hex_encode(data, (const uint8_t *)w.buf.data, w.buf.len);
    sl_address_text(target, to);
    snprintf(params, sizeof params, "[{\"to\":\"%s\",\"data\":\"0x%s\"},\"latest\"]", target, data);
    chain_rpc(chain, "eth_call", params, &answer);
    struct sl_json *root = NULL;
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const char *text = sl_json_str(sl_json_get(root, "result"));
    if (text == NULL || strlen(text) < 66)
        fail_msg("%s: %s", signature, answer.body.data);
    assert_int_equal(sl_u256_parse_hex(&word, text, 66, NULL), SL_OK);
    sl_u256_hex(out, word);
    sl_json_free(root);
    sl_answer_free(&answer);
    sl_abi_free(&w);
}

void chain_expect(const struct chain *chain, const char *what, const char *method, const char *path,
                  const char *body, int status, const char *text, char location[static 256])
{
    struct sl_answer answer = {0};
    struct sl_buf have = {0};
    sl_peer_ask(chain->kit.url, method, path, NULL, body, strlen(body), &answer);
    kit_blank(&have, answer.body.data != NULL ? answer.body.data : "");
    if (answer.status != status)
        fail_msg("%s: %d %s", what, answer.status, have.data);
    if (text != NULL && strcmp(text, have.data) != 0)
        fail_msg("%s: '%s' instead of '%s'", what, have.data, text);
    const char *where = sl_answer_header(&answer, "Location");
    if (where[0] != '\0')
        snprintf(location, 256, "%s", where);
    sl_buf_free(&have);
    sl_answer_free(&answer);
}

/* ---- signed bodies ---- */

static void put_pieces(struct sl_jw *w, const char *const *cids, size_t count)
{
    sl_jw_array(w, "pieces");
    for (size_t i = 0; i < count; i++) {
        sl_jw_object(w, NULL);
        sl_jw_str(w, "pieceCid", cids[i]);
        sl_jw_array(w, "subPieces");
        sl_jw_object(w, NULL);
        sl_jw_str(w, "subPieceCid", cids[i]);
        sl_jw_end_object(w);
        sl_jw_end_array(w);
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
}

enum { PIECES_MAX = 512 };

struct signed_pieces {
    uint8_t cids[PIECES_MAX][SL_PIECE_CID_BYTES];
    struct sl_signed_piece list[PIECES_MAX];
};

static void sign_pieces(struct signed_pieces *out, const char *const *cids, size_t count)
{
    assert_true(count <= PIECES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct sl_piece_id id;
        assert_int_equal(sl_piece_parse(&id, cids[i], strlen(cids[i]), NULL), SL_OK);
        out->list[i] = (struct sl_signed_piece){.cid = out->cids[i],
                                                .cid_len = sl_piece_cid_bytes(out->cids[i], &id)};
    }
}

void chain_create_body(struct chain *chain, struct sl_buf *out, size_t index,
                       const char *const *cids, size_t count, uint64_t *client_data_set_id)
{
    struct signed_pieces pieces;
    struct sl_buf extra = {0};
    struct sl_jw w = {0};
    struct sl_err err = {0};
    char keeper[SL_ADDRESS_CHARS];
    sign_pieces(&pieces, cids, count);
    *client_data_set_id = chain->next_nonce++;
    const struct sl_create_message create = {
        .payer = *sl_key_address(chain->key),
        .payee = chain->providers[index],
        .client_data_set_id = sl_u256(*client_data_set_id),
        .metadata = &chain->mark,
        .metadata_count = chain->mark.key != NULL ? 1 : 0,
    };
    const struct sl_add_message add = {.client_data_set_id = create.client_data_set_id,
                                       .nonce = sl_u256(chain->next_nonce++),
                                       .pieces = pieces.list,
                                       .count = count};
    if (sl_payload_create_and_add(&extra, chain->key, &chain->domain, &create, &add, &err) < 0)
        fail_msg("%s", err.text);
    sl_address_text(keeper, &chain->fwss);
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "recordKeeper", keeper);
    put_pieces(&w, cids, count);
    sl_jw_hex(&w, "extraData", extra.data, extra.len);
    sl_jw_end_object(&w);
    sl_buf_clear(out);
    sl_buf_add(out, w.buf.data, w.buf.len);
    sl_jw_free(&w);
    sl_buf_free(&extra);
}

void chain_add_body(struct chain *chain, struct sl_buf *out, uint64_t client_data_set_id,
                    const char *const *cids, size_t count)
{
    struct signed_pieces pieces;
    struct sl_buf extra = {0};
    struct sl_jw w = {0};
    struct sl_err err = {0};
    sign_pieces(&pieces, cids, count);
    const struct sl_add_message add = {.client_data_set_id = sl_u256(client_data_set_id),
                                       .nonce = sl_u256(chain->next_nonce++),
                                       .pieces = pieces.list,
                                       .count = count,
                                       .compact = chain->compact};
    if (sl_payload_add(&extra, chain->key, &chain->domain, &add, &err) < 0)
        fail_msg("%s", err.text);
    sl_jw_object(&w, NULL);
    put_pieces(&w, cids, count);
    sl_jw_hex(&w, "extraData", extra.data, extra.len);
    sl_jw_end_object(&w);
    sl_buf_clear(out);
    sl_buf_add(out, w.buf.data, w.buf.len);
    sl_jw_free(&w);
    sl_buf_free(&extra);
}

static uint64_t id_in(const struct chain *chain, const char *location)
{
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    uint64_t id = 0;
    sl_peer_ask(chain->kit.url, "GET", location, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    if (!sl_json_u64(sl_json_get(root, "dataSetId"), &id))
        fail_msg("no data set: %s", answer.body.data);
    sl_json_free(root);
    sl_answer_free(&answer);
    return id;
}

uint64_t chain_data_set(struct chain *chain, size_t index, uint64_t seed,
                        char cid[static SL_PIECE_CID_CHARS], uint64_t *client_data_set_id)
{
    struct sl_buf body = {0};
    char location[256] = "";
    chain_use(chain, index);
    chain_store(chain, cid, seed);
    chain_create_body(chain, &body, index, (const char *const[]){cid}, 1, client_data_set_id);
    chain_expect(chain, "create a data set", "POST", "/pdp/data-sets/create-and-add", body.data,
                 201, "", location);
    chain_blocks(chain, 3); /* into a block, another on it, and what is behind */
    sl_buf_free(&body);
    return id_in(chain, location);
}
