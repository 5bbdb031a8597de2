/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Getting files back: what is kept, what is gone on with, and whom is asked next. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/fetch.h"
#include "sluice/sp.h"

#include "devnet_kit.h"
#include "liar.h"
#include "support/test.h"
#include "support/tmp.h"

enum { SEGMENT = 127 << 4, LEN = 3 * SEGMENT + 500 };

/* A folder, a piece, and two who have it. */
struct scene {
    char dir[SL_PATH_BYTES];
    int dir_fd;
    uint8_t *bytes;
    struct sl_piece_id piece;
    struct liar liars[2];
    const char *urls[2];
    struct sl_fetch_part part;
    struct sl_fetch_file file;
    struct sl_fetch_target target;
    struct sl_fetch_result result;
    struct sl_err err;
};

static struct sl_piece_id id_of(const uint8_t *bytes, size_t len)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_piece_id id;
    kit_cid(cid, bytes, len);
    assert_int_equal(sl_piece_parse(&id, cid, strlen(cid), NULL), SL_OK);
    return id;
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(sl_http_global_init(NULL), SL_OK);
    sl_tmp_make(s->dir);
    s->dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY);
    s->bytes = kit_bytes(LEN, 5);
    s->piece = id_of(s->bytes, LEN);
    s->target = (struct sl_fetch_target){.dir_fd = s->dir_fd, .name = "film", .mode = 0640};
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < 2; i++) {
        if (s->liars[i].server != NULL)
            liar_stop(&s->liars[i]);
    }
    close(s->dir_fd);
    sl_tmp_remove(s->dir);
    free(s->bytes);
    free(s);
    return 0;
}

/* `lies` of one kind, then honest. */
static void serve(struct scene *s, size_t i, enum lie lie, unsigned lies)
{
    s->liars[i] = (struct liar){.bytes = s->bytes,
                                .len = LEN,
                                .percent = lies > 0 ? 100 : 0,
                                .lies = lies,
                                .only = lie,
                                .random = 99};
    liar_start(&s->liars[i]);
    s->urls[i] = s->liars[i].url;
    s->part = (struct sl_fetch_part){.piece = s->piece, .urls = s->urls, .url_count = i + 1};
    s->file = (struct sl_fetch_file){.parts = &s->part, .part_count = 1, .whole = s->piece};
}

static struct sl_fetch *fetch_of(int parallel, int attempts)
{
    struct sl_fetch *fetch;
    const struct sl_fetch_options options = {.parallel = parallel,
                                             .max_attempts = attempts,
                                             .retry_base_ms = 1,
                                             .retry_cap_ms = 2,
                                             .segment_bytes = SEGMENT};
    assert_int_equal(sl_fetch_new(&fetch, &options, NULL), SL_OK);
    return fetch;
}

static int save(struct scene *s, int parallel, int attempts)
{
    struct sl_fetch *fetch = fetch_of(parallel, attempts);
    s->err = (struct sl_err){0};
    const int rc = sl_fetch_save(fetch, &s->file, &s->target, &s->result, &s->err);
    sl_fetch_free(fetch);
    assert_int_equal(rc, s->err.code);
    return rc;
}

