/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rig.h - an engine between a real provider on loopback and a real journal, all in one temporary
 * folder, and a face that remembers what it was told.
 */
#ifndef SL_TEST_RIG_H
#define SL_TEST_RIG_H

#include "sluice/devnet.h"
#include "sluice/engine.h"

#include "support/fake_clock.h"
#include "support/tmp.h"

enum { RIG_JOBS = 512, RIG_REJECTIONS = 64, RIG_NOTES = 16 };

/** The newest the face was told about a job. */
struct rig_job {
    struct sl_job job;
    char path[512];
    char provider_url[SL_URL_BYTES];
    int events;
    unsigned seen;       /* bit by state that was shown */
    int parts_told;      /* PART events */
    uint64_t sent_bytes; /* of the newest progress record */
    bool gone;
};

struct rig {
    char dir[SL_PATH_BYTES];
    char media[SL_PATH_BYTES];
    char state[SL_PATH_BYTES];
    char provider[SL_PATH_BYTES];
    struct sl_devnet_options net_options; /* change before rig_provider() */
    struct sl_devnet *net;
    char url[SL_URL_BYTES];           /* stays the same over restarts */
    struct sl_engine_options options; /* change before rig_engine() */
    struct sl_engine *engine;
    struct sl_fake_clock fake;
    bool ticking; /* waits move the fake clock */

    struct rig_job jobs[RIG_JOBS];
    int job_count;
    struct sl_event parts[RIG_JOBS]; /* PART events in order */
    int part_count;
    int idle, trouble, stopped, scanned, rejected, skipped;
    bool is_idle; /* nothing was said after the last IDLE */
    uint64_t scanned_files;
    struct sl_event rejections[RIG_REJECTIONS];
    struct sl_err trouble_err;
    int limits, notes, deferred;
    uint64_t limit;                     /* as last told */
    struct sl_err note;                 /* the last one */
    struct sl_err all_notes[RIG_NOTES]; /* the first ones, in order */
    struct sl_progress progress;        /* the newest of any worker */
    uint64_t most_sent;                 /* of all records */
    uint64_t next_request;
};

/** Owned: rig_free(). Folders and options only. */
struct rig *rig_new(void);
void rig_free(struct rig *rig);

void rig_provider(struct rig *rig);
void rig_provider_stop(struct rig *rig);
void rig_engine(struct rig *rig);
/** End the engine at once and forget what the face knew. */
void rig_engine_stop(struct rig *rig);
/** Provider and engine. */
struct rig *rig_started(void);

/** "{...}" to the provider's /fault, quotes as apostrophes; NULL: forget all faults. */
void rig_fault(struct rig *rig, const char *json);

/** A file in the media folder; its path is in a static buffer. */
const char *rig_file(struct rig *rig, const char *name, uint64_t bytes, uint64_t seed);
const char *rig_path(struct rig *rig, const char *name);
void rig_add(struct rig *rig, const char *path);
void rig_send(struct rig *rig, enum sl_command_type type, int64_t job_id, int number);

/** Take what is there now. */
void rig_read(struct rig *rig);

/** The newest job of a file of the media folder, NULL when none was announced. */
struct rig_job *rig_job(struct rig *rig, const char *name);

/** Wait for events until it holds; fails the test after a long time. */
typedef bool (*rig_fn)(struct rig *rig, const void *arg);
void rig_wait(struct rig *rig, rig_fn fn, const void *arg, const char *what);
void rig_wait_idle(struct rig *rig);
/** Exactly one note has these words. A slow machine may add others, about how long it takes. */
void rig_noted_once(const struct rig *rig, const char *words);
struct rig_job *rig_wait_state(struct rig *rig, const char *name, enum sl_job_state state);
/** Until the job has left a state; the next one may be over as well by then. */
void rig_wait_left(struct rig *rig, const char *name, enum sl_job_state state);
/** Until a worker of this job has given bytes to the kernel. */
void rig_wait_bytes(struct rig *rig, const char *name, uint64_t sent_bytes);
void rig_wait_stopped(struct rig *rig);

/** The piece of a file, hashed independently. */
struct sl_piece_id rig_piece(const char *path);
/** Whether the provider lists it. */
bool rig_provider_has(struct rig *rig, const struct sl_piece_id *piece);
/** STORED, with the PieceCID of the file, at the provider. */
void rig_assert_stored(struct rig *rig, const char *name);
/** Files in a folder of the provider ("pieces", "tmp"). */
int rig_provider_files(struct rig *rig, const char *folder);

/* ---- files in parts ---- */

#define RIG_SHARD UINT64_C(130048) /* 127 * 2^10 */

/** A provider that runs, and options for an engine that cuts files into parts of RIG_SHARD. */
struct rig *rig_split(void);
/** A rig_fn: at least *(const int *)arg parts were told. */
bool rig_has_parts(struct rig *rig, const void *arg);

#endif
