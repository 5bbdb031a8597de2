/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * engine.h - the upload queue, controlled by commands and observed by events. Layer: engine.
 *
 * sl_engine_start() makes the engine thread, which owns every job, the schedule and the journal. A
 * scanner thread walks folders, a worker thread per upload pumps bytes, and a park poller thread
 * asks providers whether accepted pieces are parked. One other thread, the face (screen or
 * reporter), sends commands and takes events. Commands, events and progress are plain values with
 * ids.
 *
 * Truth: an event leaves only after its change is committed to the journal. Job events carry the
 * whole job, and a slow face gets the newest state of each job rather than each step: late, never
 * wrong, and nothing waits for it.
 */
#ifndef SL_ENGINE_H
#define SL_ENGINE_H

#include "sluice/clock.h"
#include "sluice/http.h"
#include "sluice/job.h"
#include "sluice/journal.h"
#include "sluice/path.h"
#include "sluice/timetable.h"
#include "sluice/walk.h"

struct sl_board;
struct sl_commit;

enum { SL_PARALLEL_MAX = 16, SL_PARALLEL_DEFAULT = 3, SL_URL_BYTES = 512 };

/* split_bytes that are no size */
#define SL_SPLIT_AUTO  UINT64_C(0)
#define SL_SPLIT_NEVER UINT64_MAX
#define SL_SPLIT_LEAST UINT64_C(130048) /* 127 * 2^10: the smallest parts a person may ask for */

/** The pieces that a file is cut into if the line is fast enough; each costs a fee. `split_bytes`
 * as in struct sl_engine_options. Pure. */
struct sl_file_pieces {
    uint64_t count;
    uint64_t most_bytes; /* of one */
};
struct sl_file_pieces sl_file_pieces(uint64_t file_bytes, uint64_t split_bytes);

/* ordered by purpose. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct sl_engine_options {
    const char *provider_url; /* serviceURL of the provider to upload to; copied */
    int parallel;             /* uploads at a time, 1 .. SL_PARALLEL_MAX; 0: default */
    int max_attempts;         /* uploads in a row without progress; 0: 5 */
    int64_t retry_base_ms;   /* first wait after a failure, doubled each time with jitter; 0: 2 s */
    int64_t retry_cap_ms;    /* longest wait; 0: 5 min */
    int64_t park_poll_ms;    /* between two looks at one accepted piece; 0: 1 s */
    int64_t park_timeout_ms; /* accepted but never parked: upload again; 0: 5 min */
    /* If every request to the provider fails, look for another provider after this long, and again
     * at multiples of it; 0: 2 min. Needs `commit`, and a provider that the user did not name. What
     * a former upload provider accepted counts as lost after the same time of silence. */
    int64_t change_after_ms;
    int64_t say_after_ms;  /* report a provider that has been silent for this long; 0: 20 s */
    int64_t pause_hold_ms; /* how long a paused upload keeps its connection; 0: 5 min */
    /* Larger files are cut into parts of 127 * 2^k bytes, the largest size up to this. AUTO:
     * cut files that are too large for a piece, too large for the measured rate and
     * request_limit_ms, or that broke off twice. NEVER: refuse files that are too large. */
    uint64_t split_bytes;
    uint64_t split_least_bytes; /* AUTO makes no smaller parts; 0: 127 * 2^13, about 1 MB */
    int64_t request_limit_ms;   /* the provider's limit for one upload; 0: 30 min */
    bool force;                 /* upload files even if equal ones are stored */
    /* For new files, and for jobs that have no such values yet. A job keeps its values unless an
     * option names others. Ignored without `commit`. */
    int copies;        /* copies of each file */
    bool copies_named; /* given by an option: jobs that are added or resumed want that many too */
    int64_t wish_id;   /* how copies are placed: journal.h. Jobs with another wish are left alone
                          (SL_EVENT_DEFERRED): they need a run of their own */
    bool wish_named;   /* given by an option: jobs that are added or resumed get it too */
    struct sl_timetable limit;  /* of all uploads together */
    uint64_t slow_bytes_per_s;  /* the limit of slow mode; 0: 1 MB/s */
    int stop_at_minute;         /* as SL_CMD_STOP_AT with 1 more, so that 0 is never */
    uint64_t seed;              /* of the jitter of waits; 0: random */
    bool endless;               /* files may come at any time: parked pieces wait for them, as long
                                   as the commits let them */
    bool run_earlier;           /* go on with unfinished jobs of earlier runs */
    bool shared;                /* SL_FACE_OTHERS and the board are served too: see face.h */
    struct sl_commit *commit;   /* NULL: files end as stored. Else opened on the journal, not
                                   started; given to the engine, as the journal is */
    bool include_hidden;        /* names with a leading dot, in folders */
    const struct sl_paths *own; /* as in walk.h, like the two below; borrowed until the engine
                                   is freed */
    const struct sl_guarded *guarded;
    enum sl_links links;
    struct sl_http_options http;
    struct sl_clock clock;
};

