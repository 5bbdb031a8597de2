/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lying_node.h - a node in front of a local network's node: it passes everything on, but replaces
 * one text. */
#ifndef SL_TEST_LYING_NODE_H
#define SL_TEST_LYING_NODE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "chain_kit.h"
#include "support/tcp_server.h"

struct lying_node {
    char from[1024]; /* replaced by `to`, of the same length; "": nothing is replaced */
    char to[1024];
    bool in_requests; /* replace in requests, not in answers */

    /* filled in by lying_node_start() */
    char behind[128];
    char url[128];
    struct sl_tcp_server *server;
    atomic_int lies;
};

void lying_node_start(struct lying_node *node, const struct chain *chain);
void lying_node_stop(struct lying_node *node);

#endif
