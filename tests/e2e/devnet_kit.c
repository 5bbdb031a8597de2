/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "devnet_kit.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "support/test.h"
#include "support/tmp.h"

static void start(struct kit *kit)
{
    struct sl_err err = {0};
    if (sl_devnet_start(&kit->net, &kit->options, &err) < 0)
        fail_msg("%s", err.text);
    kit->url = sl_devnet_url(kit->net);
}

static int set_up(void **state, bool old)
{
    struct kit *kit = calloc(1, sizeof *kit);
    assert_non_null(kit);
    sl_tmp_make(kit->dir);
    kit->clock.wall_offset_ms = INT64_C(1800000000000);
    kit->options = (struct sl_devnet_options){.dir = kit->dir,
                                              .park_delay_ms = KIT_PARK_MS,
                                              .faults = true,
                                              .clock = sl_fake_clock(&kit->clock)};
    if (old) {
        assert_int_equal(sl_http_global_init(NULL), SL_OK);
        kit->old = (struct sl_devnet_chain){.providers = 1, .profile = SL_DEVNET_1_3};
        kit->options.chain = &kit->old;
    }
    start(kit);
    *state = kit;
    return 0;
}

int kit_setup(void **state)
{
    return set_up(state, false);
}

int kit_setup_1_3(void **state)
{
    return set_up(state, true);
}

int kit_teardown(void **state)
{
    struct kit *kit = *state;
    sl_devnet_stop(kit->net);
    sl_tmp_remove(kit->dir);
    free(kit);
    return 0;
}

void kit_restart(struct kit *kit)
{
    sl_devnet_stop(kit->net);
    kit->net = NULL;
    start(kit);
}

uint8_t *kit_bytes(size_t len, uint64_t seed)
{
    uint8_t *bytes = malloc(len + 1);
    assert_non_null(bytes);
    uint64_t s = seed;
    for (size_t i = 0; i < len; i++) {
        s ^= s >> 12;
        s ^= s << 25;
        s ^= s >> 27;
        bytes[i] = (uint8_t)((s * UINT64_C(0x2545F4914F6CDD1D)) >> 56);
    }
    return bytes;
}

static struct sl_piece_id id_of(const uint8_t *bytes, size_t len)
{
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, bytes, len, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    sl_piece_hasher_free(hasher);
    return id;
}

void kit_cid(char cid[static SL_PIECE_CID_CHARS], const uint8_t *bytes, size_t len)
{
    const struct sl_piece_id id = id_of(bytes, len);
    sl_piece_cid(cid, &id);
}

void kit_cid_v1(char cid[static SL_PIECE_V1_CHARS], const uint8_t *bytes, size_t len)
{
    const struct sl_piece_id id = id_of(bytes, len);
    sl_piece_cid_v1(cid, id.root);
}

void kit_session(const struct kit *kit, char path[static KIT_PATH_CHARS])
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "POST", "/pdp/piece/uploads", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 201);
    snprintf(path, KIT_PATH_CHARS, "%s", sl_answer_header(&answer, "Location"));
    sl_answer_free(&answer);
}

void kit_store(struct kit *kit, char cid[static SL_PIECE_CID_CHARS], const uint8_t *bytes,
               size_t len)
{
    char path[KIT_PATH_CHARS];
    char json[256];
    struct sl_answer answer = {0};
    kit_cid(cid, bytes, len);
    kit_session(kit, path);
    sl_peer_ask(kit->url, "PUT", path, NULL, bytes, len, &answer);
    assert_int_equal(answer.status, 204);
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", path, NULL, json, strlen(json), &answer);
    assert_int_equal(answer.status, 200);
    atomic_fetch_add(&kit->clock.now_ms, KIT_PARK_MS);
    sl_answer_free(&answer);
}

void kit_fault(const struct kit *kit, const char *rule)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "POST", "/fault", NULL, rule, strlen(rule), &answer);
    assert_int_equal(answer.status, 204);
    sl_answer_free(&answer);
}

void kit_clear(const struct kit *kit)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 204);
    sl_answer_free(&answer);
}

void kit_await_held(const struct kit *kit)
{
    struct sl_answer answer = {0};
    do {
        sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
        assert_int_equal(answer.status, 200);
    } while (strstr(answer.body.data, "\"held\":0") != NULL);
    assert_non_null(strstr(answer.body.data, "\"held\":1"));
    sl_answer_free(&answer);
}

int kit_count(const struct kit *kit, const char *name)
{
    char path[SL_PATH_BYTES];
    int count = 0;
    assert_int_equal(sl_path_join(path, sizeof path, kit->dir, name, NULL), SL_OK);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static size_t uuid_length(const char *at)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (shape[i] == '-' ? at[i] != '-' : !isxdigit((unsigned char)at[i]))
            return 0;
    }
    return sizeof shape - 1;
}

/* "0x" and 64 digits. */
static size_t hash_length(const char *at)
{
    enum { CHARS = 66 };
    if (strncmp(at, "0x", 2) != 0)
        return 0;
    for (size_t i = 2; i < CHARS; i++) {
        if (!isxdigit((unsigned char)at[i]))
            return 0;
    }
    return isxdigit((unsigned char)at[CHARS]) ? 0 : CHARS;
}

void kit_blank(struct sl_buf *out, const char *text)
{
    sl_buf_clear(out);
    sl_buf_str(out, "");
    while (*text != '\0') {
        const size_t uuid = uuid_length(text);
        const size_t hash = hash_length(text);
        const size_t len = uuid + hash;
        if (len > 0)
            sl_buf_str(out, uuid > 0 ? "UUID" : "HASH");
        else
            sl_buf_add(out, text, 1);
        text += len > 0 ? len : 1;
    }
}
