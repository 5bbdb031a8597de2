/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "eth/rpc/rpc_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int statuses[] = {200, 204, 400, 403, 429, 500};
    struct sl_http_response response = {0};
    struct sl_rpc_failure failure = {0};
    struct sl_json *answer = NULL;
    struct sl_err err = {0};
    struct sl_buf bytes = {0};
    struct sl_u256 quantity;
    if (len == 0)
        return 0;
    response.status = statuses[data[0] % 6];
    sl_buf_add(&response.body, data + 1, len - 1);
    const int rc = sl_rpc_read_answer(&response, 1, &answer, &failure, &err);
    if ((rc == SL_OK) != (answer != NULL) || (rc == SL_EREVERT && failure.code == 0))
        abort();
    if (rc == SL_OK) {
        (void)!sl_rpc_read_quantity(&quantity, answer, &err);
        (void)!sl_rpc_read_bytes(&bytes, answer, &err);
    }
    (void)sl_rpc_may_pass(rc, &failure);
    sl_json_free(answer);
    sl_buf_free(&bytes);
    sl_rpc_failure_free(&failure);
    sl_buf_free(&response.body);
    return 0;
}
