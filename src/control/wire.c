/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/base64.h"
#include "sluice/text.h"

/* ---- plain fields: one table each writes and reads ---- */

enum kind { KIND_BOOL, KIND_U8, KIND_U16, KIND_U32, KIND_U64, KIND_INT, KIND_I64 };

struct field {
    const char *key;
    enum kind kind;
    size_t at;
};

#define FIELD(type, member, key, kind)                                                             \
    {                                                                                              \
        key, kind, offsetof(struct type, member)                                                   \
    }

static const struct field JOB[] = {
    FIELD(sl_job, id, "id", KIND_I64),
    FIELD(sl_job, rank, "rank", KIND_I64),
    FIELD(sl_job, file.size_bytes, "size", KIND_U64),
    FIELD(sl_job, file.mtime_ns, "mtimeNs", KIND_I64),
    FIELD(sl_job, file.device, "dev", KIND_U64),
    FIELD(sl_job, file.inode, "ino", KIND_U64),
    FIELD(sl_job, file.ctime_ns, "ctimeNs", KIND_I64),
    FIELD(sl_job, added_ms, "addedMs", KIND_I64),
    FIELD(sl_job, changed_ms, "changedMs", KIND_I64),
    FIELD(sl_job, next_try_ms, "nextTryMs", KIND_I64),
    FIELD(sl_job, attempts, "attempts", KIND_INT),
    FIELD(sl_job, already_stored, "alreadyStored", KIND_BOOL),
    FIELD(sl_job, shard_bytes, "shardBytes", KIND_U64),
    FIELD(sl_job, parts, "parts", KIND_U32),
    FIELD(sl_job, parts_stored, "partsStored", KIND_U32),
    FIELD(sl_job, sent_bytes, "sent", KIND_U64),
    FIELD(sl_job, held, "held", KIND_BOOL),
    FIELD(sl_job, copies.wanted, "copies", KIND_U8),
    FIELD(sl_job, copies.landed, "copiesLanded", KIND_U8),
    FIELD(sl_job, copies.batch, "batch", KIND_U16),
    FIELD(sl_job, copies.data_set_id, "dataSet", KIND_U64),
    FIELD(sl_job, copies.piece_id, "pieceId", KIND_U64),
    FIELD(sl_job, wish_id, "wish", KIND_I64),
    FIELD(sl_job, limit_bytes_per_s, "limit", KIND_U32),
};

static const struct field PART[] = {
    FIELD(sl_job_part, id, "id", KIND_INT),
    FIELD(sl_job_part, offset_bytes, "offset", KIND_U64),
    FIELD(sl_job_part, size_bytes, "size", KIND_U64),
};

static const struct field EVENT[] = {
    FIELD(sl_event, request_id, "request", KIND_U64),
    FIELD(sl_event, count, "count", KIND_U64),
    FIELD(sl_event, links, "links", KIND_U64),
};

