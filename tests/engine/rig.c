/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "engine/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/sp.h"

#include "support/test.h"

enum { PATIENCE_MS = 60000, LOOK_MS = 20 };

/* ---- parts ---- */

struct rig *rig_new(void)
{
    struct sl_err err = {0};
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    assert_int_equal(sl_http_global_init(&err), SL_OK);
    sl_tmp_make(rig->dir);
    assert_int_equal(sl_path_join(rig->media, sizeof rig->media, rig->dir, "media", NULL), SL_OK);
    assert_int_equal(sl_path_join(rig->state, sizeof rig->state, rig->dir, "state", NULL), SL_OK);
    assert_int_equal(sl_path_join(rig->provider, sizeof rig->provider, rig->dir, "sp", NULL),
                     SL_OK);
    assert_int_equal(sl_path_make(rig->media, 0700, &err), SL_OK);
    rig->net_options = (struct sl_devnet_options){
        .dir = rig->provider, .park_delay_ms = 1, .faults = true, .clock = sl_clock_system()};
    rig->options = (struct sl_engine_options){.retry_base_ms = 10,
                                              .retry_cap_ms = 50,
                                              .park_poll_ms = 20,
                                              .seed = 1,
                                              .clock = sl_clock_system()};
    rig->fake = (struct sl_fake_clock){1000, INT64_C(1700000000000)};
    return rig;
}

void rig_provider(struct rig *rig)
{
    struct sl_err err = {0};
    if (sl_devnet_start(&rig->net, &rig->net_options, &err) < 0)
        fail_msg("%s", err.text);
    snprintf(rig->url, sizeof rig->url, "%s", sl_devnet_url(rig->net));
    rig->net_options.port = (uint16_t)strtoul(strrchr(rig->url, ':') + 1, NULL, 10);
    rig->options.provider_url = rig->url;
}

void rig_provider_stop(struct rig *rig)
{
    sl_devnet_stop(rig->net);
    rig->net = NULL;
}

void rig_engine(struct rig *rig)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    if (sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err) < 0 ||
        sl_engine_start(&rig->engine, &rig->options, journal, &err) < 0)
        fail_msg("%s", err.text);
}

void rig_engine_stop(struct rig *rig)
{
    sl_engine_free(rig->engine);
    rig->engine = NULL;
    rig->job_count = rig->idle = rig->trouble = rig->stopped = rig->scanned = rig->rejected = 0;
    rig->scanned_files = rig->next_request = 0;
    rig->part_count = 0;
    rig->limits = rig->notes = 0;
    rig->is_idle = false;
    rig->progress = (struct sl_progress){0};
}

struct rig *rig_started(void)
{
    struct rig *rig = rig_new();
    rig_provider(rig);
    rig_engine(rig);
    return rig;
}

void rig_free(struct rig *rig)
{
    sl_engine_free(rig->engine);
    sl_devnet_stop(rig->net);
    sl_tmp_remove(rig->dir);
    free(rig);
}

/* ---- provider ---- */

void rig_fault(struct rig *rig, const char *json)
{
    char url[SL_URL_BYTES];
    char body[512] = "";
    struct sl_err err = {0};
    struct sl_http *http = NULL;
    struct sl_http_response response = {0};
    snprintf(url, sizeof url, "%s/fault", rig->url);
    for (size_t i = 0; json != NULL && json[i] != '\0' && i + 1 < sizeof body; i++) {
        body[i] = json[i] == '\'' ? '"' : json[i];
        body[i + 1] = '\0';
    }
    const struct sl_http_request request = {.method = json != NULL ? "POST" : "DELETE",
                                            .url = url,
                                            .content_type = "application/json",
                                            .body = body,
                                            .body_bytes = strlen(body)};
    assert_int_equal(sl_http_new(&http, &(struct sl_http_options){0}, &err), SL_OK);
    if (sl_http_perform(http, &request, &response, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(response.status, 204);
    sl_http_response_free(&response);
    sl_http_free(http);
}

bool rig_provider_has(struct rig *rig, const struct sl_piece_id *piece)
{
    struct sl_err err = {0};
    struct sl_sp *sp = NULL;
    assert_int_equal(sl_sp_new(&sp, rig->url, &(struct sl_http_options){0}, &err), SL_OK);
    const int rc = sl_sp_find(sp, piece, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    sl_sp_free(sp);
    return rc == 1;
}

static int count_files(const char *dir)
{
    int count = 0;
    DIR *handle = opendir(dir);
    if (handle == NULL)
        return 0;
    for (struct dirent *entry = readdir(handle); entry != NULL; entry = readdir(handle)) {
        char path[SL_PATH_BYTES];
        if (entry->d_name[0] == '.')
            continue;
        assert_int_equal(sl_path_join(path, sizeof path, dir, entry->d_name, NULL), SL_OK);
        DIR *inner = opendir(path);
        if (inner != NULL)
            closedir(inner);
        count += inner != NULL ? count_files(path) : 1;
    }
    closedir(handle);
    return count;
}

int rig_provider_files(struct rig *rig, const char *folder)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, rig->provider, folder, NULL), SL_OK);
    return count_files(path);
}

