/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* log_teller.h - what a scripted node says of logs, receipts and its head, as sl_chain_node_fn. */
#ifndef SL_TEST_LOG_TELLER_H
#define SL_TEST_LOG_TELLER_H

#include "sluice/piece.h"

#include "support/chain_node.h"

enum { QUERIES = 64 };

/* What a log is; zero: of the storage service, data set 7, "film.mkv". */
struct made {
    uint64_t id;
    uint64_t epoch;
    uint64_t set;     /* 0: 7 */
    const char *name; /* NULL: "film.mkv" */
    bool foreign;     /* another contract emitted it */
    bool undone;      /* its block is */
    bool more_keys;   /* than values */
    bool long_key;    /* of a megabyte */
    bool no_cid;
};

struct query {
    uint64_t from;
    uint64_t to;
};

/* What it tells. The network has two. */
struct teller {
    const char *receipt; /* the rest of the answer; NULL: the logs below */
    const char *refusal; /* of a window over `allows`: {"code":..} */
    uint64_t allows;     /* `to` less `from`; 0: nothing at all is allowed */
    uint64_t history;    /* older epochs are refused as too far back */
    uint64_t head;
    const struct made *logs;
    size_t log_count;
    struct query queries[QUERIES];
    size_t query_count;
};

/** The piece that a log of this id is about. */
struct sl_piece_id teller_piece(uint64_t id);

/** For sl_chain_node_methods(); ctx is a struct teller. */
bool teller_answer(void *ctx, struct sl_buf *out, const char *method, const struct sl_json *params);

#endif
