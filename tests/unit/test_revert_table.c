/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The table itself, with nothing from outside: every selector is its signature's. */
#include <string.h>

#include "sluice/abi.h"

#include "eth/revert/revert_list.h"
#include "support/test.h"

static const struct {
    const struct sl_revert_row *rows;
    const size_t *count;
} tables[] = {{sl_revert_service, &sl_revert_service_count},
              {sl_revert_pay, &sl_revert_pay_count},
              {sl_revert_verifier, &sl_revert_verifier_count}};

typedef void row_fn(const struct sl_revert_row *row);

static void each_row(row_fn *check)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < *tables[t].count; i++)
            check(&tables[t].rows[i]);
    }
}

static void check_selector(const struct sl_revert_row *row)
{
    uint8_t s[SL_ABI_SELECTOR];
    sl_abi_selector(s, row->signature);
    assert_int_equal(row->selector,
                     (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 | (uint32_t)s[2] << 8 | s[3]);
    assert_ptr_equal(sl_revert_row_of(row->selector), row); /* no selector twice */
}

static void every_selector_belongs_to_its_signature(void **state)
{
    (void)state;
    each_row(check_selector);
}

static void check_placeholders(const struct sl_revert_row *row)
{
    for (const char *at = row->sentence; at != NULL && (at = strchr(at, '{')) != NULL; at++) {
        char name[64] = " ";
        const size_t len = strcspn(at + 1, ":}");
        assert_true(len > 0 && len < sizeof name - 2);
        memcpy(name + 1, at + 1, len);
        const char *found = strstr(row->signature, name);
        if (found == NULL || strchr(",)", found[1 + len]) == NULL)
            fail_msg("%s has no%s", row->signature, name);
    }
}

static void every_placeholder_names_a_parameter(void **state)
{
    (void)state;
    each_row(check_placeholders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_selector_belongs_to_its_signature),
        cmocka_unit_test(every_placeholder_names_a_parameter),
    };
    return cmocka_run_group_tests_name("revert table", tests, NULL, NULL);
}
