/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * inside.h - the engine's own structure, shared by its files. Engine thread only, but where said.
 *
 * One turn of the engine: take all messages, apply them, look at the timers, pick what starts, all
 * in one journal transaction; commit; then send events and start work. The first failure of the
 * journal (or of memory for something that must not be lost) is kept in `broken`: nothing is
 * written, sent or started after it, and the engine stops.
 */
#ifndef SL_INSIDE_H
#define SL_INSIDE_H

#include <stdatomic.h>

#include "sluice/engine.h"

#include "limits.h"
#include "machine.h"
#include "mailbox.h"
#include "outbox.h"
#include "parker.h"
#include "scan.h"
#include "tasks.h"
#include "worker.h"

/* slots: uploads at a time, and as many paused ones that hold their connection */
enum { SL_HOLDS_MAX = 16, SL_SLOTS = SL_PARALLEL_MAX + SL_HOLDS_MAX };

struct sl_msg_command {
    struct sl_msg msg; /* first */
    enum sl_command_type type;
    int64_t job_id;
    uint64_t request_id;
    int number;
    char path[]; /* ADD */
};

struct sl_msg_scan {
    struct sl_msg msg; /* first */
    enum sl_scan_kind kind;
    uint64_t request_id;
    uint64_t files;
    struct sl_file_mark file;
    struct sl_err err;
    char path[];
};

enum sl_phase {
    SL_RUNNING,
    SL_DRAINING, /* start nothing more, finish what runs */
    SL_STOPPING, /* what runs is broken off */
    SL_STOPPED,  /* only events are left to be taken */
};

/** An ADD being walked. */
struct sl_request {
    struct sl_request *next;
    uint64_t id;
    uint64_t queued; /* files so far */
};

struct sl_engine {
    /* immutable */
    struct sl_engine_options options; /* every default filled in; strings owned */
    const char *url;                  /* of `tasks` */
    char *ca_file;
    char *user_agent;
    pthread_t thread;
    struct sl_worker *workers; /* SL_SLOTS */

    /* any thread */
    struct sl_limits limits; /* but for its bucket the engine thread's */
    struct sl_mailbox box;
    atomic_bool quit;   /* sl_engine_free() waits */
    atomic_bool ticked; /* the clock was moved by hand */

    /* engine and face, each its side */
    struct sl_outbox outbox;

    /* face only */
    unsigned next_ring;

    /* engine thread only */
    struct sl_journal *journal;
    bool in_transaction;
    struct sl_err broken; /* code 0: all is well */
    enum sl_phase phase;
    struct sl_tasks tasks;
    struct sl_heap queue;            /* QUEUED tasks by rank */
    struct sl_heap timers;           /* WAITING tasks by the end of their wait, monotonic ms */
    size_t live[SL_JOB_STATE_COUNT]; /* tasks by state, without the dormant ones */
    int64_t last_rank;
    struct sl_parker *parker;
    struct sl_scanner *scanner;
    struct sl_request *requests;
    struct sl_msg broken_scan; /* SL_MSG_BROKEN, put by the scanner */
    int parallel;
    bool paused_all; /* what is queued meanwhile is paused too */
    bool sweeping;   /* PAUSE_ALL or RESUME_ALL is under way */
    size_t sweep_bucket;
    bool was_idle;
    bool down;        /* the provider cannot be reached: nothing starts until a probe succeeds */
    int down_count;   /* failed probes in a row */
    int64_t probe_ms; /* time of the next one */
    bool aborted;     /* what ran was told to end */
    bool shut;        /* the scanner has ended, held connections are let go */
    uint64_t random;  /* state of the jitter */
};

/* ---- engine.c ---- */

/** The engine thread; arg is the engine. */
void *sl_engine_main(void *arg);
/** Free what is to be freed of messages nobody reads any more. */
void sl_engine_discard(struct sl_msg *list);

/* ---- state.c: one job changes ---- */

/** Keep the first failure; the engine stops after this turn. */
void sl_engine_break(struct sl_engine *engine, const struct sl_err *err);

