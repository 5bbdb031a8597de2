/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_rig.h - a whole local network with quick epochs, a journal, and the commits between them.
 */
#ifndef SL_TEST_COMMIT_RIG_H
#define SL_TEST_COMMIT_RIG_H

#include <pthread.h>

#include "sluice/commit.h"
#include "sluice/devnet.h"
#include "sluice/path.h"

enum { RIG_EPOCH_MS = 100, RIG_PIECES = 512, RIG_BYTES = 200 };

/** What was told of a piece's copy, newest last. */
struct rig_copy {
    int landed, lost, failed;
    struct sl_commit_event event; /* the last of those */
};

struct commit_rig {
    char dir[SL_PATH_BYTES];
    char state_dir[SL_PATH_BYTES];
    char net_dir[SL_PATH_BYTES];
    struct sl_devnet_chain chain_options;
    struct sl_devnet_options net_options;
    struct sl_devnet *net;
    struct sl_commit_options options;
    struct sl_journal *journal;
    struct sl_commit *commit;
    struct sl_clock clock;
    size_t at;    /* index of the provider that pieces are stored at */
    bool unnamed; /* pieces are given without metadata */
    struct sl_piece_id pieces[RIG_PIECES];
    size_t piece_count;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under lock */
    struct rig_copy copies[RIG_PIECES][SL_COPIES_MAX];
    int sent;                     /* SENT events */
    int notes;                    /* NOTE events */
    char note[SL_ERR_TEXT_BYTES]; /* the last note */
};

/** cmocka fixtures: *state is a rig whose network runs; no commit yet. */
int rig_setup(void **state);
int rig_teardown(void **state);

/** Start a new network of four providers, three of them approved. */
void rig_more_providers(struct commit_rig *rig);
/** Start a new network with the contracts and providers of 1.3. */
void rig_old_network(struct commit_rig *rig);

/** Open and start the commits; fails the test when that fails. */
void rig_open(struct commit_rig *rig);
/** Close commits and journal: as a program that ends. */
void rig_close(struct commit_rig *rig);

/** Upload and park `count` new pieces at provider rig->at. */
void rig_store(struct commit_rig *rig, size_t count);
/** Upload and park piece i of those there are at provider rig->at. */
void rig_store_again(struct commit_rig *rig, size_t i);
/** Pieces that nobody has. */
void rig_invent(struct commit_rig *rig, size_t count);
/** Give pieces `from` .. `from` + `count` - 1 to the commits. */
void rig_add(struct commit_rig *rig, size_t from, size_t count);

/** Wait until every piece's copy has ended (landed, lost or failed) since the last rig_forget(). */
void rig_wait(struct commit_rig *rig, size_t copies);
/** Open the commits, give them all pieces, and wait for their ends. */
void rig_commit_all(struct commit_rig *rig, size_t copies);
/** Waits until the first copy of this piece alone has ended. */
void rig_wait_piece(struct commit_rig *rig, size_t piece);
void rig_forget(struct commit_rig *rig);
/** Wait until a NOTE with these words was reported. */
void rig_wait_note(struct commit_rig *rig, const char *words);
/** All pieces landed as this copy; fails the test with the reason otherwise. */
void rig_expect_landed(struct commit_rig *rig, unsigned copy);
/** ... as each of that many copies, and each copy is on chain once. */
void rig_expect_landed_once(struct commit_rig *rig, size_t copies);

/** Add a rule at a provider (index) or, with -1, at the node. */
void rig_fault(const struct commit_rig *rig, int at, const char *rule);
/** Until each of its rules was met. */
void rig_wait_fault(const struct commit_rig *rig, int at);
void rig_no_faults(const struct commit_rig *rig, int at);

/** The prices of the network. */
struct sl_prices rig_prices(struct commit_rig *rig);
/** What one commit of `pieces` new pieces takes from a limit: with a new data set, or added to an
 * empty one. */
struct sl_u256 rig_sum(struct commit_rig *rig, size_t pieces, bool is_new);
/** What the account has available now. */
struct sl_u256 rig_available(struct commit_rig *rig);

/** How often a piece is in the data sets of the payer, on chain. */
size_t rig_on_chain(struct commit_rig *rig, size_t piece);
/** Number of the payer's data sets on chain. */
size_t rig_data_sets(struct commit_rig *rig);
/** Commits of the journal in this state. */
size_t rig_commits(struct commit_rig *rig, enum sl_journal_commit_state state);

#endif
