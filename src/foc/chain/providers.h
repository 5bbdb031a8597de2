/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* providers.h - a provider as the registry encodes it. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_PROVIDERS_H
#define SL_FOC_CHAIN_PROVIDERS_H

#include "sluice/abi.h"

#include "chain/chain_internal.h"

#define SL_ABI_PROVIDER                                                                            \
    "(uint256,(address,address,string,string,bool),(uint8,string[],bool),bytes[])"

/** The reader stands at a ProviderWithProduct. Appends the provider to the view if its data is
 * usable, and returns its id in *id. Errors: SL_ENOMEM; the reader keeps what is wrong with the
 * data. */
int sl_decode_provider(struct sl_view_memory *memory, struct sl_abi_reader *r, struct sl_u256 *id,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
