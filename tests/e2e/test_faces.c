/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice shows what a scripted node says. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "binary_kit.h"
#include "unit/chain_scene.h"

#define PAYER "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct scene scene;

/* RPC_URL stands in .env of the working directory. */
static int setup(void **state)
{
    char url[64], text[96];
    if (bin_setup(state) != 0 || chdir(bin_home.dir) != 0)
        return -1;
    scene_open_known(&scene, "calibration");
    scene_providers(&scene, 4, 3, 0);
    scene_data_sets(&scene, 3);
    sl_chain_node_url(scene.node, url, sizeof url);
    snprintf(text, sizeof text, "RPC_URL=%s\n", url);
    return sl_file_write_atomic(".env", text, strlen(text), 0600, NULL);
}

static int teardown(void **state)
{
    scene_close(&scene);
    return bin_teardown(state);
}

#define FACE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void assert_done(struct sl_ran *ran)
{
    if (ran->status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran->status, ran->err.data);
}

/* ---- what is shown ---- */

static void providers_are_those_that_the_service_approved(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "providers", "--no-ping", "--json", "--network", "calibration");
    assert_done(&ran);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "provider"), 3);
    const cJSON *first = cJSON_GetArrayItem(lines, 0);
    assert_string_equal(bin_str(first, "name"), "provider 1");
    assert_string_equal(bin_str(first, "serviceUrl"), "https://p1.example/");
    assert_int_equal(bin_number(first, "minPieceBytes"), 127);
    assert_string_equal(bin_str(first, "pricePerTibDay"), "127");
    assert_null(cJSON_GetObjectItem(first, "alive"));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "providers", "--no-ping", "--network", "calibration");
    assert_done(&ran);
    bin_assert_says(&ran.out, "https://p3.example/\n");
    bin_assert_says(&ran.out, "endorsed");
    assert_null(strstr(ran.out.data, "https://p4.example/"));
    sl_ran_free(&ran);
}

static void a_provider_that_does_not_answer_is_shown_as_such(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "providers", "--json", "--network", "calibration");
    assert_done(&ran);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, lines)
    {
        assert_true(cJSON_IsFalse(cJSON_GetObjectItem(one, "alive")));
        assert_true(strlen(bin_str(one, "message")) > 0);
    }
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void put_proving(void)
{
    struct sl_abi_writer w = scene_values("(bool)");
    sl_abi_put_bool(&w, false);
    sl_chain_node_on_all(scene.node, &scene.view, "provenThisPeriod(uint256)", &w);
    scene_u64(&scene, &scene.verifier, "getDataSetLastProvenEpoch(uint256)", SCENE_EPOCH - 90);
    scene_u64(&scene, &scene.verifier, "getNextChallengeEpoch(uint256)", SCENE_EPOCH + 50);
    scene_u64(&scene, &scene.view, "provingDeadline(uint256)", SCENE_EPOCH + 60);
    scene_u64(&scene, &scene.verifier, "getActivePieceCount(uint256)", 12);
    w = scene_values("(uint64,uint256,uint256,uint256)");
    sl_abi_put_u64(&w, 240);
    for (int i = 0; i < 3; i++)
        sl_abi_put_u64(&w, 20);
    sl_chain_node_on_all(scene.node, &scene.view, "getPDPConfig()", &w);
}

static void data_sets_are_shown_without_a_key(void **state)
{
    (void)state;
    struct sl_ran ran;
    put_proving();
    RUN(&ran, "datasets", "--json", "--network", "calibration", "--address", PAYER);
    assert_done(&ran);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "dataSet"), 3);
    const cJSON *first = cJSON_GetArrayItem(lines, 0);
    const cJSON *third = cJSON_GetArrayItem(lines, 2);
    assert_string_equal(bin_str(first, "state"), "live");
    assert_int_equal(bin_number(first, "bytes"), 128);
    assert_int_equal(bin_number(first, "pieces"), 12);
    assert_string_equal(bin_str(first, "proving"), "due");
    assert_int_equal(bin_number(first, "deadlineEpoch"), SCENE_EPOCH + 60);
    assert_string_equal(bin_str(cJSON_GetObjectItem(first, "metadata"), "source"), "sluice");
    assert_string_equal(bin_str(third, "state"), "terminated");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "datasets", "--network", "calibration", "--address", PAYER);
    assert_done(&ran);
    bin_assert_says(&ran.out, "source=sluice\n");
    sl_ran_free(&ran);
}

