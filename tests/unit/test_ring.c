/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#include "sluice/ring.h"

#include "support/sanitized.h"
#include "support/test.h"

static const uint64_t stream_records = SL_SANITIZED ? 2000000 : 100000000;

static struct sl_ring *ring_of(size_t record_bytes, size_t slots)
{
    struct sl_ring *ring = NULL;
    assert_int_equal(sl_ring_new(&ring, record_bytes, slots, NULL), SL_OK);
    return ring;
}

static void records_come_out_in_the_order_they_went_in(void **state)
{
    (void)state;
    struct sl_ring *ring = ring_of(sizeof(int), 4);
    int got = -1;
    assert_false(sl_ring_pop(ring, &got));
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 3; i++)
            assert_true(sl_ring_push(ring, &(int){round * 3 + i}));
        for (int i = 0; i < 3; i++) {
            assert_true(sl_ring_pop(ring, &got));
            assert_int_equal(got, round * 3 + i);
        }
        assert_false(sl_ring_pop(ring, &got));
    }
    assert_int_equal(sl_ring_dropped(ring), 0);
    sl_ring_free(ring);
}

static void a_full_ring_drops_the_new_record_and_counts_it(void **state)
{
    (void)state;
    struct sl_ring *ring = ring_of(sizeof(int), 3); /* rounded up to 4 */
    for (int i = 0; i < 4; i++)
        assert_true(sl_ring_push(ring, &i));
    assert_false(sl_ring_push(ring, &(int){4}));
    assert_false(sl_ring_push(ring, &(int){5}));
    assert_int_equal(sl_ring_dropped(ring), 2);
    int got = -1;
    assert_true(sl_ring_pop(ring, &got));
    assert_int_equal(got, 0);
    assert_true(sl_ring_push(ring, &(int){6}));
    static const int rest[] = {1, 2, 3, 6};
    for (size_t i = 0; i < 4; i++) {
        assert_true(sl_ring_pop(ring, &got));
        assert_int_equal(got, rest[i]);
    }
    assert_false(sl_ring_pop(ring, &got));
    sl_ring_free(ring);
}

static void a_ring_of_one_slot_works(void **state)
{
    (void)state;
    struct sl_ring *ring = ring_of(1, 1);
    unsigned char got = 0;
    for (int i = 0; i < 300; i++) {
        assert_true(sl_ring_push(ring, &(unsigned char){(unsigned char)i}));
        assert_false(sl_ring_push(ring, &(unsigned char){0}));
        assert_true(sl_ring_pop(ring, &got));
        assert_int_equal(got, (unsigned char)i);
    }
    assert_int_equal(sl_ring_dropped(ring), 300);
    sl_ring_free(ring);
}

struct large {
    char bytes[5003];
    long double aligned;
};

static void slots_are_filled_and_read_in_place(void **state)
{
    (void)state;
    struct sl_ring *ring = ring_of(sizeof(struct large), 2);
    for (int i = 0; i < 2; i++) {
        struct large *slot = sl_ring_reserve(ring);
        assert_non_null(slot);
        assert_ptr_equal(sl_ring_reserve(ring), slot); /* not handed over yet */
        slot->aligned = (long double)i + 0.5L;
        memset(slot->bytes, 'a' + i, sizeof slot->bytes);
        sl_ring_commit(ring);
    }
    assert_null(sl_ring_reserve(ring));
    assert_int_equal(sl_ring_dropped(ring), 0); /* asking counts nothing */
    for (int i = 0; i < 2; i++) {
        const struct large *slot = sl_ring_peek(ring);
        assert_non_null(slot);
        assert_ptr_equal(sl_ring_peek(ring), slot);
        assert_true(slot->aligned == (long double)i + 0.5L);
        assert_int_equal(slot->bytes[5002], 'a' + i);
        sl_ring_release(ring);
    }
    assert_null(sl_ring_peek(ring));
    sl_ring_free(ring);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct sl_ring *ring = NULL;
    struct sl_err err = {0};
    assert_int_equal(sl_ring_new(&ring, 0, 4, &err), SL_EINVAL);
    assert_int_equal(sl_ring_new(&ring, 4, 0, &err), SL_EINVAL);
    assert_int_equal(sl_ring_new(&ring, SIZE_MAX, 4, &err), SL_ENOMEM);
    assert_int_equal(sl_ring_new(&ring, 4, SIZE_MAX, &err), SL_ENOMEM);
    assert_null(ring);
    sl_ring_free(NULL);
}

