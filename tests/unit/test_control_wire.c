/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* O_TMPFILE */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sluice/board.h"

#include "control/wire.h"
#include "support/test.h"

static struct sl_event event;
static struct sl_event back;
static struct sl_command command;
static struct sl_command back_command;

static struct sl_json *parsed(const struct sl_buf *line)
{
    struct sl_json *object = NULL;
    assert_int_equal(line->failed, 0);
    assert_int_equal(line->data[line->len - 1], '\n');
    assert_null(memchr(line->data, '\n', line->len - 1)); /* one line */
    assert_int_equal(sl_json_parse(&object, line->data, line->len, NULL), SL_OK);
    return object;
}

static void full_job(struct sl_job *job)
{
    job->id = INT64_C(9007199254740993);
    job->state = SL_JOB_COMMITTING;
    job->rank = -5 * (INT64_C(1) << 40) + 17;
    job->file = (struct sl_file_mark){UINT64_C(1) << 40, 1764532000123456789, 66305, UINT64_MAX,
                                      1764532000123456790};
    job->added_ms = 1764532000000;
    job->changed_ms = 1764532000001;
    job->next_try_ms = 7;
    job->attempts = 3;
    job->has_piece = true;
    job->already_stored = true;
    job->piece = (struct sl_piece_id){.payload_bytes = 127, .height = 2, .root = {1, 2, 3}};
    job->err = (struct sl_err){SL_EMONEY, 402, 1500, "too \"little\"\n"};
    job->shard_bytes = 130048;
    job->parts = 12;
    job->parts_stored = 11;
    job->sent_bytes = 99;
    job->held = true;
    job->copies = (struct sl_job_copies){2, 1, 400, 17, UINT64_MAX, "0xabcd"};
    job->wish_id = -1;
    job->limit_bytes_per_s = UINT32_MAX;
}

/* Every byte of the structures was zeroed before it was filled: memcmp compares values. */
static void check_event(void)
{
    struct sl_buf line = {0};
    sl_wire_write_event(&line, &event);
    struct sl_json *object = parsed(&line);
    memset(&back, 0x5a, sizeof back);
    assert_int_equal(sl_wire_read_event(&back, object, NULL), 1);
    assert_memory_equal(&back, &event, sizeof event);
    sl_json_free(object);
    sl_buf_free(&line);
}

static void every_event_comes_back_as_it_was(void **state)
{
    (void)state;
    static const enum sl_event_type with_job[] = {SL_EVENT_JOB, SL_EVENT_PART, SL_EVENT_DEFERRED};
    for (int type = SL_EVENT_JOB; type <= SL_EVENT_STOPPED; type++) {
        memset(&event, 0, sizeof event);
        event.type = (enum sl_event_type)type;
        event.request_id = UINT64_MAX;
        event.count = 3;
        event.links = 4;
        strcpy(event.path, "/srv/a \"b\"\n\xff\xc3.mkv"); /* not UTF-8 */
        strcpy(event.provider_url, "https://example.org/pdp");
        for (size_t i = 0; i < sizeof with_job / sizeof with_job[0]; i++) {
            if (type == (int)with_job[i])
                full_job(&event.job);
        }
        if (type == SL_EVENT_PART)
            event.part = (struct sl_job_part){
                5, 1 << 20, 127, SL_JOB_STORED, true, {.payload_bytes = 127, .height = 2}};
        if (type == SL_EVENT_GONE || type == SL_EVENT_TX || type == SL_EVENT_NOTE)
            event.job.id = 12;
        if (type == SL_EVENT_REJECTED || type == SL_EVENT_SKIPPED || type == SL_EVENT_NOTE ||
            type == SL_EVENT_TROUBLE)
            event.err = (struct sl_err){.code = SL_ENOENT, .detail = 2, .text = "no such file"};
        check_event();
    }
}

static void every_command_comes_back_as_it_was(void **state)
{
    (void)state;
    for (int type = SL_CMD_ADD; type <= SL_CMD_STOP_NOW; type++) {
        struct sl_buf line = {0};
        memset(&command, 0, sizeof command);
        command.type = (enum sl_command_type)type;
        command.job_id = 8;
        command.request_id = 9;
        command.number = -1;
        if (type == SL_CMD_ADD) {
            command.file = (struct sl_file_mark){1, 2, 3, 4, 5};
            strcpy(command.path, "/\xf0/b");
        }
        sl_wire_write_command(&line, 44, &command);
        struct sl_json *object = parsed(&line);
        uint64_t id = 0;
        assert_true(sl_json_u64(sl_json_get(object, "id"), &id));
        assert_int_equal(id, 44);
        assert_int_equal(sl_wire_read_command(&back_command, object, NULL), 1);
        assert_memory_equal(&back_command, &command, sizeof command);
        sl_json_free(object);
        sl_buf_free(&line);
    }
}

static int read_event_of(const char *text)
{
    struct sl_json *object = NULL;
    struct sl_err err = {0};
    assert_int_equal(sl_json_parse(&object, text, strlen(text), NULL), SL_OK);
    const int rc = sl_wire_read_event(&back, object, &err);
    sl_json_free(object);
    return rc;
}

