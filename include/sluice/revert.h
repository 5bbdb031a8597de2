/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * revert.h - why a contract refused a call. Layer: eth.
 *
 * Name, typed arguments, and a sentence for people: what happened and what to do.
 *
 * Source: docs/PROTOCOL.md "Reverts"; proven by the errors, standardErrors and providerErrors of
 * tests/data/vectors/abi.json.
 */
#ifndef SL_REVERT_H
#define SL_REVERT_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/abi.h"
#include "sluice/err.h"

enum { SL_REVERT_DATA_BYTES = 2048, SL_REVERT_TEXT_BYTES = 600 };

/** A plain value. */
struct sl_revert {
    int code; /* SL_EMONEY, SL_EKEY or SL_EREVERT: what a person can do about it */
    /* "InsufficientLockupFunds(address payer,uint256 required,uint256 available)", "Error(string
     * message)", "Panic(uint256 reason)"; NULL for an error that we do not know. Static. */
    const char *signature;
    char text[SL_REVERT_TEXT_BYTES]; /* what happened and what to do; safe to display */
    size_t args_len;
    uint8_t args[SL_REVERT_DATA_BYTES]; /* read with sl_revert_args() */
};

/** Decode revert data: a selector and arguments. False: the data is too short for a selector. For
 * unknown or malformed errors it is true, with signature NULL and the selector in the text. */
bool sl_revert_decode(struct sl_revert *out, const uint8_t *data, size_t len);

/**
 * Find and decode the revert in a message from a node or provider: "vm error=[0x...]", "vm
 * error=[Error(text)]", "revert reason=[...]", or revert data alone ("0x..."). False: there is
 * none, and *out is unchanged.
 */
bool sl_revert_find(struct sl_revert *out, const char *message, size_t len);

/** Whether it is the error of that name: "ClientDataSetAlreadyRegistered". */
bool sl_revert_is(const struct sl_revert *revert, const char *name);

/** Begin to read its arguments in the order of its signature, which must not be NULL. The reader
 * borrows from *revert. */
void sl_revert_args(struct sl_abi_reader *r, const struct sl_revert *revert);

/** Fill *err with its code and text; returns the code. */
int sl_revert_err(const struct sl_revert *revert, struct sl_err *err);

#endif
