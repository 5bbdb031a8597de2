/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Names of pieces from receipts and logs, with nodes that answer, refuse, lag and lie. */
#include <string.h>

#include "sluice/chain_logs.h"

#include "chain_scene.h"
#include "log_teller.h"
#include "support/test.h"

enum { ANCHOR = 10000, HEAD = 20000 };

static const struct sl_u256 set_id = {{7}};
static const char tx[] = "0x1111111111111111111111111111111111111111111111111111111111111111";

/* ---- the bench ---- */

struct bench {
    struct scene scene;
    struct sl_chain_node *second; /* NULL: the network has one node */
    struct sl_chain *chain;
    struct teller tellers[2];
    struct sl_piece_names *names;
    struct sl_name_progress progress;
    uint64_t most_epochs;
    size_t told; /* times that progress was */
    bool cancels;
    struct sl_err err;
};

static const char range_text[] =
    "{\"code\":-32005,\"message\":\"block range exceeds maximum of 360 (got 720)\"}";

static void open_bench(struct bench *b, const uint64_t *ids, size_t count, bool two)
{
    const struct sl_rpc_options options = {.rounds = 2, .backoff_base_ms = 1};
    *b = (struct bench){0};
    scene_open(&b->scene);
    for (int i = 0; i < 2; i++)
        b->tellers[i] = (struct teller){.allows = 2880, .refusal = range_text, .head = HEAD};
    sl_chain_node_methods(b->scene.node, teller_answer, &b->tellers[0]);
    scene_u64(&b->scene, &b->scene.view, "provingActivationEpoch(uint256)", ANCHOR);
    scene_u64(&b->scene, &b->scene.verifier, "getDataSetLastProvenEpoch(uint256)", HEAD - 10);
    if (two) {
        b->second = sl_chain_node_start(SCENE_CHAIN_ID);
        sl_chain_node_methods(b->second, teller_answer, &b->tellers[1]);
        sl_chain_node_url(b->second, b->scene.network.urls[1], SL_NETWORK_URL_BYTES);
        b->scene.network.url_count = 2;
    }
    assert_int_equal(sl_chain_new(&b->chain, &b->scene.network, &options, NULL), SL_OK);
    assert_int_equal(sl_chain_piece_names_new(&b->names, set_id, ids, count, NULL), SL_OK);
}

static void close_bench(struct bench *b)
{
    sl_chain_piece_names_free(b->names);
    sl_chain_free(b->chain);
    if (b->second != NULL)
        sl_chain_node_stop(b->second);
    scene_close(&b->scene);
}

static void tell(struct bench *b, size_t node, const struct made *logs, size_t count)
{
    b->tellers[node].logs = logs;
    b->tellers[node].log_count = count;
}

static void on_progress(void *ctx, const struct sl_name_progress *progress)
{
    struct bench *b = ctx;
    assert_int_equal(progress->first, ANCHOR - 2880);
    assert_true(progress->next >= progress->first);
    if (b->cancels && b->told == 2)
        sl_chain_cancel(b->chain);
    b->told++;
}

/* What this thread and those of the nodes have written is seen by each other: they take the locks.
 */
static void meet(struct bench *b)
{
    (void)sl_chain_node_requests(b->scene.node);
    if (b->second != NULL)
        (void)sl_chain_node_requests(b->second);
}

static int search(struct bench *b)
{
    meet(b);
    const int rc = sl_chain_search_names(b->names, b->chain, b->most_epochs, &b->progress,
                                         on_progress, b, &b->err);
    meet(b);
    return rc;
}

static int receipt(struct bench *b)
{
    meet(b);
    const int rc = sl_chain_names_of_tx(b->names, b->chain, tx, &b->err);
    meet(b);
    return rc;
}

static const char *name_of(const struct bench *b, uint64_t id)
{
    const struct sl_piece_name *name = sl_chain_piece_names_find(b->names, id);
    assert_non_null(name);
    return name->metadata != NULL
               ? sl_metadata_get(name->metadata, name->metadata_count, "filename")
               : NULL;
}

