/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lying_node.h - a node in front of that of a whole local network: it passes everything on, but for
 * one text that it replaces. */
#ifndef SL_TEST_LYING_NODE_H
#define SL_TEST_LYING_NODE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "chain_kit.h"
#include "support/tcp_server.h"

struct lying_node {
    char from[1024]; /* becomes `to`, of the same length; "": nothing does */
    char to[1024];
    bool in_requests; /* in what is asked, not in the answers */

    /* filled in by lying_node_start() */
    char behind[128];
    char url[128];
    struct sl_tcp_server *server;
    atomic_int lies;
};

void lying_node_start(struct lying_node *node, const struct chain *chain);
void lying_node_stop(struct lying_node *node);

#endif
