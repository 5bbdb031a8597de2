/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pieces, nonces, proving and dry runs on the scripted node. */
#include <stdlib.h>
#include <string.h>

#include "chain_scene.h"
#include "support/test.h"

static const struct sl_u256 set_id = {{7}};

static struct sl_piece_id piece_of(uint8_t seed)
{
    struct sl_piece_id piece = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    memset(piece.root, seed, sizeof piece.root);
    piece.root[31] &= 0x3f;
    return piece;
}

static void put_cid(struct sl_abi_writer *w, uint8_t seed)
{
    const struct sl_piece_id piece = piece_of(seed);
    uint8_t cid[SL_PIECE_CID_BYTES];
    const size_t len = sl_piece_cid_bytes(cid, &piece);
    sl_abi_open(w);
    sl_abi_put_bytes(w, cid, len);
    sl_abi_close(w);
}

/* A page of pieces with ids first, first + 2, ...; the CID of id 4 is none. */
static void on_page(struct scene *scene, uint64_t from, uint64_t first, size_t count, bool more)
{
    struct sl_abi_writer call = scene_call("getActivePiecesByCursor(uint256,uint256,uint256)");
    struct sl_abi_writer w = scene_values("((bytes)[],uint256[],bool)");
    sl_abi_put_u256(&call, set_id);
    sl_abi_put_u64(&call, from);
    sl_abi_put_u64(&call, 3);
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++) {
        if (first + 2 * i == 4) {
            sl_abi_open(&w);
            sl_abi_put_bytes(&w, "no CID", 6);
            sl_abi_close(&w);
        } else {
            put_cid(&w, (uint8_t)(first + 2 * i));
        }
    }
    sl_abi_close(&w);
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(&w, first + 2 * i);
    sl_abi_close(&w);
    sl_abi_put_bool(&w, more);
    sl_chain_node_on(scene->node, &scene->verifier, &call, &w);
}

static void on_ids(struct scene *scene, const struct sl_address *to, const char *signature,
                   const uint64_t *ids, size_t count)
{
    struct sl_abi_writer w = scene_values("(uint256[])");
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(&w, ids[i]);
    sl_abi_close(&w);
    sl_chain_node_on_all(scene->node, to, signature, &w);
}

static void open_pieces(struct scene *scene)
{
    static const uint64_t removals[] = {99, 2};
    scene_open(scene);
    on_page(scene, 0, 0, 3, true);
    on_page(scene, 5, 6, 1, false);
    on_ids(scene, &scene->verifier, "getScheduledRemovals(uint256)", removals, 2);
    struct sl_abi_writer w = scene_values("(string[],string[])");
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "filename");
    sl_abi_close(&w);
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "a.mkv");
    sl_abi_close(&w);
    sl_chain_node_on_all(scene->node, &scene->view, "getAllPieceMetadata(uint256,uint256)", &w);
}

static int page(struct scene *scene, struct sl_piece_page **out, uint64_t from, bool metadata)
{
    return sl_chain_pieces(out, scene->chain, set_id, from, 3, metadata, &scene->err);
}

static void pieces_are_paged_with_their_removals_and_metadata(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    const struct sl_piece_id want = piece_of(2);
    open_pieces(&scene);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_int_equal(got->count, 3);
    assert_true(got->more);
    assert_int_equal(got->next, 5);
    assert_int_equal(got->pieces[1].id, 2);
    assert_true(got->pieces[1].known);
    assert_true(got->pieces[1].scheduled);
    assert_memory_equal(got->pieces[1].piece.root, want.root, sizeof want.root);
    assert_false(got->pieces[0].scheduled);
    assert_false(got->pieces[2].known);
    assert_string_equal(
        sl_metadata_get(got->pieces[0].metadata, got->pieces[0].metadata_count, "filename"),
        "a.mkv");
    const uint64_t next = got->next;
    sl_chain_piece_page_free(got);
    assert_int_equal(sl_chain_node_requests(scene.node), 5);
    assert_int_equal(page(&scene, &got, next, false), SL_OK);
    assert_int_equal(got->count, 1);
    assert_false(got->more);
    assert_null(got->pieces[0].metadata);
    sl_chain_piece_page_free(got);
    assert_int_equal(sl_chain_node_requests(scene.node), 6);
    scene_close(&scene);
}

