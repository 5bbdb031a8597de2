/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* others.c - the park poller, the provider that it queries, the planner and the scanner. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/reference.h"
#include "model/world.h"
#include "support/test.h"

enum { QUESTIONS = 4096, REQUESTS = 256, PROBES = 64, LOSES_OF = 8 };

/* ---- poller ---- */

static struct {
    struct sl_mailbox *box;
    struct sl_park_query *questions[QUESTIONS];
    size_t count;
    struct sl_probed probes[PROBES];
    size_t probe;
    bool probing;
} poller;

bool is_asked_about(const struct sl_piece_id *piece)
{
    const int letter = letter_of_piece(piece);
    for (size_t i = 0; i < poller.count; i++) {
        const struct sl_park_query *parked = poller.questions[i];
        if (!atomic_load(&parked->dropped) && parked->part != 0 && !parked->verify && letter >= 0 &&
            world.letters[letter].accepted && sl_piece_id_equal(&parked->piece, piece))
            return true;
    }
    return false;
}

int sl_park_poller_start(struct sl_park_poller **out, const struct sl_park_poller_options *options,
                         struct sl_mailbox *box, struct sl_err *err)
{
    (void)options;
    (void)err;
    poller.box = box;
    poller.count = 0;
    poller.probing = false;
    *out = (struct sl_park_poller *)(void *)&poller;
    return SL_OK;
}

void sl_park_poller_stop(struct sl_park_poller *it)
{
    (void)it;
}

void sl_park_poller_free(struct sl_park_poller *it)
{
    (void)it;
    for (size_t i = 0; i < poller.count; i++)
        free(poller.questions[i]);
    poller.count = 0;
}

int sl_park_poller_add(struct sl_park_poller *it, struct sl_park_query *parked, struct sl_err *err)
{
    (void)it;
    (void)err;
    world_lock();
    if (poller.count == QUESTIONS)
        broken_rule("the provider is asked without end");
    poller.questions[poller.count++] = parked;
    world_unlock();
    return SL_OK;
}

void sl_park_poller_probe(struct sl_park_poller *it, int64_t at_ms)
{
    (void)it;
    (void)at_ms;
    world_lock();
    poller.probing = true;
    world_unlock();
}

void sl_park_poller_turn_to(struct sl_park_poller *it, const char *url)
{
    (void)it;
    (void)url;
}

struct sl_silence sl_park_poller_silence(struct sl_park_poller *it, const struct sl_msg *msg)
{
    (void)it;
    (void)msg;
    return (struct sl_silence){0};
}

void sl_park_poller_wake(struct sl_park_poller *it)
{
    (void)it;
}

static void answer_probe(void)
{
    struct sl_probed *probed = &poller.probes[poller.probe++ % PROBES];
    poller.probing = false;
    probed->rc = world.kind || draw(3) != 0 ? SL_OK : SL_ENET;
    probed->msg.kind = SL_MSG_PROBED;
    sl_mailbox_put(poller.box, &probed->msg);
}

/* The provider finally lists the bytes that it has, unless it lost them. */
static void answer(struct sl_park_query *parked)
{
    const int at = letter_of_piece(&parked->piece);
    struct letter *letter = at >= 0 ? &world.letters[at] : NULL;
    if (letter != NULL && letter->accepted && (world.kind || draw(12) != 0))
        letter->listed = true;
    const bool found = letter != NULL && letter->listed;
    parked->outcome = found ? SL_PARK_QUERY_FOUND : SL_PARK_QUERY_MISSING;
    if (!found) {
        sl_err_set(&parked->err, parked->verify ? SL_ENOTFOUND : SL_ESERVER, "it is not listed");
        reference_excuse(parked->job_id);
    }
    parked->msg.kind = SL_MSG_PARKED;
    sl_mailbox_put(poller.box, &parked->msg);
}

bool parker_answers(void)
{
    world_lock();
    const bool any = poller.probing || poller.count > 0;
    if (poller.probing && (poller.count == 0 || draw(2) == 0)) {
        answer_probe();
    } else if (poller.count > 0) {
        const size_t at = draw(poller.count);
        struct sl_park_query *parked = poller.questions[at];
        poller.questions[at] = poller.questions[--poller.count];
        answer(parked);
    }
    world_unlock();
    return any;
}

/* A provider may lose pieces that are not on chain. */
bool provider_acts(void)
{
    world_lock();
    struct letter *letter = &world.letters[world.first_letter + (int)draw(4)];
    const bool loses = letter->landed[0] + letter->landed[1] == 0 && draw(LOSES_OF) == 0;
    if (loses)
        letter->accepted = letter->listed = false;
    world_unlock();
    return loses;
}

/* ---- planner ---- */

static struct {
    struct sl_mailbox *box;
    struct sl_planner_job *job;
    struct sl_hash_end end;
    bool cancelled;
} planner;

