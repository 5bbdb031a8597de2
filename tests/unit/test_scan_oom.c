/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The 1st, 2nd ... allocation of ring, scanner and walk fails: told, nothing lost, nothing leaked.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"
#include "sluice/ring.h"

#include "engine/work/scan.h"
#include "support/test.h"
#include "support/tmp.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* armed on one thread, before others begin or while they sleep */
static long before_failure = -1;

static bool due(void)
{
    return before_failure >= 0 && before_failure-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return due() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return due() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return due() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return due() ? NULL : __real_aligned_alloc(alignment, size);
}

static void a_ring_without_memory_is_refused(void **state)
{
    (void)state;
    int rc = SL_ENOMEM;
    for (long n = 0; rc != SL_OK; n++) {
        struct sl_ring *ring = NULL;
        before_failure = n;
        rc = sl_ring_new(&ring, 8, 8, NULL);
        before_failure = -1;
        assert_true(rc == SL_OK ? n == 2 : rc == SL_ENOMEM && ring == NULL);
        sl_ring_free(ring);
    }
}

static int nothing(void *ctx, const struct sl_scan_item *item)
{
    (void)ctx;
    (void)item;
    return 0;
}

static void a_scanner_without_memory_is_refused(void **state)
{
    (void)state;
    struct sl_scanner *scanner = NULL;
    before_failure = 0;
    assert_int_equal(sl_scanner_start(&scanner, &(struct sl_walk_options){.fn = nothing}, NULL),
                     SL_ENOMEM);
    assert_null(scanner);
    assert_int_equal(sl_scanner_start(&scanner, &(struct sl_walk_options){.fn = nothing}, NULL),
                     SL_OK);
    before_failure = 0;
    assert_int_equal(sl_scanner_add(scanner, "/nowhere", 1, NULL), SL_ENOMEM);
    sl_scanner_stop(scanner);
}

struct tally {
    uint64_t files;
    uint64_t errors;
    uint64_t done;
};

static int count(void *ctx, const struct sl_scan_item *item)
{
    struct tally *tally = ctx;
    tally->files += item->kind == SL_SCAN_FILE;
    tally->done += item->kind == SL_SCAN_DONE;
    if (item->kind == SL_SCAN_ERROR) {
        assert_int_equal(item->err.code, SL_ENOMEM);
        tally->errors++;
    }
    return 0;
}

/* What a failure hides is told by an error; the rest of the tree is walked. */
static void a_walk_without_memory_goes_on_and_tells(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    sl_tmp_make(dir);
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "d%d", i);
        assert_int_equal(sl_path_join(path, sizeof path, dir, name, NULL), SL_OK);
        assert_int_equal(mkdir(path, 0700), 0);
        sl_tmp_file(NULL, path, "f", 1, 0);
    }
    assert_int_equal(sl_path_join(path, sizeof path, dir, "link", NULL), SL_OK);
    assert_int_equal(symlink("d0", path), 0);
    const atomic_bool stop = false;
    struct tally tally;
    long n = 0;
    do {
        tally = (struct tally){0};
        const struct sl_walk_options options = {
            .links = SL_LINKS_ALL, .stop = &stop, .fn = count, .ctx = &tally};
        before_failure = n++;
        sl_walk(&options, dir, 1);
        before_failure = -1;
        assert_int_equal(tally.done, 1);
        assert_true(tally.files == 4 ? tally.errors == 0 : tally.errors == 1);
    } while (tally.errors != 0);
    assert_true(n > 8);
    sl_tmp_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_without_memory_is_refused),
        cmocka_unit_test(a_scanner_without_memory_is_refused),
        cmocka_unit_test(a_walk_without_memory_goes_on_and_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
