/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sp_scene.h - a provider that gives one answer to everything and keeps the last request. */
#ifndef SL_TEST_SP_SCENE_H
#define SL_TEST_SP_SCENE_H

#include <stdatomic.h>

#include "sluice/sp.h"

#include "support/tcp_server.h"

/* Facts of real dialogues. */
#define TX    "0x6a3da71f79c94a438a52d37ec93ce15d641a21b0753b7199606eb58904c5dde4"
#define OTHER "0xcdd2e502f08cbf241b36b36d3ecb33c191dcc107ee06684eca048a73195f5670"
#define BACKLOG                                                                                    \
    "message failed with backtrace:\\n00: f0169791 (method 3844450837) -- contract "               \
    "reverted at 75 (33)\\n (RetCode=33)"
/* The two orders in which nodes of providers put the revert. */
#define CHAIN(data)                                                                                \
    "chain: message execution failed (exit=[33], revert reason=[" data "], vm error=[" BACKLOG     \
    "])\n"
#define CHAIN_OLD(data)                                                                            \
    "chain: message execution failed (exit=[33], vm error=[" data "], revert reason=[none])\n"
#define USED "0xdb94c961000000000000000000000000000000000000000000000000000660e89fde9a88"
#define NO_FUNDS                                                                                   \
    "0xdae03403000000000000000000000000a0ee7a142d267c1f36714e4a8f75612f20a79720"                   \
    "00000000000000000000000000000000000000000000000001b88957d0260000"                             \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define BAD_SIGNATURE                                                                              \
    "0x42d750dc00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906"                   \
    "0000000000000000000000009965507d1a55bcc2695c58ba16fb37d819b0a4dc"
/* An add beyond the means of the account. */
#define LOCKUP                                                                                     \
    "0x08c379a000000000000000000000000000000000000000000000000000000000000000"                     \
    "20000000000000000000000000000000000000000000000000000000000000004e696e76"                     \
    "617269616e74206661696c7572653a20696e73756666696369656e742066756e64732074"                     \
    "6f20636f766572206c6f636b75702061667465722066756e6374696f6e20657865637574"                     \
    "696f6e000000000000000000000000000000000000"
#define UNAUTHORIZED                                                                               \
    "0x05aa5b2d00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b9"                     \
    "069595959595959595959595959595959595959595959595959595959595959595111111"                     \
    "111111111111111111111111111111111111111111111111111111111100000000000000"                     \
    "000000000000000000000000000000000000000000000000800000000000000000000000"                     \
    "000000000000000000000000000000000000000000"
#define NO_FUNCTION                                                                                \
    "0x5416eb98deadbeef000000000000000000000000000000000000000000000000000000"                     \
    "00"
#define ENDED "0x211a40c00000000000000000000000000000000000000000000000000000000000000007"

struct provider {
    char request[65536];
    char answer[8192];
    atomic_bool hang;
};

struct fixture {
    struct provider provider;
    struct sl_tcp_server *server;
    struct sl_sp *sp;
    struct sl_piece_id pieces[3];
    struct sl_sp_commit commit;
    struct sl_address fwss;
    char tx[SL_TX_HASH_CHARS];
    struct sl_err err;
};

extern struct fixture f;

/** Of each test. */
int sp_scene_start(void **state);
int sp_scene_stop(void **state);
#define sp_test(name) cmocka_unit_test_setup_teardown(name, sp_scene_start, sp_scene_stop)
void sp_scene_serve(struct sl_tcp_conn *conn, void *ctx);

/** What the provider says from now on: status, an extra header line or "", a body. */
void answer(int status, const char *header, const char *body);
/** Whether the last request holds the text. */
bool was_sent(const char *text);

#endif
