/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a session key may sign, and until when. */
#include <stdlib.h>
#include <string.h>

#include "devnet/chain/ledger_chain.h"
#include "support/test.h"
#include "unit/observed.h"

static void put_permissions(struct sl_abi_writer *w)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_message_type_hash(hash, SL_MESSAGE_ADD);
    sl_abi_open_list(w, 1);
    sl_abi_put_fixed(w, hash, sizeof hash);
    sl_abi_close(w);
    sl_abi_put_str(w, "test");
}

static void login(struct ledger_kit *kit, int64_t seconds)
{
    struct sl_abi_writer w = {0};
    struct sl_ledger_block block;
    const struct sl_address session = kit_address(kit, SESSION);
    assert_int_equal(sl_ledger_block(kit->ledger, &block, SL_LEDGER_PENDING, NULL), 1);
    sl_abi_call(&w, "login(address,uint256,bytes32[],string)");
    sl_abi_put_address(&w, &session);
    sl_abi_put_u64(&w, (uint64_t)(block.timestamp_s + seconds));
    put_permissions(&w);
    assert_true(kit_send(kit, CLIENT, &kit->at->session_keys, sl_u256(0), &w));
}

static void revoke_session(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct sl_address session = kit_address(kit, SESSION);
    sl_abi_call(&w, "revoke(address,bytes32[],string)");
    sl_abi_put_address(&w, &session);
    put_permissions(&w);
    assert_true(kit_send(kit, CLIENT, &kit->at->session_keys, sl_u256(0), &w));
}

static void expire_session(struct ledger_kit *kit)
{
    login(kit, 3);
    kit_skip(kit, 3); /* an epoch is a second here */
}

void observed_log_in(struct ledger_kit *kit)
{
    login(kit, 3600);
}

#define ERROR_SIGNER "InvalidSignature(address,address)"

static const struct observed_case cases[] = {
    {.name = "session key: addPieces permission, add", .action = ADD, .add_signer = SESSION},
    {.name = "session key: addPieces permission only, create+add",
     .create_signer = SESSION,
     .add_signer = SESSION,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
    {.name = "session key: after revoke",
     .action = ADD,
     .add_signer = SESSION,
     .before = revoke_session,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
    {.name = "session key: expired",
     .action = ADD,
     .add_signer = SESSION,
     .before = expire_session,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
};

const struct observed_list observed_sessions = OBSERVED_LIST(cases);
