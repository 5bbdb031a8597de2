/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ledger_kit.h - a ledger in a temporary folder, with keys of everybody in it, and payloads that
 * may be wrong in any way: they are built here from the parts, not by the client's own builder.
 */
#ifndef SL_TEST_LEDGER_KIT_H
#define SL_TEST_LEDGER_KIT_H

#include "sluice/abi.h"
#include "sluice/eip712.h"
#include "sluice/key.h"
#include "sluice/path.h"

#include "devnet/chain/ledger.h"
#include "support/fake_clock.h"

/** Who acts: provider 1 is its own payee, 3 has another one; 4 is a session key of the client. */
enum who { SP1 = 1, SP2, CLIENT, SESSION, STRANGER, SP3, SP3_PAYEE, PEOPLE };

struct ledger_kit {
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock clock;
    struct sl_key *keys[PEOPLE];
    struct sl_ledger_provider providers[3];
    struct sl_ledger_options options;
    struct sl_ledger *ledger;
    const struct sl_ledger_contracts *at;
    struct sl_ledger_result result;   /* of the last call */
    struct sl_ledger_receipt receipt; /* of the last send */
};

/** cmocka fixtures: *state is a struct ledger_kit; everybody has FIL, the client 10,000 USDFC. */
int ledger_kit_setup(void **state);
/** The same with the contracts of 1.3; else they are today's. */
int ledger_kit_setup_1_3(void **state);
/** A kit whose providers do nothing by themselves, with periods of 120 epochs and windows of 10. */
struct ledger_kit *ledger_kit_idle(enum sl_devnet_profile profile);
int ledger_kit_teardown(void **state);

struct sl_address kit_address(const struct ledger_kit *kit, enum who who);

void kit_open(struct ledger_kit *kit);
void kit_close(struct ledger_kit *kit);
/** Go on with a copy of the ledger; kit_unfork() returns to what was before. */
void kit_fork(struct ledger_kit *kit, struct ledger_kit *kept);
void kit_unfork(struct ledger_kit *kit, struct ledger_kit *kept);
void kit_tick(struct ledger_kit *kit);
void kit_skip(struct ledger_kit *kit, uint64_t count);
uint64_t kit_epoch(struct ledger_kit *kit);

/** Ends the writer and calls `to`; the answer stands in kit->result. Returns whether it went well.
 */
bool kit_call(struct ledger_kit *kit, enum who from, const struct sl_address *to,
              struct sl_u256 value, struct sl_abi_writer *w);
/** A view that must not revert; the answer is read from the returned reader. */
struct sl_abi_reader kit_view(struct ledger_kit *kit, const struct sl_address *to,
                              const char *returns, struct sl_abi_writer *w);
/** As a transaction in the next block; the receipt stands in kit->receipt. Returns its status. */
bool kit_send(struct ledger_kit *kit, enum who from, const struct sl_address *to,
              struct sl_u256 value, struct sl_abi_writer *w);

/** depositWithPermitAndApproveOperator by the client, with everything allowed. */
bool kit_deposit(struct ledger_kit *kit, struct sl_u256 amount);
bool kit_approve(struct ledger_kit *kit, bool approved, struct sl_u256 rate, struct sl_u256 lockup,
                 uint64_t period);
/** FilecoinPay's account of somebody. */
struct kit_account {
    struct sl_u256 funds, lockup, rate;
    uint64_t settled_at;
};
struct kit_account kit_account(struct ledger_kit *kit, const struct sl_address *owner);

/** Whether kit->result is this revert: "Name(types)" and the arguments as text, separated by
 * commas; "*" stands for anything, @client, @fwss ... for addresses. Prints what was instead. */
bool kit_reverted(struct ledger_kit *kit, const char *signature, const char *args);

/* ---- payloads ---- */

enum { KIT_PIECES = 410, KIT_ENTRIES = 12 };

struct kit_piece {
    uint8_t cid[64];
    size_t len;
};
/** A piece of so many bytes whose root is made from a seed. */
struct kit_piece kit_piece(uint64_t bytes, uint64_t seed);

struct kit_metadata {
    struct sl_metadata entries[KIT_ENTRIES];
    size_t count;
    size_t values_missing; /* so many values are left out */
};

struct kit_payload {
    enum who payer;         /* default: the client */
    enum who create_signer; /* default: the payer */
    enum who add_signer;
    enum who payee; /* default: that of the sender */
    struct sl_u256 client_id;
    struct sl_u256 signed_client_id; /* of the add, when not client_id */
    struct sl_u256 nonce;
    const struct kit_piece *pieces;
    size_t count;
    const struct kit_piece *signed_pieces; /* when others were signed */
    const struct kit_metadata *data_set;
    const struct kit_metadata *piece; /* of every piece */
    bool first_only;                  /* .. of the first one alone */
    bool no_piece_lists;
    bool signed_compact;               /* without any list of metadata */
    size_t key_lists, value_lists;     /* so many in the payload, SIZE_MAX: none; 0: one a piece */
    uint64_t chain_id;                 /* of the domain; 0: right */
    const struct sl_address *verifier; /* of the domain; NULL: right */
    void (*spoil)(struct sl_buf *signature);
};

void kit_create_payload(struct ledger_kit *kit, struct sl_buf *out, const struct kit_payload *p,
                        enum who sender);
void kit_add_payload(struct ledger_kit *kit, struct sl_buf *out, const struct kit_payload *p);
/** createDataSet() as a call that is still to be made. */
void kit_put_create(struct ledger_kit *kit, struct sl_abi_writer *w, const struct kit_payload *p,
                    enum who sender);
/** addPieces(): set 0 creates. */
void kit_put_add(struct ledger_kit *kit, struct sl_abi_writer *w, const struct kit_payload *p,
                 uint64_t set, const struct sl_address *listener, enum who sender);
/** An authorization of a removal or of a termination, with so many zeros behind it that it has
 * `least` bytes. */
void kit_remove_payload(struct ledger_kit *kit, struct sl_buf *out, enum who signer,
                        struct sl_u256 client_id, const uint64_t *pieces, size_t count,
                        size_t least);
void kit_terminate_payload(struct ledger_kit *kit, struct sl_buf *out, enum who signer,
                           uint64_t set, size_t least);
/** schedulePieceDeletions() signed by the payer. */
void kit_put_remove(struct ledger_kit *kit, struct sl_abi_writer *w, struct sl_u256 client_id,
                    uint64_t set, const uint64_t *pieces, size_t count);

extern const struct sl_u256 kit_deposit_fil; /* what comes with a new data set */
struct sl_u256 kit_dec(const char *text);

#endif
