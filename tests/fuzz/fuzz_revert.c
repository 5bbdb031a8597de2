/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes as revert data, as the arguments of every error we know, and as a provider's message.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/revert.h"

#include "eth/revert/revert_list.h"
#include "support/abi_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sl_revert *revert)
{
    struct sl_err err = {0};
    struct sl_abi_reader r;
    if (memchr(revert->text, '\0', sizeof revert->text) == NULL || revert->text[0] == '\0')
        abort();
    if (sl_revert_err(revert, &err) >= 0 || err.code != revert->code)
        abort();
    (void)sl_revert_is(revert, "Error");
    if (revert->signature == NULL)
        return;
    sl_revert_args(&r, revert);
    sl_abi_read_all(&r);
    (void)(sl_abi_done(&r, NULL) == SL_OK);
}

/* The row that a number picks. */
static uint32_t known_selector(size_t pick)
{
    const struct {
        const struct sl_revert_row *rows;
        size_t count;
    } tables[] = {{sl_revert_service, sl_revert_service_count},
                  {sl_revert_pay, sl_revert_pay_count},
                  {sl_revert_verifier, sl_revert_verifier_count}};
    pick %= sl_revert_service_count + sl_revert_pay_count + sl_revert_verifier_count;
    size_t table = 0;
    while (pick >= tables[table].count)
        pick -= tables[table++].count;
    return tables[table].rows[pick].selector;
}

static void check_known(const uint8_t *data, size_t size)
{
    static struct sl_revert revert;
    static uint8_t bytes[4096];
    const uint32_t selector = known_selector(data[0]);
    for (size_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(selector >> (24 - 8 * i));
    const size_t len = size - 1 < sizeof bytes - 4 ? size - 1 : sizeof bytes - 4;
    memcpy(bytes + 4, data + 1, len);
    if (!sl_revert_decode(&revert, bytes, 4 + len))
        abort();
    check(&revert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sl_revert revert;
    if (size == 0)
        return 0;
    check_known(data, size);
    if (sl_revert_decode(&revert, data, size))
        check(&revert);
    if (sl_revert_find(&revert, (const char *)data, size))
        check(&revert);
    return 0;
}
