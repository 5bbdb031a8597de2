/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The observed provider's answers, step by step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devnet_kit.h"
#include "support/test.h"

/* The payloads that the dialogue speaks of, by letter. */
static const struct payload {
    char letter;
    size_t len;
    uint64_t seed;
} payloads[] = {
    {'a', 5000, 1}, {'b', 5000, 2}, {'c', 4000, 3}, {'d', 3000, 4}, {'e', 3000, 5},
    {'s', 2999, 4}, {'l', 3001, 4}, {'m', 126, 6},  {'n', 127, 7},
};

/*
 * In `path` and `body`: "@" is the Location given last, "%a" the PieceCID of payload a, "%1a" its
 * version 1. A body of "=a" is the payload itself. The method TICK lets `status` ms pass.
 */
struct step {
    const char *what; /* "today: ..." and "before: ...": only providers of that time say so */
    const char *method;
    const char *path;
    const char *body;
    int status;
    const char *reply;  /* with every UUID written as UUID; NULL: not looked at */
    const char *header; /* "Name: value" that must be there; NULL: any */
};

static const struct step uploads[] = {
    {"ping", "GET", "/pdp/ping", "", 200, "curio-pdp", "Content-Type: text/plain; charset=utf-8"},
    {"new upload session", "POST", "/pdp/piece/uploads", "", 201, "",
     "Location: /pdp/piece/uploads/UUID"},
    {"before: finalize before any data", "POST", "@", "{\"pieceCid\":\"%a\"}", 500,
     "Database error [eid: UUID]\n", "X-Content-Type-Options: nosniff"},
    {"today: finalize before any data", "POST", "@", "{\"pieceCid\":\"%a\"}", 409,
     "Streaming upload is not complete [eid: UUID]\n", "X-Content-Type-Options: nosniff"},
    {"PUT of the data", "PUT", "@", "=a", 204, "", NULL},
    {"finalize with the CID of other data of that size", "POST", "@", "{\"pieceCid\":\"%b\"}", 400,
     "Invalid request body: pieceCid does not match the calculated pieceCid for the uploaded piece"
     " [eid: UUID]\n",
     "Content-Type: text/plain; charset=utf-8"},
    {"finalize with another size", "POST", "@", "{\"pieceCid\":\"%c\"}", 400,
     "Invalid request body: pieceCid size does not match uploaded piece size [eid: UUID]\n", NULL},
    {"finalize with a CID of version 1", "POST", "@", "{\"pieceCid\":\"%1a\"}", 400,
     "Invalid request body: invalid pieceCid: piece CID must be PieceCIDv2 format (got multihash"
     " type 4114) [eid: UUID]\n",
     NULL},
    {"finalize with no CID", "POST", "@", "{}", 400, NULL, NULL},
    {"finalize with no JSON", "POST", "@", "{\"pieceCid\"", 400, NULL, NULL},
    {"before: a second PUT before finalize", "PUT", "@", "=a", 204, "", NULL},
    {"today: a second PUT before finalize", "PUT", "@", "=b", 409,
     "Data has already been uploaded [eid: UUID]\n", NULL},
    {"today: a second PUT of too little", "PUT", "@", "=m", 400,
     "piece data is below the minimum allowed size (127 bytes) [eid: UUID]\n", NULL},
    {"finalize", "POST", "@", "{\"pieceCid\":\"%a\",\"notify\":\"http://x/\"}", 200, "",
     "Content-Length: 0"},
    {"finalize again", "POST", "@", "{\"pieceCid\":\"%a\"}", 404, "404 page not found\n", NULL},
    {"PUT after finalize", "PUT", "@", "=a", 404, "404 page not found\n", NULL},
    {"find right after finalize", "GET", "/pdp/piece?pieceCid=%a", "", 404, "404 page not found\n",
     NULL},
    {"not served before it is found", "GET", "/piece/%a", "", 404, "", NULL},
    {"a millisecond before the end of parking", "TICK", "", "", KIT_PARK_MS - 1, NULL, NULL},
    {"find a millisecond too early", "GET", "/pdp/piece?pieceCid=%a", "", 404, NULL, NULL},
    {"the parking is over", "TICK", "", "", 1, NULL, NULL},
    {"find", "GET", "/pdp/piece?pieceCid=%a", "", 200, "{\"pieceCid\":\"%a\"}\n",
     "Content-Type: application/json"},
    {"status", "GET", "/pdp/piece/%a/status", "", 200,
     "{\"pieceCid\":\"%a\",\"status\":\"pending\",\"indexed\":false,\"adCreated\":false,"
     "\"advertised\":false,\"retrieved\":false}\n",
     NULL},
    {"status by version 1", "GET", "/pdp/piece/%1a/status", "", 200, NULL, NULL},
    {"status of an unknown piece", "GET", "/pdp/piece/%b/status", "", 404,
     "Piece not found or does not belong to service\n", NULL},
    {"status of nonsense", "GET", "/pdp/piece/nonsense/status", "", 400, NULL, NULL},
    {"find without a CID", "GET", "/pdp/piece", "", 400, NULL, NULL},
    {"find with version 1", "GET", "/pdp/piece?pieceCid=%1a", "", 400, NULL, NULL},
    {"PUT to an unknown session", "PUT", "/pdp/piece/uploads/00000000-0000-4000-8000-000000000000",
     "=a", 404, "404 page not found\n", NULL},
    {"PUT to a malformed session id", "PUT", "/pdp/piece/uploads/xyz", "=a", 400,
     "Invalid upload UUID [eid: UUID]\n", NULL},
    {"a session for small pieces", "POST", "/pdp/piece/uploads", "", 201, "", NULL},
    {"no byte of data", "PUT", "@", "", 400,
     "piece data is below the minimum allowed size (127 bytes) [eid: UUID]\n", NULL},
    {"126 bytes of data", "PUT", "@", "=m", 400,
     "piece data is below the minimum allowed size (127 bytes) [eid: UUID]\n", NULL},
    {"127 bytes of data", "PUT", "@", "=n", 204, "", NULL},
    {"declare", "POST", "/pdp/piece", "{\"pieceCid\":\"%d\"}", 201, "",
     "Location: /pdp/piece/upload/UUID"},
    {"before: declared: wrong bytes of the right size", "PUT", "@", "=e", 400,
     "Computed hash does not match expected hash [eid: UUID]\n", NULL},
    {"today: declared: wrong bytes of the right size", "PUT", "@", "=e", 400,
     "Computed piece CID does not match expected piece CID [eid: UUID]\n", NULL},
    {"declared: short", "PUT", "@", "=s", 400,
     "Piece size does not match the expected size [eid: UUID]\n", NULL},
    {"declared: long", "PUT", "@", "=l", 400,
     "piece data exceeds the size declared in pieceCid (3000 bytes) [eid: UUID]\n", NULL},
    {"declared: right after the failures", "PUT", "@", "=d", 204, "", NULL},
    {"declared: again", "PUT", "@", "=d", 409, "Data has already been uploaded [eid: UUID]\n",
     NULL},
    {"declared: unknown session", "PUT", "/pdp/piece/upload/00000000-0000-4000-8000-000000000000",
     "=d", 404, "Upload UUID not found [eid: UUID]\n", NULL},
    {"declared: malformed session id", "PUT", "/pdp/piece/upload/1", "=d", 400,
     "Invalid upload UUID [eid: UUID]\n", NULL},
    {"declare what is there", "POST", "/pdp/piece", "{\"pieceCid\":\"%d\"}", 200,
     "{\"pieceCid\":\"%d\"}\n", NULL},
    {"declare with version 1", "POST", "/pdp/piece", "{\"pieceCid\":\"%1d\"}", 400,
     "Invalid request body: invalid pieceCid: piece CID must be PieceCIDv2 format (got multihash"
     " type 4114) [eid: UUID]\n",
     NULL},
    {"declare 126 bytes", "POST", "/pdp/piece", "{\"pieceCid\":\"%m\"}", 400,
     "piece data is below the minimum allowed size (127 bytes) [eid: UUID]\n", NULL},
    {"the declared piece parks too", "GET", "/pdp/piece?pieceCid=%d", "", 404, NULL, NULL},
    {"and comes out", "TICK", "", "", KIT_PARK_MS, NULL, NULL},
    {"found", "GET", "/pdp/piece?pieceCid=%d", "", 200, "{\"pieceCid\":\"%d\"}\n", NULL},
    {"health", "GET", "/health", "", 200, "Service is up and running", NULL},
    {"today: version", "GET", "/version", "", 200,
     "sluice local provider " SL_VERSION " (Curio v1.28.6)",
     "Content-Type: text/plain; charset=utf-8"},
    {"before: version", "GET", "/version", "", 200,
     "sluice local provider " SL_VERSION " (Curio of August 2026)", NULL},
    {"unknown path", "GET", "/pdp/nothing", "", 404, "Requested resource not found\n", NULL},
    {"wrong method", "DELETE", "/pdp/ping", "", 405, "", NULL},
    {"HEAD on /pdp", "HEAD", "/pdp/ping", "", 405, "", NULL},
    {"PUT on /piece", "PUT", "/piece/%a", "=a", 405, "", NULL},
};

