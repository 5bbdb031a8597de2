/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* client.c - a face for the engine of another process, the same as for an engine in this one. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/control.h"
#include "sluice/json.h"

#include "address.h"
#include "line.h"
#include "wire.h"

enum { ANSWER_MS = 5000 /* for a server that hangs */ };

/* What the face still has to say after the engine's end. */
enum ending { ENDING_NO, ENDING_TROUBLE, ENDING_STOPPED, ENDING_SAID };

struct sl_control_client {
    struct sl_face face;
    struct sl_line line;
    struct sl_control_hello hello;
    struct sl_board_view board;
    uint64_t last_id;
    uint64_t hello_id;
    bool has_hello;   /* the server's greeting was read */
    bool is_accepted; /* the server answered our hello with ok */
    bool said_bye;
    enum ending ending;
    struct sl_err why; /* of the end, or of a refused hello */
};

/* ---- lines ---- */

static bool copy_text(char *out, size_t cap, const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    if (text == NULL || strlen(text) >= cap)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static int read_greeting(struct sl_control_client *client, const struct sl_json *line,
                         struct sl_err *err)
{
    uint64_t protocol = 0, pid = 0;
    struct sl_control_hello *hello = &client->hello;
    if (!sl_json_u64(sl_json_get(line, "sluice"), &protocol) ||
        !sl_json_u64(sl_json_get(line, "pid"), &pid) || pid > INT32_MAX ||
        !copy_text(hello->version, sizeof hello->version, sl_json_get(line, "version")) ||
        !copy_text(hello->network, sizeof hello->network, sl_json_get(line, "network")) ||
        !copy_text(hello->account, sizeof hello->account, sl_json_get(line, "account")))
        return sl_err_set(err, SL_EPROTO, "the process behind the socket is not sluice");
    if (protocol != 1)
        return sl_err_set(err, SL_EPROTO,
                          "the engine is sluice %s, which this version cannot talk to",
                          hello->version);
    hello->pid = (int64_t)pid;
    client->has_hello = true;
    /* without a board there are no byte counts, and everything else works */
    if (client->line.passed_fd >= 0)
        (void)!sl_board_view_open(&client->board, client->line.passed_fd, NULL);
    return SL_OK;
}

static int read_answer(struct sl_control_client *client, const struct sl_json *line,
                       struct sl_err *err)
{
    uint64_t re = 0;
    bool ok = false;
    if (!sl_json_u64(sl_json_get(line, "re"), &re) || re != client->hello_id)
        return SL_OK;
    (void)sl_json_bool(sl_json_get(line, "ok"), &ok);
    client->is_accepted = ok;
    const char *why = sl_json_str(sl_json_get(line, "message"));
    return ok ? SL_OK
              : sl_err_set(err, SL_EPROTO, "the engine refuses this sluice: %s",
                           why != NULL ? why : "it does not say why");
}

/* 1: *event is one; 0: the line was something else. */
static int read_line(struct sl_control_client *client, const char *text, size_t len,
                     struct sl_event *event, struct sl_err *err)
{
    struct sl_json *line = NULL;
    int rc = sl_json_parse(&line, text, len, err);
    if (rc < 0)
        return rc;
    if (!client->has_hello)
        rc = read_greeting(client, line, err);
    else if (sl_json_get(line, "re") != NULL)
        rc = read_answer(client, line, err);
    else if (sl_json_get(line, "bye") != NULL)
        client->said_bye = true;
    else if (event != NULL)
        rc = sl_wire_read_event(event, line, err);
    sl_json_free(line);
    return rc;
}

/* ---- connecting ---- */

/* Read until `done` holds. Nothing else is expected meanwhile. */
static int read_until(struct sl_control_client *client, const bool *done, struct sl_err *err)
{
    while (!*done) {
        size_t len = 0;
        int rc = SL_OK;
        const char *text = sl_control_line_next(&client->line, &len);
        if (text != NULL) {
            rc = read_line(client, text, len, NULL, err);
            if (rc < 0)
                return rc;
            continue;
        }
        struct pollfd polled = {.fd = client->line.fd, .events = POLLIN};
        const int ready = poll(&polled, 1, ANSWER_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return sl_err_set(err, SL_ENET, "the engine does not answer");
        rc = sl_control_line_fill(&client->line, !client->has_hello, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static void write_request(struct sl_control_client *client, const char *what, const char *name)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "id", ++client->last_id);
    sl_jw_str(&w, "do", what);
    if (name != NULL) {
        sl_jw_u64(&w, "v", 1);
        sl_jw_str(&w, "client", name);
    }
    sl_jw_end_object(&w);
    sl_buf_str(&w.buf, "\n");
    if (w.buf.failed < 0)
        client->line.out.failed = w.buf.failed;
    else
        sl_buf_add(&client->line.out, w.buf.data, w.buf.len);
    sl_jw_free(&w);
}

static int say_hello(struct sl_control_client *client, const char *name, struct sl_err *err)
{
    int rc = read_until(client, &client->has_hello, err);
    if (rc < 0)
        return rc;
    write_request(client, "hello", name);
    client->hello_id = client->last_id;
    rc = sl_control_line_flush(&client->line, err);
    return rc < 0 ? rc : read_until(client, &client->is_accepted, err);
}

const struct sl_control_hello *sl_control_hello(const struct sl_control_client *client)
{
    return &client->hello;
}

bool sl_control_next_progress(struct sl_control_client *client, struct sl_progress *progress)
{
    return sl_board_view_next(&client->board, progress);
}

void sl_control_close(struct sl_control_client *client)
{
    if (client == NULL)
        return;
    sl_board_view_close(&client->board);
    sl_control_line_free(&client->line);
    free(client);
}

int sl_control_attach(struct sl_control_client *client, struct sl_err *err)
{
    write_request(client, "attach", NULL);
    return sl_control_line_flush(&client->line, err);
}

/* ---- the face ---- */

static struct sl_control_client *client_of(struct sl_face *face)
{
    return (struct sl_control_client *)(void *)face; /* its first member */
}

static int face_send(struct sl_face *face, const struct sl_command *command, struct sl_err *err)
{
    struct sl_control_client *client = client_of(face);
    if (client->ending != ENDING_NO)
        return sl_err_set(err, SL_ENET, "the engine has ended");
    sl_wire_write_command(&client->line.out, ++client->last_id, command);
    const int rc = sl_control_line_flush(&client->line, err);
    return rc;
}

static int face_event_fd(const struct sl_face *face)
{
    return ((const struct sl_control_client *)(const void *)face)->line.fd;
}

static void end(struct sl_control_client *client, const struct sl_err *why)
{
    close(client->line.fd);
    client->line.fd = -1;
    client->ending = client->said_bye || why->code == SL_OK ? ENDING_STOPPED : ENDING_TROUBLE;
    client->why = *why;
    if (why->code == SL_ENET)
        sl_err_set(&client->why, SL_ENET,
                   "the sluice that ran the uploads (pid %lld) died; run `sluice` to continue them",
                   (long long)client->hello.pid);
}

/* The connection has ended: TROUBLE unless the engine said bye, then STOPPED. */
static bool next_of_end(struct sl_control_client *client, struct sl_event *event)
{
    if (client->ending == ENDING_SAID)
        return false;
    memset(event, 0, sizeof *event);
    if (client->ending == ENDING_TROUBLE) {
        event->type = SL_EVENT_TROUBLE;
        event->err = client->why;
        client->ending = ENDING_STOPPED;
        return true;
    }
    event->type = SL_EVENT_STOPPED;
    client->ending = ENDING_SAID;
    return true;
}

/* 1: *event; 0: none now. */
static int next_line_event(struct sl_control_client *client, struct sl_event *event,
                           struct sl_err *err)
{
    for (;;) {
        size_t len = 0;
        const char *text = sl_control_line_next(&client->line, &len);
        int rc = text != NULL ? read_line(client, text, len, event, err)
                              : sl_control_line_fill(&client->line, false, err);
        if (rc < 0 || (text != NULL && rc == 1) || (text == NULL && rc == 0))
            return rc;
    }
}

static bool face_next_event(struct sl_face *face, struct sl_event *event)
{
    struct sl_control_client *client = client_of(face);
    struct sl_err err = {0};
    int rc = 0;
    if (client->ending == ENDING_NO)
        rc = next_line_event(client, event, &err);
    if (rc == 1 && event->type != SL_EVENT_STOPPED)
        return true;
    if (rc == 1)
        end(client, &err);
    if (rc == 0 && client->ending == ENDING_NO)
        rc = sl_control_line_flush(&client->line, &err); /* commands that did not fit before */
    if (rc < 0)
        end(client, &err);
    return client->ending != ENDING_NO && next_of_end(client, event);
}

static bool face_next_progress(struct sl_face *face, struct sl_progress *progress)
{
    return sl_control_next_progress(client_of(face), progress);
}

struct sl_face *sl_control_face(struct sl_control_client *client)
{
    return &client->face;
}

static const struct sl_face_ops OPS = {
    .send = face_send,
    .event_fd = face_event_fd,
    .next_event = face_next_event,
    .next_progress = face_next_progress,
};

int sl_control_connect(struct sl_control_client **out, const char *state_dir, const char *name,
                       struct sl_err *err)
{
    struct sl_control_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a connection");
    client->face.ops = &OPS;
    client->line.fd = client->line.passed_fd = -1;
    const int fd = sl_control_address_connect(state_dir, err);
    int rc = fd < 0 ? fd : sl_control_line_init(&client->line, fd, err);
    if (rc == SL_OK) {
        client->line.out.cap = SL_CONTROL_QUEUE_BYTES;
        rc = say_hello(client, name, err);
    }
    if (rc < 0) {
        sl_control_close(client);
        return rc;
    }
    *out = client;
    return SL_OK;
}
