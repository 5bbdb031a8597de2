/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "reuse/reuse_rule.h"

enum sl_reuse_action sl_reuse_decide(enum sl_earlier_word word, bool is_behind_for_long)
{
    static const enum sl_reuse_action actions[SL_EARLIER_COUNT][2] = {
        [SL_EARLIER_UNUSED] = {SL_REUSE_SAME_NONCE, SL_REUSE_SAME_NONCE},
        [SL_EARLIER_ABANDONED] = {SL_REUSE_ADOPT, SL_REUSE_ADOPT},
        [SL_EARLIER_KNOWN] = {SL_REUSE_NO_MATTER, SL_REUSE_NO_MATTER},
        [SL_EARLIER_UNMATCHED] = {SL_REUSE_WAIT_FOR_NODE, SL_REUSE_REFUSE},
    };
    return actions[word][is_behind_for_long];
}