/* A node may refuse the metadata of one piece alone: such a piece is not a piece without a name. */
static void metadata_that_cannot_be_read_is_not_taken_for_none(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    static const uint8_t not_found[] = {0x54, 0x16, 0xeb, 0x98};
    open_pieces(&scene);
    struct sl_abi_writer call = scene_call("getAllPieceMetadata(uint256,uint256)");
    sl_abi_put_u256(&call, set_id);
    sl_abi_put_u64(&call, 2);
    assert_int_equal(sl_abi_end(&call, NULL), SL_OK);
    sl_chain_node_data(scene.node, &scene.view, call.buf.data, call.buf.len, not_found,
                       sizeof not_found, false);
    sl_abi_free(&call);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_int_equal(got->pieces[0].metadata_count, 1);
    assert_null(got->pieces[1].metadata);
    assert_int_equal(got->pieces[2].metadata_count, 1);
    sl_chain_piece_page_free(got);
    sl_chain_node_bytes(scene.node, &scene.view, "getAllPieceMetadata(uint256,uint256)", NULL, 0,
                        false);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_null(got->pieces[0].metadata);
    sl_chain_piece_page_free(got);
    sl_chain_node_say(scene.node, "{\"jsonrpc\":\"2.0\",\"id\":$ID}"); /* that is no revert */
    assert_true(page(&scene, &got, 0, true) < 0);
    scene_close(&scene);
}

static void on_no_metadata(struct scene *scene)
{
    struct sl_abi_writer w = scene_values("(string[],string[])");
    for (int i = 0; i < 2; i++) {
        sl_abi_open_list(&w, 0);
        sl_abi_close(&w);
    }
    sl_chain_node_on_all(scene->node, &scene->view, "getAllPieceMetadata(uint256,uint256)", &w);
}

/* Switch the storage service to 1.4, for a new client. */
static void upgrade(struct scene *scene)
{
    struct sl_abi_writer w = scene_values("(address)");
    sl_abi_put_address(&w, &(struct sl_address){{0}});
    sl_chain_node_on_all(scene->node, &scene->view, "getDataSetAuthorizer(uint256)", &w);
    sl_chain_free(scene->chain);
    assert_int_equal(sl_chain_new(&scene->chain, &scene->network, NULL, &scene->err), SL_OK);
}

/* An old getter gives this for each piece if the contract no longer stores names. */
static void no_metadata_is_believed_only_where_it_is_kept(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    open_pieces(&scene);
    on_no_metadata(&scene);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_non_null(got->pieces[0].metadata);
    assert_int_equal(got->pieces[0].metadata_count, 0);
    sl_chain_piece_page_free(got);
    upgrade(&scene);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_null(got->pieces[0].metadata);
    sl_chain_piece_page_free(got);
    scene_close(&scene);
}

static void on_name(struct scene *scene, const struct sl_address *view, uint64_t id,
                    const char *name)
{
    struct sl_abi_writer call = scene_call("getAllPieceMetadata(uint256,uint256)");
    struct sl_abi_writer w = scene_values("(string[],string[])");
    const char *const texts[] = {"filename", name};
    sl_abi_put_u256(&call, set_id);
    sl_abi_put_u64(&call, id);
    for (int i = 0; i < 2; i++) {
        sl_abi_open_list(&w, 1);
        sl_abi_put_str(&w, texts[i]);
        sl_abi_close(&w);
    }
    sl_chain_node_on(scene->node, view, &call, &w);
}

