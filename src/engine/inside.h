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

#include "sluice/board.h"
#include "sluice/commit.h"
#include "sluice/engine.h"

#include "limits.h"
#include "machine.h"
#include "mailbox.h"
#include "needs.h"
#include "outbox.h"
#include "park_poller.h"
#include "planner.h"
#include "provider_health.h"
#include "scan.h"
#include "split.h"
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
    SL_DRAINING, /* start nothing more, finish what runs */
    SL_STOPPING, /* what runs is broken off */
    SL_STOPPED,  /* only events are left to be taken */
};

/** An ADD being walked. */
struct sl_request {
    struct sl_request *next;
    uint64_t id;
    uint64_t queued; /* files so far */
    uint64_t links;  /* symbolic links that were not followed */
};

/** What came of a look for another provider. */
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
    struct sl_limits limits; /* but for its bucket the engine thread's */
    struct sl_mailbox box;
    atomic_bool quit;   /* sl_engine_free() waits */
    atomic_bool ticked; /* the clock was moved by hand */
    atomic_bool deaf;   /* an event of the commits was lost for want of memory */

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
    struct sl_heap timers;  /* WAITING tasks by the end of their wait, monotonic ms */
    struct sl_heap part_timers;      /* struct sl_split: the earliest part that waits */
    size_t live[SL_JOB_STATE_COUNT]; /* tasks by state, without the dormant ones */
    int64_t last_rank;
    struct sl_park_poller *poller;
    struct sl_commit *commit; /* NULL: pieces end as stored */
    struct sl_needs needs;    /* the owners of each piece that is needed now */
    bool expecting;           /* it was told that more is to come */
    struct sl_planner *planner;
    struct sl_task *hashing;   /* whose file the planner has; NULL when nobody waits for it */
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
    struct sl_sought sought; /* that thread's, until it is told */
    bool has_sought;
    const char *wait_url; /* the provider whose wait was last reported, and when; NULL: none */
    int64_t wait_said_ms;
    unsigned sought_streak;
    bool ending;     /* start nothing more; no part waits for another owner's upload any more */
    bool aborted;    /* what ran was told to end */
    bool shut;       /* the scanner has ended */
    uint64_t random; /* state of the jitter */
};

/* ---- engine.c ---- */

/** The engine thread; arg is the engine. */
void *sl_engine_main(void *arg);
/** Run one turn of the engine, which waits until there is work. False: the engine has stopped. */
bool sl_engine_turn(struct sl_engine *engine);
/** Free what is to be freed of messages nobody reads any more. */
void sl_engine_discard(struct sl_msg *list);
/** Read what waits, but what the commits told: that is void. */
void sl_engine_drop_commit_mail(struct sl_engine *engine);

/* ---- state.c: one job changes ---- */

/** Keep the first failure; the engine stops after this turn. */
void sl_engine_break(struct sl_engine *engine, const struct sl_err *err);

/** Apply an input: structures, journal, outbox. False when it means nothing in the task's state. */
bool sl_task_step(struct sl_engine *engine, struct sl_task *task, enum sl_input input);

/** The heap a QUEUED task is in. */
struct sl_heap *sl_task_queue(struct sl_engine *engine, const struct sl_task *task);

/** Write the task and announce it. */
void sl_task_save(struct sl_engine *engine, struct sl_task *task);

/** As sl_task_save(), with the file mark: its piece of before is void. */
void sl_task_replan(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_file_mark *file);

