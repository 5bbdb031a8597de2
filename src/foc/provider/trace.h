/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* trace.h - a line of the log for each request to a provider. Layer: foc, private. */
#ifndef SL_FOC_PROVIDER_TRACE_H
#define SL_FOC_PROVIDER_TRACE_H

#include "provider/sp_internal.h"

/** Log a request that has ended with `rc`; `err` may be NULL. */
void sl_sp_trace(const struct sl_sp *sp, const char *method, const char *path, int rc,
                 const struct sl_err *err);

#endif
