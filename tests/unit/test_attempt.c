/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One attempt at one piece: what the worker does about each answer of a provider. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/engine.h"

#include "engine/work/upload.h"
#include "support/tcp_server.h"
#include "support/test.h"
#include "support/tmp.h"

#define UUID_1  "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f1"
#define UUID_2  "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f2"
#define DONE    "HTTP/1.1 204 No Content\r\n\r\n"
#define HAS_ALL "HTTP/1.1 409 Conflict\r\nContent-Length: 30\r\n\r\nData has already been uploaded"
#define CLAIMED                                                                                    \
    "HTTP/1.1 409 Conflict\r\nContent-Length: 36\r\n\r\nThis piece is already being uploaded"
#define INCOMPLETE                                                                                 \
    "HTTP/1.1 409 Conflict\r\nContent-Length: 32\r\n\r\nStreaming upload is not complete"
#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

enum { SMALL = 5000, LARGE = 64000000, TAKEN_BYTES = 1000 };

/* What becomes of one request. A PUT is read whole before it is answered. */
enum manner {
    WHOLE,       /* read, answer */
    LOSE,        /* read, close */
    EARLY,       /* answer behind the head */
    EARLY_RESET, /* the same, and the connection is reset */
    CUT,         /* reset without an answer */
};

struct step {
    const char *request; /* how it begins */
    const char *answer;
    enum manner manner;
    bool maybe; /* only when the answer before did not come through */
};

struct provider {
    const struct step *steps;
    int at;
    char got[256]; /* the first request that was not expected */
};

static bool is_expected(struct provider *provider, const char *head)
{
    const struct step *step = &provider->steps[provider->at];
    if (step->maybe && strncmp(head, step->request, strlen(step->request)) != 0)
        step = &provider->steps[++provider->at];
    if (step->request != NULL && strncmp(head, step->request, strlen(step->request)) == 0)
        return true;
    if (provider->got[0] == '\0')
        snprintf(provider->got, sizeof provider->got, "step %d: %.100s", provider->at, head);
    return false;
}

static uint64_t body_of(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");
    unsigned long long bytes = 0;
    if (at != NULL)
        (void)sscanf(at, "Content-Length: %llu", &bytes);
    return bytes;
}

/* False: the connection is over. */
static bool play(struct sl_tcp_conn *conn, const struct step *step, const char *head)
{
    const bool whole = step->manner == WHOLE || step->manner == LOSE;
    if (whole && !sl_tcp_read(conn, NULL, body_of(head)))
        return false;
    if (step->manner == LOSE)
        return false;
    /* once some of its body was taken, a request is not repeated below us */
    if ((step->manner == CUT || step->manner == EARLY_RESET) &&
        !sl_tcp_read(conn, NULL, TAKEN_BYTES))
        return false;
    if (step->manner == CUT) {
        sl_tcp_reset(conn);
        return false;
    }
    if (!sl_tcp_send(conn, step->answer))
        return false;
    if (step->manner == EARLY)
        (void)sl_tcp_wait_closed(conn);
    return whole; /* closing with bytes unread is a reset */
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct provider *provider = ctx;
    char head[4096];
    while (sl_tcp_read_head(conn, head, sizeof head) && is_expected(provider, head)) {
        if (!play(conn, &provider->steps[provider->at++], head))
            break;
    }
}

/* ---- the attempt ---- */

struct scene {
    char dir[SL_PATH_BYTES];
    struct provider provider;
    struct sl_tcp_server *server;
    struct sl_upload up;
    struct sl_err err;
};

static void on_planned(void *ctx)
{
    (void)ctx;
}

static void make_file(struct scene *s, uint64_t bytes)
{
    sl_tmp_make(s->dir);
    sl_tmp_file(s->up.path, s->dir, "a.bin", SMALL, 1);
    assert_int_equal(truncate(s->up.path, (off_t)bytes), 0);
}