/* A page with the pieces 4 and 6; 6 is to be removed and has a hostile file name. */
static void put_pieces(void)
{
    struct sl_piece_id piece = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    uint8_t cid[SL_PIECE_CID_BYTES];
    struct sl_abi_writer w = scene_values("((bytes)[],uint256[],bool)");
    sl_abi_open_list(&w, 2);
    for (uint8_t i = 0; i < 2; i++) {
        piece.root[0] = i;
        const size_t len = sl_piece_cid_bytes(cid, &piece);
        sl_abi_open(&w);
        sl_abi_put_bytes(&w, cid, len);
        sl_abi_close(&w);
    }
    sl_abi_close(&w);
    sl_abi_open_list(&w, 2);
    sl_abi_put_u64(&w, 4);
    sl_abi_put_u64(&w, 6);
    sl_abi_close(&w);
    sl_abi_put_bool(&w, false);
    sl_chain_node_on_all(scene.node, &scene.verifier,
                         "getActivePiecesByCursor(uint256,uint256,uint256)", &w);
    w = scene_values("(uint256[])");
    sl_abi_open_list(&w, 1);
    sl_abi_put_u64(&w, 6);
    sl_abi_close(&w);
    sl_chain_node_on_all(scene.node, &scene.verifier, "getScheduledRemovals(uint256)", &w);
    w = scene_values("(string[],string[])");
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "filename");
    sl_abi_close(&w);
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "a\x1b[31m\nb.mkv");
    sl_abi_close(&w);
    sl_chain_node_on_all(scene.node, &scene.view, "getAllPieceMetadata(uint256,uint256)", &w);
}

static void put_set(void)
{
    struct sl_abi_writer w =
        scene_values("((uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,"
                     "uint256,uint256,uint96,uint96))");
    scene_put_set(&w, &scene, 1);
    sl_chain_node_on_all(scene.node, &scene.view, "getDataSet(uint256)", &w);
}

static void pieces_are_shown_with_their_names_and_removals(void **state)
{
    (void)state;
    struct sl_ran ran;
    put_set();
    put_pieces();
    RUN(&ran, "pieces", "1", "--json", "--network", "calibration");
    assert_done(&ran);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "piece"), 2);
    const cJSON *last = bin_last(lines);
    assert_int_equal(bin_number(last, "id"), 6);
    assert_int_equal(bin_number(last, "size"), 1000);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(last, "scheduledForRemoval")));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "pieces", "1", "--network", "calibration"); /* which looks for control bytes */
    assert_done(&ran);
    bin_assert_says(&ran.out, "removal");
    bin_assert_says(&ran.out, "b.mkv");
    sl_ran_free(&ran);
}

/* The same pieces in three data sets, and the addresses of the first `count` providers. */
static void put_stored(uint64_t count)
{
    put_pieces();
    for (uint64_t id = 1; id <= count; id++)
        scene_provider(&scene, id);
}

static void a_data_set_that_is_not_listed_is_missed_in_the_manifest(void **state)
{
    (void)state;
    struct sl_ran ran;
    put_stored(3);
    RUN(&ran, "export", "-o", "all.json", "--network", "calibration", "--address", PAYER);
    assert_done(&ran);
    sl_ran_free(&ran);
    sl_chain_node_bytes(scene.node, &scene.verifier,
                        "getActivePiecesByCursor(uint256,uint256,uint256)", NULL, 0, false);
    RUN(&ran, "export", "-o", "less.json", "--network", "calibration", "--address", PAYER);
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.err, "3 data sets are missing in the manifest");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "refused to list 3 of the data sets", "get", "b.mkv", "--network",
            "calibration", "--address", PAYER);
}

