/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Decoding of logs: the golden vectors, and logs of lying nodes. */
#include <stdlib.h>
#include <string.h>

#include "sluice/chain_logs.h"
#include "sluice/hex.h"

#include "support/abi_json.h"
#include "support/test.h"
#include "support/vectors.h"

enum { PIECES = 1024 };

static cJSON *root;

static int load(void **state)
{
    (void)state;
    root = sl_abi_json_load();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    cJSON_Delete(root);
    return 0;
}

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

/* The data is the caller's: free(). */
static uint8_t *log_of(struct sl_log *log, const cJSON *row)
{
    const cJSON *topic = NULL;
    memset(log, 0, sizeof *log);
    cJSON_ArrayForEach(topic, sl_vectors_list(row, "topics"))
    {
        assert_true(log->topic_count < SL_LOG_TOPICS);
        const char *text = cJSON_GetStringValue(topic);
        assert_int_equal(
            sl_hex_decode(log->topics[log->topic_count++], SL_ABI_WORD, text, strlen(text), NULL),
            SL_ABI_WORD);
    }
    uint8_t *data = sl_vectors_hex(row, "data", &log->data_len);
    log->data = data;
    return data;
}

static struct sl_u256 number_of(const cJSON *value)
{
    struct sl_u256 out;
    const char *text = cJSON_GetStringValue(value);
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static void expect_number(const cJSON *value, struct sl_u256 got)
{
    assert_int_equal(sl_u256_cmp(number_of(value), got), 0);
}

static void expect_bytes(const cJSON *value, const uint8_t *got, size_t len)
{
    uint8_t want[256];
    const char *text = cJSON_GetStringValue(value);
    assert_int_equal(sl_hex_decode(want, sizeof want, text, strlen(text), NULL), len);
    assert_memory_equal(want, got, len);
}

/* A list as the contract takes it: few texts, short ones, without a NUL. */
static bool is_taken(const cJSON *list, size_t most)
{
    const cJSON *one = NULL;
    bool good = cJSON_GetArraySize(list) <= SL_METADATA_PIECE_ENTRIES;
    cJSON_ArrayForEach(one, list)
    {
        size_t len;
        char *text = sl_abi_json_text(one, &len);
        good = good && len <= most && strlen(text) == len;
        free(text);
    }
    return good;
}

static void check_piece_added(const struct sl_log *log, const cJSON *args)
{
    static struct sl_piece_added got;
    const cJSON *keys = member(args, "keys");
    const cJSON *values = member(args, "values");
    assert_int_equal(sl_chain_log_piece_added(&got, log, NULL), SL_OK);
    expect_number(member(args, "dataSetId"), got.data_set_id);
    expect_number(member(args, "pieceId"), sl_u256(got.piece_id));
    expect_bytes(member(member(args, "pieceCid"), "data"), got.cid, got.cid_len);
    assert_int_equal(got.metadata_known,
                     is_taken(keys, SL_METADATA_KEY_BYTES) &&
                         is_taken(values, SL_METADATA_VALUE_BYTES) &&
                         cJSON_GetArraySize(keys) == cJSON_GetArraySize(values));
    assert_int_equal(got.entries, got.metadata_known ? cJSON_GetArraySize(keys) : 0);
    for (size_t i = 0; i < got.entries; i++) {
        assert_string_equal(got.keys[i], cJSON_GetArrayItem(keys, (int)i)->valuestring);
        assert_string_equal(got.values[i], cJSON_GetArrayItem(values, (int)i)->valuestring);
    }
}

/* The ids of the older event are listed, those of the newer one ascend from the first. */
static struct sl_u256 id_at(const cJSON *args, size_t index)
{
    struct sl_u256 id;
    const cJSON *ids = cJSON_GetObjectItemCaseSensitive(args, "pieceIds");
    if (ids != NULL)
        return number_of(cJSON_GetArrayItem(ids, (int)index));
    assert_true(sl_u256_add(&id, number_of(member(args, "firstPieceId")), sl_u256(index)));
    return id;
}

static void check_pieces(const struct sl_log *log, const cJSON *row)
{
    static struct sl_log_piece got[PIECES];
    struct sl_u256 set;
    size_t count;
    const cJSON *args = member(row, "args");
    const cJSON *cids = member(args, "pieceCids");
    const cJSON *unpacked = cJSON_GetObjectItemCaseSensitive(row, "unpackedPieceCids");
    assert_int_equal(sl_chain_log_pieces(got, &count, &set, PIECES, log, NULL), SL_OK);
    expect_number(member(args, "setId"), set);
    assert_int_equal(count, cJSON_GetArraySize(cids));
    for (size_t i = 0; i < count; i++) {
        const cJSON *cid = unpacked != NULL ? cJSON_GetArrayItem(unpacked, (int)i)
                                            : member(cJSON_GetArrayItem(cids, (int)i), "data");
        assert_int_equal(sl_u256_cmp(id_at(args, i), sl_u256(got[i].id)), 0);
        expect_bytes(cid, got[i].cid, got[i].cid_len);
    }
    if (count > 0) /* no room */
        assert_int_equal(sl_chain_log_pieces(got, &count, &set, count - 1, log, NULL), SL_EPROTO);
}

/* The row of the table reads what the vectors' own types say. */
static void check_types(const struct sl_log *log, enum sl_event event, const cJSON *row)
{
    struct sl_abi_reader r;
    const cJSON *input = NULL;
    cJSON *parameters = cJSON_CreateArray();
    cJSON *values = cJSON_CreateArray();
    cJSON_ArrayForEach(input, sl_vectors_list(row, "inputs"))
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(input, "indexed")))
            continue;
        cJSON_AddItemReferenceToArray(parameters, (cJSON *)input);
        cJSON_AddItemReferenceToArray(
            values,
            cJSON_GetObjectItemCaseSensitive(member(row, "args"), sl_vectors_str(input, "name")));
    }
    assert_int_equal(sl_chain_log_read(&r, log, event, NULL), SL_OK);
    sl_abi_json_expect(&r, parameters, values);
    assert_int_equal(sl_abi_next(&r), SL_ABI_NONE);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    cJSON_Delete(parameters);
    cJSON_Delete(values);
}

