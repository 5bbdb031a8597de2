/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* abi_walk.h - reads whatever stands in a reader, to the end of its types. */
#ifndef SL_TEST_ABI_WALK_H
#define SL_TEST_ABI_WALK_H

#include "sluice/abi.h"

static inline void sl_abi_read_all(struct sl_abi_reader *r);

static inline void sl_abi_read_one(struct sl_abi_reader *r)
{
    size_t len;
    switch (sl_abi_next(r)) {
    case SL_ABI_NONE:
        return;
    case SL_ABI_UINT:
        (void)sl_abi_get_u256(r);
        return;
    case SL_ABI_ADDRESS:
        (void)sl_abi_get_address(r);
        return;
    case SL_ABI_BOOL:
        (void)sl_abi_get_bool(r);
        return;
    case SL_ABI_FIXED:
        (void)sl_abi_get_fixed(r);
        return;
    case SL_ABI_BYTES:
        (void)sl_abi_get_bytes(r, &len);
        return;
    case SL_ABI_STRING:
        (void)sl_abi_get_str(r, &len);
        return;
    case SL_ABI_TUPLE:
        sl_abi_enter(r);
        break;
    case SL_ABI_LIST:
        (void)sl_abi_enter_list(r);
        break;
    }
    sl_abi_read_all(r);
    sl_abi_leave(r);
}

static inline void sl_abi_read_all(struct sl_abi_reader *r)
{
    while (sl_abi_next(r) != SL_ABI_NONE)
        sl_abi_read_one(r);
}

#endif
