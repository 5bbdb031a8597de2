/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lying_node.h - a node in front of a local network's node: it passes everything on, but replaces
 * one text. */
#ifndef SL_TEST_LYING_NODE_H
#define SL_TEST_LYING_NODE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "chain_kit.h"
#include "support/tcp_server.h"

struct lying_node {
    bool in_requests; /* replace in requests, not in answers; set before the start */

    /* filled in by lying_node_start() */
    pthread_mutex_t lock;
    char from[1024]; /* "": nothing is replaced yet; may be set before the start */
    char to[1024];
    char behind[128];
    char url[128];
    struct sl_tcp_server *server;
    atomic_int lies;
};

void lying_node_start(struct lying_node *node, const struct chain *chain);
void lying_node_stop(struct lying_node *node);

/** From now on it replaces `from` by `to`, which has the same length. */
void lying_node_replace(struct lying_node *node, const char *from, const char *to);

#endif