static const struct payload *payload_of(char letter)
{
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        if (payloads[i].letter == letter)
            return &payloads[i];
    }
    fail_msg("no payload '%c'", letter);
    return NULL;
}

static const char *add_cid(struct sl_buf *out, const char *at)
{
    const bool v1 = *at == '1';
    const struct payload *payload = payload_of(at[v1]);
    uint8_t *bytes = kit_bytes(payload->len, payload->seed);
    char cid[SL_PIECE_CID_CHARS];
    if (v1)
        kit_cid_v1(cid, bytes, payload->len);
    else
        kit_cid(cid, bytes, payload->len);
    free(bytes);
    sl_buf_str(out, cid);
    return at + v1 + 1;
}

static void expand(struct sl_buf *out, const char *text, const char *location)
{
    sl_buf_clear(out);
    sl_buf_str(out, "");
    for (const char *at = text; *at != '\0';) {
        if (*at == '%') {
            at = add_cid(out, at + 1);
        } else if (*at == '@') {
            sl_buf_str(out, location);
            at++;
        } else {
            sl_buf_add(out, at++, 1);
        }
    }
}

static void check(const struct step *step, const struct sl_answer *answer, const char *location)
{
    struct sl_buf want = {0};
    struct sl_buf have = {0};
    if (answer->status != step->status)
        fail_msg("%s: %d %s", step->what, answer->status,
                 answer->body.data != NULL ? answer->body.data : "");
    assert_true(answer->whole);
    if (step->reply != NULL) {
        expand(&want, step->reply, location);
        kit_blank(&have, answer->body.data != NULL ? answer->body.data : "");
        if (strcmp(want.data, have.data) != 0)
            fail_msg("%s: '%s' instead of '%s'", step->what, have.data, want.data);
    }
    if (step->header != NULL) {
        kit_blank(&have, answer->head);
        sl_buf_clear(&want);
        sl_buf_printf(&want, "\r\n%s\r\n", step->header);
        if (strstr(have.data, want.data) == NULL)
            fail_msg("%s: no '%s' in\n%s", step->what, step->header, have.data);
    }
    sl_buf_free(&want);
    sl_buf_free(&have);
}