/** The file's mark changed but its bytes did not: keep the piece. */
void sl_task_remark(struct sl_engine *engine, struct sl_task *task,
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

/* ---- notes.c: lines of the log ---- */

/** The task has changed from this state (SL_JOB_STATE_COUNT: it is new); `why` in words. */
void sl_task_note(const struct sl_engine *engine, const struct sl_task *task,
                  enum sl_job_state from, const char *why);
void sl_part_note(const struct sl_task *task, const struct sl_part *part, enum sl_job_state from,
                  const char *why);
/** A copy of the task, or of a part of it, was sent, has landed or has failed. */
void sl_task_note_copy(const struct sl_task *task, const struct sl_commit_event *event);

/* ---- hash.c: files that are hashed before they are sent ---- */

/** Whether this QUEUED task has to be hashed before a worker can take it. */
bool sl_task_wants_hash(struct sl_engine *engine, struct sl_task *task);
/** Give the planner the next file, if it is time to. */
void sl_engine_pick_hash(struct sl_engine *engine);
void sl_engine_hashed(struct sl_engine *engine, const struct sl_hashed *hashed);
void sl_engine_hash_end(struct sl_engine *engine, const struct sl_hash_end *end);
/** The planner stops soon, and the task does not hear of it. Only of the task that is HASHING. */
void sl_engine_stop_hash(struct sl_engine *engine);
/** How many of its parts may be on their way at a time. */
void sl_task_bound_parts(const struct sl_engine *engine, struct sl_task *task);
/** Cut the task into parts of this size; its earlier parts are void. False: the journal failed. */
bool sl_task_split(struct sl_engine *engine, struct sl_task *task, uint64_t shard_bytes);
/** Into which shards the plan cuts so many bytes; 0: one piece. */
uint64_t sl_engine_shard(const struct sl_engine *engine, uint64_t bytes);
/** The shard to try after a piece of this size failed; 0: it is small enough. */
uint64_t sl_task_smaller(const struct sl_engine *engine, uint64_t bytes, bool too_slow);
/** Put in front of the reason that it is split smaller for it. */
void sl_task_blame_split(struct sl_err *why, uint64_t shard_bytes, bool too_slow);
/** A stream to the provider was measured. */
void sl_engine_rate(struct sl_engine *engine, uint64_t bytes_per_s, bool too_slow);

/* ---- parts.c: the parts of a file that is split ---- */

/** The provider lists a piece: a part of the task, or all of it (NULL). It is stored, or goes to
 * the commits. */
void sl_engine_piece_parked(struct sl_engine *engine, struct sl_task *task,
                            const struct sl_part *part);

/** Read its parts from the journal, if that was not done yet. False: there are none, or they are no
 * plan of this file. */
bool sl_task_parts(struct sl_engine *engine, struct sl_task *task);
/** Its plan is void: what runs is broken off. */
void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task);

/** In an unfinished state now: ask about its accepted parts, and put it in the queue or not. */
void sl_parts_enter(struct sl_engine *engine, struct sl_task *task);
void sl_parts_leave(struct sl_engine *engine, struct sl_task *task);
/** To be tried at once, counted anew. */
void sl_parts_again(struct sl_engine *engine, struct sl_task *task);
/** The gate opens: no part has to wait. */
void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task);

/** Start a part of it, or go on with a held one. 1: done, 0: there is none now, < 0: stop. */
int sl_parts_start(struct sl_engine *engine, struct sl_task *task);
/** Parts that were due. */
void sl_parts_timers(struct sl_engine *engine);
/** Announce every part. */
void sl_parts_tell(struct sl_engine *engine, struct sl_task *task);

/* ---- part_steps.c ---- */

/** Apply an input to a part and update structures, needs, journal and outbox. The caller settles
 * the task afterwards. False when the input has no meaning in the part's state. Pointers to parts
 * stay valid. */
bool sl_part_step(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                  enum sl_input input);
/** Other owners of the piece wait for this part: the part uploads it, or the park poller asks the
 * provider for it. */
void sl_part_brings(struct sl_engine *engine, const struct sl_task *task,
                    const struct sl_part *part);
/** Other owners of the piece no longer wait for this part. */
void sl_part_brings_no_more(struct sl_engine *engine, const struct sl_task *task,
                            const struct sl_part *part);
/** A QUEUED part that could start waits if another owner brings its piece. Returns whether it
 * waits. */
bool sl_part_waits(struct sl_engine *engine, struct sl_task *task, struct sl_part *part);
/** Move the task's WAITING parts to QUEUED. */
void sl_parts_wait_no_more(struct sl_engine *engine, struct sl_task *task);
/** Report the fate of pieces to all owners that wait for them. */
void sl_engine_pass_on(struct sl_engine *engine);
/** Stop asking the provider whether it lists the task's parts. */
void sl_parts_forget(struct sl_engine *engine, struct sl_task *task);
/** The task is done with its parts: remove all their needs. */
void sl_parts_drop(struct sl_engine *engine, struct sl_task *task);

/* ---- part_commit.c ---- */

/** Every copy of a part has ended, so many are on chain. */
void sl_parts_committed(struct sl_engine *engine, struct sl_task *task, int part_id, int landed,
                        const struct sl_err *why);
/** The provider has thrown the part away: it is sent again. */
void sl_parts_lost(struct sl_engine *engine, struct sl_task *task, int part_id);
/** PARKED or COMMITTING: it is confirmed once every part is. */
void sl_parts_confirmed(struct sl_engine *engine, struct sl_task *task);
/** A confirmed file in parts was added again: as sl_engine_recommit(). */
bool sl_parts_recommit(struct sl_engine *engine, struct sl_task *task);
/** Into the journal. */
void sl_part_write(struct sl_engine *engine, const struct sl_task *task,
                   const struct sl_part *part);
