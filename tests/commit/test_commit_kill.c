/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Kills the committing program while large batches are under way: once they are signed, while they
 * are sent, and while the chain has not told of them. Whatever happened, each piece is on chain
 * once, and the account has paid what the formula says for the batches that landed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "commit_child.h"
#include "support/test.h"

enum { KILLS_LONG = 40, POLLS_MOST = 300 };

/* Kill once a batch of so many pieces (at most `most`, if that is not 0) is in this state, or in a
 * later one before it has landed. */
struct point {
    size_t pieces;
    enum sl_journal_commit_state state;
    size_t most;
};

/* ---- the journal of the program ---- */

struct search {
    const struct point *point;
    bool met;
};

static int look_at(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                   size_t len)
{
    struct search *search = ctx;
    (void)payload;
    (void)len;
    const struct point *point = search->point;
    search->met = commit->count >= point->pieces &&
                  (point->most == 0 || commit->count <= point->most) &&
                  commit->state >= point->state && commit->state < SL_JOURNAL_COMMIT_LANDED;
    return search->met;
}

static struct sl_journal *open_journal(const struct commit_rig *rig, enum sl_journal_mode mode)
{
    struct sl_journal *journal = NULL;
    assert_int_equal(sl_journal_open(&journal, rig->state_dir, mode, &rig->clock, NULL), SL_OK);
    return journal;
}

static bool is_met(struct sl_journal *journal, const struct point *point)
{
    struct search search = {.point = point};
    assert_true(sl_journal_each_commit(journal, true, look_at, &search, NULL) >= 0);
    return search.met;
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid == pid;
}

/* ---- kills ---- */

static bool kill_at(const struct commit_rig *rig, const struct point *point)
{
    struct sl_journal *journal = open_journal(rig, SL_JOURNAL_READ);
    const pid_t pid = commit_child_start(rig);
    while (!is_met(journal, point) && !has_ended(pid))
        ;
    sl_journal_close(journal);
    return commit_child_kill(pid);
}

static bool kill_after(const struct commit_rig *rig, unsigned polls)
{
    static const struct point never = {.pieces = SIZE_MAX};
    struct sl_journal *journal = open_journal(rig, SL_JOURNAL_READ);
    const pid_t pid = commit_child_start(rig);
    for (unsigned i = 0; i < polls && !has_ended(pid); i++)
        (void)is_met(journal, &never);
    sl_journal_close(journal);
    return commit_child_kill(pid);
}

static unsigned draw(uint64_t *random, unsigned below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*random >> 33) % below;
}

/* ---- what was paid ---- */

struct landed {
    struct sl_prices prices;
    struct sl_u256 fees; /* by the formula, of all batches that landed */
    size_t batches;
    size_t pieces;
    size_t most; /* pieces of the largest one */
};

static void add(struct sl_u256 *sum, struct sl_u256 more)
{
    assert_true(sl_u256_add(sum, *sum, more));
}

static int add_fees(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                    size_t len)
{
    struct landed *landed = ctx;
    struct sl_cost_fees fees;
    (void)payload;
    (void)len;
    if (commit->state != SL_JOURNAL_COMMIT_LANDED)
        return 0;
    assert_int_equal(
        sl_cost_fees(&fees, &landed->prices, commit->creates, commit->count, commit->count, NULL),
        SL_OK);
    add(&landed->fees, fees.total);
    landed->batches++;
    landed->pieces += commit->count;
    landed->most = commit->count > landed->most ? commit->count : landed->most;
    return 0;
}

static struct landed landed_of(struct commit_rig *rig)
{
    struct landed landed = {.prices = rig_prices(rig)};
    struct sl_journal *journal = open_journal(rig, SL_JOURNAL_READ);
    assert_int_equal(sl_journal_each_commit(journal, false, add_fees, &landed, NULL), 0);
    sl_journal_close(journal);
    return landed;
}

