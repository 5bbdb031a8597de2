/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* abi_type.h - type lists as text, walked without building a tree. */
#ifndef SL_ETH_ABI_TYPE_H
#define SL_ETH_ABI_TYPE_H

#include "sluice/abi.h"

/** One type: a piece of a type list. */
struct sl_abi_type {
    const char *at;
    const char *end;
};

/** SL_ABI_NONE when it is no type that we know. */
enum sl_abi_kind sl_abi_type_kind(struct sl_abi_type type);

/** N of uintN and bytesN. */
unsigned sl_abi_type_size(struct sl_abi_type type);

struct sl_abi_type sl_abi_type_element(struct sl_abi_type list);

/** Whether its head is an offset. */
bool sl_abi_type_dynamic(struct sl_abi_type type);

/** Words that a type, or all members behind "(", take in a head. */
size_t sl_abi_type_words(struct sl_abi_type type);
size_t sl_abi_members_words(const char *first);

/** The text behind the "(" of a type list; NULL when it is malformed or nested too deeply. */
const char *sl_abi_types_begin(const char *signature);

/** The type that a frame gives next; false when none is left. Moves the frame on. */
bool sl_abi_frame_next(struct sl_abi_type *type, struct sl_abi_frame *frame);
bool sl_abi_frame_peek(struct sl_abi_type *type, const struct sl_abi_frame *frame);

#endif