static const struct field COMMAND[] = {
    FIELD(sl_command, job_id, "job", KIND_I64),
    FIELD(sl_command, request_id, "request", KIND_U64),
    FIELD(sl_command, number, "number", KIND_INT),
    FIELD(sl_command, file.size_bytes, "size", KIND_U64),
    FIELD(sl_command, file.mtime_ns, "mtimeNs", KIND_I64),
    FIELD(sl_command, file.device, "dev", KIND_U64),
    FIELD(sl_command, file.inode, "ino", KIND_U64),
    FIELD(sl_command, file.ctime_ns, "ctimeNs", KIND_I64),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t load(const struct field *field, const void *from, bool *negative)
{
    const void *at = (const char *)from + field->at;
    int64_t value = 0;
    switch (field->kind) {
    case KIND_BOOL:
        return *(const bool *)at;
    case KIND_U8:
        return *(const uint8_t *)at;
    case KIND_U16:
        return *(const uint16_t *)at;
    case KIND_U32:
        return *(const uint32_t *)at;
    case KIND_U64:
        return *(const uint64_t *)at;
    case KIND_INT:
        value = *(const int *)at;
        break;
    case KIND_I64:
        value = *(const int64_t *)at;
        break;
    }
    *negative = value < 0;
    return (uint64_t)value;
}

/* Zero is not written: a missing value is read as zero. */
static void write_fields(struct sl_jw *w, const struct field *fields, size_t count,
                         const void *from)
{
    for (size_t i = 0; i < count; i++) {
        bool negative = false;
        const uint64_t value = load(&fields[i], from, &negative);
        if (value == 0)
            continue;
        if (fields[i].kind == KIND_BOOL)
            sl_jw_bool(w, fields[i].key, true);
        else if (negative)
            sl_jw_i64(w, fields[i].key, (int64_t)value);
        else
            sl_jw_u64(w, fields[i].key, value);
    }
}

static bool read_digits(const char *text, uint64_t *out)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

bool sl_wire_u64(const struct sl_json *value, uint64_t *out)
{
    const char *text = sl_json_str(value);
    return text != NULL ? read_digits(text, out) : sl_json_u64(value, out);
}

static bool read_i64(const struct sl_json *value, int64_t *out)
{
    const char *text = sl_json_str(value);
    uint64_t size = 0;
    double small = 0;
    if (text != NULL && text[0] == '-') {
        if (!read_digits(text + 1, &size) || size > INT64_MAX)
            return false;
        *out = -(int64_t)size;
        return true;
    }
    if (sl_wire_u64(value, &size)) {
        *out = (int64_t)size;
        return size <= INT64_MAX;
    }
    if (!sl_json_double(value, &small) || small >= 0 || small < -9007199254740991.0)
        return false;
    *out = (int64_t)small;
    return (double)*out == small;
}

static bool store_unsigned(void *at, enum kind kind, uint64_t value)
{
    if (kind == KIND_U8)
        *(uint8_t *)at = (uint8_t)value;
    else if (kind == KIND_U16)
        *(uint16_t *)at = (uint16_t)value;
    else if (kind == KIND_U32)
        *(uint32_t *)at = (uint32_t)value;
    else
        *(uint64_t *)at = value;
    return value <= (kind == KIND_U8    ? UINT8_MAX
                     : kind == KIND_U16 ? UINT16_MAX
                     : kind == KIND_U32 ? UINT32_MAX
                                        : UINT64_MAX);
}

static bool read_field(const struct field *field, const struct sl_json *value, void *to)
{
    void *at = (char *)to + field->at;
    int64_t number = 0;
    uint64_t size = 0;
    if (field->kind == KIND_BOOL)
        return sl_json_bool(value, at);
    if (field->kind == KIND_I64)
        return read_i64(value, at);
    if (field->kind != KIND_INT)
        return sl_wire_u64(value, &size) && store_unsigned(at, field->kind, size);
    if (!read_i64(value, &number) || number < INT32_MIN || number > INT32_MAX)
        return false;
    *(int *)at = (int)number;
    return true;
}

static int bad(struct sl_err *err, const char *key)
{
    return sl_err_set(err, SL_EPROTO, "\"%s\" is missing or out of range", key);
}

static int read_fields(const struct field *fields, size_t count, const struct sl_json *object,
                       void *to, struct sl_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct sl_json *value = sl_json_get(object, fields[i].key);
        if (value != NULL && !read_field(&fields[i], value, to))
            return bad(err, fields[i].key);
    }
    return SL_OK;
}

/* ---- texts ---- */

static void write_text(struct sl_jw *w, const char *key, const char *text)
{
    if (text[0] != '\0')
        sl_jw_str(w, key, text);
}

static void write_path(struct sl_jw *w, const char *path)
{
    write_text(w, "path", path);
    if (sl_text_is_utf8(path))
        return;
    struct sl_buf bytes = {0};
    sl_base64_encode(&bytes, path, strlen(path));
    sl_jw_str(w, "pathBase64", bytes.data);
    if (bytes.failed < 0)
        w->buf.failed = bytes.failed;
    sl_buf_free(&bytes);
}

