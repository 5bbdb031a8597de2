/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Prices and terms of the storage service. Source: protocol/today.md sections 4 and 6. */
#include "contracts/fwss/contract_fwss_terms.h"

#include "contracts/fwss/contract_fwss.h"

#define MILLI UINT64_C(1000000000000000) /* a thousandth of a USDFC */

const struct sl_fwss_terms *sl_fwss_terms(enum sl_devnet_profile profile)
{
    static const struct sl_fwss_terms today = {.version = "1.5.0",
                                               .data_set_month = 120 * MILLI,
                                               .add_fee = 8 * MILLI,
                                               .piece_fee = 3 * MILLI,
                                               .remove_fee = 7 * MILLI,
                                               .terminate_fee = 6 * MILLI,
                                               .reserve = 500 * MILLI,
                                               .replenish = 25 * MILLI,
                                               .create_bytes = 5120,
                                               .signature_bytes = 1024};
    static const struct sl_fwss_terms old = {.version = "1.3.1",
                                             .data_set_month = 24 * MILLI,
                                             .add_fee = MILLI / 2,
                                             .piece_fee = 3 * MILLI / 10,
                                             .remove_fee = 2 * MILLI,
                                             .terminate_fee = 112 * MILLI / 100,
                                             .reserve = 100 * MILLI,
                                             .replenish = 5 * MILLI,
                                             .create_bytes = 4096,
                                             .signature_bytes = 256};
    return profile == SL_DEVNET_1_3 ? &old : &today;
}