/* The view of storage service 1.3 still has the metadata of older pieces. */
static void the_former_view_names_older_pieces(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    const struct sl_address former = scene_address(0x23);
    open_pieces(&scene);
    scene.network.former_view = former;
    sl_chain_free(scene.chain);
    assert_int_equal(sl_chain_new(&scene.chain, &scene.network, NULL, &scene.err), SL_OK);
    sl_chain_node_bytes(scene.node, &scene.view, "getAllPieceMetadata(uint256,uint256)",
                        "\x54\x16\xeb\x98", 4, false);
    on_name(&scene, &former, 2, "older.mkv");
    assert_int_equal(page(&scene, &got, 0, true), SL_OK); /* there is no telling that it is 1.4 */
    assert_null(got->pieces[1].metadata);
    sl_chain_piece_page_free(got);
    upgrade(&scene);
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_null(got->pieces[0].metadata);
    assert_non_null(got->pieces[1].metadata);
    assert_string_equal(
        sl_metadata_get(got->pieces[1].metadata, got->pieces[1].metadata_count, "filename"),
        "older.mkv");
    assert_null(got->pieces[2].metadata);
    sl_chain_piece_page_free(got);
    scene_close(&scene);
}

static void pages_that_do_not_go_on_are_refused(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    open_pieces(&scene);
    on_page(&scene, 0, 0, 4, true); /* more than the limit */
    assert_int_equal(page(&scene, &got, 0, false), SL_EPROTO);
    on_page(&scene, 5, 2, 1, true); /* from before the start: would never end */
    assert_int_equal(page(&scene, &got, 5, false), SL_EPROTO);
    on_page(&scene, 0, 0, 0, true); /* "more" behind nothing */
    assert_int_equal(page(&scene, &got, 0, true), SL_OK);
    assert_false(got->more);
    sl_chain_piece_page_free(got);
    assert_int_equal(sl_chain_pieces(&got, scene.chain, set_id, 0, 0, false, NULL), SL_EINVAL);
    assert_int_equal(sl_chain_pieces(&got, scene.chain, set_id, 0, 101, false, NULL), SL_EINVAL);
    scene_close(&scene);
}

static void a_set_that_is_gone_is_told_by_its_reason(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_piece_page *got;
    static const uint8_t not_live[] = {0x5d, 0x94, 0x69, 0x44};
    open_pieces(&scene);
    sl_chain_node_bytes(scene.node, &scene.verifier, "getScheduledRemovals(uint256)", not_live,
                        sizeof not_live, false);
    assert_int_equal(page(&scene, &got, 0, false), SL_EREVERT);
    assert_null(got);
    scene_close(&scene);
}

static void pieces_are_found_and_compared_by_cid(void **state)
{
    (void)state;
    struct scene scene;
    static const uint64_t ids[] = {3, 9};
    const struct sl_piece_id pieces[] = {piece_of(1), piece_of(1)};
    const struct sl_piece_id others[] = {piece_of(1), piece_of(2)};
    uint64_t got[4];
    scene_open(&scene);
    on_ids(&scene, &scene.verifier, "findPieceIdsByCid(uint256,(bytes),uint256,uint256)", ids, 2);
    assert_int_equal(sl_chain_find_piece(got, 4, scene.chain, set_id, &pieces[0], &scene.err), 2);
    assert_int_equal(got[1], 9);
    assert_int_equal(sl_chain_find_piece(got, 1, scene.chain, set_id, &pieces[0], &scene.err), 1);
    struct sl_abi_writer w = scene_values("((bytes))");
    put_cid(&w, 1);
    sl_chain_node_on_all(scene.node, &scene.verifier, "getPieceCid(uint256,uint256)", &w);
    assert_int_equal(sl_chain_are_pieces(scene.chain, set_id, 5, pieces, 2, &scene.err), 1);
    assert_int_equal(sl_chain_are_pieces(scene.chain, set_id, 5, others, 2, &scene.err), 0);
    sl_chain_node_bytes(scene.node, &scene.verifier, "getPieceCid(uint256,uint256)", "", 0, false);
    assert_int_equal(sl_chain_are_pieces(scene.chain, set_id, 5, pieces, 2, &scene.err), 0);
    scene_close(&scene);
}