/* A missing text is read as "". */
static bool read_text(char *out, size_t cap, const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    const size_t len = text != NULL ? strlen(text) : 0;
    if ((value != NULL && text == NULL) || len >= cap)
        return false;
    memcpy(out, text != NULL ? text : "", len + 1);
    return true;
}

static bool read_path(char out[static SL_PATH_BYTES], const struct sl_json *object)
{
    const char *coded = sl_json_str(sl_json_get(object, "pathBase64"));
    if (coded == NULL)
        return read_text(out, SL_PATH_BYTES, sl_json_get(object, "path"));
    struct sl_buf bytes = {.cap = SL_PATH_BYTES - 1};
    const bool good = sl_base64_decode(&bytes, coded, NULL) == SL_OK && bytes.len > 0 &&
                      memchr(bytes.data, '\0', bytes.len) == NULL;
    if (good)
        memcpy(out, bytes.data, bytes.len + 1);
    sl_buf_free(&bytes);
    return good;
}

static const struct field ERROR[] = {
    FIELD(sl_err, detail, "detail", KIND_INT),
    FIELD(sl_err, wait_ms, "waitMs", KIND_INT),
};

static void write_error(struct sl_jw *w, const struct sl_err *err)
{
    if (err->code == SL_OK && err->text[0] == '\0')
        return;
    sl_jw_object(w, "error");
    sl_jw_str(w, "code", sl_err_name(err->code));
    write_fields(w, ERROR, COUNT(ERROR), err);
    write_text(w, "message", err->text);
    sl_jw_end_object(w);
}

static int read_error(struct sl_err *out, const struct sl_json *object, struct sl_err *err)
{
    const char *code = sl_json_str(sl_json_get(object, "code"));
    if (object == NULL)
        return SL_OK;
    out->code = code != NULL ? sl_err_code_of_name(code) : SL_OK;
    if (!read_text(out->text, sizeof out->text, sl_json_get(object, "message")))
        return bad(err, "message");
    return read_fields(ERROR, COUNT(ERROR), object, out, err);
}

static void write_piece(struct sl_jw *w, bool has_piece, const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS];
    if (!has_piece)
        return;
    sl_piece_cid(cid, piece);
    sl_jw_str(w, "pieceCid", cid);
}

static bool read_piece(bool *has_piece, struct sl_piece_id *piece, const struct sl_json *object)
{
    const struct sl_json *value = sl_json_get(object, "pieceCid");
    const char *cid = sl_json_str(value);
    *has_piece = cid != NULL;
    return value == NULL ||
           (cid != NULL && sl_piece_parse_file(piece, cid, strlen(cid), NULL) == SL_OK);
}

static bool read_state(enum sl_job_state *out, const struct sl_json *object)
{
    const char *name = sl_json_str(sl_json_get(object, "state"));
    *out = name != NULL ? sl_job_state_of_name(name) : SL_JOB_STATE_COUNT;
    return *out != SL_JOB_STATE_COUNT;
}

/* ---- jobs and parts ---- */

static void write_job(struct sl_jw *w, const struct sl_job *job)
{
    sl_jw_object(w, "job");
    write_fields(w, JOB, COUNT(JOB), job);
    sl_jw_str(w, "state", sl_job_state_name(job->state));
    write_piece(w, job->has_piece, &job->piece);
    write_text(w, "tx", job->copies.tx);
    write_error(w, &job->err);
    sl_jw_end_object(w);
}

static int read_job(struct sl_job *job, const struct sl_json *object, struct sl_err *err)
{
    int rc = read_fields(JOB, COUNT(JOB), object, job, err);
    if (rc == SL_OK && job->id <= 0)
        rc = bad(err, "id");
    if (rc == SL_OK && !read_state(&job->state, object))
        rc = bad(err, "state");
    if (rc == SL_OK && !read_piece(&job->has_piece, &job->piece, object))
        rc = bad(err, "pieceCid");
    if (rc == SL_OK && !read_text(job->copies.tx, sizeof job->copies.tx, sl_json_get(object, "tx")))
        rc = bad(err, "tx");
    return rc < 0 ? rc : read_error(&job->err, sl_json_get(object, "error"), err);
}