/** Ask until the provider lists it, or once if it did before (part->verify). */
void sl_part_ask(struct sl_engine *engine, struct sl_task *task, struct sl_part *part);
/** Bytes that were counted are lost: records of progress of before are void. */
void sl_parts_count_loss(struct sl_task *task);
/** In the queue while a part of it can start, or in part_timers. */
void sl_parts_place(struct sl_engine *engine, struct sl_task *task);

void sl_part_say(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part);
/** Copy an error to where one is kept; without memory it is lost alone. */
void sl_part_keep_error(struct sl_err **kept, const struct sl_err *err);

/* ---- part_upload.c: what became of a part ---- */

/** The task follows what its parts have become. */
void sl_parts_settle(struct sl_engine *engine, struct sl_task *task);
void sl_parts_result(struct sl_engine *engine, struct sl_worker *worker);
void sl_parts_parked(struct sl_engine *engine, struct sl_task *task, struct sl_park_query *parked);
/** Cut a part that is QUEUED into smaller ones, which are to be hashed; pointers to parts are void.
 */
void sl_part_cut(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                 uint64_t shard_bytes);
/** The provider has stored a QUEUED part's root with another length: cut the part, or fail the
 * file. Pointers to parts become invalid. */
void sl_part_is_alike(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_err *err);
/** Why it is cancelled: what of it the provider has. */
void sl_parts_blame_cancelled(struct sl_task *task);

/** Break an upload off: its result is nobody's, its task or part is as before. */
void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker);
/** All uploads of the task. */
void sl_task_let_go(struct sl_engine *engine, struct sl_task *task);

/* ---- tx.c ---- */

/** Report the transaction that put the task's first copy on chain. */
void sl_engine_tell_tx(struct sl_engine *engine, const struct sl_task *task);

/* ---- alike.c: pieces that differ only in the zeros at their end ---- */

/** The parts are hashed: cut those that share the root of another part but not its length. The cut
 * parts must then be hashed. Pointers to parts become invalid. Errors: SL_EALIKE (a part is too
 * short), SL_ENOMEM. */
int sl_parts_cut_apart(struct sl_engine *engine, struct sl_task *task,
                       struct sl_err *err) SL_MUST_CHECK;
/** The provider has stored another length under the root of a QUEUED part, as *err says: cut the
 * part, and say so. Pointers to parts become invalid. Errors: SL_EALIKE, with the remedy in *err.
 */
int sl_part_cut_apart(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      struct sl_err *err) SL_MUST_CHECK;
/** The same for a task that is one piece. */
int sl_task_cut_apart(struct sl_engine *engine, struct sl_task *task,
                      struct sl_err *err) SL_MUST_CHECK;

/* ---- resplit.c ---- */

/** The line was measured: no part that waits is larger than fits now. Pointers to parts are void.
 */
void sl_parts_fit_rate(struct sl_engine *engine, struct sl_task *task);

/** At the start: a task that was UPLOADING when the last run ended without a word. */
void sl_task_after_kill(struct sl_engine *engine, struct sl_task *task);

/* ---- commands.c ---- */

void sl_engine_command(struct sl_engine *engine, const struct sl_msg_command *command);
/** The next part of a PAUSE_ALL or RESUME_ALL. */
void sl_engine_sweep(struct sl_engine *engine);

/* ---- add_results.c ---- */

/** Scanner thread: ctx is the engine. */
int sl_engine_scanned(void *ctx, const struct sl_scan_item *item);
void sl_engine_intake(struct sl_engine *engine, const struct sl_msg_scan *scan);
/** The same unchanged file was added again. */
void sl_task_take_over(struct sl_engine *engine, struct sl_task *task);
/** All its bytes are stored, but for another network or at another provider. */
bool sl_task_is_elsewhere(struct sl_engine *engine, struct sl_task *task);
/** The request is open from now on; its SL_SCAN_DONE closes it. */
void sl_engine_request(struct sl_engine *engine, const struct sl_msg_command *add);

/* ---- commits.c ---- */

/** Give the piece of the task, or of one part, to the commits. Calling it again voids what they
 * reported so far. */
void sl_engine_await(struct sl_engine *engine, struct sl_task *task, const struct sl_part *part);
/** A task that is one piece wants nothing more from the commits. */
void sl_engine_unawait(struct sl_engine *engine, struct sl_task *task);
/** Take back the pieces that have no transaction yet. A piece that another file needs stays for
 * that file. False: all pieces of this file are on their way. */
bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task);
/** Whether a copy of the file is on this chain, for this payer. */
bool sl_engine_on_chain(struct sl_engine *engine, struct sl_task *task);
/** Say why a confirmed file has fewer copies than wanted, and save that: SL_ENOENT or SL_ECHANGED
 * when neither its provider nor the file is left to make them from. */