static void every_log_is_read_as_the_vectors_say(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "logs"))
    {
        struct sl_log log;
        uint8_t *data = log_of(&log, row);
        const enum sl_event event = sl_chain_log_event(&log);
        print_message("%s\n", sl_vectors_str(row, "id"));
        if (event != SL_EVENT_OTHER)
            check_types(&log, event, row);
        if (event == SL_EVENT_PIECE_ADDED)
            check_piece_added(&log, member(row, "args"));
        if (event == SL_EVENT_PIECES_ADDED_V2 || event == SL_EVENT_PIECES_ADDED)
            check_pieces(&log, row);
        free(data);
    }
}

static void every_event_has_the_topic_of_its_signature(void **state)
{
    (void)state;
    for (int event = 0; event < SL_EVENT_OTHER; event++) {
        struct sl_log log = {.topic_count = 1};
        sl_event_topic(log.topics[0], (enum sl_event)event);
        assert_int_equal(sl_chain_log_event(&log), event);
        log.topics[0][31] ^= 1;
        assert_int_equal(sl_chain_log_event(&log), SL_EVENT_OTHER);
    }
    assert_int_equal(sl_chain_log_event(&(struct sl_log){0}), SL_EVENT_OTHER);
}

/* ---- nodes that lie ---- */

/* Whatever the bytes are, an answer: and no byte outside them is touched (an exact copy shows it to
 * the sanitizers). */
static void read_any(const struct sl_log *log)
{
    static struct sl_piece_added piece;
    static struct sl_log_piece pieces[PIECES];
    struct sl_u256 set;
    size_t count;
    struct sl_log exact = *log;
    uint8_t *data = malloc(log->data_len + (log->data_len == 0));
    assert_non_null(data);
    memcpy(data, log->data, log->data_len);
    exact.data = data;
    int rc = sl_chain_log_piece_added(&piece, &exact, NULL);
    assert_true(rc == SL_OK || rc == SL_EPROTO);
    if (rc == SL_OK) {
        assert_true(piece.entries <= SL_METADATA_PIECE_ENTRIES);
        assert_true(piece.cid_len <= SL_LOG_CID_BYTES);
    }
    rc = sl_chain_log_pieces(pieces, &count, &set, PIECES, &exact, NULL);
    assert_true(rc == SL_OK || rc == SL_EPROTO);
    if (rc == SL_OK)
        assert_true(count <= PIECES);
    free(data);
}

/* Replace every word of the data, offsets and lengths included, by values that point elsewhere. */
static void spoil(struct sl_log *log, uint8_t *data)
{
    static const uint8_t lies[][4] = {{0, 0, 0, 0},    {0, 0, 0, 1},          {0, 0, 0, 31},
                                      {0, 0, 0x10, 0}, {0x7f, 255, 255, 255}, {255, 255, 255, 255}};
    for (size_t at = 0; at + SL_ABI_WORD <= log->data_len; at += SL_ABI_WORD) {
        uint8_t kept[SL_ABI_WORD];
        memcpy(kept, data + at, sizeof kept);
        for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
            memset(data + at, lies[i][0] == 255 ? 255 : 0, SL_ABI_WORD);
            memcpy(data + at + SL_ABI_WORD - 4, lies[i], 4);
            read_any(log);
        }
        memcpy(data + at, kept, sizeof kept);
    }
}

static void spoilt_logs_are_refused_or_read_within_their_bytes(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "logs"))
    {
        struct sl_log log;
        uint8_t *data = log_of(&log, row);
        if (log.data_len < 2000)
            spoil(&log, data);
        for (const size_t whole = log.data_len; log.data_len > 0;) {
            log.data_len -= log.data_len > whole / 2 && whole > 2000 ? SL_ABI_WORD : 1;
            read_any(&log);
        }
        log.data_len = 0;
        for (log.topic_count = 0; log.topic_count <= SL_LOG_TOPICS; log.topic_count++)
            read_any(&log);
        free(data);
    }
}

