/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* node_between.h - a public node as it can be: it passes on what the chain's own node answers, or
 * answers from an old block, or with a page of its proxy. */
#ifndef SL_TEST_NODE_BETWEEN_H
#define SL_TEST_NODE_BETWEEN_H

#include <stdatomic.h>
#include <stdint.h>

#include "sluice/u256.h"

#include "support/tcp_server.h"

enum { NODE_LOW = 4 };

struct node_between {
    const char *behind; /* the URL of the chain's node */
    char url[128];
    struct sl_tcp_server *server;
    /* how often it still does so */
    atomic_int old_nonces; /* no nonce is used */
    atomic_int old_pieces; /* no piece is known */
    atomic_int old_sets;   /* no data set is */
    atomic_int pages;      /* of what asks for nonces */
    atomic_int age_s;      /* of the block, when no nonce is used */
    atomic_int used;       /* answers so far that tell of a used nonce */
    /* numbers that it reports too low, in any answer: divided by low_by; all under 2^64 */
    struct sl_u256 low[NODE_LOW];
    uint64_t low_by; /* 0: the node is honest */
};

/** Everything but `behind` is filled in. */
void node_between_start(struct node_between *node);
void node_between_stop(struct node_between *node);

#endif