static void set_up(struct scene *s, uint64_t bytes, const struct step *steps)
{
    char url[64];
    memset(s, 0, sizeof *s);
    s->provider.steps = steps;
    make_file(s, bytes);
    s->server = sl_tcp_start(serve, &s->provider);
    sl_tcp_url(s->server, url, sizeof url, "");
    assert_int_equal(sl_sp_new(&s->up.sp, url, &(struct sl_http_options){0}, &s->err), SL_OK);
    assert_int_equal(sl_ring_new(&s->up.ring, sizeof(struct sl_progress), 16, &s->err), SL_OK);
    sl_throttle_init(&s->up.throttle, NULL);
    s->up.clock = sl_clock_system();
    s->up.planned = on_planned;
    s->up.source.fd = -1;
}

/* The provider's word that it has a piece of this root. */
static char found[256];

/* A piece whose PieceCID was told; its bytes are taken as they are. */
static void set_up_declared(struct scene *s, uint64_t bytes, const struct step *steps)
{
    char cid[SL_PIECE_CID_CHARS];
    set_up(s, bytes, steps);
    const int fd = open(s->up.path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(sl_file_mark_begin(&s->up.file, fd, NULL), SL_OK);
    close(fd);
    s->up.has_piece = true;
    s->up.piece.payload_bytes = bytes;
    s->up.piece.height = sl_piece_height(bytes);
    memset(s->up.piece.root, 7, sizeof s->up.piece.root);
    sl_piece_cid(cid, &s->up.piece);
    snprintf(found, sizeof found,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n{\"pieceCid\":\"%s\"}",
             strlen(cid) + 15, cid);
}

/* The whole dialogue, and nothing else. */
static void expect(struct scene *s, int rc)
{
    const int got = sl_engine_upload_run(&s->up, &s->err);
    sl_tcp_stop(s->server);
    if (s->provider.got[0] != '\0')
        fail_msg("%s", s->provider.got);
    if (got != rc)
        fail_msg("%s: %s", sl_err_name(got), s->err.text);
    assert_null(s->provider.steps[s->provider.at].request);
}

static void tear_down(struct scene *s)
{
    sl_source_fini(&s->up.source);
    sl_ring_free(s->up.ring);
    sl_throttle_fini(&s->up.throttle);
    sl_sp_free(s->up.sp);
    sl_tmp_remove(s->dir);
}

static void dialogue(uint64_t bytes, const struct step *steps, int rc)
{
    struct scene s;
    set_up(&s, bytes, steps);
    expect(&s, rc);
    tear_down(&s);
}

static void declared_dialogue(uint64_t bytes, const struct step *steps, int rc)
{
    struct scene s;
    set_up_declared(&s, bytes, steps);
    expect(&s, rc);
    if (rc >= 0)
        assert_int_equal(s.up.acked_bytes, bytes);
    else
        assert_int_equal(sl_sp_is_claimed(&s.err), rc == SL_EBUSY);
    tear_down(&s);
}

#define OPEN(uuid)                                                                                 \
    {                                                                                              \
        "POST /pdp/piece/uploads HTTP",                                                            \
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /pdp/piece/uploads/" uuid      \
            "\r\n\r\n",                                                                            \
            WHOLE, false                                                                           \
    }
#define PUT(uuid, says, how)                                                                       \
    {                                                                                              \
        "PUT /pdp/piece/uploads/" uuid " ", says, how, false                                       \
    }
#define FINALIZE(uuid, says)                                                                       \
    {                                                                                              \
        "POST /pdp/piece/uploads/" uuid " ", says, WHOLE, false                                    \
    }
#define FINALIZED "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define DECLARE(uuid)                                                                              \
    {                                                                                              \
        "POST /pdp/piece HTTP",                                                                    \
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /pdp/piece/upload/" uuid       \
            "\r\n\r\n",                                                                            \
            WHOLE, false                                                                           \
    }
#define DECLARE_STORED                                                                             \
    {                                                                                              \
        "POST /pdp/piece HTTP", found, WHOLE, false                                                \
    }
#define PUT_DECLARED(uuid, says, how)                                                              \
    {                                                                                              \
        "PUT /pdp/piece/upload/" uuid " ", says, how, false                                        \
    }
#define FIND(says)                                                                                 \
    {                                                                                              \
        "GET /pdp/piece?pieceCid=", says, WHOLE, false                                             \
    }
#define MAYBE_FIND(says)                                                                           \
    {                                                                                              \
        "GET /pdp/piece?pieceCid=", says, WHOLE, true                                              \
    }
#define LENGTH                                                                                     \
    {                                                                                              \
        "GET /pdp/piece/b", NOT_FOUND, WHOLE, false                                                \
    }
#define PING                                                                                       \
    {                                                                                              \
        "GET /pdp/ping ", FINALIZED, WHOLE, false                                                  \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, WHOLE, false                                                                   \
    }

/* ---- the streaming form ---- */

static void a_put_whose_answer_was_lost_may_be_found_recorded_later(void **state)
{
    (void)state;
    static const struct step steps[] = {OPEN(UUID_1),
                                        PUT(UUID_1, NULL, LOSE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        PUT(UUID_1, HAS_ALL, EARLY),
                                        FINALIZE(UUID_1, FINALIZED),
                                        LENGTH,
                                        END};
    dialogue(LARGE, steps, SL_OK);
}

static void a_put_that_was_not_complete_is_sent_again(void **state)
{
    (void)state;
    static const struct step steps[] = {OPEN(UUID_1),
                                        PUT(UUID_1, DONE, WHOLE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        PUT(UUID_1, DONE, WHOLE),
                                        FINALIZE(UUID_1, FINALIZED),
                                        LENGTH,
                                        END};
    dialogue(SMALL, steps, SL_OK);
}

static void a_session_that_our_own_cut_request_holds_is_left_at_once(void **state)
{
    (void)state;
    static const struct step steps[] = {OPEN(UUID_1),
                                        PUT(UUID_1, NULL, LOSE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        PUT(UUID_1, CLAIMED, WHOLE),
                                        OPEN(UUID_2),
                                        PUT(UUID_2, DONE, WHOLE),
                                        FINALIZE(UUID_2, FINALIZED),
                                        LENGTH,
                                        END};
    dialogue(SMALL, steps, SL_OK);
}

static void a_new_session_that_is_claimed_too_is_waited_for_elsewhere(void **state)
{
    (void)state;
    static const struct step once[] = {OPEN(UUID_1), PUT(UUID_1, CLAIMED, WHOLE), END};
    static const struct step twice[] = {OPEN(UUID_1),
                                        PUT(UUID_1, NULL, LOSE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        PUT(UUID_1, CLAIMED, WHOLE),
                                        OPEN(UUID_2),
                                        PUT(UUID_2, CLAIMED, WHOLE),
                                        END};
    dialogue(SMALL, once, SL_EBUSY);
    dialogue(SMALL, twice, SL_EBUSY);
}

static void what_is_never_complete_ends(void **state)
{
    (void)state;
    static const struct step steps[] = {OPEN(UUID_1),
                                        PUT(UUID_1, DONE, WHOLE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        PUT(UUID_1, DONE, WHOLE),
                                        FINALIZE(UUID_1, INCOMPLETE),
                                        END};
    dialogue(SMALL, steps, SL_ESERVER);
}

/* A proxy may have sent the bytes a second time: the file is read to its end all the same. */
static void a_session_that_has_all_before_it_was_sent_gets_the_true_piece(void **state)
{
    (void)state;
    static const struct step steps[] = {OPEN(UUID_1), PUT(UUID_1, HAS_ALL, EARLY),
                                        FINALIZE(UUID_1, FINALIZED), LENGTH, END};
    struct scene s;
    struct sl_piece_id piece;
    set_up(&s, LARGE, steps);
    expect(&s, SL_OK);
    const int fd = open(s.up.path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(sl_piece_of_fd(&piece, fd, 0, LARGE, NULL, NULL, NULL), SL_OK);
    close(fd);
    assert_true(s.up.has_piece && sl_piece_id_equal(&piece, &s.up.piece));
    tear_down(&s);
}

/* ---- the declared form ---- */

static void a_declared_put_that_is_recorded_already_is_done(void **state)
{
    (void)state;
    static const struct step steps[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, NULL, LOSE),
                                        PUT_DECLARED(UUID_1, HAS_ALL, EARLY), LENGTH, END};
    declared_dialogue(LARGE, steps, SL_OK);
}

/* Somebody else has stored the piece. The reset may overtake the answer: then find tells. */
static void an_early_success_ends_the_sending(void **state)
{
    (void)state;
    static const struct step open[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, DONE, EARLY), LENGTH,
                                       END};
    static const struct step reset[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, DONE, EARLY_RESET),
                                        MAYBE_FIND(found), LENGTH, END};
    declared_dialogue(LARGE, open, SL_OK);
    declared_dialogue(LARGE, reset, SL_OK);
}

static void a_connection_that_broke_is_no_failure_when_the_piece_is_there(void **state)
{
    (void)state;
    static const struct step there[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, NULL, CUT),
                                        FIND(found), LENGTH, END};
    static const struct step not_there[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, NULL, CUT),
                                            FIND(NOT_FOUND), PING, END};
    declared_dialogue(LARGE, there, SL_OK);
    declared_dialogue(LARGE, not_there, SL_ENET);
}

static void a_declared_session_that_our_own_cut_request_holds_is_left_at_once(void **state)
{
    (void)state;
    static const struct step again[] = {DECLARE(UUID_1),
                                        PUT_DECLARED(UUID_1, NULL, LOSE),
                                        PUT_DECLARED(UUID_1, CLAIMED, WHOLE),
                                        DECLARE(UUID_2),
                                        PUT_DECLARED(UUID_2, DONE, WHOLE),
                                        LENGTH,
                                        END};
    static const struct step stored[] = {DECLARE(UUID_1),
                                         PUT_DECLARED(UUID_1, NULL, LOSE),
                                         PUT_DECLARED(UUID_1, CLAIMED, WHOLE),
                                         DECLARE_STORED,
                                         LENGTH,
                                         END};
    declared_dialogue(SMALL, again, SL_OK);
    declared_dialogue(SMALL, stored, SL_OK);
}

static void a_piece_that_another_client_sends_is_waited_for_elsewhere(void **state)
{
    (void)state;
    static const struct step once[] = {DECLARE(UUID_1), PUT_DECLARED(UUID_1, CLAIMED, WHOLE), END};
    static const struct step twice[] = {
        DECLARE(UUID_1), PUT_DECLARED(UUID_1, NULL, LOSE),     PUT_DECLARED(UUID_1, CLAIMED, WHOLE),
        DECLARE(UUID_2), PUT_DECLARED(UUID_2, CLAIMED, WHOLE), END};
    declared_dialogue(SMALL, once, SL_EBUSY);
    declared_dialogue(SMALL, twice, SL_EBUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_put_whose_answer_was_lost_may_be_found_recorded_later),
        cmocka_unit_test(a_put_that_was_not_complete_is_sent_again),
        cmocka_unit_test(a_session_that_our_own_cut_request_holds_is_left_at_once),
        cmocka_unit_test(a_new_session_that_is_claimed_too_is_waited_for_elsewhere),
        cmocka_unit_test(what_is_never_complete_ends),
        cmocka_unit_test(a_session_that_has_all_before_it_was_sent_gets_the_true_piece),
        cmocka_unit_test(a_declared_put_that_is_recorded_already_is_done),
        cmocka_unit_test(an_early_success_ends_the_sending),
        cmocka_unit_test(a_connection_that_broke_is_no_failure_when_the_piece_is_there),
        cmocka_unit_test(a_declared_session_that_our_own_cut_request_holds_is_left_at_once),
        cmocka_unit_test(a_piece_that_another_client_sends_is_waited_for_elsewhere),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