void sl_planner_share(struct sl_planner *shared, struct sl_board *board, unsigned slot)
{
    (void)shared;
    (void)board;
    (void)slot;
}

int sl_planner_start(struct sl_planner **out, struct sl_mailbox *box, const struct sl_clock *clock,
                     struct sl_err *err)
{
    (void)clock;
    (void)err;
    planner.box = box;
    planner.job = NULL;
    *out = (struct sl_planner *)(void *)&planner;
    return SL_OK;
}

void sl_planner_stop(struct sl_planner *it)
{
    (void)it;
}

void sl_planner_free(struct sl_planner *it)
{
    (void)it;
    free(planner.job);
    planner.job = NULL;
}

void sl_planner_begin(struct sl_planner *it, struct sl_planner_job *job)
{
    (void)it;
    world_lock();
    assert_null(planner.job);
    planner.job = job;
    planner.cancelled = false;
    world_unlock();
}

struct sl_ring *sl_planner_ring(const struct sl_planner *it)
{
    (void)it;
    return NULL;
}

static void tell_hashed(const struct sl_planner_job *job, size_t range)
{
    const int at = (int)(job->ranges[range].range.offset_bytes / MODEL_SHARD);
    struct sl_hashed *hashed = calloc(1, sizeof *hashed);
    assert_non_null(hashed);
    hashed->msg.kind = SL_MSG_HASHED;
    hashed->job_id = job->job_id;
    hashed->id = job->ranges[range].id;
    hashed->piece = piece_of_letter(version_of(&job->file)->letters[at]);
    sl_mailbox_put(planner.box, &hashed->msg);
}

/* Call with the lock held. */
static void hash(void)
{
    struct sl_planner_job *job = planner.job;
    struct sl_hash_end *end = &planner.end;
    *end = (struct sl_hash_end){.msg.kind = SL_MSG_HASH_END,
                                .file = mark_of(world.now[version_of(&job->file)->path])};
    planner.job = NULL;
    for (size_t i = 0; !planner.cancelled && i < job->count; i++)
        tell_hashed(job, i);
    if (planner.cancelled)
        end->rc = sl_err_set(&end->err, SL_ECANCELED, "cancelled");
    else if (!sl_file_mark_equal(&end->file, &job->file))
        end->rc = sl_err_set(&end->err, SL_ECHANGED, "the file changed");
    else if (!world.kind && draw(15) == 0)
        end->rc = sl_err_set(&end->err, SL_EIO, "the file was made unreadable");
    if (end->rc < 0)
        reference_excuse(job->job_id);
    sl_mailbox_put(planner.box, &end->msg);
    free(job);
}

void planner_stop(void)
{
    if (planner.job != NULL && planner.cancelled)
        hash();
}

bool planner_goes_on(void)
{
    world_lock();
    const bool any = planner.job != NULL;
    if (any)
        hash();
    world_unlock();
    return any;
}

void sl_planner_cancel(struct sl_planner *it)
{
    (void)it;
    world_lock();
    planner.cancelled = true;
    if (world.stopping && planner.job != NULL)
        hash();
    world_unlock();
}

/* ---- scanner ---- */

static struct {
    struct sl_walk_options options;
    struct {
        char path[16];
        uint64_t id;
    } requests[REQUESTS];
    size_t count;
} scanner;

int sl_scanner_start(struct sl_scanner **out, const struct sl_walk_options *options,
                     struct sl_err *err)
{
    (void)err;
    scanner.options = *options;
    scanner.count = 0;
    *out = (struct sl_scanner *)(void *)&scanner;
    return SL_OK;
}

int sl_scanner_add(struct sl_scanner *it, const char *path, uint64_t request_id, struct sl_err *err)
{
    (void)it;
    world_lock();
    const bool room = scanner.count < REQUESTS;
    if (room) {
        snprintf(scanner.requests[scanner.count].path, 16, "%s", path);
        scanner.requests[scanner.count++].id = request_id;
    }
    world_unlock();
    return room ? SL_OK : sl_err_set(err, SL_ENOMEM, "too many");
}

void sl_scanner_stop(struct sl_scanner *it)
{
    (void)it;
    scanner.count = 0;
}

bool scanner_finds(void)
{
    char path[16];
    world_lock();
    if (scanner.count == 0) {
        world_unlock();
        return false;
    }
    memcpy(path, scanner.requests[0].path, sizeof path);
    const uint64_t id = scanner.requests[0].id;
    memmove(&scanner.requests[0], &scanner.requests[1],
            --scanner.count * sizeof scanner.requests[0]);
    struct sl_scan_item item = {.kind = SL_SCAN_FILE, .request_id = id, .path = path, .files = 1};
    item.file = mark_of(world.now[atoi(path + strlen("/m/file-"))]);
    reference_added(path);
    world_unlock();
    (void)scanner.options.fn(scanner.options.ctx, &item);
    item.kind = SL_SCAN_DONE;
    (void)scanner.options.fn(scanner.options.ctx, &item);
    return true;
}