static bool exists(const struct scene *s, const char *name)
{
    struct stat st;
    return fstatat(s->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void expect_file(const struct scene *s)
{
    char path[SL_PATH_BYTES];
    char *data = NULL;
    size_t len = 0;
    struct stat st;
    assert_int_equal(sl_path_join(path, sizeof path, s->dir, "film", NULL), SL_OK);
    assert_int_equal(sl_file_read(&data, &len, path, 2 * LEN, NULL), SL_OK);
    assert_int_equal(len, LEN);
    assert_memory_equal(data, s->bytes, LEN);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_false(exists(s, ".film.part"));
    free(data);
}

static void write_file(const struct scene *s, const char *name, const void *data, size_t len)
{
    const int fd = openat(s->dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    close(fd);
}

/* ---- it comes back ---- */

static void a_piece_comes_back_in_ranges(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_NONE, 0);
    assert_int_equal(save(s, 3, 5), SL_OK);
    expect_file(s);
    assert_int_equal(atomic_load(&s->liars[0].gets), 4);
    assert_int_equal(s->result.received_bytes, LEN);
    assert_string_equal(s->result.from, s->urls[0]);
}

static void a_real_provider_gives_it_over_several_connections(void **state)
{
    struct scene *s = *state;
    struct kit *kit;
    char cid[SL_PIECE_CID_CHARS], url[256];
    assert_int_equal(kit_setup((void **)&kit), 0);
    kit_store(kit, cid, s->bytes, LEN);
    assert_int_equal(sl_sp_retrieval_url(url, sizeof url, kit->url, &s->piece, NULL), SL_OK);
    s->urls[0] = url;
    s->part = (struct sl_fetch_part){.piece = s->piece, .urls = s->urls, .url_count = 1};
    s->file = (struct sl_fetch_file){.parts = &s->part, .part_count = 1, .whole = s->piece};
    kit_fault(kit,
              "{\"match\":\"GET /piece\",\"action\":\"reset\",\"after_bytes\":700,\"times\":3}");
    assert_int_equal(save(s, 4, 5), SL_OK);
    expect_file(s);
    assert_true(s->result.failures >= 2); /* the last range is shorter than that */
    kit_teardown((void **)&kit);
}

static void what_broke_goes_on_where_it_was(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_TRUNCATE, 1);
    assert_int_equal(save(s, 1, 5), SL_OK);
    expect_file(s);
    assert_int_equal(s->result.received_bytes, LEN);
    assert_int_equal(s->result.failures, 1);
}

static void another_run_goes_on_where_the_first_one_was(void **state)
{
    struct scene *s = *state;
    char want[64];
    serve(s, 0, LIE_TRUNCATE, 1);
    s->liars[0].random = 12345;
    assert_int_equal(save(s, 1, 1), SL_ENET);
    assert_false(exists(s, "film"));
    assert_true(exists(s, ".film.part"));
    const uint64_t came = s->result.received_bytes;
    assert_true(came > 0 && came < SEGMENT);
    assert_int_equal(save(s, 1, 1), SL_OK);
    expect_file(s);
    assert_int_equal(s->result.resumed_bytes, came);
    assert_int_equal(s->result.received_bytes, LEN - came);
    liar_stop(&s->liars[0]);
    snprintf(want, sizeof want, "Range: bytes=%d-%d", 3 * SEGMENT, LEN - 1);
    assert_non_null(strstr(s->liars[0].last_head, want));
}

static void a_break_asks_for_the_rest_of_the_same_version(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_TRUNCATE, 1);
    struct sl_fetch *fetch;
    const struct sl_fetch_options options = {.parallel = 1, .retry_base_ms = 1};
    assert_int_equal(sl_fetch_new(&fetch, &options, NULL), SL_OK);
    assert_int_equal(sl_fetch_save(fetch, &s->file, &s->target, &s->result, &s->err), SL_OK);
    sl_fetch_free(fetch);
    expect_file(s);
    liar_stop(&s->liars[0]);
    assert_non_null(strstr(s->liars[0].last_head, "If-Range: \"this\""));
}

static void what_an_earlier_run_left_is_never_trusted(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_TRUNCATE, 1);
    assert_int_equal(save(s, 1, 1), SL_ENET);
    const int fd = openat(s->dir_fd, ".film.part", O_WRONLY);
    assert_int_equal(pwrite(fd, "xxxx", 4, 0), 4);
    close(fd);
    assert_int_equal(save(s, 1, 1), SL_OK);
    expect_file(s);
    assert_true(s->result.failures >= 1);
}

/* ---- names that are taken ---- */

