/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * engine_internal.h - the engine's own structure, shared by its files. Engine thread only, but
 * where said.
 *
 * One turn of the engine: take all messages, apply them, look at the timers, pick what starts, all
 * in one journal transaction; commit; then send events and start work. The first failure of the
 * journal (or of memory for something that must not be lost) is kept in `broken`: nothing is
 * written, sent or started after it, and the engine stops.
 */
#ifndef SL_ENGINE_INTERNAL_H
#define SL_ENGINE_INTERNAL_H

#include <stdatomic.h>

#include "sluice/board.h"
#include "sluice/commit.h"
#include "sluice/engine.h"

#include "core/mailbox.h"
#include "core/outbox.h"
#include "core/timers.h"
#include "jobs/machine.h"
#include "jobs/owners.h"
#include "jobs/split.h"
#include "jobs/tasks.h"
#include "policy/limits.h"
#include "policy/provider_health.h"
#include "work/park_poller.h"
#include "work/planner.h"
#include "work/scan.h"
#include "work/worker.h"

/* slots: uploads at a time, and as many paused ones that hold their connection */
enum { SL_HOLDS_MAX = 16, SL_SLOTS = SL_PARALLEL_MAX + SL_HOLDS_MAX };
_Static_assert(SL_SLOTS + 1 == SL_BOARD_SLOTS, "the board has a slot for each worker");

/* timers: of each task and of its parts, of each slot, and those of the engine */
enum { SL_TIMERS_A_TASK = 2, SL_TIMERS_MORE = SL_SLOTS + 3 };

struct sl_msg_command {
    struct sl_msg msg; /* first */
    enum sl_command_type type;
    int64_t job_id;
    uint64_t request_id;
    int number;
    struct sl_file_mark file; /* ADD */
    char path[];              /* ADD */
};

struct sl_msg_scan {
    struct sl_msg msg; /* first */
    enum sl_scan_kind kind;
    bool found;
    bool watched; /* a watched folder contains it; the user did not name this file itself */
    uint64_t request_id;
    uint64_t files;
    uint64_t links;
    struct sl_file_mark file;
    struct sl_err err;
    char path[];
};

struct sl_msg_commit {
    struct sl_msg msg; /* first */
    struct sl_commit_event event;
};

enum sl_phase {
    SL_RUNNING,
    SL_DRAINING, /* start nothing more, finish running uploads */
    SL_STOPPING, /* running uploads are aborted */
    SL_STOPPED,  /* only events are left to be taken */
};

/** An ADD being walked. */
struct sl_request {
    struct sl_request *next;
    uint64_t id;
    uint64_t queued; /* files so far */
    uint64_t links;  /* symbolic links that were not followed */
};

/** The result of a search for another provider. */
struct sl_sought {
    struct sl_msg msg; /* first; SL_MSG_SOUGHT */
    enum sl_commit_verdict verdict;
    struct sl_err err;
};

struct sl_engine_face {
    struct sl_face face;
    struct sl_engine *engine;
    enum sl_face_user user;
};

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of its threads */
struct sl_engine {
    /* immutable */
    struct sl_engine_options options; /* every default filled in; strings owned */
    char *ca_file;
    char *user_agent;
    pthread_t thread;
    struct sl_worker *workers; /* SL_SLOTS */

    /* any thread */
    struct sl_limits limits; /* engine thread only, except for its bucket */
    struct sl_mailbox box;
    atomic_bool quit;   /* sl_engine_free() waits */
    atomic_bool ticked; /* the clock was moved by hand */
    atomic_bool deaf;   /* an event of the commits was lost for lack of memory */

    void (*on_message)(struct sl_engine *engine, struct sl_msg *msg); /* applies and frees it */

    /* engine and face, each its side */
    struct sl_outbox outbox;
    struct sl_engine_face faces[SL_FACES]; /* each used by its own thread */
    struct sl_board *board;                /* NULL: not shared */

    /* face only */
    unsigned next_ring;

    /* engine thread only */
    struct sl_journal *journal;
    bool in_transaction;
    struct sl_err broken; /* code 0: all is well */
    enum sl_phase phase;
    struct sl_tasks tasks;
    const char *url;        /* of `tasks`: where files are uploaded to now */
    struct sl_heap queue;   /* tasks a worker can start on, by rank: QUEUED, and UPLOADING ones with
                               parts that wait for a worker */
    struct sl_heap to_hash; /* QUEUED tasks that are hashed first, by rank */
    struct sl_timers timers;
    struct sl_timer limits_timer;    /* the next time of the day to look at */
    struct sl_timer failover_timer;  /* when to look for another provider */
    struct sl_timer full_timer;      /* when to try a full provider again */
    size_t live[SL_JOB_STATE_COUNT]; /* tasks by state, without the dormant ones */
    int64_t last_rank;
    struct sl_park_poller *poller;
    struct sl_commit *commit; /* NULL: pieces end as stored */
    struct sl_owners owners;  /* of each piece that is needed now */
    bool expecting;           /* the commits were told that more pieces will come */
    struct sl_planner *planner;
    struct sl_task *hashing;   /* whose file the planner hashes; NULL: its result is ignored */
    uint64_t rate_bytes_per_s; /* of one stream to `url`, measured; 0: not yet */
    struct sl_scanner *scanner;
    struct sl_request *requests;
    int refused_count;         /* paths noted as not queued; 1 at first if there are any */
    struct sl_msg broken_scan; /* SL_MSG_BROKEN, put by the scanner */
    int parallel;
    bool planner_busy;
    bool paused_all; /* what is queued meanwhile is paused too */
    bool sweeping;   /* PAUSE_ALL or RESUME_ALL is under way */
    size_t sweep_bucket;
    bool was_idle;
    bool down;        /* the provider cannot be reached: nothing starts until a probe succeeds */
    int down_count;   /* failed probes in a row */
    int64_t probe_ms; /* time of the next one */
    struct sl_provider_health health;
    struct sl_err trouble_err; /* the last of it */
    struct sl_provider_search
        *seek; /* of a thread that runs, or has ended and was not yet joined */
    pthread_t seek_thread;
    struct sl_sought sought; /* that thread's, until SL_MSG_SOUGHT */
    bool has_sought;
    const char *wait_url; /* the provider whose wait was last reported, and when; NULL: none */
    int64_t wait_said_ms;
    unsigned sought_streak;
    bool ending;     /* start nothing more; no part waits for another owner's upload any more */
    bool aborted;    /* running uploads were told to end */
    bool shut;       /* the scanner has ended */
    uint64_t random; /* state of the jitter */
};

#endif
