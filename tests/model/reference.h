/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * reference.h - what must be true of the engine's events: a small model of files and pieces that
 * does not know how the engine works.
 */
#ifndef SL_MODEL_REFERENCE_H
#define SL_MODEL_REFERENCE_H

#include "sluice/engine.h"

void reference_begin(void);

/** A failure was injected for a job: from now on the job may end with it. */
void reference_excuse(int64_t job_id);
/** The commits received a part of the file with this name and PieceCID; 1 and NULL for a file of
 * one piece. */
void reference_given(const char *name, const char *whole, int part, int letter);
/** The user gave this command. */
void reference_command(enum sl_command_type type, int64_t job_id);
/** A file was added: its newest job begins again. */
void reference_added(const char *path);
/** The engine was restarted: it may repeat its earlier events. */
void reference_restart(void);

/** Check an event of the engine; ends the test when the event cannot be true. */
void reference_hear(const struct sl_event *event);

/** A random job that is not gone, preferably one that is not confirmed; 0: there is none. */
int64_t reference_any_job(void);
/** Jobs that are neither finished nor gone. */
int reference_live(void);

/** Ask the engine for something that it answers behind all that it was told before. With threads, a
 * command may lie there for a while, and nothing says so. */
void reference_ask(void);
bool reference_is_answered(void);

/** Nothing moves any more: check that no job is left waiting. */
void reference_at_rest(void);
/** The world was kind, and everything was retried: check that everything is on chain in every copy.
 */
void reference_all_confirmed(void);
/** Retry every job that is not complete. */
void reference_retry_all(void);
/** Check that the journal lists exactly the owners of each piece. */
void reference_check_owners(struct sl_journal *journal);

#endif