/* Before the kills. */
struct start {
    struct sl_u256 funds;
    struct sl_u256 pending;
    struct sl_u256 fees;
};

static struct start start_of(struct commit_rig *rig)
{
    return (struct start){
        .funds = rig_funds(rig), .pending = rig_pending(rig), .fees = landed_of(rig).fees};
}

static struct sl_u256 less(struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 out;
    assert_true(sl_u256_sub(&out, a, b));
    return out;
}

/* Paid, and owed by the data sets. */
static struct sl_u256 spent(struct commit_rig *rig, const struct start *start)
{
    struct sl_u256 sum = less(start->funds, rig_funds(rig));
    add(&sum, rig_pending(rig));
    return less(sum, start->pending);
}

static void expect_once_and_paid(struct commit_rig *rig, const struct start *start)
{
    const struct landed landed = landed_of(rig);
    char is[SL_U256_DEC_CHARS], want[SL_U256_DEC_CHARS];
    assert_int_equal(landed.pieces, rig->piece_count);
    assert_int_equal(rig_pieces_on_chain(rig), rig->piece_count);
    for (size_t i = 0; i < rig->piece_count; i += 7)
        assert_int_equal(rig_on_chain(rig, i), 1);
    sl_u256_dec(is, spent(rig, start));
    sl_u256_dec(want, less(landed.fees, start->fees));
    assert_string_equal(is, want);
    print_message("%zu pieces in %zu batches, the largest of %zu: %s base units\n", landed.pieces,
                  landed.batches, landed.most, is);
}

/* ---- scenes ---- */

static void slow_down(const struct commit_rig *rig)
{
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets\",\"action\":\"delay\",\"ms\":50}");
}

static size_t kill_at_each(const struct commit_rig *rig, const struct point *points, size_t count)
{
    size_t kills = 0;
    for (size_t i = 0; i < count; i++)
        kills += kill_at(rig, &points[i]);
    return kills;
}

static struct start begin(struct commit_rig *rig)
{
    sl_journal_close(open_journal(rig, SL_JOURNAL_WRITE));
    slow_down(rig);
    return start_of(rig);
}

static void end(struct commit_rig *rig, const struct start *start, size_t kills)
{
    uint64_t random = 7;
    const size_t more = getenv("SLUICE_LONG") != NULL ? KILLS_LONG : 0;
    for (size_t i = 0; i < more; i++)
        kills += kill_after(rig, draw(&random, POLLS_MOST));
    commit_child_end(commit_child_start(rig));
    print_message("%zu kills\n", kills);
    expect_once_and_paid(rig, start);
}

/* With so many pieces in the largest batch, at least. */
static void kill_at_all(struct commit_rig *rig, const struct point *points, size_t count,
                        size_t largest)
{
    const struct start start = begin(rig);
    const size_t kills = kill_at_each(rig, points, count);
    assert_int_equal(kills, count);
    end(rig, &start, kills);
    assert_in_range(landed_of(rig).most, largest, SL_COMMIT_PIECES);
}

#define AT_ALL_OF(n, most)                                                                         \
    {n, SL_JOURNAL_COMMIT_SIGNED, most}, {n, SL_JOURNAL_COMMIT_SENDING, most},                     \
    {                                                                                              \
        n, SL_JOURNAL_COMMIT_SENT, most                                                            \
    }
#define AT_ALL(n) AT_ALL_OF(n, 0)

static void batches_of_four_hundred_without_names(void **state)
{
    static const struct point points[] = {AT_ALL(100), AT_ALL(400)};
    struct commit_rig *rig = *state;
    rig->unnamed = true;
    rig_store(rig, 500);
    kill_at_all(rig, points, sizeof points / sizeof points[0], 400);
}

static void batches_of_a_hundred_and_thirty_with_names(void **state)
{
    static const struct point points[] = {AT_ALL(100), AT_ALL(130), AT_ALL(130)};
    struct commit_rig *rig = *state;
    rig_store(rig, 370);
    kill_at_all(rig, points, sizeof points / sizeof points[0], 130);
}

