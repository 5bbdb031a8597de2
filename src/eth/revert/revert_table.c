/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "revert/revert_table.h"

#include "revert/revert_list.h"

enum { ERROR_SELECTOR = 0x08c379a0, PANIC_SELECTOR = 0x4e487b71 };

const struct sl_revert_row sl_revert_error = {ERROR_SELECTOR, SL_EREVERT, "Error(string message)",
                                              "The contract refused the call: {message}"};
const struct sl_revert_row sl_revert_panic = {PANIC_SELECTOR, SL_EREVERT, "Panic(uint256 reason)",
                                              NULL};

const struct sl_revert_row *sl_revert_row_of(uint32_t selector)
{
    const struct {
        const struct sl_revert_row *rows;
        size_t count;
    } tables[] = {{&sl_revert_error, 1},
                  {&sl_revert_panic, 1},
                  {sl_revert_service, sl_revert_service_count},
                  {sl_revert_pay, sl_revert_pay_count},
                  {sl_revert_verifier, sl_revert_verifier_count}};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            if (tables[t].rows[i].selector == selector)
                return &tables[t].rows[i];
        }
    }
    return NULL;
}
