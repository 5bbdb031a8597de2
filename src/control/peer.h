/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * peer.h - one client of the server: what it asked for, and what waits for it. Server thread.
 */
#ifndef SL_CONTROL_PEER_H
#define SL_CONTROL_PEER_H

#include "sluice/clock.h"
#include "sluice/journal.h"

#include "line.h"

enum sl_peer_state {
    SL_PEER_NEW,      /* has not said hello */
    SL_PEER_GREETED,  /* may send requests */
    SL_PEER_LISTING,  /* attached; pages of jobs are still to be sent */
    SL_PEER_ATTACHED, /* attached; all jobs were sent */
};

enum { SL_PEER_GONE_MAX = 1024 };

struct sl_peer {
    struct sl_peer *next;
    struct sl_line line;
    enum sl_peer_state state;
    uint32_t number; /* of this server, from 1; see sl_control_peer_request() */
    int64_t hello_by_ms;
    int64_t second_ms;  /* the second in which `requests` are counted began then */
    unsigned requests;  /* in that second */
    uint64_t attach_id; /* to be answered behind the last page; 0: it was answered */
    bool is_stale;      /* changes were left out: all jobs are sent again once the queue is short */
    size_t gone_count;  /* jobs that left the list while it was stale */
    int64_t *gone;      /* their ids; owned */
    struct sl_journal_place place; /* LISTING: jobs up to here were sent */
};

/** Takes the connection. NULL: out of memory, the connection is closed. */
struct sl_peer *sl_control_peer_new(int fd, uint32_t number, int64_t now_ms) SL_MUST_CHECK;
void sl_control_peer_free(struct sl_peer *peer);

/** Request ids of this client, as the engine sees them: unique among all clients and this process.
 */
uint64_t sl_control_peer_request(const struct sl_peer *peer, uint64_t request_id);
/** Whether an engine's request id belongs to a client of the server; *number says to which. */
bool sl_control_peer_owns(uint64_t engine_request_id, uint32_t *number);

/** Count a request. False: too many in this second. */
bool sl_control_peer_may_ask(struct sl_peer *peer, int64_t now_ms);

/** Queue {"re":ID,"ok":...}; *err NULL: ok. */
void sl_control_peer_answer(struct sl_peer *peer, uint64_t id, const struct sl_err *err);
/** Queue a change for a client that is attached. A client that is too slow is marked stale
 * instead. */
void sl_control_peer_change(struct sl_peer *peer, const struct sl_event *event);
/** Whether a page of jobs is to be sent, and the queue is short enough for it. */
bool sl_control_peer_has_page(const struct sl_peer *peer);
/** Queue the next page of jobs if sl_control_peer_has_page(). Errors: those of the journal. */
int sl_control_peer_list(struct sl_peer *peer, struct sl_journal *journal,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
