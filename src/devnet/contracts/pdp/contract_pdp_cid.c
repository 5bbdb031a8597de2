/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Checks PieceCIDs like PDPVerifier 3.4.0 and 3.5.0, which accept more than a provider does. */
#include "contracts/pdp/contract_pdp_cid.h"

#include <string.h>

enum { PREFIX = 4, ROOT_BYTES = 32, LEAST_MULTIHASH = 34, MOST_HEIGHT = 50, MOST_HEIGHT_SUM = 250 };

/* The next varint of any length; what is beyond 64 bits counts as the largest. */
static int read_varint(struct sl_vm *vm, struct sl_span cid, size_t *at, uint64_t *value)
{
    unsigned shift = 0;
    *value = 0;
    for (;; shift += 7) {
        if (*at >= cid.len)
            return sl_vm_panic(vm, SL_VM_PANIC_INDEX);
        const uint8_t byte = cid.data[(*at)++];
        const uint64_t part = byte & 0x7f;
        if (part != 0 && (shift >= 64 || part << shift >> shift != part))
            *value = UINT64_MAX;
        else if (shift < 64)
            *value |= part << shift;
        if (byte < 0x80)
            return SL_OK;
    }
}

static int check_prefix(struct sl_vm *vm, struct sl_span cid)
{
    static const uint8_t prefix[PREFIX] = {0x01, 0x55, 0x91, 0x20};
    for (size_t i = 0; i < PREFIX; i++) {
        if (i >= cid.len)
            return sl_vm_panic(vm, SL_VM_PANIC_INDEX);
        if (cid.data[i] != prefix[i])
            return sl_vm_revert_text(vm, "Cid must be CommPv2");
    }
    return SL_OK;
}

static int read_cid(struct sl_vm *vm, struct sl_span cid, uint64_t *padding, uint8_t *height)
{
    size_t at = PREFIX;
    uint64_t multihash;
    int rc = check_prefix(vm, cid);
    if (rc < 0 || (rc = read_varint(vm, cid, &at, &multihash)) < 0)
        return rc;
    if (multihash < LEAST_MULTIHASH)
        return sl_vm_revert_text(vm, "CommPv2 multihash length must be at least 34");
    if (multihash != cid.len - at)
        return sl_vm_revert_text(vm, "CommPv2 multihash length does not match data length");
    if ((rc = read_varint(vm, cid, &at, padding)) < 0)
        return rc;
    if (at >= cid.len)
        return sl_vm_panic(vm, SL_VM_PANIC_INDEX);
    *height = cid.data[at];
    return SL_OK;
}

/* ---- 3.5 ---- */

/* A varint of at most 64 bits, in as few bytes as it goes; `end` is where the CID ends for it. */
static int read_uvarint(struct sl_vm *vm, struct sl_span cid, size_t *at, size_t end,
                        uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; *at < end; shift += 7) {
        const uint8_t byte = cid.data[(*at)++];
        const uint64_t part = byte & 0x7f;
        if (shift > 63 || part << shift >> shift != part)
            return sl_vm_revert(vm, "UvarintOverflow()", "");
        *value |= part << shift;
        if (byte >= 0x80)
            continue;
        if (byte == 0 && shift > 0)
            return sl_vm_revert(vm, "NonMinimalUvarint()", "");
        return SL_OK;
    }
    return sl_vm_revert(vm, "UnterminatedUvarint()", "");
}

static int read_cid_today(struct sl_vm *vm, struct sl_span cid, uint64_t *padding, uint8_t *height)
{
    static const uint8_t prefix[PREFIX] = {0x01, 0x55, 0x91, 0x20};
    size_t at = PREFIX;
    uint64_t multihash;
    if (cid.len < PREFIX)
        return sl_vm_revert(vm, "CidTooShort()", "");
    if (memcmp(cid.data, prefix, PREFIX) != 0)
        return sl_vm_revert(vm, "InvalidCommPv2Prefix()", "");
    int rc = read_uvarint(vm, cid, &at, cid.len, &multihash);
    if (rc < 0)
        return rc;
    if (multihash < LEAST_MULTIHASH || multihash != cid.len - at)
        return sl_vm_revert(vm, "InvalidCommPv2MultihashLength()", "");
    if ((rc = read_uvarint(vm, cid, &at, cid.len, padding)) < 0)
        return rc;
    if (cid.len - at != 1 + ROOT_BYTES) /* what the padding leaves */
        return sl_vm_revert(vm, "InvalidCommPv2MultihashLength()", "");
    *height = cid.data[at];
    return SL_OK;
}

/* ---- both ---- */

int sl_pdp_check_cid(struct sl_vm *vm, uint64_t *leaves, size_t index, struct sl_span cid)
{
    uint64_t padding = 0;
    uint8_t height = 0;
    const bool today = vm->profile == SL_DEVNET_TODAY;
    int rc =
        today ? read_cid_today(vm, cid, &padding, &height) : read_cid(vm, cid, &padding, &height);
    if (rc < 0)
        return rc;
    if (height > MOST_HEIGHT_SUM)
        return sl_vm_panic(vm, SL_VM_PANIC_OVERFLOW); /* height + 5 in eight bits */
    /* 128/127 of the padding, in bytes of the tree */
    struct sl_u256 bytes;
    if (!sl_u256_muldiv(&bytes, sl_u256(padding), sl_u256(128), sl_u256(127)))
        bytes = sl_u256_max();
    if (sl_u256_is_zero(sl_u256_shr(bytes, height + 5U))) {
        if (height <= MOST_HEIGHT) {
            *leaves = (UINT64_C(1) << height) - sl_u256_shr(bytes, 5).limb[0];
            return SL_OK;
        }
        return sl_vm_revert(vm, "IndexedError(uint256,string)", "is", (uint64_t)index,
                            "Piece size must be less than 2^50");
    }
    return sl_vm_revert(vm, "IndexedError(uint256,string)", "is", (uint64_t)index,
                        "Padding is too large");
}
