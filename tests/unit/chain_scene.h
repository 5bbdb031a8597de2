/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_scene.h - a small network: contracts on a scripted node, and a chain that reads them. */
#ifndef SL_TEST_CHAIN_SCENE_H
#define SL_TEST_CHAIN_SCENE_H

#include "sluice/chain.h"

#include "support/chain_node.h"

enum { SCENE_CHAIN_ID = 31415926, SCENE_EPOCH = 5000, SCENE_TIME = 1700000000 };

struct scene {
    struct sl_chain_node *node;
    struct sl_network network;
    struct sl_chain *chain;
    struct sl_address fwss, view, verifier, payments, token, registry, sessions, endorsements;
    struct sl_address payer, session_key;
    struct sl_u256 reserve, pending; /* of every data set: 5 and 0 */
    uint64_t end_epoch;              /* of every data set: 0; set 3 has one of its own */
    struct sl_err err;
};

/** Contracts with versions, prices, an account with 10 USDFC; no providers, no data sets. */
void scene_open(struct scene *scene);
/** The same with the chain id and the addresses of a network that is built in. */
void scene_open_known(struct scene *scene, const char *name);
void scene_close(struct scene *scene);

/** An address of 20 equal bytes. */
struct sl_address scene_address(uint8_t byte);

/** Writers begun with `types`, and one for a call. */
struct sl_abi_writer scene_values(const char *types);
struct sl_abi_writer scene_call(const char *signature);

/** A function of `to` that always returns this. */
void scene_u64(struct scene *scene, const struct sl_address *to, const char *signature,
               uint64_t value);
void scene_text(struct scene *scene, const struct sl_address *to, const char *signature,
                const char *text);

/** Registry, approvals and endorsements for providers 1 .. count; every third is endorsed. The one
 * with id `odd` (0: none) has capabilities that cannot be read. */
void scene_providers(struct scene *scene, size_t count, size_t approved, uint64_t odd);

/** What the registry says of one provider that it is asked for. */
void scene_provider(struct scene *scene, uint64_t id);

/** FilecoinPay's answer about a rail: it pays `rate` an epoch. */
void scene_rail(struct scene *scene, uint64_t rail, struct sl_u256 rate);

/** The price list, and FilecoinPay's word about the payer: nothing is locked, all is settled at
 * SCENE_EPOCH. */
void scene_prices(struct scene *scene, const struct sl_prices *prices);
void scene_account(struct scene *scene, struct sl_u256 available, struct sl_u256 rate);

/** What getDataSet() says of set `id`. */
void scene_one_set(struct scene *scene, uint64_t id);

/** Data sets 1 .. count of the payer, provider i of set i, metadata source=sluice; set 3 is
 * terminated, set 4 not live and without a rail, set 5 of another listener. The rail of set i is
 * 1000 + i and pays 277777777777 + i an epoch. */
void scene_data_sets(struct scene *scene, size_t count);

/** Write the 13 words of set `id`. */
void scene_put_set(struct sl_abi_writer *w, const struct scene *scene, uint64_t id);

#endif