/* A log of a piece with `keys` keys and `values` values of `len` bytes. */
static struct sl_abi_writer piece_log(struct sl_log *log, size_t keys, size_t values, size_t len)
{
    static const char text[200000];
    struct sl_abi_writer w = {0};
    sl_abi_values(&w, "((bytes),string[],string[])");
    sl_abi_open(&w);
    sl_abi_put_bytes(&w, text, 39);
    sl_abi_close(&w);
    for (int list = 0; list < 2; list++) {
        const size_t count = list == 0 ? keys : values;
        sl_abi_open_list(&w, count);
        for (size_t i = 0; i < count; i++)
            sl_abi_put_strn(&w, len == 1 ? "k" : text, len);
        sl_abi_close(&w);
    }
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    *log = (struct sl_log){
        .topic_count = 3, .data = (const uint8_t *)w.buf.data, .data_len = w.buf.len};
    sl_event_topic(log->topics[0], SL_EVENT_PIECE_ADDED);
    return w;
}

static void metadata_that_no_contract_takes_leaves_the_piece(void **state)
{
    (void)state;
    static const struct {
        size_t keys;
        size_t values;
        size_t len;
        bool known;
    } rows[] = {{0, 0, 1, true},  {3, 3, 1, true},     {1, 2, 1, false}, {3, 0, 1, false},
                {4, 4, 1, false}, {1, 1, 33, false},   {1, 1, 5, false}, /* NULs */
                {0, 1, 1, false}, {100, 100, 1, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct sl_piece_added got;
        struct sl_log log;
        struct sl_abi_writer w = piece_log(&log, rows[i].keys, rows[i].values, rows[i].len);
        assert_int_equal(sl_chain_log_piece_added(&got, &log, NULL), SL_OK);
        assert_int_equal(got.cid_len, 39);
        assert_int_equal(got.metadata_known, rows[i].known);
        assert_int_equal(got.entries, rows[i].known ? rows[i].keys : 0);
        sl_abi_free(&w);
    }
}

static void logs_beyond_any_limit_are_refused(void **state)
{
    (void)state;
    static struct sl_piece_added got;
    struct sl_log log;
    struct sl_abi_writer w = piece_log(&log, 1, 1, 100000);
    assert_int_equal(sl_chain_log_piece_added(&got, &log, NULL), SL_EPROTO);
    sl_abi_free(&w);
    w = piece_log(&log, 1, 1, 1);
    log.topics[2][0] = 1; /* an id of 256 bits */
    assert_int_equal(sl_chain_log_piece_added(&got, &log, NULL), SL_EPROTO);
    log.topics[2][0] = 0;
    log.topic_count = 2;
    assert_int_equal(sl_chain_log_piece_added(&got, &log, NULL), SL_EPROTO);
    sl_abi_free(&w);
}

static void ids_and_pieces_have_to_fit_each_other(void **state)
{
    (void)state;
    struct sl_log_piece got[4];
    struct sl_u256 set;
    size_t count;
    struct sl_log log = {.topic_count = 2};
    struct sl_abi_writer w = {0};
    sl_event_topic(log.topics[0], SL_EVENT_PIECES_ADDED);
    sl_abi_values(&w, "(uint256[],(bytes)[])");
    sl_abi_open_list(&w, 2);
    sl_abi_put_u64(&w, 1);
    sl_abi_put_u64(&w, 2);
    sl_abi_close(&w);
    sl_abi_open_list(&w, 0);
    sl_abi_close(&w);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    log.data = (const uint8_t *)w.buf.data;
    log.data_len = w.buf.len;
    assert_int_equal(sl_chain_log_pieces(got, &count, &set, 4, &log, NULL), SL_EPROTO);
    sl_abi_free(&w);
    sl_event_topic(log.topics[0], SL_EVENT_PIECES_ADDED_V2);
    sl_abi_values(&w, "(uint256,(bytes32,bytes32)[])");
    sl_abi_put_u64(&w, UINT64_MAX); /* there is no id for the second one */
    sl_abi_open_list(&w, 2);
    for (int i = 0; i < 2; i++) {
        static const uint8_t zeros[SL_ABI_WORD];
        sl_abi_open(&w);
        sl_abi_put_fixed(&w, zeros, sizeof zeros);
        sl_abi_put_fixed(&w, zeros, sizeof zeros);
        sl_abi_close(&w);
    }
    sl_abi_close(&w);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    log.data = (const uint8_t *)w.buf.data;
    log.data_len = w.buf.len;
    assert_int_equal(sl_chain_log_pieces(got, &count, &set, 4, &log, NULL), SL_EPROTO);
    sl_abi_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_log_is_read_as_the_vectors_say),
        cmocka_unit_test(every_event_has_the_topic_of_its_signature),
        cmocka_unit_test(spoilt_logs_are_refused_or_read_within_their_bytes),
        cmocka_unit_test(metadata_that_no_contract_takes_leaves_the_piece),
        cmocka_unit_test(logs_beyond_any_limit_are_refused),
        cmocka_unit_test(ids_and_pieces_have_to_fit_each_other),
    };
    return cmocka_run_group_tests_name("events", tests, load, unload);
}