static void on_nonce(struct scene *scene, uint64_t nonce, uint64_t high, uint64_t low)
{
    struct sl_abi_writer call = scene_call("clientNonces(address,uint256)");
    struct sl_abi_writer w = scene_values("(uint256)");
    sl_abi_put_address(&call, &scene->payer);
    sl_abi_put_u64(&call, nonce);
    sl_abi_put_u256(&w, (struct sl_u256){{low, 0, high, 0}});
    sl_chain_node_on(scene->node, &scene->view, &call, &w);
}

static void nonces_tell_what_landed(void **state)
{
    (void)state;
    struct scene scene;
    const struct sl_u256 nonces[] = {sl_u256(1), sl_u256(2), sl_u256(3)};
    struct sl_nonce_use got[3];
    uint64_t unix_s = 0;
    scene_open(&scene);
    on_nonce(&scene, 1, 0, 0);
    on_nonce(&scene, 2, 0, 77);
    on_nonce(&scene, 3, 42, 77);
    assert_int_equal(
        sl_chain_nonces(got, &unix_s, scene.chain, &scene.payer, nonces, 3, &scene.err), SL_OK);
    assert_int_equal(unix_s, SCENE_TIME);
    assert_int_equal(sl_chain_node_requests(scene.node), 4);
    assert_false(got[0].used);
    assert_true(got[1].used);
    assert_int_equal(got[1].next_piece_id, 0);
    assert_int_equal(sl_u256_cmp(got[1].data_set_id, sl_u256(77)), 0);
    assert_true(got[2].used);
    assert_int_equal(got[2].next_piece_id, 42);
    assert_int_equal(sl_u256_cmp(got[2].data_set_id, sl_u256(77)), 0);
    sl_chain_node_bytes(scene.node, &scene.view, "clientNonces(address,uint256)", "", 0, false);
    const struct sl_u256 unknown = sl_u256(4);
    assert_int_equal(sl_chain_nonces(got, NULL, scene.chain, &scene.payer, &unknown, 1, &scene.err),
                     SL_EREVERT);
    scene_close(&scene);
}

static void on_proving(struct scene *scene, uint64_t last, uint64_t next, uint64_t deadline,
                       bool proven, bool live)
{
    struct sl_abi_writer w = scene_values("(bool)");
    sl_abi_put_bool(&w, live);
    sl_chain_node_on_all(scene->node, &scene->verifier, "dataSetLive(uint256)", &w);
    w = scene_values("(bool)");
    sl_abi_put_bool(&w, proven);
    sl_chain_node_on_all(scene->node, &scene->view, "provenThisPeriod(uint256)", &w);
    scene_u64(scene, &scene->verifier, "getDataSetLastProvenEpoch(uint256)", last);
    scene_u64(scene, &scene->verifier, "getNextChallengeEpoch(uint256)", next);
    scene_u64(scene, &scene->view, "provingDeadline(uint256)", deadline);
}

static struct sl_proving proving(struct scene *scene)
{
    struct sl_proving got;
    uint64_t epoch = 0;
    if (sl_chain_proving(&got, &epoch, scene->chain, &set_id, 1, &scene->err) < 0)
        fail_msg("%s", scene->err.text);
    assert_int_equal(epoch, SCENE_EPOCH);
    return got;
}

