/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sp_internal.h - the client of one provider. Layer: foc, private. */
#ifndef SL_FOC_SP_INTERNAL_H
#define SL_FOC_SP_INTERNAL_H

#include "sluice/sp.h"

enum { SL_SP_URL_BYTES = 2048, SL_SP_PATH_BYTES = 192 };

struct sl_sp {
    struct sl_http *http;
    struct sl_http_response response; /* to the last request */
    size_t fewer; /* how many pieces the next commit or pull may have; 0: no limit was named */
    char service_url[SL_SP_URL_BYTES];
};

#endif