static void assert_named(const struct bench *b, uint64_t id, const char *want)
{
    const struct sl_piece_id piece = teller_piece(id);
    const struct sl_piece_name *name = sl_chain_piece_names_find(b->names, id);
    assert_non_null(name);
    assert_true(name->seen && name->known);
    assert_true(sl_piece_id_equal(&name->piece, &piece));
    assert_non_null(name_of(b, id));
    assert_string_equal(name_of(b, id), want);
}

/* ---- receipts ---- */

static void a_receipt_names_the_pieces_of_a_batch(void **state)
{
    (void)state;
    static const uint64_t ids[] = {6, 5, 6, 8};
    static const struct made logs[] = {{.id = 5, .name = "wrong", .foreign = true},
                                       {.id = 5, .name = "wrong", .set = 8},
                                       {.id = 5, .name = "wrong", .undone = true},
                                       {.id = 9, .name = "not asked for"},
                                       {.id = 6, .name = "b.mkv"},
                                       {.id = 5, .name = "a.mkv"},
                                       {.id = 6, .name = "second"}};
    struct bench b;
    open_bench(&b, ids, 4, false);
    tell(&b, 0, logs, 7);
    assert_int_equal(b.names->count, 3);
    assert_int_equal(receipt(&b), 1);
    const int requests = sl_chain_node_requests(b.scene.node);
    assert_int_equal(b.names->seen, 2);
    assert_named(&b, 5, "a.mkv");
    assert_named(&b, 6, "b.mkv");
    assert_false(sl_chain_piece_names_find(b.names, 8)->seen);
    assert_null(sl_chain_piece_names_find(b.names, 9));
    assert_int_equal(receipt(&b), 1); /* one request a batch */
    assert_int_equal(sl_chain_node_requests(b.scene.node), requests + 1);
    close_bench(&b);
}

static void metadata_that_no_contract_takes_names_nothing(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1, 2, 3, 4};
    static const struct made logs[] = {{.id = 1, .more_keys = true},
                                       {.id = 2, .long_key = true},
                                       {.id = 3, .no_cid = true},
                                       {.id = 4, .name = "d.mkv"}};
    struct bench b;
    open_bench(&b, ids, 4, false);
    tell(&b, 0, logs, 4);
    assert_int_equal(receipt(&b), 1);
    assert_true(sl_chain_piece_names_find(b.names, 1)->known);
    assert_null(sl_chain_piece_names_find(b.names, 1)->metadata);
    assert_false(sl_chain_piece_names_find(b.names, 2)->seen); /* larger than any log can be */
    assert_true(sl_chain_piece_names_find(b.names, 3)->seen);
    assert_false(sl_chain_piece_names_find(b.names, 3)->known);
    assert_named(&b, 4, "d.mkv");
    static const struct made again[] = {{.id = 1, .name = "a.mkv"}};
    tell(&b, 0, again, 1);
    assert_int_equal(receipt(&b), 1);
    assert_named(&b, 1, "a.mkv");
    assert_int_equal(b.names->seen, 3);
    close_bench(&b);
}

static void a_receipt_that_is_not_there_or_of_other_pieces_names_nothing(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made other[] = {{.id = 77}};
    static const char *const none[] = {
        "\"result\":null}", "\"result\":{}}", "\"result\":{\"logs\":{\"a\":1}}}",
        "\"error\":{\"code\":-32000,\"message\":\"no such transaction\"}}"};
    struct bench b;
    open_bench(&b, ids, 1, false);
    for (size_t i = 0; i < 4; i++) {
        b.tellers[0].receipt = none[i];
        assert_int_equal(receipt(&b), 0);
    }
    b.tellers[0].receipt = "\"result\":{\"logs\":[1,null,{},{\"address\":\"0x11\"}]}}";
    assert_int_equal(receipt(&b), 1);
    b.tellers[0].receipt = NULL;
    tell(&b, 0, other, 1);
    assert_int_equal(receipt(&b), 1);
    assert_int_equal(b.names->seen, 0);
    assert_int_equal(sl_chain_names_of_tx(b.names, b.chain, "", &b.err), 0);
    assert_int_equal(sl_chain_names_of_tx(b.names, b.chain, "0x12", &b.err), 0);
    close_bench(&b);
}