static void write_part(struct sl_jw *w, const struct sl_job_part *part)
{
    sl_jw_object(w, "part");
    write_fields(w, PART, COUNT(PART), part);
    sl_jw_str(w, "state", sl_job_state_name(part->state));
    write_piece(w, part->has_piece, &part->piece);
    sl_jw_end_object(w);
}

static int read_part(struct sl_job_part *part, const struct sl_json *object, struct sl_err *err)
{
    const int rc = read_fields(PART, COUNT(PART), object, part, err);
    if (rc < 0)
        return rc;
    if (part->id <= 0)
        return bad(err, "id");
    if (!read_state(&part->state, object))
        return bad(err, "state");
    return read_piece(&part->has_piece, &part->piece, object) ? SL_OK : bad(err, "pieceCid");
}

/* ---- events ---- */

/* What an event carries besides its plain fields and its path. */
enum { JOB_WHOLE = 1, JOB_ID = 2, WITH_PART = 4, WITH_ERROR = 8 };

static const struct {
    const char *name;
    enum sl_event_type type;
    unsigned carries;
} EVENTS[] = {
    {"job", SL_EVENT_JOB, JOB_WHOLE},
    {"part", SL_EVENT_PART, JOB_WHOLE | WITH_PART},
    {"tx", SL_EVENT_TX, JOB_ID},
    {"gone", SL_EVENT_GONE, JOB_ID},
    {"rejected", SL_EVENT_REJECTED, WITH_ERROR},
    {"skipped", SL_EVENT_SKIPPED, WITH_ERROR},
    {"scanned", SL_EVENT_SCANNED, 0},
    {"idle", SL_EVENT_IDLE, 0},
    {"limit", SL_EVENT_LIMIT, 0},
    {"deferred", SL_EVENT_DEFERRED, JOB_WHOLE},
    {"note", SL_EVENT_NOTE, JOB_ID | WITH_ERROR},
    {"trouble", SL_EVENT_TROUBLE, WITH_ERROR},
    {"stopped", SL_EVENT_STOPPED, 0},
};

static void end_line(struct sl_jw *w, struct sl_buf *out)
{
    sl_jw_end_object(w);
    sl_buf_str(&w->buf, "\n");
    if (w->buf.failed < 0)
        out->failed = w->buf.failed;
    else
        sl_buf_add(out, w->buf.data, w->buf.len);
    sl_jw_free(w);
}

void sl_wire_write_event(struct sl_buf *out, const struct sl_event *event)
{
    struct sl_jw w = {0};
    size_t at = 0;
    while (at < COUNT(EVENTS) && EVENTS[at].type != event->type)
        at++;
    if (at == COUNT(EVENTS))
        return;
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "event", EVENTS[at].name);
    write_fields(&w, EVENT, COUNT(EVENT), event);
    if ((EVENTS[at].carries & JOB_WHOLE) != 0)
        write_job(&w, &event->job);
    if ((EVENTS[at].carries & JOB_ID) != 0 && event->job.id > 0)
        sl_jw_i64(&w, "jobId", event->job.id);
    if ((EVENTS[at].carries & WITH_PART) != 0)
        write_part(&w, &event->part);
    if ((EVENTS[at].carries & WITH_ERROR) != 0)
        write_error(&w, &event->err);
    write_text(&w, "url", event->provider_url);
    write_path(&w, event->path);
    end_line(&w, out);
}