static void hostile_events_are_refused(void **state)
{
    (void)state;
    char text[8192];
    assert_int_equal(read_event_of("{\"event\":\"from the future\"}"), 0);
    assert_int_equal(read_event_of("{}"), 0);
    assert_int_equal(read_event_of("[]"), 0);
    assert_int_equal(read_event_of("{\"event\":\"job\"}"), SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"job\",\"job\":{\"id\":0,\"state\":\"queued\"}}"),
                     SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"job\",\"job\":{\"id\":1,\"state\":\"?\"}}"),
                     SL_EPROTO);
    assert_int_equal(
        read_event_of("{\"event\":\"job\",\"job\":{\"id\":1,\"state\":\"queued\",\"copies\":256}}"),
        SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"job\",\"job\":{\"id\":1,\"state\":\"queued\","
                                   "\"attempts\":\"99999999999\"}}"),
                     SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"job\",\"job\":{\"id\":1,\"state\":\"queued\","
                                   "\"size\":\"18446744073709551616\"}}"),
                     SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"job\",\"job\":{\"id\":1,\"state\":\"queued\","
                                   "\"pieceCid\":\"bafk\"}}"),
                     SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"note\",\"pathBase64\":\"AA==\"}"), SL_EPROTO);
    memset(text, 'a', sizeof text);
    memcpy(text, "{\"event\":\"note\",\"path\":\"/", 25);
    memcpy(text + 5000, "\"}", 3);
    assert_int_equal(read_event_of(text), SL_EPROTO);
    assert_int_equal(read_event_of("{\"event\":\"idle\",\"new\":{\"a\":[1]}}"), 1);
}

static void a_relative_path_is_not_added(void **state)
{
    (void)state;
    static const char *const texts[] = {"{\"id\":1,\"do\":\"add\",\"path\":\"etc\"}",
                                        "{\"id\":1,\"do\":\"add\"}",
                                        "{\"id\":1,\"do\":\"add\",\"path\":7}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sl_json *object = NULL;
        assert_int_equal(sl_json_parse(&object, texts[i], strlen(texts[i]), NULL), SL_OK);
        assert_int_equal(sl_wire_read_command(&back_command, object, NULL), SL_EPROTO);
        sl_json_free(object);
    }
}

/* ---- the board ---- */

static void a_reader_sees_the_newest_counts(void **state)
{
    (void)state;
    struct sl_board *board = NULL;
    struct sl_board_view view, late;
    struct sl_progress got;
    struct sl_progress one = {7, 3, 2, 100, 200, 150, 12345};
    const struct sl_progress two = {8, 0, 1, 1, 2, 3, 4};
    assert_int_equal(sl_board_new(&board, NULL), SL_OK);
    assert_int_equal(sl_board_view_open(&view, sl_board_fd(board), NULL), SL_OK);
    assert_false(sl_board_view_next(&view, &got));
    sl_board_write(board, 0, &one);
    one.sent_bytes = 300;
    sl_board_write(board, 0, &one);
    sl_board_write(board, SL_BOARD_SLOTS - 1, &two);
    assert_true(sl_board_view_next(&view, &got));
    assert_memory_equal(&got, &one, sizeof got);
    assert_true(sl_board_view_next(&view, &got));
    assert_memory_equal(&got, &two, sizeof got);
    assert_false(sl_board_view_next(&view, &got));
    assert_int_equal(sl_board_view_open(&late, sl_board_fd(board), NULL), SL_OK);
    assert_true(sl_board_view_next(&late, &got));
    assert_memory_equal(&got, &one, sizeof got);
    sl_board_view_close(&late);
    sl_board_view_close(&view);
    sl_board_free(board);
}

static void a_reader_cannot_write_or_shrink_the_board(void **state)
{
    (void)state;
    struct sl_board *board = NULL;
    assert_int_equal(sl_board_new(&board, NULL), SL_OK);
    const int fd = sl_board_fd(board);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_int_equal(ftruncate(fd, 1 << 20), -1);
    assert_int_equal(write(fd, "x", 1), -1);
    assert_ptr_equal(mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    sl_board_write(board, 1, &(struct sl_progress){.job_id = 1}); /* the writer goes on */
    sl_board_free(board);
}

static void what_is_no_board_is_not_mapped(void **state)
{
    (void)state;
    struct sl_board_view view;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    assert_int_equal(sl_board_view_open(&view, null, NULL), SL_EPROTO);
    assert_int_equal(sl_board_view_open(&view, file, NULL), SL_EPROTO);
    close(null);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_comes_back_as_it_was),
        cmocka_unit_test(every_command_comes_back_as_it_was),
        cmocka_unit_test(hostile_events_are_refused),
        cmocka_unit_test(a_relative_path_is_not_added),
        cmocka_unit_test(a_reader_sees_the_newest_counts),
        cmocka_unit_test(a_reader_cannot_write_or_shrink_the_board),
        cmocka_unit_test(what_is_no_board_is_not_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
