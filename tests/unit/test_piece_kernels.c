/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The kernel that SLUICE_PIECE_KERNEL names (none: the chosen one) against the portable one. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sluice/piece.h"

#include "piece/fr32.h"
#include "piece/kernel.h"
#include "support/test.h"

enum { MOST = 300, PAIR_BYTES = 2 * SL_NODE_BYTES };

static const struct sl_kernel *kernel;
static const struct sl_kernel *portable;

static uint64_t noise_state = 99;

static void fill(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        noise_state ^= noise_state >> 12;
        noise_state ^= noise_state << 25;
        noise_state ^= noise_state >> 27;
        bytes[i] = (uint8_t)(noise_state * UINT64_C(0x2545F4914F6CDD1D) >> 56);
    }
}

/* `len` bytes that end where the next page may not be touched. */
struct fence {
    uint8_t *map;
    size_t map_len;
    uint8_t *bytes;
};

static struct fence fence_new(size_t len)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct fence f = {.map_len = (len / page + 2) * page};
    f.map = mmap(NULL, f.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(f.map != MAP_FAILED);
    assert_int_equal(mprotect(f.map + f.map_len - page, page, PROT_NONE), 0);
    f.bytes = f.map + f.map_len - page - len;
    return f;
}

static void fence_free(struct fence *f)
{
    munmap(f->map, f->map_len);
}

static void every_count_equals_the_portable_kernel(void **state)
{
    (void)state;
    for (size_t count = 0; count <= MOST; count += count < 70 ? 1 : 23) {
        struct fence in = fence_new(count * PAIR_BYTES);
        struct fence got = fence_new(count * SL_NODE_BYTES);
        uint8_t want[MOST * SL_NODE_BYTES];
        fill(in.bytes, count * PAIR_BYTES);
        portable->nodes(want, in.bytes, count);
        kernel->nodes(got.bytes, in.bytes, count);
        assert_memory_equal(got.bytes, want, count * SL_NODE_BYTES);
        kernel->nodes(in.bytes, in.bytes, count); /* in place */
        assert_memory_equal(in.bytes, want, count * SL_NODE_BYTES);
        fence_free(&in);
        fence_free(&got);
    }
}

static void any_alignment_will_do(void **state)
{
    (void)state;
    enum { COUNT = 37 };
    uint8_t in[COUNT * PAIR_BYTES + 64];
    uint8_t got[COUNT * SL_NODE_BYTES + 64 + 1];
    uint8_t want[COUNT * SL_NODE_BYTES];
    for (size_t shift = 0; shift < 64; shift += 3) {
        fill(in, sizeof in);
        memset(got, 0xaa, sizeof got);
        portable->nodes(want, in + shift, COUNT);
        kernel->nodes(got + (63 - shift), in + shift, COUNT);
        assert_memory_equal(got + (63 - shift), want, sizeof want);
        assert_int_equal(got[63 - shift + sizeof want], 0xaa); /* nothing behind the end */
    }
}

static void extreme_bytes_make_the_same_nodes(void **state)
{
    (void)state;
    static const uint8_t values[] = {0x00, 0xff, 0x80, 0x3f, 0xc0};
    for (size_t i = 0; i < sizeof values; i++) {
        uint8_t in[20 * PAIR_BYTES];
        uint8_t got[20 * SL_NODE_BYTES];
        uint8_t want[20 * SL_NODE_BYTES];
        memset(in, values[i], sizeof in);
        portable->nodes(want, in, 20);
        kernel->nodes(got, in, 20);
        assert_memory_equal(got, want, sizeof want);
        for (size_t n = 0; n < 20; n++)
            assert_int_equal(got[n * SL_NODE_BYTES + 31] & 0xc0, 0);
    }
}

static void spreading_equals_the_portable_one(void **state)
{
    (void)state;
    for (size_t quads = 0; quads <= 40; quads++) {
        struct fence in = fence_new(quads * SL_QUAD_BYTES);
        struct fence got = fence_new(quads * SL_QUAD_SPREAD_BYTES);
        uint8_t want[40 * SL_QUAD_SPREAD_BYTES];
        fill(in.bytes, quads * SL_QUAD_BYTES);
        sl_fr32(want, in.bytes, quads);
        kernel->spread(got.bytes, in.bytes, quads);
        assert_memory_equal(got.bytes, want, quads * SL_QUAD_SPREAD_BYTES);
        fence_free(&in);
        fence_free(&got);
    }
}

static void a_kernel_can_be_forced_and_the_choice_given_back(void **state)
{
    (void)state;
    const struct sl_kernel *before = sl_kernel();
    sl_kernel_force(portable);
    assert_string_equal(sl_piece_kernel(), "portable");
    sl_kernel_force(NULL);
    assert_ptr_equal(sl_kernel(), before);
    assert_null(sl_kernel_find("abacus"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count_equals_the_portable_kernel),
        cmocka_unit_test(any_alignment_will_do),
        cmocka_unit_test(extreme_bytes_make_the_same_nodes),
        cmocka_unit_test(spreading_equals_the_portable_one),
        cmocka_unit_test(a_kernel_can_be_forced_and_the_choice_given_back),
    };
    const char *forced = getenv("SLUICE_PIECE_KERNEL");
    if (forced != NULL && strcmp(forced, sl_piece_kernel()) != 0) {
        print_message("skipped: this CPU or build has no kernel '%s'\n", forced);
        return 77;
    }
    kernel = sl_kernel();
    portable = sl_kernel_find("portable");
    print_message("kernel: %s\n", kernel->name);
    return cmocka_run_group_tests_name("piece kernels", tests, NULL, NULL);
}