/* ---- files ---- */

const char *rig_path(struct rig *rig, const char *name)
{
    static char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, rig->media, name, NULL), SL_OK);
    return path;
}

const char *rig_file(struct rig *rig, const char *name, uint64_t bytes, uint64_t seed)
{
    sl_tmp_file(NULL, rig->media, name, bytes, seed);
    return rig_path(rig, name);
}

struct sl_piece_id rig_piece(const char *path)
{
    struct sl_piece_id piece;
    struct sl_err err = {0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (sl_piece_of_fd(&piece, fd, 0, 0, NULL, NULL, &err) < 0)
        fail_msg("%s", err.text);
    close(fd);
    return piece;
}

/* ---- the face ---- */

void rig_add(struct rig *rig, const char *path)
{
    struct sl_err err = {0};
    if (sl_engine_send_add(rig->engine, path, ++rig->next_request, &err) < 0)
        fail_msg("%s", err.text);
}

void rig_send(struct rig *rig, enum sl_command_type type, int64_t job_id, int number)
{
    struct sl_err err = {0};
    if (sl_engine_send_job(rig->engine, type, job_id, number, &err) < 0)
        fail_msg("%s", err.text);
}

static struct rig_job *slot_of(struct rig *rig, int64_t id)
{
    for (int i = 0; i < rig->job_count; i++) {
        if (rig->jobs[i].job.id == id)
            return &rig->jobs[i];
    }
    if (rig->job_count == RIG_JOBS)
        return NULL; /* more than the test looks at */
    struct rig_job *seen = &rig->jobs[rig->job_count++];
    *seen = (struct rig_job){.job.id = id};
    return seen;
}

static void note_job(struct rig *rig, const struct sl_event *event)
{
    struct rig_job *seen = slot_of(rig, event->job.id);
    if (seen == NULL)
        return;
    assert_false(seen->gone);
    seen->job = event->job;
    snprintf(seen->path, sizeof seen->path, "%s", event->path);
    snprintf(seen->provider_url, sizeof seen->provider_url, "%s", event->provider_url);
    seen->events++;
    seen->seen |= 1u << event->job.state;
}

static void note(struct rig *rig, const struct sl_event *event)
{
    assert_int_equal(rig->stopped, 0); /* it is the last one */
    if (event->type != SL_EVENT_STOPPED)
        rig->is_idle = false; /* unless this is the one that says so */
    switch (event->type) {
    case SL_EVENT_JOB:
        note_job(rig, event);
        break;
    case SL_EVENT_TX:
    case SL_EVENT_PART:
        slot_of(rig, event->job.id)->parts_told++;
        if (rig->part_count < RIG_JOBS)
            rig->parts[rig->part_count++] = *event;
        break;
    case SL_EVENT_GONE:
        slot_of(rig, event->job.id)->gone = true;
        break;
    case SL_EVENT_REJECTED:
        if (rig->rejected < RIG_REJECTIONS)
            rig->rejections[rig->rejected] = *event;
        rig->rejected++;
        break;
    case SL_EVENT_SKIPPED:
        rig->skipped++;
        break;
    case SL_EVENT_SCANNED:
        rig->scanned++;
        rig->scanned_files += event->count;
        break;
    case SL_EVENT_IDLE:
        rig->idle++;
        rig->is_idle = true;
        break;
    case SL_EVENT_LIMIT:
        rig->limits++;
        rig->limit = event->count;
        break;
    case SL_EVENT_DEFERRED:
        rig->deferred++;
        break;
    case SL_EVENT_NOTE:
        if (rig->notes < RIG_NOTES)
            rig->all_notes[rig->notes] = event->err;
        rig->notes++;
        rig->note = event->err;
        break;
    case SL_EVENT_TROUBLE:
        rig->trouble++;
        rig->trouble_err = event->err;
        break;
    case SL_EVENT_STOPPED:
        rig->stopped++;
        break;
    }
}

static void read_progress(struct rig *rig)
{
    struct sl_progress progress;
    while (sl_engine_next_progress(rig->engine, &progress)) {
        struct rig_job *seen = slot_of(rig, progress.job_id);
        rig->progress = progress;
        if (progress.sent_bytes > rig->most_sent)
            rig->most_sent = progress.sent_bytes;
        if (seen != NULL)
            seen->sent_bytes = progress.sent_bytes;
    }
}

static bool read_event(struct rig *rig)
{
    struct sl_event event;
    if (!sl_engine_next_event(rig->engine, &event))
        return false;
    note(rig, &event);
    return true;
}

void rig_read(struct rig *rig)
{
    while (read_event(rig)) {
    }
    read_progress(rig);
}

static void give_up(const struct rig *rig, const char *what)
{
    for (int i = 0; i < rig->job_count; i++) {
        const struct sl_job *job = &rig->jobs[i].job;
        print_error("%s is %s after %d attempts at %s: %s\n", rig->jobs[i].path,
                    sl_job_state_name(job->state), job->attempts, rig->jobs[i].provider_url,
                    job->err.text);
    }
    print_error("%d notes: %s\n", rig->notes, rig->note.text);
    fail_msg("waited too long for %s", what);
}

void rig_noted_once(const struct rig *rig, const char *words)
{
    int times = 0;
    for (int i = 0; i < rig->notes && i < RIG_NOTES; i++)
        times += strstr(rig->all_notes[i].text, words) != NULL;
    for (int i = 0; i < rig->notes && i < RIG_NOTES && times != 1; i++)
        print_error("note %d: %s\n", i + 1, rig->all_notes[i].text);
    assert_int_equal(times, 1);
}

/* Looks after each single event: a state that passes at once is seen too. */
void rig_wait(struct rig *rig, rig_fn fn, const void *arg, const char *what)
{
    const struct sl_clock clock = sl_clock_system();
    const int64_t until_ms = sl_now_ms(&clock) + PATIENCE_MS;
    for (read_progress(rig); !fn(rig, arg); read_progress(rig)) {
        struct pollfd ready = {.fd = sl_engine_event_fd(rig->engine), .events = POLLIN};
        if (read_event(rig))
            continue;
        if (sl_now_ms(&clock) > until_ms)
            give_up(rig, what);
        (void)poll(&ready, 1, LOOK_MS);
        if (rig->ticking) {
            atomic_fetch_add(&rig->fake.now_ms, LOOK_MS);
            sl_engine_wake(rig->engine);
        }
    }
}

struct rig_job *rig_job(struct rig *rig, const char *name)
{
    for (int i = rig->job_count - 1; i >= 0; i--) {
        if (strcmp(sl_path_base(rig->jobs[i].path), name) == 0)
            return &rig->jobs[i];
    }
    return NULL;
}

static bool is_idle(struct rig *rig, const void *arg)
{
    (void)arg;
    return rig->is_idle && rig->scanned >= (int)rig->next_request;
}

void rig_wait_idle(struct rig *rig)
{
    rig_wait(rig, is_idle, NULL, "idle");
}

struct wanted {
    const char *name;
    enum sl_job_state state;
    uint64_t bytes;
};

static bool has_state(struct rig *rig, const void *arg)
{
    const struct wanted *wanted = arg;
    const struct rig_job *job = rig_job(rig, wanted->name);
    return job != NULL && job->job.state == wanted->state;
}

struct rig_job *rig_wait_state(struct rig *rig, const char *name, enum sl_job_state state)
{
    char what[300];
    snprintf(what, sizeof what, "%s to be %s", name, sl_job_state_name(state));
    rig_wait(rig, has_state, &(struct wanted){name, state, 0}, what);
    return rig_job(rig, name);
}

static bool has_left(struct rig *rig, const void *arg)
{
    const struct wanted *wanted = arg;
    const struct rig_job *job = rig_job(rig, wanted->name);
    return job != NULL && job->job.state != wanted->state;
}

void rig_wait_left(struct rig *rig, const char *name, enum sl_job_state state)
{
    rig_wait(rig, has_left, &(struct wanted){name, state, 0}, "a state to end");
}

static bool has_bytes(struct rig *rig, const void *arg)
{
    const struct wanted *wanted = arg;
    const struct rig_job *job = rig_job(rig, wanted->name);
    return job != NULL && job->sent_bytes >= wanted->bytes;
}

void rig_wait_bytes(struct rig *rig, const char *name, uint64_t sent_bytes)
{
    rig_wait(rig, has_bytes, &(struct wanted){name, SL_JOB_UPLOADING, sent_bytes}, "bytes to move");
}

static bool is_stopped(struct rig *rig, const void *arg)
{
    (void)arg;
    return rig->stopped > 0;
}

void rig_wait_stopped(struct rig *rig)
{
    rig_wait(rig, is_stopped, NULL, "the engine to stop");
}

void rig_assert_stored(struct rig *rig, const char *name)
{
    const struct rig_job *job = rig_job(rig, name);
    assert_non_null(job);
    const struct sl_piece_id piece = rig_piece(rig_path(rig, name));
    if (job->job.state != SL_JOB_STORED)
        fail_msg("%s is %s: %s", name, sl_job_state_name(job->job.state), job->job.err.text);
    assert_true(job->job.has_piece);
    assert_true(sl_piece_id_equal(&job->job.piece, &piece));
    assert_string_equal(job->provider_url, rig->url);
    assert_true(rig_provider_has(rig, &piece));
}

/* ---- files in parts ---- */

struct rig *rig_split(void)
{
    struct rig *rig = rig_new();
    rig->options.split_bytes = RIG_SHARD;
    rig->options.run_earlier = true;
    rig_provider(rig);
    return rig;
}

bool rig_has_parts(struct rig *rig, const void *arg)
{
    return rig->part_count >= *(const int *)arg;
}
