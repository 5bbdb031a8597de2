/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/secret.h"

#include "support/memory_scan.h"
#include "support/sanitized.h"
#include "support/test.h"

static void a_secret_holds_its_bytes_and_a_zero_behind(void **state)
{
    (void)state;
    struct sl_secret *secret = NULL;
    assert_int_equal(sl_secret_copy(&secret, "hunter2", 7, NULL), SL_OK);
    assert_int_equal(sl_secret_len(secret), 7);
    assert_memory_equal(sl_secret_peek(secret), "hunter2", 8);
    sl_secret_cut(secret, 6);
    assert_int_equal(sl_secret_len(secret), 6);
    assert_memory_equal(sl_secret_bytes(secret), "hunter\0", 8);
    sl_secret_free(secret);
    sl_secret_free(NULL);
}

static void sizes_from_none_to_the_cap_are_zeroed(void **state)
{
    (void)state;
    static const uint8_t zeros[SL_SECRET_MAX_BYTES + 1];
    const size_t sizes[] = {0, 1, 4095, 4096, SL_SECRET_MAX_BYTES};
    struct sl_secret *secret = NULL;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(sl_secret_new(&secret, sizes[i], NULL), SL_OK);
        assert_memory_equal(sl_secret_peek(secret), zeros, sizes[i] + 1);
        memset(sl_secret_bytes(secret), 0xaa, sizes[i]);
        sl_secret_free(secret);
    }
    assert_int_equal(sl_secret_new(&secret, SL_SECRET_MAX_BYTES + 1, NULL), SL_EINVAL);
}

static void no_byte_of_it_is_left_after_free(void **state)
{
    (void)state;
    uint8_t masked[SL_SCAN_BYTES];
    struct sl_secret *secret = NULL;
    assert_int_equal(sl_secret_new(&secret, 100, NULL), SL_OK);
    for (size_t i = 0; i < SL_SCAN_BYTES; i++) {
        masked[i] = (uint8_t)(i * 29 + 7);
        sl_secret_bytes(secret)[40 + i] = masked[i] ^ SL_SCAN_MASK;
    }
    assert_int_equal(sl_memory_scan(masked), 1);
    uint8_t *copy = malloc(100);
    assert_non_null(copy);
    memcpy(copy, sl_secret_peek(secret), 100);
    sl_wipe_stack(); /* memcpy() took the bytes through registers */
    assert_int_equal(sl_memory_scan(masked), 2);
    sl_wipe(copy, 100);
    assert_int_equal(sl_memory_scan(masked), 1);
    free(copy);
    sl_secret_free(secret);
    assert_int_equal(sl_memory_scan(masked), 0);
}

/* Stands for a callee deep below that spilled a secret and returned. AddressSanitizer would put its
 * array on a stack of its own. */
__attribute__((noinline, no_sanitize("address"))) static void
leave_behind(const uint8_t masked[static SL_SCAN_BYTES])
{
    volatile uint8_t deep[24 * 1024];
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        deep[i] = masked[i] ^ SL_SCAN_MASK; /* the lowest bytes of this frame */
    assert_int_equal(deep[0], masked[0] ^ SL_SCAN_MASK);
}

static void what_callees_left_on_the_stack_is_wiped(void **state)
{
    (void)state;
    uint8_t masked[SL_SCAN_BYTES];
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        masked[i] = (uint8_t)(i * 37 + 11);
    leave_behind(masked);
    assert_int_equal(sl_memory_scan(masked), 1); /* it does stay, so the test can fail */
    sl_wipe_stack();
    assert_int_equal(sl_memory_scan(masked), 0);
    struct sl_secret *secret = NULL;
    assert_int_equal(sl_secret_new(&secret, 1, NULL), SL_OK);
    leave_behind(masked);
    sl_secret_free(secret);
    assert_int_equal(sl_memory_scan(masked), 0);
}

static void comparing_tells_every_single_difference(void **state)
{
    (void)state;
    uint8_t a[32] = {1, 2, 3};
    uint8_t b[32];
    for (size_t i = 0; i < sizeof a; i++) {
        memcpy(b, a, sizeof b);
        assert_true(sl_equal_secretly(a, b, sizeof a));
        b[i] ^= 0x80;
        assert_false(sl_equal_secretly(a, b, sizeof a));
    }
    assert_true(sl_equal_secretly(a, b, 0));
}

/* In a process of its own: what is switched off stays off. */
static void a_process_with_secrets_leaves_no_core_and_hides_its_memory(void **state)
{
    (void)state;
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct rlimit limit = {1, 1};
        sl_secret_no_dumps();
        const bool no_core =
            getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
        _exit(no_core + 2 * (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status) & 1, 1);
    if (SL_SANITIZED && WEXITSTATUS(status) == 1)
        skip(); /* AddressSanitizer must look into the process */
    assert_int_equal(WEXITSTATUS(status), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_holds_its_bytes_and_a_zero_behind),
        cmocka_unit_test(sizes_from_none_to_the_cap_are_zeroed),
        cmocka_unit_test(no_byte_of_it_is_left_after_free),
        cmocka_unit_test(what_callees_left_on_the_stack_is_wiped),
        cmocka_unit_test(a_process_with_secrets_leaves_no_core_and_hides_its_memory),
        cmocka_unit_test(comparing_tells_every_single_difference),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
