/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * reference.h - what has to be true of the engine's words: a small model of files and pieces that
 * knows nothing of how the engine comes to them.
 */
#ifndef SL_MODEL_REFERENCE_H
#define SL_MODEL_REFERENCE_H

#include "sluice/engine.h"

void reference_begin(void);

/** A failure was injected for a job: from now on it may end with it. */
void reference_excuse(int64_t job_id);
/** The commits were given a part of the file of this name and PieceCID; 1 and NULL for a file of
 * one piece. */
void reference_given(const char *name, const char *whole, int part, int letter);
/** A person gave this command. */
void reference_command(enum sl_command_type type, int64_t job_id);
/** A file was added: its newest job begins again. */
void reference_added(const char *path);
/** The engine started anew: what it told before may be told again. */
void reference_restart(void);

/** Hear what the engine says; ends the test when it cannot be true. */
void reference_hear(const struct sl_event *event);

/** A job that is not gone, by chance, and rather one that is not confirmed; 0: there is none. */
int64_t reference_any_job(void);
/** Jobs that are neither finished nor gone. */
int reference_live(void);

/** Ask the engine for something that it answers behind all that it was told before. With threads, a
 * command may lie there for a while, and nothing says so. */
void reference_ask(void);
bool reference_is_answered(void);

/** Nothing moves any more: nobody may be left waiting. */
void reference_at_rest(void);
/** The world was kind, and all was tried again: everything is on chain in every copy. */
void reference_all_confirmed(void);
/** Try again what is not whole. */
void reference_retry_all(void);
/** The journal names all who need a piece, and nobody else. */
void reference_check_owners(struct sl_journal *journal);

#endif