/* What a worker sends: a counter, and content that can be told from a torn or an old record. */
struct record {
    uint64_t number;
    uint64_t content[5];
};

static uint64_t mixed(uint64_t x)
{
    x ^= x >> 31;
    x *= UINT64_C(0x9E3779B97F4A7C15);
    return x ^ (x >> 29);
}

/* Waits for room, as only a test may. */
static void hand_over(struct sl_ring *ring, const struct record *record)
{
    struct record *slot;
    while ((slot = sl_ring_reserve(ring)) == NULL)
        sched_yield();
    *slot = *record;
    sl_ring_commit(ring);
}

static struct record record_of(uint64_t number)
{
    struct record record = {.number = number};
    for (size_t k = 0; k < 5; k++)
        record.content[k] = mixed(number + k);
    return record;
}

static void *produce_in_haste(void *arg)
{
    for (uint64_t i = 1; i <= stream_records; i++) {
        const struct record record = record_of(i);
        (void)sl_ring_push(arg, &record);
    }
    hand_over(arg, &(struct record){0}); /* the end */
    return NULL;
}

static void *produce_with_patience(void *arg)
{
    for (uint64_t i = 1; i <= stream_records; i++) {
        const struct record record = record_of(i);
        hand_over(arg, &record);
    }
    hand_over(arg, &(struct record){0});
    return NULL;
}

static bool content_is_right(const struct record *record)
{
    bool right = true;
    for (size_t k = 0; k < 5; k++)
        right = right && record->content[k] == mixed(record->number + k);
    return right;
}

struct outcome {
    uint64_t received;
    uint64_t wrong; /* out of order, old or torn */
    uint64_t dropped;
};

static struct outcome stream(void *(*produce)(void *))
{
    struct sl_ring *ring = ring_of(sizeof(struct record), 4096);
    pthread_t producer;
    assert_int_equal(pthread_create(&producer, NULL, produce, ring), 0);
    struct outcome outcome = {0};
    uint64_t newest = 0;
    for (;;) {
        struct record record;
        if (!sl_ring_pop(ring, &record)) {
            sched_yield();
            continue;
        }
        if (record.number == 0)
            break;
        if (record.number <= newest || !content_is_right(&record))
            outcome.wrong++;
        newest = record.number;
        outcome.received++;
    }
    assert_int_equal(pthread_join(producer, NULL), 0);
    assert_null(sl_ring_peek(ring));
    outcome.dropped = sl_ring_dropped(ring);
    sl_ring_free(ring);
    return outcome;
}

static void a_producer_in_haste_loses_only_what_is_counted(void **state)
{
    (void)state;
    const struct outcome outcome = stream(produce_in_haste);
    assert_int_equal(outcome.wrong, 0);
    assert_true(outcome.received > 0);
    assert_int_equal(outcome.received + outcome.dropped, stream_records);
}

static void a_producer_with_patience_loses_nothing(void **state)
{
    (void)state;
    const struct outcome outcome = stream(produce_with_patience);
    assert_int_equal(outcome.wrong, 0);
    assert_int_equal(outcome.received, stream_records);
    assert_int_equal(outcome.dropped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_out_in_the_order_they_went_in),
        cmocka_unit_test(a_full_ring_drops_the_new_record_and_counts_it),
        cmocka_unit_test(a_ring_of_one_slot_works),
        cmocka_unit_test(slots_are_filled_and_read_in_place),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(a_producer_in_haste_loses_only_what_is_counted),
        cmocka_unit_test(a_producer_with_patience_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