static int read_carried(struct sl_event *event, unsigned carries, const struct sl_json *object,
                        struct sl_err *err)
{
    static const struct field job_id[] = {FIELD(sl_event, job.id, "jobId", KIND_I64)};
    int rc = SL_OK;
    if ((carries & JOB_WHOLE) != 0)
        rc = read_job(&event->job, sl_json_get(object, "job"), err);
    if (rc == SL_OK && (carries & JOB_ID) != 0)
        rc = read_fields(job_id, 1, object, event, err);
    if (rc == SL_OK && (carries & WITH_PART) != 0)
        rc = read_part(&event->part, sl_json_get(object, "part"), err);
    if (rc == SL_OK && (carries & WITH_ERROR) != 0)
        rc = read_error(&event->err, sl_json_get(object, "error"), err);
    return rc;
}

int sl_wire_read_event(struct sl_event *event, const struct sl_json *object, struct sl_err *err)
{
    const char *name = sl_json_str(sl_json_get(object, "event"));
    size_t at = 0;
    while (name != NULL && at < COUNT(EVENTS) && strcmp(EVENTS[at].name, name) != 0)
        at++;
    if (name == NULL || at == COUNT(EVENTS))
        return 0;
    memset(event, 0, sizeof *event);
    event->type = EVENTS[at].type;
    int rc = read_fields(EVENT, COUNT(EVENT), object, event, err);
    if (rc == SL_OK)
        rc = read_carried(event, EVENTS[at].carries, object, err);
    if (rc == SL_OK &&
        !read_text(event->provider_url, sizeof event->provider_url, sl_json_get(object, "url")))
        rc = bad(err, "url");
    if (rc == SL_OK && !read_path(event->path, object))
        rc = bad(err, "path");
    return rc < 0 ? rc : 1;
}

/* ---- commands ---- */

static const struct {
    const char *name;
    enum sl_command_type type;
} COMMANDS[] = {
    {"add", SL_CMD_ADD},
    {"pause", SL_CMD_PAUSE},
    {"resume", SL_CMD_RESUME},
    {"cancel", SL_CMD_CANCEL},
    {"retry", SL_CMD_RETRY},
    {"forget", SL_CMD_REMOVE},
    {"parts", SL_CMD_PARTS},
    {"tx", SL_CMD_TX},
    {"move", SL_CMD_MOVE},
    {"pause-all", SL_CMD_PAUSE_ALL},
    {"resume-all", SL_CMD_RESUME_ALL},
    {"parallel", SL_CMD_PARALLEL},
    {"priority", SL_CMD_PRIORITY},
    {"limit", SL_CMD_LIMIT},
    {"slow", SL_CMD_SLOW},
    {"stop-at", SL_CMD_STOP_AT},
    {"stop", SL_CMD_STOP_DRAIN},
    {"stop-now", SL_CMD_STOP_NOW},
};

void sl_wire_write_command(struct sl_buf *out, uint64_t id, const struct sl_command *command)
{
    struct sl_jw w = {0};
    size_t at = 0;
    while (at < COUNT(COMMANDS) && COMMANDS[at].type != command->type)
        at++;
    if (at == COUNT(COMMANDS))
        return;
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "id", id);
    sl_jw_str(&w, "do", COMMANDS[at].name);
    write_fields(&w, COMMAND, COUNT(COMMAND), command);
    if (command->type == SL_CMD_ADD)
        write_path(&w, command->path);
    end_line(&w, out);
}

int sl_wire_read_command(struct sl_command *command, const struct sl_json *object,
                         struct sl_err *err)
{
    const char *name = sl_json_str(sl_json_get(object, "do"));
    size_t at = 0;
    while (name != NULL && at < COUNT(COMMANDS) && strcmp(COMMANDS[at].name, name) != 0)
        at++;
    if (name == NULL || at == COUNT(COMMANDS))
        return 0;
    memset(command, 0, sizeof *command);
    command->type = COMMANDS[at].type;
    const int rc = read_fields(COMMAND, COUNT(COMMAND), object, command, err);
    if (rc < 0)
        return rc;
    if (command->type == SL_CMD_ADD &&
        (!read_path(command->path, object) || command->path[0] != '/'))
        return sl_err_set(err, SL_EPROTO, "\"path\" must be an absolute path");
    return 1;
}