/* ---- the search ---- */

static void assert_query(const struct teller *t, size_t index, uint64_t from, uint64_t epochs)
{
    assert_true(index < t->query_count);
    assert_int_equal(t->queries[index].from, from);
    assert_int_equal(t->queries[index].to - t->queries[index].from, epochs);
}

static void a_search_begins_a_day_before_the_first_period_and_stops_when_all_are_seen(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1, 2};
    static const struct made logs[] = {{.id = 2, .epoch = 12000, .name = "b.mkv"},
                                       {.id = 1, .epoch = ANCHOR - 2880, .name = "a.mkv"},
                                       {.id = 1, .epoch = 9000, .name = "second"},
                                       {.id = 2, .epoch = 8000, .name = "foreign", .foreign = true},
                                       {.id = 9, .epoch = 9000}};
    struct bench b;
    open_bench(&b, ids, 2, false);
    tell(&b, 0, logs, 5);
    assert_int_equal(search(&b), SL_OK);
    assert_named(&b, 1, "a.mkv");
    assert_named(&b, 2, "b.mkv");
    const struct teller *t = &b.tellers[0];
    assert_query(t, 0, ANCHOR - 2880, 360);
    assert_query(t, 1, ANCHOR - 2880 + 361, 720);
    assert_query(t, 2, ANCHOR - 2880 + 361 + 721, 1440);
    assert_query(t, 3, ANCHOR - 2880 + 361 + 721 + 1441, 2880);
    assert_int_equal(t->query_count, 4);
    assert_int_equal(b.progress.next, t->queries[3].to + 1);
    assert_int_equal(b.progress.head, HEAD);
    assert_int_equal(b.progress.seen, 2);
    assert_true(b.told >= 4);
    assert_int_equal(search(&b), SL_OK); /* nothing is left to look for */
    assert_int_equal(t->query_count, 4);
    close_bench(&b);
}

static void a_history_that_is_too_long_is_not_searched(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    struct bench b;
    open_bench(&b, ids, 1, false);
    tell(&b, 0, NULL, 0);
    b.most_epochs = HEAD - (ANCHOR - 2880);
    assert_int_equal(search(&b), 1);
    assert_int_equal(b.tellers[0].query_count, 0);
    b.most_epochs++;
    assert_int_equal(search(&b), SL_OK);
    assert_true(b.tellers[0].query_count > 0);
    close_bench(&b);
}

static void what_was_never_proven_is_searched_from_its_creation_on(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = 50}};
    struct bench b;
    open_bench(&b, ids, 1, false);
    tell(&b, 0, logs, 1);
    scene_u64(&b.scene, &b.scene.view, "provingActivationEpoch(uint256)", 0);
    scene_u64(&b.scene, &b.scene.verifier, "getDataSetLastProvenEpoch(uint256)", 40);
    meet(&b);
    assert_int_equal(sl_chain_search_names(b.names, b.chain, 0, &b.progress, NULL, NULL, &b.err),
                     SL_OK);
    meet(&b);
    assert_query(&b.tellers[0], 0, 1, 360); /* never from block 0 */
    assert_int_equal(b.names->seen, 1);
    close_bench(&b);
    open_bench(&b, ids, 1, false);
    scene_u64(&b.scene, &b.scene.view, "provingActivationEpoch(uint256)", 0);
    scene_u64(&b.scene, &b.scene.verifier, "getDataSetLastProvenEpoch(uint256)", 0);
    assert_int_equal(search(&b), SL_ENOTFOUND);
    assert_int_equal(b.tellers[0].query_count, 0);
    close_bench(&b);
}

