/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_kit.h - a whole local network in a temporary folder with a clock of its own, and the
 * requests that a client signs for it. */
#ifndef SL_TEST_CHAIN_KIT_H
#define SL_TEST_CHAIN_KIT_H

#include "sluice/eip712.h"
#include "sluice/json.h"

#include "devnet_kit.h"

enum { CHAIN_EPOCH_MS = 1000, CHAIN_WATCH_MS = 200 };

struct chain {
    struct kit kit; /* kit.url: the provider that is spoken to */
    struct sl_devnet_chain options;
    struct sl_key *key; /* the throwaway key */
    struct sl_domain domain;
    struct sl_address fwss, pdp, view, usdfc, pay;
    struct sl_address providers[SL_DEVNET_PROVIDERS_MAX];
    uint64_t next_nonce;
    struct sl_metadata mark; /* of new data sets; its key NULL: none */
    bool compact;            /* adds without metadata are signed in the short form */
};

/** cmocka fixtures: *state is a struct chain of three providers, faults allowed; today's contracts,
 * or those of 1.3. */
int chain_setup(void **state);
int chain_setup_1_3(void **state);
int chain_teardown(void **state);

/** The same with a clock that also runs by itself, CHAIN_HASTE times as fast as the world's: for
 * programs that wait for the chain. */
enum { CHAIN_HASTE = 20 };
int chain_setup_running(void **state);
int chain_setup_running_1_3(void **state);
/** As chain_setup_running(); the throwaway key has nothing. */
int chain_setup_poor(void **state);

/** Stop and start on the same folder. */
void chain_restart(struct chain *chain);

/** Speak to provider `index` (0 is provider 1) from now on. */
void chain_use(struct chain *chain, size_t index);

void chain_pass(struct chain *chain, int64_t ms);
/** Let `count` blocks be made, one after the other. */
void chain_blocks(struct chain *chain, int count);
/** Upload a piece of CHAIN_PIECE_BYTES made of `seed` to the provider that is spoken to. */
enum { CHAIN_PIECE_BYTES = 1000 };
void chain_store(struct chain *chain, char cid[static SL_PIECE_CID_CHARS], uint64_t seed);

/** One JSON-RPC call; `params` is an array as text. The answer's body is JSON. */
void chain_rpc(const struct chain *chain, const char *method, const char *params,
               struct sl_answer *answer);

/** eth_call of `signature` with one number, as hex; fails the test when the node refuses. */
void chain_view(const struct chain *chain, char out[static SL_U256_HEX_CHARS],
                const struct sl_address *to, const char *signature, uint64_t argument);

/** A request and its answer: status and body (hashes and ids blanked) as wanted. The Location goes
 * to `location` when there is one; NULL `text`: any body. */
void chain_expect(const struct chain *chain, const char *what, const char *method, const char *path,
                  const char *body, int status, const char *text, char location[static 256]);

/** Body of create-and-add for provider `index`: signed, with its own client data set id. */
void chain_create_body(struct chain *chain, struct sl_buf *out, size_t index,
                       const char *const *cids, size_t count, uint64_t *client_data_set_id);

/** Body of an add. */
void chain_add_body(struct chain *chain, struct sl_buf *out, uint64_t client_data_set_id,
                    const char *const *cids, size_t count);

/** Create a data set with one new piece at provider `index` and wait until all is recorded. Returns
 * its id; writes the piece. */
uint64_t chain_data_set(struct chain *chain, size_t index, uint64_t seed,
                        char cid[static SL_PIECE_CID_CHARS], uint64_t *client_data_set_id);

#endif
