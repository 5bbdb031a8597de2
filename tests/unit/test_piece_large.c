/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The golden vectors with large inputs: up to a whole gigabyte, too slow under a sanitizer. */
#include <stdlib.h>

#include "sluice/piece.h"

#include "piece_cases.h"
#include "support/test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum { SANITIZED = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

static void every_large_case_hashes_and_combines(void **state)
{
    (void)state;
    const unsigned pieces = sl_piece_cases_run(SL_LARGE_BYTES + 1, UINT64_MAX);
    const unsigned shards = sl_shard_cases_run(SL_LARGE_BYTES + 1, UINT64_MAX);
    print_message("%u large pieces, %u large shard cases\n", pieces, shards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_large_case_hashes_and_combines)};
    if (SANITIZED) {
        print_message("skipped: gigabytes under a sanitizer; the dev preset runs these\n");
        return 77;
    }
    return cmocka_run_group_tests_name("large piece vectors", tests, NULL, NULL);
}