/* The verifier reverts for data sets that have ended. */
static void the_first_period_alone_is_enough_to_begin(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR}};
    struct bench b;
    open_bench(&b, ids, 1, false);
    tell(&b, 0, logs, 1);
    sl_chain_node_bytes(b.scene.node, &b.scene.verifier, "getDataSetLastProvenEpoch(uint256)",
                        "\x5d\x94\x69\x44", 4, false);
    assert_int_equal(search(&b), SL_OK);
    assert_int_equal(b.names->seen, 1);
    scene_u64(&b.scene, &b.scene.view, "provingActivationEpoch(uint256)", 0);
    sl_chain_piece_names_free(b.names);
    assert_int_equal(sl_chain_piece_names_new(&b.names, set_id, ids, 1, NULL), SL_OK);
    assert_int_equal(search(&b), SL_EREVERT);
    close_bench(&b);
}

static void a_limit_that_is_named_is_kept_to(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR}};
    struct bench b;
    open_bench(&b, ids, 1, false);
    b.tellers[0].allows = 360;
    tell(&b, 0, logs, 1);
    assert_int_equal(search(&b), SL_OK);
    assert_int_equal(b.names->seen, 1);
    const struct teller *t = &b.tellers[0];
    assert_query(t, 1, ANCHOR - 2880 + 361, 720); /* refused */
    for (size_t i = 2; i < t->query_count; i++)
        assert_query(t, i, ANCHOR - 2880 + (i - 1) * 361, 360);
    assert_int_equal(t->query_count, 9);
    close_bench(&b);
}

static void a_limit_without_a_number_halves_the_window(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR - 2880 + 200}};
    static const char *const refusals[] = {
        "{\"code\":-32000,\"message\":\"Query returned more results than the LIMIT\"}",
        "{\"code\":-32602,\"message\":\"no\"}",
        "{\"code\":-32005,\"message\":\"at most 10000 results, not 0x64\"}"};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        open_bench(&b, ids, 1, false);
        b.tellers[0].allows = 100;
        b.tellers[0].refusal = refusals[i];
        tell(&b, 0, logs, 1);
        assert_int_equal(search(&b), SL_OK);
        assert_int_equal(b.names->seen, 1);
        assert_query(&b.tellers[0], 0, ANCHOR - 2880, 360);
        assert_query(&b.tellers[0], 1, ANCHOR - 2880, 180);
        assert_query(&b.tellers[0], 2, ANCHOR - 2880, 90);
        assert_query(&b.tellers[0], 3, ANCHOR - 2880 + 91, 90);
        close_bench(&b);
    }
}

/* If the first node refuses, is behind or lacks the history, the second one continues from there.
 */
static void a_node_that_does_not_go_on_is_given_up_for_the_next(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR, .name = "a.mkv"}};
    static const char *const refusals[] = {
        "{\"code\":-32005,\"message\":\"limited to a 10 block range\"}",
        "{\"code\":-32601,\"message\":\"method not found\"}",
        "{\"code\":-32602,\"message\":\"range\"}"};
    static const size_t queries[] = {1, 1, 4}; /* 360, 180, 90, 45 */
    struct bench b;
    for (size_t i = 0; i < 3; i++) {
        open_bench(&b, ids, 1, true);
        b.tellers[0].allows = 0;
        b.tellers[0].refusal = refusals[i];
        tell(&b, 1, logs, 1);
        assert_int_equal(search(&b), SL_OK);
        assert_named(&b, 1, "a.mkv");
        assert_int_equal(b.tellers[0].query_count, queries[i]);
        assert_query(&b.tellers[1], 0, ANCHOR - 2880, 360);
        close_bench(&b);
    }
    open_bench(&b, ids, 1, true); /* no history */
    b.tellers[0].history = HEAD - 2880;
    tell(&b, 1, logs, 1);
    assert_int_equal(search(&b), SL_OK);
    assert_named(&b, 1, "a.mkv");
    assert_int_equal(b.tellers[0].query_count, 1);
    close_bench(&b);
    open_bench(&b, ids, 1, true); /* far behind: it is not even asked */
    b.tellers[0].head = ANCHOR - 2881;
    tell(&b, 1, logs, 1);
    assert_int_equal(search(&b), SL_OK);
    assert_named(&b, 1, "a.mkv");
    assert_int_equal(b.tellers[0].query_count, 0);
    close_bench(&b);
    open_bench(&b, ids, 1, true); /* a little behind: the other one goes on where it ends */
    b.tellers[0].head = ANCHOR - 1;
    tell(&b, 1, logs, 1);
    assert_int_equal(search(&b), SL_OK);
    assert_named(&b, 1, "a.mkv");
    assert_query(&b.tellers[1], 0, ANCHOR, 360);
    close_bench(&b);
}

