/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * observed.h - cases of what the real contracts answered, in tables by what they try. Source:
 * protocol/observed/contracts.txt; figures of gas are of another machine and not compared. A value
 * that came out of random bytes is a "*".
 *
 * The tables are one story: they run one after the other on one chain, in the order below. The
 * sizes of the observed pieces are not known: those here have as many leaves altogether, at times
 * that give the same balances.
 */
#ifndef SL_TEST_OBSERVED_H
#define SL_TEST_OBSERVED_H

#include "unit/ledger_kit.h"

#define FIRST_SET   UINT64_C(1001) /* the client's ids of the two data sets that stay */
#define SECOND_SET  UINT64_C(8001)
#define USED_NONCE  UINT64_C(3001)
#define EMPTY_ERROR ""

#define K32 "0123456789abcdef0123456789abcdef"
#define V96                                                                                         \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc" \
    "def"

enum action { CREATE_AND_ADD, CREATE_EMPTY, ADD };
enum payload_kind { BUILT, NO_BYTES, GARBAGE };
enum cid_kind { GOOD, VERSION_1, TRUNCATED, MULTIBASE, TOO_PADDED, HEIGHT_51 };

struct observed_case {
    const char *name;
    enum action action;
    bool send; /* also as a transaction; else a dry run alone */
    enum who sender;
    enum who create_signer, add_signer, payee;
    uint64_t client_id, nonce; /* 0: never used before */
    bool zero_nonce;
    uint64_t set;           /* of an add; 0: the first */
    uint64_t signed_client; /* another data set was signed */
    bool other_pieces, other_chain, other_verifier;
    size_t pieces; /* 0: one; SIZE_MAX: none */
    bool same_twice;
    uint64_t bytes; /* of every piece; 0: 1000 */
    uint64_t step;  /* each piece is so much larger */
    enum cid_kind cid;
    enum payload_kind payload;
    bool no_value, a_value, no_listener;
    void (*spoil)(struct sl_buf *signature);
    const struct kit_metadata *data_set, *piece;
    bool no_piece_lists;
    void (*before)(struct ledger_kit *kit); /* on a copy of the chain */
    void (*after)(struct ledger_kit *kit);  /* what was read then */
    const char *error;                      /* NULL: it went well */
    const char *args;
};

struct observed_list {
    const struct observed_case *cases;
    size_t count;
};
#define OBSERVED_LIST(cases)                                                                       \
    {                                                                                              \
        cases, sizeof(cases) / sizeof(cases)[0]                                                    \
    }

extern const struct observed_list observed_signatures; /* nonces and signatures */
extern const struct observed_list observed_adds;       /* arguments, CIDs, numbers of pieces */
extern const struct observed_list observed_metadata;
extern const struct observed_list observed_sessions; /* after observed_log_in() */
extern const struct observed_list observed_money;

/** The client lets SESSION add pieces for an hour. */
void observed_log_in(struct ledger_kit *kit);

/** What FilecoinPay says of an account. */
void observed_expect_account(struct ledger_kit *kit, enum who who, const char *funds,
                             const char *lockup, const char *rate, uint64_t settled_at);

/** The first piece is in data set 1 under the id 0. */
void observed_expect_found(struct ledger_kit *kit);

#endif
