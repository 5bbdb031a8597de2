/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * abi.h - arguments and results of contract calls. Layer: eth.
 *
 * A type list such as "(uint256,(address,string)[],bytes)" controls both directions. A value of the
 * wrong type, a missing value or an extra one is an error, never wrong bytes. The list may have a
 * name in front ("deposit(address,uint256)") and names after the types ("transfer(address
 * to,uint256 value)"). Types: uint8 .. uint256, address, bool, bytes1 .. bytes32, bytes, string,
 * tuples and T[]. The text, a literal, is borrowed until the end of the writer or reader.
 *
 * Source: the Solidity ABI (docs/PROTOCOL.md "Contract ABI"); proven by
 * tests/data/vectors/abi.json.
 */
#ifndef SL_ABI_H
#define SL_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/u256.h"

enum { SL_ABI_WORD = 32, SL_ABI_SELECTOR = 4, SL_ABI_DEPTH = 8 };

/** The first 4 bytes of keccak256("name(type,type)"): a call or a custom error starts with them. */
void sl_abi_selector(uint8_t out[static SL_ABI_SELECTOR], const char *signature);

/** topic0 of an event: keccak256("Name(type,type)"). */
void sl_abi_topic(uint8_t out[static SL_ABI_WORD], const char *signature);

/** Private to the module: one open tuple or list. */
struct sl_abi_frame {
    const char *type;     /* of the next member, or of every element of a list */
    const char *type_end; /* only for a list */
    size_t base;          /* where offsets count from */
    size_t slot;          /* where the next value is in the head */
    size_t left;          /* elements to come, only for a list */
};

/* ---- writing ---- */

/** Zero-initialise, optionally set buf.cap. The first failure is kept: write freely, check once. */
struct sl_abi_writer {
    struct sl_buf buf; /* the result, after sl_abi_end() succeeded */
    const char *signature;
    const char *wrong; /* which call did not match the types; NULL: all did */
    int depth;
    struct sl_abi_frame frames[SL_ABI_DEPTH];
};

/** Begin a call: the selector of `signature`, then its arguments. */
void sl_abi_call(struct sl_abi_writer *w, const char *signature);
/** Begin values without a selector: extraData, results. */
void sl_abi_values(struct sl_abi_writer *w, const char *types);

void sl_abi_put_u256(struct sl_abi_writer *w, struct sl_u256 value); /* uintN: must fit N bits */
void sl_abi_put_u64(struct sl_abi_writer *w, uint64_t value);
void sl_abi_put_bool(struct sl_abi_writer *w, bool value);
void sl_abi_put_address(struct sl_abi_writer *w, const struct sl_address *value);
void sl_abi_put_fixed(struct sl_abi_writer *w, const void *bytes, size_t len); /* bytesN: N = len */
void sl_abi_put_bytes(struct sl_abi_writer *w, const void *bytes, size_t len);
void sl_abi_put_str(struct sl_abi_writer *w, const char *text); /* string */
void sl_abi_put_strn(struct sl_abi_writer *w, const char *text, size_t len);

/** The next value is a tuple; put its members, then close. */
void sl_abi_open(struct sl_abi_writer *w);
/** The next value is a list of `count`; put its elements, then close. */
void sl_abi_open_list(struct sl_abi_writer *w, size_t count);
void sl_abi_close(struct sl_abi_writer *w);

/** Check that all values were written. Errors: SL_EINVAL (the calls do not match the types),
 * SL_ENOMEM, SL_EOVERFLOW (over buf.cap). */
int sl_abi_end(struct sl_abi_writer *w, struct sl_err *err) SL_MUST_CHECK;

/** Free the memory; the writer is empty and usable again. */
void sl_abi_free(struct sl_abi_writer *w);

/* ---- reading ---- */

/**
 * A plain value that reads bytes (borrowed) from a contract or a provider. The first failure is
 * kept. After it every value is zero, empty or false, and lists have no elements. So read freely,
 * and check sl_abi_done() before using any value.
 *
 * No byte outside the data is read, whatever its offsets and lengths say, and the size of the data
 * bounds the work. As in viem: offsets may point anywhere inside the data. Bytes after the values,
 * and the padding of the last bytes, are ignored. The upper bits of an address are ignored; those
 * of a narrow integer are kept, so check its range. A bool must be 0 or 1.
 */
struct sl_abi_reader {
    const uint8_t *data;
    size_t len;
    const char *wrong; /* NULL while all is well */
    bool misused;      /* the caller read a value as another type */
    size_t budget;     /* values that may still be read */
    int depth;
    struct sl_abi_frame frames[SL_ABI_DEPTH];
};

/** Begin; `data` without a selector. */
void sl_abi_read(struct sl_abi_reader *r, const char *types, const uint8_t *data, size_t len);

struct sl_u256 sl_abi_get_u256(struct sl_abi_reader *r);
uint64_t sl_abi_get_u64(struct sl_abi_reader *r); /* any uintN; a larger value is a failure */
bool sl_abi_get_bool(struct sl_abi_reader *r);
struct sl_address sl_abi_get_address(struct sl_abi_reader *r);
/** bytesN: points at its N bytes; borrowed from the data (or static zeros after a failure). */
const uint8_t *sl_abi_get_fixed(struct sl_abi_reader *r);
/** bytes: borrowed from the data; never NULL. */
const uint8_t *sl_abi_get_bytes(struct sl_abi_reader *r, size_t *len);
/** string: any bytes, not NUL-terminated; escape it before display. */
const char *sl_abi_get_str(struct sl_abi_reader *r, size_t *len);

/** The next value is a tuple: read its members, then leave (members may be left unread). */
void sl_abi_enter(struct sl_abi_reader *r);
/** The next value is a list: its number of elements, at most len / 32. */
size_t sl_abi_enter_list(struct sl_abi_reader *r);
void sl_abi_leave(struct sl_abi_reader *r);
/** Skip the next value. */
void sl_abi_skip(struct sl_abi_reader *r);

enum sl_abi_kind {
    SL_ABI_NONE, /* no value is left here */
    SL_ABI_UINT,
    SL_ABI_ADDRESS,
    SL_ABI_BOOL,
    SL_ABI_FIXED,
    SL_ABI_BYTES,
    SL_ABI_STRING,
    SL_ABI_TUPLE,
    SL_ABI_LIST
};

/** The kind of the next value, for code that handles any type list. */
enum sl_abi_kind sl_abi_next(const struct sl_abi_reader *r);

/** SL_OK when all reads went well. Errors: SL_EPROTO (the data), SL_EINVAL (wrong calls). */
int sl_abi_done(const struct sl_abi_reader *r, struct sl_err *err) SL_MUST_CHECK;

#endif