static void proving_is_done_due_overdue_or_none(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_proving got;
    const uint64_t now = SCENE_EPOCH;
    scene_open(&scene);
    scene_u64(&scene, &scene.verifier, "getActivePieceCount(uint256)", 12);
    scene_u64(&scene, &scene.verifier, "getDataSetLeafCount(uint256)", 640);
    struct sl_abi_writer w = scene_values("(uint64,uint256,uint256,uint256)");
    sl_abi_put_u64(&w, 240);
    for (int i = 0; i < 3; i++)
        sl_abi_put_u64(&w, 20);
    sl_chain_node_on_all(scene.node, &scene.view, "getPDPConfig()", &w);
    on_proving(&scene, now - 90, now + 50, now + 60, false, true);
    got = proving(&scene);
    assert_int_equal(got.state, SL_PROVING_DUE);
    assert_int_equal(got.last_proven, now - 90);
    assert_int_equal(got.next_due, now + 50);
    assert_int_equal(got.piece_count, 12);
    on_proving(&scene, now - 9, now + 50, now + 60, true, true);
    assert_int_equal(proving(&scene).state, SL_PROVING_DONE);
    on_proving(&scene, now - 90, now - 50, now - 1, false, true);
    assert_int_equal(proving(&scene).state, SL_PROVING_OVERDUE);
    on_proving(&scene, now - 90, now - 50, now - 240, true, true);
    assert_int_equal(proving(&scene).state, SL_PROVING_DONE);
    on_proving(&scene, now - 90, now - 50, now - 241, true, true);
    assert_int_equal(proving(&scene).state, SL_PROVING_OVERDUE);
    on_proving(&scene, 0, 0, 0, false, true);
    assert_int_equal(proving(&scene).state, SL_PROVING_NONE);
    on_proving(&scene, 0, 0, 0, false, false);
    assert_int_equal(proving(&scene).state, SL_PROVING_GONE);
    scene_close(&scene);
}

static void a_dry_run_sends_what_the_provider_would_send(void **state)
{
    (void)state;
    struct scene scene;
    const struct sl_piece_id piece = piece_of(1);
    struct sl_dry_add add = {.service_provider = scene_address(0x0c),
                             .pieces = &piece,
                             .count = 1,
                             .extra_data = (const uint8_t *)"\xaa\xbb",
                             .extra_data_len = 2};
    static const char add_pieces[] = "addPieces(uint256,address,(bytes)[],bytes)";
    scene_open(&scene);
    scene_u64(&scene, &scene.verifier, "FIL_CLEANUP_DEPOSIT()", 100000);
    scene_u64(&scene, &scene.verifier, add_pieces, 3);
    assert_int_equal(sl_chain_dry_add(scene.chain, &add, &scene.err), SL_OK);
    char *request = sl_chain_node_last(scene.node);
    assert_non_null(strstr(request, "\"from\":\"0x0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c\""));
    assert_non_null(strstr(request, "\"value\":\"0x186a0\""));
    free(request);
    add.data_set_id = set_id;
    assert_int_equal(sl_chain_dry_add(scene.chain, &add, &scene.err), SL_OK);
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "DataSetPaymentAlreadyTerminated(uint256)");
    sl_abi_put_u64(&w, 7);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_chain_node_bytes(scene.node, &scene.verifier, add_pieces, w.buf.data, w.buf.len, false);
    sl_abi_free(&w);
    assert_int_equal(sl_chain_dry_add(scene.chain, &add, &scene.err), SL_EREVERT);
    assert_non_null(strstr(scene.err.text, "terminated"));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_paged_with_their_removals_and_metadata),
        cmocka_unit_test(metadata_that_cannot_be_read_is_not_taken_for_none),
        cmocka_unit_test(no_metadata_is_believed_only_where_it_is_kept),
        cmocka_unit_test(the_former_view_names_older_pieces),
        cmocka_unit_test(pages_that_do_not_go_on_are_refused),
        cmocka_unit_test(a_set_that_is_gone_is_told_by_its_reason),
        cmocka_unit_test(pieces_are_found_and_compared_by_cid),
        cmocka_unit_test(nonces_tell_what_landed),
        cmocka_unit_test(proving_is_done_due_overdue_or_none),
        cmocka_unit_test(a_dry_run_sends_what_the_provider_would_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
