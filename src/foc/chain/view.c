/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/view.h"

#include <stdlib.h>
#include <string.h>

struct sl_view_memory *sl_chain_view_new(struct sl_err *err)
{
    struct sl_view_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        sl_err_set(err, SL_ENOMEM, "no memory for the answers of the chain");
    return memory;
}

void sl_chain_view_free(struct sl_chain_view *view)
{
    struct sl_view_memory *memory = (struct sl_view_memory *)view;
    if (memory == NULL)
        return;
    free(view->providers);
    free(view->data_sets);
    sl_arena_free(&memory->arena);
    free(memory);
}

void sl_chain_view_warn(struct sl_chain_view *view, const char *text)
{
    const size_t used = strlen(view->warning);
    const size_t len = strlen(text);
    const size_t gap = used > 0 ? 2 : 0;
    if (used + gap + len >= sizeof view->warning)
        return;
    memcpy(view->warning + used, "; ", gap);
    memcpy(view->warning + used + gap, text, len + 1);
}

bool sl_chain_session_allows(const struct sl_chain_view *view, uint64_t unix_s)
{
    return sl_u256_cmp(view->session_expiry[SL_MESSAGE_CREATE], sl_u256(unix_s)) >= 0 &&
           sl_u256_cmp(view->session_expiry[SL_MESSAGE_ADD], sl_u256(unix_s)) >= 0;
}