static void a_file_that_is_there_is_left_alone(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_NONE, 0);
    write_file(s, "film", s->bytes, LEN);
    assert_int_equal(save(s, 1, 1), SL_OK);
    assert_true(s->result.was_there);
    assert_int_equal(atomic_load(&s->liars[0].requests), 0);
    write_file(s, "film", "other", 5);
    assert_int_equal(save(s, 1, 1), SL_EREFUSED);
    assert_int_equal(atomic_load(&s->liars[0].requests), 0);
    s->target.force = true;
    assert_int_equal(save(s, 1, 1), SL_OK);
    expect_file(s);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_NONE, 0);
    assert_int_equal(mkdirat(s->dir_fd, "film", 0700), 0);
    assert_int_equal(save(s, 1, 1), SL_EFILETYPE);
    assert_int_equal(unlinkat(s->dir_fd, "film", AT_REMOVEDIR), 0);
    assert_int_equal(symlinkat("/dev/null", s->dir_fd, "film"), 0);
    assert_int_equal(save(s, 1, 1), SL_EFILETYPE);
    assert_int_equal(unlinkat(s->dir_fd, "film", 0), 0);
    assert_int_equal(symlinkat("elsewhere", s->dir_fd, ".film.part"), 0);
    assert_int_not_equal(save(s, 1, 1), SL_OK);
    assert_false(exists(s, "elsewhere"));
    assert_int_equal(atomic_load(&s->liars[0].requests), 0);
}

static void two_do_not_get_the_same_file_at_once(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_NONE, 0);
    const int fd = openat(s->dir_fd, ".film.part", O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(save(s, 1, 1), SL_EHELD);
    close(fd);
    assert_int_equal(save(s, 1, 1), SL_OK);
    expect_file(s);
}

static void a_disk_without_room_is_seen_before_anything_is_asked(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_NONE, 0);
    s->part.piece.height = 39; /* 8 TiB */
    s->part.piece.payload_bytes = sl_piece_capacity(s->part.piece.height);
    s->file.whole = s->part.piece;
    assert_int_equal(save(s, 1, 1), SL_ENOSPC);
    assert_int_equal(atomic_load(&s->liars[0].requests), 0);
    assert_false(exists(s, ".film.part"));
}

/* ---- others ---- */

static void who_does_not_have_it_is_passed_over(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_MISSING, 1000);
    serve(s, 1, LIE_NONE, 0);
    assert_int_equal(save(s, 1, 5), SL_OK);
    expect_file(s);
    assert_string_equal(s->result.from, s->urls[1]);
    assert_int_equal(atomic_load(&s->liars[0].gets), 0);
}

static void who_serves_wrong_bytes_is_left_for_another(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_CORRUPT, 1000);
    serve(s, 1, LIE_CORRUPT, 1);
    s->liars[1].random = 4;
    assert_int_equal(save(s, 2, 5), SL_OK);
    expect_file(s);
    assert_string_equal(s->result.from, s->urls[1]);
}

static void wrong_bytes_alone_are_no_file(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_CORRUPT, 1000);
    assert_int_equal(save(s, 2, 5), SL_EMISMATCH);
    assert_false(exists(s, "film"));
    assert_int_equal(atomic_load(&s->liars[0].gets), 2 * 4);
}

static void nobody_has_it(void **state)
{
    struct scene *s = *state;
    serve(s, 0, LIE_MISSING, 1000);
    serve(s, 1, LIE_MISSING, 1000);
    assert_int_equal(save(s, 2, 5), SL_ENOTFOUND);
    assert_false(exists(s, ".film.part"));
}

/* ---- cancelling ---- */

struct saving {
    struct scene *scene;
    struct sl_fetch *fetch;
    int rc;
};

static void *save_in_thread(void *arg)
{
    struct saving *saving = arg;
    struct scene *s = saving->scene;
    saving->rc = sl_fetch_save(saving->fetch, &s->file, &s->target, &s->result, NULL);
    return NULL;
}

static void cancelled_it_can_be_gone_on_with(void **state)
{
    struct scene *s = *state;
    pthread_t thread;
    serve(s, 0, LIE_STALL, 1);
    s->liars[0].random = 12345;
    struct saving saving = {.scene = s, .fetch = fetch_of(2, 5)};
    assert_int_equal(pthread_create(&thread, NULL, save_in_thread, &saving), 0);
    sl_tcp_await(s->liars[0].server, 1);
    sl_fetch_cancel(saving.fetch);
    pthread_join(thread, NULL);
    sl_fetch_free(saving.fetch);
    assert_int_equal(saving.rc, SL_ECANCELED);
    assert_false(exists(s, "film"));
    assert_int_equal(save(s, 1, 1), SL_OK);
    expect_file(s);
}

