/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lying_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/peer.h"
#include "support/test.h"

enum { REQUEST_BYTES = 1 << 18 };

static void lie(struct lying_node *node, char *text)
{
    pthread_mutex_lock(&node->lock);
    const size_t len = strlen(node->from);
    char *at = len > 0 ? strstr(text, node->from) : NULL;
    for (; at != NULL; at = strstr(at + len, node->from)) {
        memcpy(at, node->to, len);
        atomic_fetch_add(&node->lies, 1);
    }
    pthread_mutex_unlock(&node->lock);
}

static void pass_on(struct lying_node *node, struct sl_tcp_conn *conn, char *body)
{
    struct sl_answer answer = {0};
    char head[128];
    if (node->in_requests)
        lie(node, body);
    sl_peer_ask(node->behind, "POST", "/rpc/v1", "Content-Type: application/json\r\n", body,
                strlen(body), &answer);
    sl_buf_add(&answer.body, "", 1);
    if (!node->in_requests)
        lie(node, answer.body.data);
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
             strlen(answer.body.data));
    (void)(sl_tcp_send(conn, head) && sl_tcp_send(conn, answer.body.data));
    sl_answer_free(&answer);
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    char *request = malloc(REQUEST_BYTES);
    assert_non_null(request);
    if (sl_tcp_read_request(conn, request, REQUEST_BYTES)) {
        char *body = strstr(request, "\r\n\r\n");
        if (body != NULL)
            pass_on(ctx, conn, body + 4);
    }
    free(request);
}

void lying_node_start(struct lying_node *node, const struct chain *chain)
{
    pthread_mutex_init(&node->lock, NULL);
    snprintf(node->behind, sizeof node->behind, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(node->behind, "/rpc/v1") = '\0';
    node->server = sl_tcp_start(serve, node);
    sl_tcp_url(node->server, node->url, sizeof node->url, "/rpc/v1");
}

void lying_node_stop(struct lying_node *node)
{
    sl_tcp_stop(node->server);
    pthread_mutex_destroy(&node->lock);
}

void lying_node_replace(struct lying_node *node, const char *from, const char *to)
{
    assert_int_equal(strlen(from), strlen(to));
    pthread_mutex_lock(&node->lock);
    snprintf(node->from, sizeof node->from, "%s", from);
    snprintf(node->to, sizeof node->to, "%s", to);
    pthread_mutex_unlock(&node->lock);
}
