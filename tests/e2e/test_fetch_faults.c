/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Providers that corrupt, truncate, stall and lie at random: a wrong byte is never accepted. With
 * SLUICE_LONG=1 a thousand rounds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/fetch.h"
#include "sluice/path.h"

#include "devnet_kit.h"
#include "liar.h"
#include "support/test.h"
#include "support/tmp.h"

enum { ROUNDS = 150, LONG_ROUNDS = 1000, LIARS = 3, STALL_MS = 60, BYTES_MAX = 12000 };

struct world {
    char dir[SL_PATH_BYTES];
    uint8_t *bytes;
    size_t len;
    struct sl_piece_id piece;
    struct liar liars[LIARS];
    const char *urls[LIARS];
    size_t liar_count;
    struct sl_fetch *fetch;
};

static uint64_t seed_of_run(void)
{
    const char *text = getenv("SLUICE_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t draw(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static struct sl_piece_id id_of(const uint8_t *bytes, size_t len)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_piece_id id;
    kit_cid(cid, bytes, len);
    assert_int_equal(sl_piece_parse(&id, cid, strlen(cid), NULL), SL_OK);
    return id;
}

static void open_world(struct world *w, uint64_t *random)
{
    static const uint64_t segments[] = {127, 127 << 3, 127 << 4, 127 << 19};
    *w = (struct world){.len = 127 + draw(random) % BYTES_MAX, .liar_count = 1 + draw(random) % 3};
    sl_tmp_make(w->dir);
    w->bytes = kit_bytes(w->len, draw(random) | 1);
    w->piece = id_of(w->bytes, w->len);
    for (size_t i = 0; i < w->liar_count; i++) {
        w->liars[i] = (struct liar){.bytes = w->bytes,
                                    .len = w->len,
                                    .percent = (unsigned)(draw(random) % 101),
                                    .lies = (unsigned)(draw(random) % 12),
                                    .random = draw(random)};
        liar_start(&w->liars[i]);
        w->urls[i] = w->liars[i].url;
    }
    uint64_t segment = segments[draw(random) % 4];
    while (w->len / segment > 40)
        segment *= 2;
    const struct sl_fetch_options options = {.parallel = (int)(1 + draw(random) % 4),
                                             .max_attempts = (int)(1 + draw(random) % 6),
                                             .retry_base_ms = 1,
                                             .retry_cap_ms = 4,
                                             .ask_ms = 1000,
                                             .segment_bytes = segment,
                                             .seed = draw(random),
                                             .http = {.stall_ms = STALL_MS}};
    assert_int_equal(sl_fetch_new(&w->fetch, &options, NULL), SL_OK);
}

static void close_world(struct world *w)
{
    sl_fetch_free(w->fetch);
    for (size_t i = 0; i < w->liar_count; i++)
        liar_stop(&w->liars[i]);
    free(w->bytes);
    sl_tmp_remove(w->dir);
}

static void expect_file(const struct world *w, uint64_t round, int rc, const struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    char *data = NULL;
    size_t len = 0;
    assert_int_equal(sl_path_join(path, sizeof path, w->dir, "film", NULL), SL_OK);
    if (rc < 0) {
        if (access(path, F_OK) == 0)
            fail_msg("round %llu: a file in spite of: %s", (unsigned long long)round, err->text);
        return;
    }
    assert_int_equal(sl_file_read(&data, &len, path, BYTES_MAX * 2, NULL), SL_OK);
    if (len != w->len || memcmp(data, w->bytes, len) != 0)
        fail_msg("round %llu: wrong bytes were accepted", (unsigned long long)round);
    free(data);
}

/* What an earlier run left may be anything: it is hashed again. */
static void spoil_what_is_there(const struct world *w, uint64_t round)
{
    char path[SL_PATH_BYTES];
    const uint8_t byte = (uint8_t)(round >> 8);
    assert_int_equal(sl_path_join(path, sizeof path, w->dir, ".film.part", NULL), SL_OK);
    const int fd = open(path, O_WRONLY);
    if (fd < 0)
        return;
    for (uint64_t i = 0; i < 1 + round % 3; i++)
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)((round >> (i * 7)) % (w->len + 200))), 1);
    close(fd);
}

/* Saved, then looked at again; what failed is gone on with, which may fail again. */
static int play(struct world *w, uint64_t round)
{
    struct sl_err err = {0};
    struct sl_fetch_result result;
    const struct sl_fetch_part part = {
        .piece = w->piece, .urls = w->urls, .url_count = w->liar_count};
    const struct sl_fetch_file file = {.parts = &part, .part_count = 1, .whole = w->piece};
    const int dir = open(w->dir, O_RDONLY | O_DIRECTORY);
    const struct sl_fetch_target target = {.dir_fd = dir, .name = "film"};
    int rc = sl_fetch_save(w->fetch, &file, &target, &result, &err);
    expect_file(w, round, rc, &err);
    if (rc < 0) {
        if (round % 2 == 0)
            spoil_what_is_there(w, round);
        rc = sl_fetch_save(w->fetch, &file, &target, &result, &err);
        expect_file(w, round, rc, &err);
    }
    close(dir);
    return rc;
}

