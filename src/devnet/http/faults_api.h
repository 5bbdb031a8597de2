/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* faults_api.h - the control endpoint of the tests: /fault. Private to devnet. */
#ifndef SL_DEVNET_FAULTS_API_H
#define SL_DEVNET_FAULTS_API_H

#include "http/server.h"

void sl_devnet_fault_add(struct sl_devnet_request *request);
void sl_devnet_fault_clear(struct sl_devnet_request *request);
void sl_devnet_fault_list(struct sl_devnet_request *request);

#endif
