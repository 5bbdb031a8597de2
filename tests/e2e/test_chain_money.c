/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice wallet` moves money on a whole local network. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "served.h"

static void what_the_throwaway_key_has_is_told(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "deposited  1000\n", "", "wallet", "status");
    RAN(SL_EXIT_OK, "approval   unlimited\n", "", "wallet", "status");
    cJSON *lines = LINES("wallet", "status");
    assert_string_equal(bin_str(served_line(lines, 0), "available"), "1000");
    assert_int_equal(bin_number(served_line(lines, 0), "chainId"), 31415926);
    cJSON_Delete(lines);
}

static void money_goes_in_and_comes_back(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "deposit 5.25 USDFC: done, block ", "afterwards: 994.75 USDFC in the wallet",
        "wallet", "deposit", "5.25", "--yes");
    RAN(SL_EXIT_OK, "deposited  1005.25\n", "", "wallet", "status");
    RAN(SL_EXIT_OK, "\"dryRun\":false", "sent: withdraw 1000 USDFC", "wallet", "withdraw", "1000",
        "--yes", "--json");
    RAN(SL_EXIT_OK, "deposited  5.25\n", "", "wallet", "status");
    RAN(SL_EXIT_MONEY, "", "", "wallet", "withdraw", "6", "--yes");
    RAN(SL_EXIT_OK, "would succeed, nothing was sent", "", "wallet", "withdraw", "1", "--dry-run");
    RAN(SL_EXIT_OK, "deposited  5.25\n", "", "wallet", "status");
}

static void the_approval_is_given_once_more(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "approve the service: done", "without limit", "wallet", "approve", "--yes");
    RAN(SL_EXIT_OK, "approval   unlimited\n", "", "wallet", "status");
}

/* .env comes after the settings: the settings name no key now. */
#define NO_KEY_FILE "--key-file", ""

/* From now on, the .env of the working directory names a session key of this account. */
static void use_session_key(const struct chain *chain, const char *digits)
{
    char payer[SL_ADDRESS_CHARS], text[256];
    sl_address_text(payer, sl_key_address(chain->key));
    snprintf(text, sizeof text, "SESSION_KEY=0x%s\nWALLET_ADDRESS=%s\n", digits, payer);
    assert_int_equal(sl_file_write_atomic(".env", text, strlen(text), 0600, NULL), SL_OK);
}

static void a_session_key_is_logged_in_used_and_revoked(void **state)
{
    struct chain *chain = *state;
    static const char digits[] = "1717171717171717171717171717171717171717171717171717171717171717";
    struct sl_key *key = NULL;
    char address[SL_ADDRESS_CHARS], path[SL_PATH_BYTES];
    assert_int_equal(sl_key_from_hex(&key, digits, strlen(digits), NULL), SL_OK);
    sl_address_text(address, sl_key_address(key));
    sl_key_free(key);
    bin_file(path, "a", 1000, 1);
    RAN(SL_EXIT_OK, "createDataSet not allowed\n", "", "wallet", "session", "status", address);
    RAN(SL_EXIT_OK, "would succeed", "may create and terminate data sets", "wallet", "session",
        "login", address, "--dry-run");
    RAN(SL_EXIT_OK, "log in session key 0x", "sent: ", "wallet", "session", "login", "--expiry",
        "36h", address, "--yes");
    cJSON *lines = LINES("wallet", "session", "status", address);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(served_line(lines, 0), "uploads")));
    assert_true(bin_number(cJSON_GetObjectItem(served_line(lines, 0), "expiry"), "addPieces") >
                1800000000);
    cJSON_Delete(lines);

    use_session_key(chain, digits);
    RAN(SL_EXIT_OK, "addPieces     until 2027-", "", "wallet", "session", "status", NO_KEY_FILE);
    RAN(SL_EXIT_OK, "ok    session ", "", "doctor", NO_KEY_FILE);
    RAN(SL_EXIT_OK, "deposit    0 USDFC\n", "", "cost", path, NO_KEY_FILE);
    REFUSED(SL_EXIT_KEY, "needs the account's own key", "wallet", "withdraw", "1", "--yes",
            NO_KEY_FILE);
    REFUSED(SL_EXIT_KEY, "needs the account's own key", "wallet", "session", "revoke", address,
            "--yes", NO_KEY_FILE);
    RAN(SL_EXIT_OK, "address    0x", "SESSION_KEY (.env), account ", "wallet", "status");
    assert_int_equal(unlink(".env"), 0);
    RAN(SL_EXIT_OK, "revoke session key 0x", "can no longer sign anything", "wallet", "session",
        "revoke", address, "--yes");
    RAN(SL_EXIT_OK, "terminate     not allowed\n", "", "wallet", "session", "status", address);
    use_session_key(chain, digits);
    RAN(SL_EXIT_KEY, "fail  session ", "", "doctor", NO_KEY_FILE);
}

/* Each of these would cost a fee without making an upload possible. */
static void a_login_that_lets_nobody_upload_is_refused_before_a_fee(void **state)
{
    const struct chain *chain = *state;
    static const char zero[] = "0x0000000000000000000000000000000000000000";
    static const char other[] = "0x1111111111111111111111111111111111111111";
    static const char *const ways[] = {"--yes", "--dry-run"};
    char own[SL_ADDRESS_CHARS];
    sl_address_text(own, sl_key_address(chain->key));
    for (size_t i = 0; i < 2; i++) {
        REFUSED(SL_EXIT_USAGE, "the zero address", "wallet", "session", "login", zero, ways[i]);
        REFUSED(SL_EXIT_USAGE, "the account's own address", "wallet", "session", "login", own,
                ways[i]);
        REFUSED(SL_EXIT_USAGE, "is too short", "wallet", "session", "login", other, "--expiry",
                "14m", ways[i]);
    }
    RAN(SL_EXIT_OK, "log in session key", "", "wallet", "session", "login", other, "--expiry",
        "15m", "--yes");
    cJSON *lines = LINES("wallet", "session", "status", other);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(served_line(lines, 0), "uploads")));
    cJSON_Delete(lines);
}

static void what_a_session_lacks_is_said(void **state)
{
    (void)state;
    static const char address[] = "0x1111111111111111111111111111111111111111";
    REFUSED(SL_EXIT_USAGE, "give status, login or revoke", "wallet", "session");
    REFUSED(SL_EXIT_USAGE, "give status, login or revoke", "wallet", "session", "x");
    REFUSED(SL_EXIT_USAGE, "no session key is in use", "wallet", "session", "status");
    REFUSED(SL_EXIT_USAGE, "give the address of one session key", "wallet", "session", "login");
    REFUSED(SL_EXIT_USAGE, "the address of the session key", "wallet", "session", "login", "x");
    REFUSED(SL_EXIT_USAGE, "use --yes or --dry-run", "wallet", "session", "revoke", address);
    REFUSED(SL_EXIT_USAGE, "is not a duration such as 12h", "wallet", "session", "login", address,
            "--expiry", "367d", "--yes");
    REFUSED(SL_EXIT_USAGE, "is not a duration such as 12h", "wallet", "session", "login", address,
            "--expiry", "0h", "--yes");
    REFUSED(SL_EXIT_USAGE, "--expiry works only with", "wallet", "session", "revoke", address,
            "--expiry", "1h", "--yes");
}

static void a_poor_key_can_do_nothing_and_is_told_why(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "approval   none\n", "", "wallet", "status");
    RAN(SL_EXIT_MONEY, "", "USDFC", "wallet", "deposit", "1", "--yes");
    RAN(SL_EXIT_MONEY, "", "FIL", "wallet", "approve", "--yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(what_the_throwaway_key_has_is_told),
        SERVED_TEST(money_goes_in_and_comes_back),
        SERVED_TEST(the_approval_is_given_once_more),
        SERVED_TEST(a_session_key_is_logged_in_used_and_revoked),
        SERVED_TEST(a_login_that_lets_nobody_upload_is_refused_before_a_fee),
        SERVED_TEST(what_a_session_lacks_is_said),
        cmocka_unit_test_setup_teardown(a_poor_key_can_do_nothing_and_is_told_why,
                                        served_poor_setup, served_teardown),
    };
    return cmocka_run_group_tests_name("money on a local network", tests, NULL, NULL);
}
