/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A library that was begun with the contracts of 1.3 goes on with those of today: the built sluice
 * and its built-in network, which is brought to today's contracts in between. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sluice/path.h"
#include "sluice/u256.h"

#include "binary_kit.h"
#include "get_kit.h"

enum { DECIMALS = 18 };
#define COPIES "--copies", "2", "--local-min-free", "1"

static void join(char out[static SL_PATH_BYTES], const char *dir, const char *name)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, dir, name, NULL), SL_OK);
}

/* The built-in network is served alone for a moment, with this option. */
static void serve_with(const char *option, const char *value)
{
    char dir[SL_PATH_BYTES], c = '\0';
    struct sl_child child;
    struct sl_ran ran;
    join(dir, bin_home.state, "data/local");
    assert_int_equal(sl_path_make(dir, 0700, NULL), SL_OK);
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("serve", "--json", "--listen", "127.0.0.1:0", "--dir", dir,
                           "--local-min-free", "1", option, value));
    while (c != '\n') /* it is ready */
        assert_int_equal(read(child.out, &c, 1), 1);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    sl_child_end(&child, &ran);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

static struct sl_u256 amount(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_amount(&out, text, strlen(text), DECIMALS, NULL), SL_OK);
    return out;
}

/* Takes all out of the account but this. */
static void leave_available(const char *usdfc)
{
    struct sl_ran ran;
    struct sl_u256 available, rest;
    char text[SL_U256_AMOUNT_CHARS];
    RUN(&ran, "wallet", "status", "--json");
    bin_assert_status(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    available = amount(bin_str(cJSON_GetArrayItem(lines, 0), "available"));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    assert_true(sl_u256_sub(&rest, available, amount(usdfc)));
    sl_u256_amount(text, rest, DECIMALS, DECIMALS);
    RUN(&ran, "wallet", "withdraw", text, "--yes");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

static void expect(int status, const char *words, const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    bin_assert_status(&ran, status);
    bin_assert_says(&ran.err, words);
    sl_ran_free(&ran);
}
#define EXPECT(status, words, ...) expect(status, words, SL_ARGV(__VA_ARGS__))

static int pieces_of(const char *data_set)
{
    struct sl_ran ran;
    RUN(&ran, "pieces", data_set, "--json");
    bin_assert_status(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    const int count = (int)bin_count(lines, "piece");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    return count;
}

/* Data sets of 1.3 pay its rate until their next add: 0.096 USDFC more have to be there for each.
 */
static void the_first_add_is_refused_with_the_sum_before_a_byte_leaves(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES], new[SL_PATH_BYTES];
    serve_with("--profile", "1.3");
    bin_file(old, "old.mkv", 5000, 1);
    bin_file(new, "new.mkv", 6000, 2);
    EXPECT(SL_EXIT_OK, "1 confirmed", "upload", old, COPIES);
    leave_available("0.08");
    serve_with("--migrate", NULL);
    EXPECT(SL_EXIT_MONEY, "deposit at least 0.13 USDFC", "upload", new, COPIES);
    EXPECT(SL_EXIT_MONEY, "deposit at least 0.13 USDFC", "cost", new, COPIES);
    assert_int_equal(pieces_of("1"), 1);
    assert_int_equal(pieces_of("2"), 1);
    EXPECT(SL_EXIT_OK, "deposit 0.13 USDFC", "wallet", "deposit", "0.13", "--yes");
    EXPECT(SL_EXIT_OK, "fees 0.022 USDFC", "upload", new, COPIES);
    assert_int_equal(pieces_of("1"), 2);
    assert_int_equal(pieces_of("2"), 2);
}

static void get_is(const char *name, const char *file, const char *option)
{
    char out[SL_PATH_BYTES];
    struct sl_ran ran;
    join(out, bin_home.dir, "back");
    (void)unlink(out);
    RUN(&ran, "get", name, "-o", out, option);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    get_same_files(out, file);
}

static void all_of_it_is_found_from_the_key_alone(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES], new[SL_PATH_BYTES], journal[SL_PATH_BYTES];
    serve_with("--profile", "1.3");
    bin_file(old, "old.mkv", 5000, 1);
    bin_file(new, "new.mkv", 6000, 2);
    EXPECT(SL_EXIT_OK, "1 confirmed", "upload", old, COPIES);
    serve_with("--migrate", NULL);
    EXPECT(SL_EXIT_OK, "1 confirmed", "upload", new, COPIES);
    join(journal, bin_home.state, "state");
    sl_tmp_remove(journal);
    get_is("old.mkv", old, NULL); /* the View of 1.3 still tells its name */
    get_is("new.mkv", new, NULL); /* and the logs that of a piece of today */
    EXPECT(SL_EXIT_OK, "in the logs of", "export");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BIN_TEST(the_first_add_is_refused_with_the_sum_before_a_byte_leaves),
        BIN_TEST(all_of_it_is_found_from_the_key_alone),
    };
    return cmocka_run_group_tests_name("brought to today", tests, NULL, NULL);
}