static void a_wrong_byte_is_never_accepted(void **state)
{
    (void)state;
    const char *wish = getenv("SLUICE_LONG");
    const int rounds = wish != NULL && wish[0] == '1' ? LONG_ROUNDS : ROUNDS;
    uint64_t random = seed_of_run() * UINT64_C(0x9E3779B97F4A7C15) | 1;
    int told[LIE_COUNT] = {0};
    int got = 0, lies = 0;
    for (int i = 0; i < rounds; i++) {
        struct world w;
        const uint64_t round = draw(&random);
        open_world(&w, &random);
        got += play(&w, round) == SL_OK;
        close_world(&w);
        for (size_t k = 0; k < w.liar_count; k++) {
            for (int lie = 0; lie < LIE_COUNT; lie++)
                told[lie] += atomic_load(&w.liars[k].told[lie]);
        }
    }
    for (int lie = 1; lie < LIE_COUNT; lie++) {
        lies += told[lie];
        print_message("%6d  %s\n", told[lie], liar_name((enum lie)lie));
    }
    print_message("%d rounds, %d lies, %d files got\n", rounds, lies, got);
    assert_true(got > rounds / 4);
}

/* What is wrong with one answer must not keep the file from somebody who has an honest provider. */
static void one_honest_provider_is_enough_whatever_the_others_say(void **state)
{
    (void)state;
    for (int lie = 1; lie < LIE_COUNT; lie++) {
        uint64_t random = (uint64_t)lie * 77 + 1;
        struct world w;
        open_world(&w, &random);
        for (size_t i = 0; i < w.liar_count; i++)
            liar_stop(&w.liars[i]);
        w.liar_count = LIARS;
        for (size_t i = 0; i < LIARS; i++) {
            const bool lies = i + 1 < LIARS;
            w.liars[i] = (struct liar){.bytes = w.bytes,
                                       .len = w.len,
                                       .percent = lies ? 100 : 0,
                                       .lies = lies ? 1000 : 0,
                                       .only = (enum lie)lie,
                                       .random = draw(&random)};
            liar_start(&w.liars[i]);
            w.urls[i] = w.liars[i].url;
        }
        if (play(&w, random) < 0)
            fail_msg("%s", liar_name((enum lie)lie));
        close_world(&w);
    }
}

/* Here nobody has the piece: all serve something that differs in one bit, and lie about it. */
static void a_copy_that_differs_is_never_called_fine(void **state)
{
    (void)state;
    const char *wish = getenv("SLUICE_LONG");
    const int rounds = wish != NULL && wish[0] == '1' ? LONG_ROUNDS / 4 : ROUNDS / 4;
    uint64_t random = seed_of_run() * 31 + 7;
    for (int i = 0; i < rounds; i++) {
        struct world w;
        struct sl_err err = {0};
        struct sl_fetch_result result;
        open_world(&w, &random);
        uint8_t *other = malloc(w.len);
        assert_non_null(other);
        memcpy(other, w.bytes, w.len);
        other[draw(&random) % w.len] ^= (uint8_t)(1U << (draw(&random) % 8));
        for (size_t k = 0; k < w.liar_count; k++) {
            liar_stop(&w.liars[k]);
            w.liars[k].bytes = other;
            liar_start(&w.liars[k]);
            w.urls[k] = w.liars[k].url;
        }
        const struct sl_fetch_part part = {
            .piece = w.piece, .urls = w.urls, .url_count = w.liar_count};
        const struct sl_fetch_file file = {.parts = &part, .part_count = 1, .whole = w.piece};
        if (sl_fetch_verify(w.fetch, &file, &result, &err) == SL_OK)
            fail_msg("round %d: wrong bytes are called fine", i);
        if (play(&w, draw(&random)) == SL_OK)
            fail_msg("round %d: wrong bytes were accepted", i);
        close_world(&w);
        free(other);
    }
}

static int setup(void **state)
{
    (void)state;
    return sl_http_global_init(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_byte_is_never_accepted),
        cmocka_unit_test(a_copy_that_differs_is_never_called_fine),
        cmocka_unit_test(one_honest_provider_is_enough_whatever_the_others_say),
    };
    return cmocka_run_group_tests_name("fetch_faults", tests, setup, NULL);
}