/* ---- several parts ---- */

static void a_file_of_parts_is_put_together(void **state)
{
    struct scene *s = *state;
    struct liar third = {0};
    struct sl_fetch_part parts[2];
    const size_t cut = 2 * SEGMENT;
    serve(s, 0, LIE_NONE, 0);
    liar_stop(&s->liars[0]);
    s->liars[0] = (struct liar){.bytes = s->bytes, .len = cut};
    third = (struct liar){.bytes = s->bytes + cut, .len = LEN - cut};
    liar_start(&s->liars[0]);
    liar_start(&third);
    const char *first = s->liars[0].url, *second = third.url;
    parts[0] =
        (struct sl_fetch_part){.piece = id_of(s->bytes, cut), .urls = &first, .url_count = 1};
    parts[1] = (struct sl_fetch_part){
        .piece = id_of(s->bytes + cut, LEN - cut), .urls = &second, .url_count = 1};
    s->file = (struct sl_fetch_file){.parts = parts, .part_count = 2, .whole = s->piece};
    assert_int_equal(save(s, 3, 1), SL_OK);
    expect_file(s);
    const int requests = atomic_load(&s->liars[0].requests);
    s->file.whole.root[0] ^= 1;
    s->target.name = "another";
    assert_int_equal(save(s, 3, 1), SL_EFORMAT);
    assert_int_equal(atomic_load(&s->liars[0].requests), requests);
    liar_stop(&third);
}

static void a_part_is_handed_on_when_it_is_verified(void **state)
{
    struct scene *s = *state;
    uint8_t have[LEN];
    struct sl_fetch *fetch = fetch_of(2, 1);
    serve(s, 0, LIE_CORRUPT, 8);
    const int fd = openat(s->dir_fd, "spool", O_RDWR | O_CREAT, 0600);
    assert_int_equal(sl_fetch_spool(fetch, &s->part, fd, &s->result, NULL), SL_EMISMATCH);
    assert_int_equal(sl_fetch_spool(fetch, &s->part, fd, &s->result, NULL), SL_OK);
    assert_int_equal(pread(fd, have, LEN, 0), LEN);
    assert_memory_equal(have, s->bytes, LEN);
    close(fd);
    sl_fetch_free(fetch);
}

/* ---- verifying ---- */

static void verifying_keeps_nothing(void **state)
{
    struct scene *s = *state;
    struct sl_fetch *fetch = fetch_of(2, 2);
    serve(s, 0, LIE_OTHER, 8);
    assert_int_equal(sl_fetch_verify(fetch, &s->file, &s->result, NULL), SL_EMISMATCH);
    assert_int_equal(sl_fetch_verify(fetch, &s->file, &s->result, NULL), SL_OK);
    assert_int_equal(s->result.received_bytes, LEN);
    assert_false(exists(s, "film"));
    sl_fetch_free(fetch);
}

static void samples_are_compared_with_the_local_file(void **state)
{
    struct scene *s = *state;
    struct sl_fetch *fetch = fetch_of(1, 2);
    uint64_t compared = 0;
    serve(s, 0, LIE_TRUNCATE, 1);
    write_file(s, "film", s->bytes, LEN);
    const int fd = openat(s->dir_fd, "film", O_RDWR);
    assert_int_equal(sl_fetch_sample(fetch, s->urls[0], &s->piece, fd, 0, 1000, &compared, &s->err),
                     SL_OK);
    assert_int_equal(compared, LEN);
    const uint8_t other = (uint8_t)~s->bytes[LEN - 1];
    assert_int_equal(pwrite(fd, &other, 1, LEN - 1), 1);
    assert_int_equal(sl_fetch_sample(fetch, s->urls[0], &s->piece, fd, 0, 1000, &compared, &s->err),
                     SL_EMISMATCH);
    assert_int_equal(ftruncate(fd, 100), 0);
    assert_int_equal(sl_fetch_sample(fetch, s->urls[0], &s->piece, fd, 0, 1000, &compared, &s->err),
                     SL_ECHANGED);
    close(fd);
    sl_fetch_free(fetch);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- slow servers ---- */

enum { SLOW_MS = 50 };

static int64_t now_ms(void)
{
    const struct sl_clock clock = sl_clock_system();
    return sl_now_ms(&clock);
}

/* Announces the length at once. Sends one byte, then none for longer than the slow limit, then the
 * rest; if `only_begins`, no rest. */
struct slow {
    const uint8_t *bytes;
    bool only_begins;
};

static void serve_slowly(struct sl_tcp_conn *conn, void *ctx)
{
    const struct slow *slow = ctx;
    char head[2048], answer[128];
    while (sl_tcp_read_head(conn, head, sizeof head)) {
        snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LEN);
        if (!sl_tcp_send(conn, answer))
            return;
        if (strncmp(head, "HEAD", 4) == 0)
            continue;
        if (!sl_tcp_send_bytes(conn, slow->bytes, 1))
            return;
        if (slow->only_begins)
            sl_tcp_hang(conn);
        for (const int64_t end = now_ms() + 3 * SLOW_MS; now_ms() < end;)
            ;
        if (!sl_tcp_send_bytes(conn, slow->bytes + 1, LEN - 1))
            return;
    }
}