void sl_task_blame_copies(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err);
/** Lanes' threads: ctx is the engine. */
void sl_engine_on_commit(void *ctx, const struct sl_commit_event *event);
void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg);
/** Tell the commits whether more is to come soon. */
void sl_engine_expect(struct sl_engine *engine);
/** Look again whether its copies are all on this chain: a finished task whose file was added again.
 * False: nothing of it is. */
bool sl_engine_recommit(struct sl_engine *engine, struct sl_task *task);

/* ---- waits.c: reports about long waits ---- */

/** The provider at this URL has been silent since `since_ms`: report that once it is long, then
 * from time to time. */
void sl_engine_say_wait(struct sl_engine *engine, const char *url, int64_t since_ms);

/* ---- wish.c: the wish of a job ---- */

/** Set the copies and the wish that this run gives to a new job. */
void sl_engine_wish(const struct sl_engine *engine, struct sl_job *job);
/** The task is added again, or resumed: it gets what options name, and what it has no value for.
 * False, with a DEFERRED event: its copies are placed in another way than this run places copies.
 */
bool sl_task_take_wish(struct sl_engine *engine, struct sl_task *task);
/** The same while the journal is read: the new values are written with the task's next change. */
bool sl_task_load_wish(struct sl_engine *engine, struct sl_task *task);
/** Whether this run places copies as the task's wish says. */
bool sl_task_is_of_run(const struct sl_engine *engine, const struct sl_task *task);
/** CONFIRMED: whether copies are missing, or the run now wants more. */
bool sl_task_wants_more(const struct sl_engine *engine, const struct sl_task *task);
/** How many of the task's copies this run can make. */
unsigned sl_task_copies(const struct sl_engine *engine, const struct sl_task *task);

/* ---- failover.c: another provider ---- */

/** Nobody answered. */
void sl_engine_blame_silence(struct sl_engine *engine, const struct sl_err *err);
/** Whether the engine may look for another provider in place of this one. */
bool sl_engine_can_change(const struct sl_engine *engine);
/** Something that it was asked for failed. True: whose fault it is will be known soon, and no file
 * has to end for it until then. */
bool sl_engine_blame(struct sl_engine *engine, const struct sl_err *err);
/** An upload failed: note whether its bytes were sent in vain. Call before sl_engine_blame(). */
void sl_engine_blame_upload(struct sl_engine *engine, const struct sl_upload *up,
                            const struct sl_err *err);
/** One has a piece that it was asked for. */
void sl_engine_works(struct sl_engine *engine, const char *url);
void sl_engine_sought(struct sl_engine *engine);
/** Look for another provider if it is time to, and go there when one was found. May commit the
 * turn's transaction and begin another. */
void sl_engine_change(struct sl_engine *engine);
/** Monotonic ms when there is something to do for that; INT64_MAX: never. */
int64_t sl_engine_change_ms(const struct sl_engine *engine);
/** Join what looks for one. */
void sl_engine_stop_seek(struct sl_engine *engine);

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

int64_t sl_engine_now(const struct sl_engine *engine);
/** The provider cannot be reached at all, and why. */
void sl_engine_close_gate(struct sl_engine *engine, const struct sl_err *err);
int64_t sl_engine_gate_wait(const struct sl_engine *engine);
/** WAITING for this long. */
void sl_task_wait(struct sl_engine *engine, struct sl_task *task, int64_t wait_ms);
/** Failed: to be tried again later, or for good. */
void sl_task_failed(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err);
/** A worker that has nothing to do, its thread started; NULL: none now, or `broken`. */
struct sl_worker *sl_engine_idle_worker(struct sl_engine *engine);
/** Wait before try number `attempt` (from 1) is repeated: full jitter below a doubled bound, and
 * not less than the peer asked for. */
int64_t sl_engine_backoff(struct sl_engine *engine, int attempt, int64_t least_ms);
/** Whether an upload failed only because another one holds the piece: it is tried again and the
 * attempt does not count, nor against the provider. False once a claim cannot last any longer. */
bool sl_engine_waits_for_claim(uint8_t *claims, const struct sl_err *err);
/** Wait for the claim number `claims` (from 1): about a second, then twice as long each time. */
int64_t sl_engine_claim_wait(struct sl_engine *engine, int claims);

void sl_engine_result(struct sl_engine *engine, struct sl_worker *worker);
void sl_engine_parked(struct sl_engine *engine, struct sl_park_query *parked);
void sl_engine_probed(struct sl_engine *engine, const struct sl_probed *probed);
void sl_engine_silent(struct sl_engine *engine, struct sl_silence silence);
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
