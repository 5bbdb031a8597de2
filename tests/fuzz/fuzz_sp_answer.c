/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes as a provider's answer to an upload or a commit. */
#include <stdlib.h>
#include <string.h>

#include "provider/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fewer(const char *text, size_t count)
{
    const size_t fewer = sl_sp_fewer_pieces(text, count);
    if (fewer > 0 && fewer >= count)
        abort();
}

static void check_session(const char *text)
{
    char uuid[SL_UUID_CHARS];
    if (sl_sp_session_of(uuid, text, "/pdp/piece/uploads/", NULL) == SL_OK && !sl_sp_is_uuid(uuid))
        abort();
}

/* Every refusal is an error, and the code of its error. */
static void check_refusals(const struct sl_http_response *response)
{
    static const struct sl_piece_id piece = {.payload_bytes = 3000, .height = 7};
    struct sl_err err = {0};
    if (sl_sp_refusal(response, "upload", &err) >= 0 || err.code >= 0)
        abort();
    const int rc = sl_sp_chain_refusal(response, "add pieces", &err);
    if (rc > 1 || rc == 0 || (rc < 0 && err.code != rc))
        abort();
    if (memchr(err.text, '\0', sizeof err.text) == NULL)
        abort();
    (void)sl_sp_has_all(response);
    (void)!sl_sp_same_piece(response, &piece, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {400, 401, 404, 409, 413, 429, 500, 503};
    struct sl_http_response response = {0};
    if (size < 3)
        return 0;
    response.status = statuses[data[0] % (sizeof statuses / sizeof statuses[0])];
    sl_buf_add(&response.body, data + 2, size - 2);
    check_fewer(response.body.data, data[1]);
    check_session(response.body.data);
    check_refusals(&response);
    sl_http_response_free(&response);
    return 0;
}