static int save_slowly(struct scene *s)
{
    struct sl_fetch *fetch;
    const struct sl_fetch_options options = {
        .parallel = 1, .max_attempts = 1, .slow_ms = SLOW_MS, .retry_base_ms = 1};
    assert_int_equal(sl_fetch_new(&fetch, &options, NULL), SL_OK);
    const int rc = sl_fetch_save(fetch, &s->file, &s->target, &s->result, &s->err);
    sl_fetch_free(fetch);
    return rc;
}

static void an_address_that_drips_is_left_for_one_that_was_not_tried(void **state)
{
    struct scene *s = *state;
    struct slow slow = {.bytes = s->bytes, .only_begins = true};
    char url[128];
    struct sl_tcp_server *server = sl_tcp_start(serve_slowly, &slow);
    sl_tcp_url(server, url, sizeof url, "/piece");
    serve(s, 0, LIE_NONE, 0);
    serve(s, 1, LIE_NONE, 0);
    s->urls[0] = url;
    liar_stop(&s->liars[0]);
    s->liars[0].server = NULL;
    assert_int_equal(save_slowly(s), SL_OK);
    expect_file(s);
    assert_int_equal(s->result.failures, 1);
    sl_tcp_stop(server);
}

static void a_lone_copy_is_never_left_for_being_slow(void **state)
{
    struct scene *s = *state;
    struct slow slow = {.bytes = s->bytes};
    char url[128];
    struct sl_tcp_server *server = sl_tcp_start(serve_slowly, &slow);
    sl_tcp_url(server, url, sizeof url, "/piece");
    serve(s, 0, LIE_NONE, 0);
    s->urls[0] = url;
    assert_int_equal(save_slowly(s), SL_OK);
    expect_file(s);
    assert_int_equal(s->result.failures, 0);
    sl_tcp_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_piece_comes_back_in_ranges),
        TEST(a_real_provider_gives_it_over_several_connections),
        TEST(what_broke_goes_on_where_it_was),
        TEST(another_run_goes_on_where_the_first_one_was),
        TEST(a_break_asks_for_the_rest_of_the_same_version),
        TEST(what_an_earlier_run_left_is_never_trusted),
        TEST(a_file_that_is_there_is_left_alone),
        TEST(what_is_no_file_is_not_replaced),
        TEST(two_do_not_get_the_same_file_at_once),
        TEST(a_disk_without_room_is_seen_before_anything_is_asked),
        TEST(who_does_not_have_it_is_passed_over),
        TEST(who_serves_wrong_bytes_is_left_for_another),
        TEST(wrong_bytes_alone_are_no_file),
        TEST(nobody_has_it),
        TEST(cancelled_it_can_be_gone_on_with),
        TEST(a_file_of_parts_is_put_together),
        TEST(a_part_is_handed_on_when_it_is_verified),
        TEST(verifying_keeps_nothing),
        TEST(samples_are_compared_with_the_local_file),
        TEST(an_address_that_drips_is_left_for_one_that_was_not_tried),
        TEST(a_lone_copy_is_never_left_for_being_slow),
    };
    return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