static void batches_of_eighty_for_a_legacy_data_set(void **state)
{
    static const struct point points[] = {AT_ALL(80), AT_ALL(80)};
    struct commit_rig *rig = *state;
    rig_old_network(rig);
    rig_store(rig, 3);
    rig_commit_all(rig, 1);
    rig_close(rig);
    assert_int_equal(sl_devnet_migrate(rig->net, NULL), SL_OK);
    rig_store(rig, 170);
    kill_at_all(rig, points, sizeof points / sizeof points[0], 80);
}

static void batches_of_forty_for_old_contracts(void **state)
{
    static const struct point points[] = {AT_ALL(40), AT_ALL(40)};
    struct commit_rig *rig = *state;
    rig_old_network(rig);
    rig_store(rig, 100);
    kill_at_all(rig, points, sizeof points / sizeof points[0], 40);
}

/* ---- a provider that changes its mind ---- */

/* The next request for a commit is answered so. */
static void refuse_next(const struct commit_rig *rig, const char *action)
{
    char rule[320];
    snprintf(rule, sizeof rule,
             "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"%s\",\"status\":400,"
             "\"body\":\"piece count (100) exceeds the maximum allowed per AddPieces call (40)\"}",
             action);
    rig_no_faults(rig, 0);
    rig_fault(rig, 0, rule);
    slow_down(rig);
}

static size_t voids(struct commit_rig *rig)
{
    return rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED);
}

/* It has taken a hundred, takes forty at most, and then anything again: the later runs remember. */
static void one_that_takes_fewer_and_then_more_is_paid_once(void **state)
{
    static const struct point first[] = {AT_ALL(100)};
    static const struct point later[] = {AT_ALL_OF(40, 40), AT_ALL_OF(40, 40)};
    struct commit_rig *rig = *state;
    rig->unnamed = true;
    rig_store(rig, 100);
    const struct start start = begin(rig);
    size_t kills = kill_at_each(rig, first, sizeof first / sizeof first[0]);
    commit_child_end(commit_child_start(rig));
    rig_store(rig, 200);
    refuse_next(rig, "status");
    kills += kill_at_each(rig, later, sizeof later / sizeof later[0]);
    end(rig, &start, kills);
    assert_int_equal(landed_of(rig).batches, 1 + 5);
    /* the refused one; and a kill may leave a data set that is on chain before its provider knows
     * it */
    assert_in_range(voids(rig), 1, 2);
}

/* It says no to a hundred, and has sent the transaction. */
static void one_that_refuses_what_it_has_sent_is_paid_once(void **state)
{
    static const struct point points[] = {AT_ALL_OF(40, 40)};
    struct commit_rig *rig = *state;
    /* one run in twenty, the built-in provider drops the forty pieces of a killed batch */
    if (getenv("SLUICE_LONG") == NULL)
        skip();
    rig->unnamed = true;
    rig_store(rig, 250);
    const struct start start = begin(rig);
    refuse_next(rig, "deny");
    const size_t kills = kill_at_each(rig, points, sizeof points / sizeof points[0]);
    end(rig, &start, kills);
    assert_int_equal(landed_of(rig).batches, 1 + 4); /* the refused one is one of them */
}

int main(int argc, char **argv)
{
    commit_child_main(argc, argv);
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(batches_of_four_hundred_without_names),
        TEST(batches_of_a_hundred_and_thirty_with_names),
        TEST(batches_of_eighty_for_a_legacy_data_set),
        TEST(batches_of_forty_for_old_contracts),
        TEST(one_that_takes_fewer_and_then_more_is_paid_once),
        TEST(one_that_refuses_what_it_has_sent_is_paid_once),
    };
    return cmocka_run_group_tests_name("commit_kill", tests, NULL, NULL);
}