/* Of piece 6 no data set tells the name: the file of piece 4 alone is no whole manifest. */
static void one_name_that_is_refused_is_missed_in_the_manifest(void **state)
{
    (void)state;
    struct sl_ran ran;
    put_stored(3);
    for (uint64_t set = 1; set <= 3; set++) {
        struct sl_abi_writer call = scene_call("getAllPieceMetadata(uint256,uint256)");
        sl_abi_put_u64(&call, set);
        sl_abi_put_u64(&call, 6);
        assert_int_equal(sl_abi_end(&call, NULL), SL_OK);
        sl_chain_node_data(scene.node, &scene.view, call.buf.data, call.buf.len, NULL, 0, false);
        sl_abi_free(&call);
    }
    RUN(&ran, "export", "-o", "all.json", "--network", "calibration", "--address", PAYER);
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.err, "1 piece is in the manifest under its PieceCID");
    sl_ran_free(&ran);
}

static void a_data_set_without_an_address_is_missed_in_the_manifest(void **state)
{
    (void)state;
    struct sl_ran ran;
    put_stored(2);
    RUN(&ran, "export", "-o", "all.json", "--network", "calibration", "--address", PAYER);
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.err, "1 data set is missing in the manifest");
    sl_ran_free(&ran);
}

static void the_doctor_names_what_fails_and_what_to_do(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "doctor", "--no-ping", "--network", "calibration", "--address", PAYER);
    assert_done(&ran);
    bin_assert_says(&ran.out, "warn  key        no key is set\n");
    bin_assert_says(&ran.out, "ok    contracts  storage service 1.3.1, verifier 3.4.0\n");
    bin_assert_says(&ran.out, "ok    allowance ");
    sl_ran_free(&ran);
    RUN(&ran, "doctor", "--json", "--network", "calibration"); /* nobody is at p1.example */
    assert_int_equal(ran.status, SL_EXIT_TEMPORARY);
    cJSON *lines = bin_lines(&ran.out);
    assert_string_equal(bin_str(bin_last(lines), "check"), "providers");
    assert_string_equal(bin_str(bin_last(lines), "result"), "fail");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "doctor", "--network", "mainnet"); /* the node is of another chain */
    assert_int_equal(ran.status, SL_EXIT_USAGE);
    bin_assert_says(&ran.out, "fail  nodes ");
    sl_ran_free(&ran);
    sl_chain_node_say(scene.node, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x12\"}");
    RUN(&ran, "doctor", "--network", "calibration");
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "fail  contracts ");
    sl_ran_free(&ran);
}

/* ---- what is refused ---- */

static void what_cannot_be_asked_is_refused_before_anything_is(void **state)
{
    (void)state;
    REFUSED(SL_EXIT_USAGE, "mainnet and calibration", "datasets", "--network", "nowhere");
    REFUSED(SL_EXIT_USAGE, "--address", "datasets", "--network", "calibration", "--address", "x");
    REFUSED(SL_EXIT_KEY, "no key is set", "datasets", "--network", "calibration");
    REFUSED(SL_EXIT_USAGE, "give one data set number", "pieces", "--network", "calibration");
    REFUSED(SL_EXIT_USAGE, "give one data set number", "pieces", "-", "--network", "calibration");
    REFUSED(SL_EXIT_USAGE, "unexpected argument 'x'", "providers", "x");
    assert_int_equal(sl_chain_node_requests(scene.node), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACE_TEST(providers_are_those_that_the_service_approved),
        FACE_TEST(a_provider_that_does_not_answer_is_shown_as_such),
        FACE_TEST(data_sets_are_shown_without_a_key),
        FACE_TEST(pieces_are_shown_with_their_names_and_removals),
        FACE_TEST(a_data_set_that_is_not_listed_is_missed_in_the_manifest),
        FACE_TEST(one_name_that_is_refused_is_missed_in_the_manifest),
        FACE_TEST(a_data_set_without_an_address_is_missed_in_the_manifest),
        FACE_TEST(the_doctor_names_what_fails_and_what_to_do),
        FACE_TEST(what_cannot_be_asked_is_refused_before_anything_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
