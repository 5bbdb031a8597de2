/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* served.h - the built sluice with a whole local network to talk to: settings that describe it and
 * name its throwaway key are in place. The network's clock runs fast (CHAIN_HASTE). */
#ifndef SL_TEST_SERVED_H
#define SL_TEST_SERVED_H

#include "sluice/costs.h"

#include "binary_kit.h"
#include "chain_kit.h"

/** cmocka fixtures: *state is a struct chain; served_poor_setup() gives the key nothing. Today's
 * storage contract keeps no metadata of pieces, that of served_1_3_setup() does. */
int served_setup(void **state);
int served_poor_setup(void **state);
int served_1_3_setup(void **state);
int served_teardown(void **state);
#define SERVED_TEST(f)     cmocka_unit_test_setup_teardown(f, served_setup, served_teardown)
#define SERVED_1_3_TEST(f) cmocka_unit_test_setup_teardown(f, served_1_3_setup, served_teardown)

/** The prices of the network. */
struct sl_prices served_prices(const struct chain *chain);

/** The text of `times` an amount, as programs show it: "0.0516". Static, until the next call. */
const char *served_usdfc(struct sl_u256 amount, uint64_t times);
/** `before` and the same: "fee: 0.007 USDFC". Static, until the next call. */
const char *served_says(const char *before, struct sl_u256 amount, uint64_t times);

/** Run, expect the status and these words on stdout and on stderr; "" says nothing of a stream. */
void served_assert_ran(int status, const char *out, const char *err, const char *const *argv);
#define RAN(status, out, err, ...) served_assert_ran(status, out, err, SL_ARGV(__VA_ARGS__))

/** Run, expect 0; the lines of --json. Owned, cJSON_Delete(). */
cJSON *served_lines(const char *const *argv);
#define LINES(...) served_lines(SL_ARGV(__VA_ARGS__, "--json"))

/** One line of it. */
const cJSON *served_line(const cJSON *lines, size_t index);

#endif