static void ask(const struct kit *kit, const struct step *step, const char *location,
                struct sl_answer *answer)
{
    struct sl_buf path = {0};
    struct sl_buf body = {0};
    expand(&path, step->path, location);
    if (step->body[0] == '=') {
        const struct payload *payload = payload_of(step->body[1]);
        uint8_t *bytes = kit_bytes(payload->len, payload->seed);
        sl_buf_add(&body, bytes, payload->len);
        free(bytes);
    } else {
        expand(&body, step->body, location);
    }
    sl_peer_ask(kit->url, step->method, path.data, NULL, body.data, body.len, answer);
    sl_buf_free(&path);
    sl_buf_free(&body);
}

static bool is_for(const struct step *step, const char *who)
{
    static const char *const times[] = {"today: ", "before: "};
    bool any = true;
    for (size_t i = 0; i < 2; i++)
        any = any && strncmp(step->what, times[i], strlen(times[i])) != 0;
    return any || strncmp(step->what, who, strlen(who)) == 0;
}

static void follow(struct kit *kit, const char *who)
{
    char location[256] = "";
    struct sl_answer answer = {0};
    for (size_t i = 0; i < sizeof uploads / sizeof uploads[0]; i++) {
        const struct step *step = &uploads[i];
        if (!is_for(step, who))
            continue;
        if (strcmp(step->method, "TICK") == 0) {
            atomic_fetch_add(&kit->clock.now_ms, step->status);
            continue;
        }
        ask(kit, step, location, &answer);
        check(step, &answer, location);
        if (answer.status == 201)
            snprintf(location, sizeof location, "%s", sl_answer_header(&answer, "Location"));
    }
    sl_answer_free(&answer);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    assert_int_equal(kit_count(kit, "pieces"), 3);
}

static void uploads_get_the_answers_of_today(void **state)
{
    follow(*state, "today: ");
}

static void uploads_get_the_answers_of_before(void **state)
{
    follow(*state, "before: ");
}

static void one_connection_carries_many_requests(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    const int fd = sl_peer_connect(kit->url);
    for (int i = 0; i < 3; i++) {
        assert_true(sl_peer_head(fd, "GET", "/pdp/ping", NULL, 0));
        sl_peer_receive(fd, &answer, false);
        assert_int_equal(answer.status, 200);
        /* a refused small body is swallowed, the connection lives on */
        assert_true(sl_peer_head(fd, "PUT", "/pdp/piece/uploads/x", NULL, 4));
        assert_true(sl_peer_send(fd, "data", 4));
        sl_peer_receive(fd, &answer, false);
        assert_int_equal(answer.status, 400);
    }
    close(fd);
    sl_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(uploads_get_the_answers_of_today, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(uploads_get_the_answers_of_before, kit_setup_1_3,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(one_connection_carries_many_requests, kit_setup,
                                        kit_teardown),
    };
    return cmocka_run_group_tests_name("devnet dialogue", tests, NULL, NULL);
}
