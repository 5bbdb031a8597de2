/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_internal.h - the client and its current request. Private to net. */
#ifndef SL_NET_HTTP_INTERNAL_H
#define SL_NET_HTTP_INTERNAL_H

#include <stdatomic.h>

#include <curl/curl.h>

#include "sluice/http.h"

#include "http_head.h"
#include "http_socket.h"

struct sl_http {
    /* immutable after sl_http_new() */
    CURL *easy;
    CURLM *multi; /* private: curl_multi_wakeup() ends a wait from another thread */
    int64_t connect_timeout_ms;
    int64_t stall_ms;
    int64_t answer_ms;
    bool allow_http;
    bool public_only;
    char *own_url;
    char *ca_file;
    char *user_agent;
    struct sl_clock clock;
    /* owner thread only */
    struct sl_http_sockets sockets;
    int64_t
        resume_at_ms; /* when to call a paused source again; INT64_MAX: after sl_http_unpause() */
    /* any thread */
    atomic_bool cancelled;
    atomic_bool resume; /* sl_http_unpause() was called */
};

enum { SL_HTTP_HOST_CHARS = 96 };

/** One request on its way; owner thread only. */
struct sl_http_transfer {
    struct sl_http *http;
    const struct sl_http_request *request;
    struct sl_http_response *response;
    CURLU *url;
    struct curl_slist *headers;
    char host[SL_HTTP_HOST_CHARS]; /* printable, for texts */
    char curl_text[CURL_ERROR_SIZE];

    struct sl_http_head head;
    uint64_t body_given;    /* bytes that libcurl took from the source */
    uint64_t body_received; /* of the answer */
    bool public_only;       /* for this request */
    const char *proxy; /* from the environment, set when the connecting side matters; NULL: none */
    bool loopback;
    bool connected; /* request bytes may flow */
    bool paused;    /* the source asked for it */
    bool cut;       /* the body of an error answer reached its cap */
    int failed;     /* the code that a callback decided on; its text is in `failure` */
    struct sl_err failure;

    /* the stall rule: what had moved at its last check, and the time of the last progress */
    int64_t started_ms;
    int64_t moved_ms;
    uint64_t moved_up;
    uint64_t moved_down;
    uint64_t unacked_bytes;

    int64_t head_ms; /* when the head of the answer ended; 0: it has not ended */
    /* slow rule: start of the stretch, and the bytes received by then */
    int64_t slow_since_ms;
    uint64_t slow_down;

    struct sl_buf heads; /* lines of the answer's head, for the log at level debug */
};

#endif
