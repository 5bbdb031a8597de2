/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * reuse_rule.h - what an abandoned payload means for the next one of the same pieces. Layer:
 * commit, private. Pure.
 *
 * A payload that has left this program may land at any time, whatever its provider says and however
 * long ago it was sent. So as long as its nonce is unused, the next payload takes the same nonce:
 * at most one of both lands.
 */
#ifndef SL_COMMIT_REUSE_RULE_H
#define SL_COMMIT_REUSE_RULE_H

#include <stdbool.h>

/* X(name): what the chain says about the nonce of an abandoned payload. */
#define SL_EARLIER_WORDS(X)                                                                        \
    X(UNUSED)    /* it may still land */                                                           \
    X(ABANDONED) /* a payload that counts as abandoned has used it */                              \
    X(KNOWN)     /* a payload that the journal knows to have landed has used it */                 \
    X(UNMATCHED) /* used, but no payload of the journal is on chain there */

/* X(name): what follows for the pieces. */
#define SL_REUSE_ACTIONS(X)                                                                        \
    X(SAME_NONCE)    /* sign them with this nonce */                                               \
    X(ADOPT)         /* they have landed: say so, and sign nothing for them */                     \
    X(NO_MATTER)     /* the abandoned payload can no longer land: any nonce will do */             \
    X(WAIT_FOR_NODE) /* the node does not know yet what has landed: ask again later */             \
    X(REFUSE)        /* it should know by now: sign nothing, and let the user look */

#define SL_EARLIER_ENUM(name) SL_EARLIER_##name,
#define SL_REUSE_ENUM(name)   SL_REUSE_##name,
enum sl_earlier_word { SL_EARLIER_WORDS(SL_EARLIER_ENUM) SL_EARLIER_COUNT };
enum sl_reuse_action { SL_REUSE_ACTIONS(SL_REUSE_ENUM) SL_REUSE_ACTION_COUNT };
#undef SL_EARLIER_ENUM
#undef SL_REUSE_ENUM

/** is_behind_for_long: UNMATCHED for longer than nodes fall behind. */
enum sl_reuse_action sl_reuse_decide(enum sl_earlier_word word, bool is_behind_for_long);

#endif
