/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_terms.h - what differs from one version to the other. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_TERMS_H
#define SL_DEVNET_CONTRACT_FWSS_TERMS_H

#include "contracts/fwss/contract_fwss.h"

const struct sl_fwss_terms *sl_fwss_terms(enum sl_devnet_profile profile);

#endif