struct sl_engine;

/**
 * Load the jobs of the journal (all are announced by events; those that were uploading are queued
 * again; unless run_earlier the unfinished ones are announced but not started) and run.
 * `journal` is given: the engine closes it. Owned, end with sl_engine_free().
 */
int sl_engine_start(struct sl_engine **out, const struct sl_engine_options *options,
                    struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

/** Stop at once (as SL_CMD_STOP_NOW), join every thread, close the journal, free. NULL allowed. */
void sl_engine_free(struct sl_engine *engine);

/* ---- commands ---- */

enum sl_command_type {
    SL_CMD_ADD,        /* path: a file, or a folder to walk; request_id comes back in events.
                          `file`: its mark when found; only a file with this mark is taken */
    SL_CMD_PAUSE,      /* job_id: a running upload holds its connection for pause_hold_ms */
    SL_CMD_RESUME,     /* job_id: go on; an earlier unfinished job is started too */
    SL_CMD_CANCEL,     /* job_id: stop it; state cancelled */
    SL_CMD_RETRY,      /* job_id: failed, waiting or cancelled: try now, with the attempts reset;
                          confirmed with copies missing: make those copies */
    SL_CMD_REMOVE,     /* job_id: out of the list (running: cancelled first); never the file */
    SL_CMD_PARTS,      /* job_id: report its parts, one PART event each */
    SL_CMD_TX,         /* job_id: report the transaction that committed it, in one TX event */
    SL_CMD_MOVE,       /* job_id, number: -1 one place earlier in the queue, +1 later */
    SL_CMD_PAUSE_ALL,  /* every unfinished job, and what is queued later, until RESUME_ALL */
    SL_CMD_RESUME_ALL, /* every paused job, and the unfinished ones of earlier runs */
    SL_CMD_PARALLEL,   /* number: uploads at a time from now on */
    SL_CMD_PRIORITY,   /* job_id, number: steps up (> 0) or down; higher ones start first */
    SL_CMD_LIMIT,      /* number: bytes a second, 0 none; job_id 0: of all together until the
                          timetable's next change, else of this job, while it is in the list */
    SL_CMD_SLOW,       /* number: slow mode 1 on, 0 off, -1 toggle */
    SL_CMD_STOP_AT,    /* number: minute of the day by the local clock, -1 never. Uploads that run
                          then may finish if that takes only minutes */
    SL_CMD_STOP_DRAIN, /* start nothing more, finish running work, then stop. Other commands still
                          work; jobs that they queue start with the next run */
    SL_CMD_STOP_NOW,   /* abort running uploads (queued again next time), then stop */
};

struct sl_command {
    enum sl_command_type type;
    int64_t job_id;
    uint64_t request_id;
    int number;
    struct sl_file_mark file; /* ADD: inode 0: the path is looked at and walked */
    char path[SL_PATH_BYTES]; /* ADD */
};

/** The face: never blocks, never drops. A command without a meaning in the job's state
 * does nothing. Errors: SL_ENOMEM; ADD also SL_EOVERFLOW (path too long). */
int sl_engine_send(struct sl_engine *engine, const struct sl_command *command,
                   struct sl_err *err) SL_MUST_CHECK;

/** Send a command that has only a job, without the 4 KiB of a path. */
int sl_engine_send_job(struct sl_engine *engine, enum sl_command_type type, int64_t job_id,
                       int number, struct sl_err *err) SL_MUST_CHECK;

/** A path as the journal keeps it: absolute, against the working directory of the process. Errors:
 * SL_EOVERFLOW, and why there is no such directory. */
int sl_engine_path(char out[static SL_PATH_BYTES], const char *path,
                   struct sl_err *err) SL_MUST_CHECK;

/** ADD a path, made absolute in the same way. Errors also: SL_EUSAGE ("" is not a path). */
int sl_engine_send_add(struct sl_engine *engine, const char *path, uint64_t request_id,
                       struct sl_err *err) SL_MUST_CHECK;

/** ADD a file that was found with this mark in a folder. A symbolic link in its place is not
 * followed. */
int sl_engine_send_found(struct sl_engine *engine, const char *path,
                         const struct sl_file_mark *file, uint64_t request_id,
                         struct sl_err *err) SL_MUST_CHECK;

/** Any thread: look at the clock again, for a clock that is moved by hand. */
void sl_engine_wake(struct sl_engine *engine);

/* ---- events: engine to face ---- */

enum sl_event_type {
    SL_EVENT_JOB,  /* job, path, provider_url: new or changed */
    SL_EVENT_PART, /* job, path, provider_url, part: a part of a split file was stored, or answers
                      PARTS; part.state says which */
    SL_EVENT_TX,   /* job.id, path: hash of the transaction that put its first copy on
                      chain, "0x..."; "" when the journal has none */
    SL_EVENT_GONE, /* job.id: removed from the list */
    SL_EVENT_REJECTED, /* path, err, request_id: could not be queued (missing, too small ...);
                          count 1: it was found in a folder, 0: it is the path that was added */
    SL_EVENT_SKIPPED,  /* the same for an item without anything to store (a FIFO, a socket, a file
                          below piece size) that was found in a folder: left out, not a failure */
    SL_EVENT_SCANNED,  /* request_id, count, links: the walk of an ADD has ended, `count` files are
                          queued, `links` symbolic links were not followed. Comes after their JOB
                          events */
    /* Nothing runs, waits, is queued or being scanned; paused jobs may be left. Sent each time
       this becomes true, also right after the start, after all events that led to it. For an ADD,
       only an IDLE event after its SCANNED counts. */
    SL_EVENT_IDLE,
    /* count: the rate that holds for all together, 0 none; request_id 1: in slow mode */
    SL_EVENT_LIMIT,
    SL_EVENT_DEFERRED, /* job, path, request_id 0: the job was added or resumed, but its wish places
                          copies in another way than this run does */
    SL_EVENT_NOTE,     /* err.text: a message for the user; job.id and path of the job that it
                          concerns, if any */
    SL_EVENT_TROUBLE,  /* err: the journal failed, or a thread could not start; the engine stops */
    SL_EVENT_STOPPED, /* last event: everything is saved, all threads but the engine's have ended */
};

struct sl_event {
    enum sl_event_type type;
    uint64_t request_id;
    uint64_t count;
    uint64_t links;
    struct sl_job job;
    struct sl_job_part part; /* PART */
    struct sl_err err;
    char provider_url[SL_URL_BYTES];
    char path[SL_PATH_BYTES]; /* bytes of the file system: escape for display */
};

/** A descriptor that is readable while events wait: for poll(). Progress does not wake it. */
int sl_engine_event_fd(const struct sl_engine *engine);

/** The face: the next event, false when there is none now. */
bool sl_engine_next_event(struct sl_engine *engine, struct sl_event *event);

/* ---- progress: workers to face, one lock-free ring each ---- */

/** Cumulative totals of one attempt at a job, over all its parts if it is split; a later record
 * replaces all earlier ones. While it is hashing only hashed_bytes move. */
struct sl_progress {
    int64_t job_id;
    int32_t part;    /* whose bytes these were: struct sl_job_part; 0 for the only piece */
    int32_t attempt; /* as job.attempts of that upload: records of another number are void */
    uint64_t hashed_bytes;
    uint64_t sent_bytes;  /* given to the kernel */
    uint64_t acked_bytes; /* acknowledged by the peer's TCP */
    int64_t at_ms;        /* monotonic */
};

/** The face: the next progress record of any worker, false when there is none now. */
bool sl_engine_next_progress(struct sl_engine *engine, struct sl_progress *progress);

/** The newest byte counts of all workers, for other processes; borrowed. NULL: not shared. */
struct sl_board *sl_engine_board(const struct sl_engine *engine);

/** Progress records dropped because the face was slow. Any thread. */
uint64_t sl_engine_dropped(const struct sl_engine *engine);

#endif
