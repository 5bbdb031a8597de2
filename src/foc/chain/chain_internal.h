/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_internal.h - the structs that the reads of the chain share. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_INTERNAL_H
#define SL_FOC_CHAIN_INTERNAL_H

#include "sluice/chain.h"

#include "arena.h"

struct sl_chain {
    struct sl_network network;
    struct sl_rpc *rpc;
    struct sl_contracts contracts;
    bool contracts_known;
};

/* A view and what it owns; the public part comes first. */
struct sl_view_memory {
    struct sl_chain_view view;
    struct sl_arena arena;
    size_t provider_room;
    size_t data_set_room;
};

#endif