/** Apply an input: structures, journal, outbox. False when it means nothing in the task's state. */
bool sl_task_step(struct sl_engine *engine, struct sl_task *task, enum sl_input input);

/** Write the task and announce it. */
void sl_task_save(struct sl_engine *engine, struct sl_task *task);

/** As sl_task_save(), with the file mark: its piece of before is void. */
void sl_task_replan(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_file_mark *file);

/** A new job, QUEUED, or PAUSED while everything is. */
void sl_task_create(struct sl_engine *engine, const char *path, const struct sl_file_mark *file);

/** Out of the list; frees the task. */
void sl_task_delete(struct sl_engine *engine, struct sl_task *task);

/** Start a dormant task; any other is left alone. */
void sl_task_wake(struct sl_engine *engine, struct sl_task *task);

/** The attempt under way ends without a fault of file or provider: it does not count. Not saved. */
void sl_task_uncount(struct sl_task *task);

/** Failed, waiting or cancelled: to be tried now, counted anew; from a finished state at the end of
 * the queue. */
void sl_task_again(struct sl_engine *engine, struct sl_task *task);

/** Take over one job of the journal at the start. */
int sl_task_load(void *ctx, const struct sl_job *job, const char *path, const char *provider_url);

/** After all are loaded: what was uploading is queued, and what is not dormant takes its place. */
void sl_tasks_settle(struct sl_engine *engine);

/** Announce something that is no job. `path` may be NULL. */
void sl_engine_say(struct sl_engine *engine, const struct sl_event *event, const char *path);

int sl_engine_begin(struct sl_engine *engine);
/** 0 when there was nothing to commit. */
int sl_engine_commit(struct sl_engine *engine);

/* ---- commands.c ---- */

void sl_engine_command(struct sl_engine *engine, const struct sl_msg_command *command);
/** The next part of a PAUSE_ALL or RESUME_ALL. */
void sl_engine_sweep(struct sl_engine *engine);

/* ---- intake.c ---- */

/** Scanner thread: ctx is the engine. */
int sl_engine_scanned(void *ctx, const struct sl_scan_item *item);
void sl_engine_intake(struct sl_engine *engine, const struct sl_msg_scan *scan);
/** The request is open from now on; its SL_SCAN_DONE closes it. */
void sl_engine_request(struct sl_engine *engine, uint64_t request_id, const char *path);

/* ---- limits.c ---- */

void sl_engine_limits_start(struct sl_engine *engine);
/** LIMIT, SLOW and STOP_AT; true when it was one of them. */
bool sl_engine_limits_command(struct sl_engine *engine, const struct sl_msg_command *command);
/** The times of the day that have come. */
void sl_engine_limits_timers(struct sl_engine *engine);
/** Give what runs its rates. */
void sl_engine_limits_apply(struct sl_engine *engine);
/** Whether one more stream leaves each a share of the limit that is enough. */
bool sl_engine_limits_allow(const struct sl_engine *engine, const struct sl_task *task);
/** Monotonic ms of the next time of the day to look at, INT64_MAX: none. */
int64_t sl_engine_limits_next_ms(const struct sl_engine *engine);

/* ---- schedule.c ---- */

/** Wait before try number `attempt` (from 1) is repeated: full jitter below a doubled bound, and
 * not less than the peer asked for. */
int64_t sl_engine_backoff(struct sl_engine *engine, int attempt, int64_t least_ms);

void sl_engine_result(struct sl_engine *engine, struct sl_worker *worker);
void sl_engine_parked(struct sl_engine *engine, struct sl_parked *parked);
void sl_engine_probed(struct sl_engine *engine, const struct sl_probed *probed);
/** What is due now. */
void sl_engine_timers(struct sl_engine *engine);
/** ms until there is something to do without a message, -1: never. */
int64_t sl_engine_wait_ms(const struct sl_engine *engine);
/** Assign queued tasks to free slots, to be launched after the commit. */
void sl_engine_pick(struct sl_engine *engine);
void sl_engine_launch(struct sl_engine *engine);
/** Workers with an upload that moves. */
int sl_engine_running(const struct sl_engine *engine);
bool sl_engine_busy(const struct sl_engine *engine);

#endif