static void when_no_node_goes_on_the_epoch_is_told_and_what_was_found_stays(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1, 2};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR - 2880, .name = "a.mkv"}};
    struct bench b;
    open_bench(&b, ids, 2, true);
    tell(&b, 0, logs, 1);
    b.tellers[0].allows = 360;
    b.tellers[0].refusal = "{\"code\":-32601,\"message\":\"no more of these\"}";
    b.tellers[1].allows = 0;
    assert_int_equal(search(&b), SL_EREFUSED);
    assert_int_equal(b.progress.next, ANCHOR - 2880 + 361);
    assert_non_null(strstr(b.err.text, "from epoch 7481 on"));
    assert_named(&b, 1, "a.mkv");
    assert_int_equal(b.names->seen, 1);
    close_bench(&b);
}

static void pieces_that_nobody_logs_end_the_search_at_the_head(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    struct bench b;
    open_bench(&b, ids, 1, true);
    assert_int_equal(search(&b), SL_OK);
    assert_int_equal(b.names->seen, 0);
    assert_int_equal(b.progress.next, HEAD + 1);
    const struct teller *t = &b.tellers[0];
    assert_int_equal(t->queries[t->query_count - 1].to, HEAD);
    assert_int_equal(b.tellers[1].query_count, 0);
    close_bench(&b);
    open_bench(&b, ids, 1, false); /* no node is there yet */
    b.tellers[0].head = UINT64_MAX;
    assert_true(search(&b) < 0);
    assert_int_equal(b.tellers[0].query_count, 0);
    close_bench(&b);
}

static void a_search_can_be_cancelled(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    struct bench b;
    open_bench(&b, ids, 1, true);
    b.cancels = true;
    assert_int_equal(search(&b), SL_ECANCELED);
    assert_int_equal(b.told, 3);
    assert_int_equal(b.tellers[0].query_count, 2);
    assert_int_equal(b.progress.next, ANCHOR - 2880 + 361 + 721);
    assert_int_equal(b.tellers[1].query_count, 0);
    close_bench(&b);
}

static void a_result_that_is_no_list_is_not_taken_for_none(void **state)
{
    (void)state;
    static const uint64_t ids[] = {1};
    static const struct made logs[] = {{.id = 1, .epoch = ANCHOR, .name = "a.mkv"}};
    struct bench b;
    open_bench(&b, ids, 1, true);
    b.tellers[0].allows = 0;
    b.tellers[0].refusal = "null,\"result\":null";
    tell(&b, 1, logs, 1);
    assert_int_equal(search(&b), SL_OK);
    assert_named(&b, 1, "a.mkv");
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_names_the_pieces_of_a_batch),
        cmocka_unit_test(metadata_that_no_contract_takes_names_nothing),
        cmocka_unit_test(a_receipt_that_is_not_there_or_of_other_pieces_names_nothing),
        cmocka_unit_test(a_search_begins_a_day_before_the_first_period_and_stops_when_all_are_seen),
        cmocka_unit_test(a_history_that_is_too_long_is_not_searched),
        cmocka_unit_test(what_was_never_proven_is_searched_from_its_creation_on),
        cmocka_unit_test(the_first_period_alone_is_enough_to_begin),
        cmocka_unit_test(a_limit_that_is_named_is_kept_to),
        cmocka_unit_test(a_limit_without_a_number_halves_the_window),
        cmocka_unit_test(a_node_that_does_not_go_on_is_given_up_for_the_next),
        cmocka_unit_test(when_no_node_goes_on_the_epoch_is_told_and_what_was_found_stays),
        cmocka_unit_test(pieces_that_nobody_logs_end_the_search_at_the_head),
        cmocka_unit_test(a_search_can_be_cancelled),
        cmocka_unit_test(a_result_that_is_no_list_is_not_taken_for_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
