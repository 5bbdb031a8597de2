/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice wallet`: where keys come from, what is refused, and where no key may appear. */
/* memmem */
#define _GNU_SOURCE // NOLINT(bugprone-reserved-identifier): this is how libc is asked
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/cli.h"
#include "sluice/hex.h"
#include "sluice/key.h"

#include "spawn.h"
#include "support/pty.h"
#include "support/test.h"
#include "support/tmp.h"

/* Throwaway. */
#define DIGITS   "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2"
#define OTHER    "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec3"
#define SECRET   "5ec2e75e" /* of both */
#define PASSWORD "correct horse battery"

static struct sl_home home;

static int setup(void **state)
{
    (void)state;
    sl_home_make(&home);
    return chdir(home.dir); /* where .env is looked for */
}

static int teardown(void **state)
{
    (void)state;
    sl_home_remove(&home);
    return 0;
}

static const char *address_of(const char *digits)
{
    static char text[SL_ADDRESS_CHARS];
    struct sl_key *key = NULL;
    assert_int_equal(sl_key_from_hex(&key, digits, strlen(digits), NULL), SL_OK);
    sl_address_text(text, sl_key_address(key));
    sl_key_free(key);
    return text;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    assert_int_equal(sl_file_write_atomic(name, text, strlen(text), mode, NULL), SL_OK);
}

/* Like `wallet import`, but cheap to open. */
static void write_keystore(const char *name, const char *digits)
{
    static const char password[] = "long enough";
    struct sl_key *key = NULL;
    struct sl_buf json = {0};
    assert_int_equal(sl_key_from_hex(&key, digits, strlen(digits), NULL), SL_OK);
    assert_int_equal(sl_keystore_write(&json, key, password, sizeof password - 1, 4, NULL), SL_OK);
    write_file(name, json.data, 0600);
    sl_buf_free(&json);
    sl_key_free(key);
}

static void assert_says(const struct sl_buf *text, const char *words)
{
    if (strstr(text->data, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text->data, words);
}

/* Neither stream ever shows a key or a password. */
static void run(struct sl_ran *ran, const char *variable, const char *const *argv)
{
    struct sl_child child;
    sl_child_start(&child, &home, variable, argv);
    sl_child_end(&child, ran);
    assert_null(strstr(ran->out.data, SECRET));
    assert_null(strstr(ran->err.data, SECRET));
    assert_null(strstr(ran->err.data, PASSWORD));
}

#define RUN(ran, variable, ...) run(ran, variable, SL_ARGV(__VA_ARGS__))

static void assert_shown(const char *variable, const char *digits, const char *source,
                         const char *const *argv)
{
    struct sl_ran ran;
    run(&ran, variable, argv);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    assert_says(&ran.out, address_of(digits));
    assert_says(&ran.out, source);
    sl_ran_free(&ran);
}

#define SHOWN(variable, digits, source, ...)                                                       \
    assert_shown(variable, digits, source, SL_ARGV(__VA_ARGS__))

static void assert_refused(const char *variable, int status, const char *words,
                           const char *const *argv)
{
    struct sl_ran ran;
    run(&ran, variable, argv);
    if (ran.status != status)
        fail_msg("status %d, not %d: %s", ran.status, status, ran.err.data);
    assert_string_equal(ran.out.data, "");
    assert_says(&ran.err, words);
    sl_ran_free(&ran);
}

#define REFUSED(variable, status, words, ...)                                                      \
    assert_refused(variable, status, words, SL_ARGV(__VA_ARGS__))

/* ---- address ---- */

static void the_first_source_that_names_a_key_is_used(void **state)
{
    (void)state;
    write_file("key", OTHER "\n", 0600);
    REFUSED(NULL, SL_EXIT_KEY, "no key is set", "wallet", "address");
    SHOWN(NULL, OTHER, "key_file key", "wallet", "address", "--key-file", "key");
    SHOWN("SLUICE_KEY_FILE=~/key", OTHER, "/key", "wallet", "address");
    SHOWN("PRIVATE_KEY=0x" DIGITS, DIGITS, "PRIVATE_KEY (environment)", "wallet", "address");
    SHOWN("PRIVATE_KEY=0x" DIGITS, OTHER, "key_file key (--key-file)", "wallet", "address",
          "--key-file", "key");
    write_file(".env", "PRIVATE_KEY=" OTHER "\n", 0600);
    SHOWN(NULL, OTHER, "PRIVATE_KEY (.env)", "wallet", "address");
    REFUSED(NULL, SL_EXIT_KEY, "nowhere", "wallet", "address", "--key-file", "nowhere");
    SHOWN("PRIVATE_KEY=" DIGITS, DIGITS, "PRIVATE_KEY (environment)", "wallet", "address");
    SHOWN("SLUICE_KEY_FILE=key", OTHER, "key_file key (SLUICE_KEY_FILE)", "wallet", "address");
    write_keystore("k", DIGITS);
    SHOWN("ETH_KEYSTORE=k", DIGITS, "keystore k (ETH_KEYSTORE)", "wallet", "address");
    SHOWN("SLUICE_KEYSTORE=k", OTHER, "key_file key (--key-file)", "wallet", "address",
          "--key-file", "key");
}

static void configure(const char *line)
{
    char text[256];
    snprintf(text, sizeof text, "[sluice]\n%s\n", line);
    write_file("c.ini", text, 0600);
}

/* Neither the working directory nor an exported variable may decide whose money is spent. */
static void another_account_beside_the_configured_one_is_refused_or_told(void **state)
{
    (void)state;
    struct sl_ran ran;
    write_file("key", DIGITS, 0600);
    write_file("other", OTHER, 0600);
    configure("key_file = key");
#define CONFIGURED "wallet", "address", "--config", "c.ini"
    SHOWN(NULL, DIGITS, "key_file key (config.ini)", CONFIGURED);
    SHOWN("PRIVATE_KEY=" DIGITS, DIGITS, "key_file key (config.ini)", CONFIGURED);
    RUN(&ran, "PRIVATE_KEY=" OTHER, CONFIGURED);
    assert_int_equal(ran.status, SL_EXIT_KEY);
    assert_says(&ran.err, address_of(DIGITS));
    assert_says(&ran.err, address_of(OTHER));
    assert_says(&ran.err, "key_file key (config.ini)");
    assert_says(&ran.err, "PRIVATE_KEY (environment)");
    sl_ran_free(&ran);
    RUN(&ran, "PRIVATE_KEY=garbage", CONFIGURED);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.err, "not used, as key_file key (config.ini) comes first: PRIVATE_KEY");
    sl_ran_free(&ran);
    SHOWN("PRIVATE_KEY=" OTHER, OTHER, "key_file other (--key-file)", CONFIGURED, "--key-file",
          "other");
    SHOWN("SLUICE_KEY_FILE=other", OTHER, "key_file other (SLUICE_KEY_FILE)", CONFIGURED);
    write_keystore("k", OTHER);
    REFUSED("ETH_KEYSTORE=k", SL_EXIT_KEY, "keystore k (ETH_KEYSTORE)", CONFIGURED);
    REFUSED(NULL, SL_EXIT_KEY, "two accounts", "wallet", "address", "--key-file", "key",
            "--keystore", "k");
    configure("keystore = k");
    REFUSED("PRIVATE_KEY=" DIGITS, SL_EXIT_KEY, "two accounts", CONFIGURED);
    write_file(".env", "PRIVATE_KEY=" DIGITS "\n", 0600);
    RUN(&ran, NULL, CONFIGURED);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, address_of(OTHER));
    assert_says(&ran.err, "PRIVATE_KEY (.env), account ");
    assert_says(&ran.err, " is not used: keystore k (config.ini) comes first");
    sl_ran_free(&ran);
}

static void files_that_others_could_have_written_are_not_obeyed(void **state)
{
    (void)state;
    struct sl_ran ran;
    write_file("key", DIGITS, 0600);
    configure("key_file = key\npassword_command = touch ran");
    assert_int_equal(chmod("c.ini", 0666), 0);
    REFUSED(NULL, SL_EXIT_USAGE, "chmod go-w 'c.ini'", CONFIGURED);
    assert_int_equal(chmod("c.ini", 0600), 0);
    write_file(".env", "PRIVATE_KEY=" OTHER "\n", 0666);
    RUN(&ran, NULL, CONFIGURED);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, address_of(DIGITS));
    assert_says(&ran.err, "file .env is not obeyed: others can write it");
    sl_ran_free(&ran);
    REFUSED(NULL, SL_EXIT_KEY, "no key is set but that of .env", "wallet", "address");
    REFUSED(NULL, SL_EXIT_KEY, "no key is set but that of .env", "cost", "key");
    write_file(".env", "OTHER=1\n", 0666);
    REFUSED(NULL, SL_EXIT_KEY, "no key is set;", "wallet", "address");
    assert_int_equal(unlink(".env"), 0);
    assert_int_equal(mkdir(".env", 0700), 0); /* the usual name of a Python virtual environment */
    SHOWN(NULL, DIGITS, "key_file key", CONFIGURED);
    assert_int_equal(rmdir(".env"), 0);
    write_keystore("k", DIGITS);
    assert_int_equal(chmod("k", 0666), 0);
    REFUSED(NULL, SL_EXIT_KEY, "chmod go-w 'k'", "wallet", "address", "--keystore", "k");
    assert_int_equal(chmod("k", 0600), 0);
    assert_int_equal(mkdir("open", 0700), 0);
    assert_int_equal(rename("key", "open/key"), 0);
    assert_int_equal(chmod("open", 0777), 0);
    REFUSED(NULL, SL_EXIT_KEY, "others can write its folder ", "wallet", "address", "--key-file",
            "open/key");
    RUN(&ran, NULL, "wallet", "new", "--keystore", "open/k", "--password-command", "echo a word");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.err, "warning: keystore open/k is not obeyed: others can write its folder ");
    sl_ran_free(&ran);
    assert_int_equal(chmod("open", 0700), 0);
#undef CONFIGURED
}

static void mainnet_is_meant_only_by_sluices_own_settings(void **state)
{
    (void)state;
    struct sl_ran ran;
    write_file("key", DIGITS, 0600);
    REFUSED("NETWORK=mainnet", SL_EXIT_USAGE, "NETWORK=mainnet in the environment does not select",
            "upload", "key", "--key-file", "key");
    REFUSED("NETWORK=mainnet", SL_EXIT_USAGE, "--network mainnet", "wallet", "status", "--key-file",
            "key");
    write_file(".env", "PRIVATE_KEY=" DIGITS "\nNETWORK=mainnet\n", 0600);
    RUN(&ran, NULL, "doctor", "--no-ping", "--rpc-url", "http://127.0.0.1:1/");
    assert_says(&ran.err, "NETWORK=mainnet in .env does not select mainnet");
    assert_says(&ran.out, "calibration");
    sl_ran_free(&ran);
}

static void the_filecoin_address_has_the_letter_of_its_network(void **state)
{
    (void)state;
    write_file("key", DIGITS, 0600);
    SHOWN(NULL, DIGITS, "filecoin  t410f", "wallet", "address", "--key-file", "key");
    SHOWN(NULL, DIGITS, "filecoin  f410f", "wallet", "address", "--key-file", "key", "--network",
          "mainnet");
    SHOWN(NULL, DIGITS, "\"filecoinAddress\":\"t410f", "wallet", "address", "--key-file", "key",
          "--json");
}

static void a_session_key_shows_the_account_that_it_signs_for(void **state)
{
    (void)state;
    char text[256];
    snprintf(text, sizeof text, "SESSION_KEY=%s\nWALLET_ADDRESS=%s\n", DIGITS, address_of(OTHER));
    write_file(".env", text, 0600);
    SHOWN(NULL, OTHER, "session   0x", "wallet", "address");
    SHOWN(NULL, DIGITS, "SESSION_KEY (.env)", "wallet", "address");
    REFUSED(NULL, SL_EXIT_KEY, "a session key expires and is not imported", "wallet", "import",
            "--keystore", "k", "--password-command", "echo x");
}

static void what_is_wrong_with_a_key_ends_with_6_and_does_not_show_it(void **state)
{
    (void)state;
    static const struct {
        const char *env;
        const char *words;
    } rows[] = {
        {"PRIVATE_KEY=" SECRET "\n", "64 hex digits"},
        {"PRIVATE_KEY=" DIGITS "00\n", "64 hex digits"},
        {"PRIVATE_KEY=\"" DIGITS "\n", "the quote is not closed"},
        {"SESSION_KEY=" DIGITS "\n", "needs WALLET_ADDRESS"},
        {"SESSION_KEY=" DIGITS "\nPRIVATE_KEY=" OTHER "\n", "leave one out"},
        {"SESSION_KEY=" DIGITS "\nWALLET_ADDRESS=0x12\n", "WALLET_ADDRESS"},
        {"PRIVATE_KEY=" DIGITS "\nWALLET_ADDRESS=0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\n",
         "is not the address of PRIVATE_KEY"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_file(".env", rows[i].env, 0600);
        REFUSED(NULL, SL_EXIT_KEY, rows[i].words, "wallet", "address");
    }
    assert_int_equal(unlink(".env"), 0);
    write_file("key", DIGITS, 0644);
    REFUSED(NULL, SL_EXIT_KEY, "chmod 600 'key'", "wallet", "address", "--key-file", "key");
    REFUSED(NULL, SL_EXIT_KEY, "nowhere", "wallet", "address", "--key-file", "nowhere");
    REFUSED(NULL, SL_EXIT_KEY, "keystore key", "wallet", "address", "--keystore", "key");
    REFUSED("SLUICE_KEY_FILE=0x" DIGITS, SL_EXIT_USAGE, "looks like a private key", "wallet",
            "address");
    REFUSED(NULL, SL_EXIT_USAGE, "looks like a private key", "wallet", "address", DIGITS);
    REFUSED(NULL, SL_EXIT_USAGE, "did you mean address?", "wallet", "adress");
    REFUSED(NULL, SL_EXIT_USAGE, "wallet address: unexpected argument 'x'", "wallet", "address",
            "x");
}

static void a_dotenv_that_others_can_read_is_warned_of(void **state)
{
    (void)state;
    struct sl_ran ran;
    write_file(".env", "PRIVATE_KEY=" DIGITS "\n", 0644);
    RUN(&ran, NULL, "wallet", "address");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.err, "warning: others can read the key in .env; run `chmod 600 .env`");
    sl_ran_free(&ran);
}

/* ---- import and new ---- */

static void import_writes_a_keystore_and_never_overwrites(void **state)
{
    (void)state;
    struct stat st;
    write_file("password", PASSWORD "\n", 0600);
    SHOWN("PRIVATE_KEY=" DIGITS, DIGITS, "keystore k", "wallet", "import", "--keystore", "k",
          "--password-command", "cat password");
    assert_int_equal(stat("k", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    REFUSED("PRIVATE_KEY=" OTHER, SL_EXIT_KEY, "never overwritten", "wallet", "import",
            "--keystore", "k", "--password-command", "cat password");
    REFUSED(NULL, SL_EXIT_KEY, "never overwritten", "wallet", "new", "--keystore", "k");
    SHOWN(NULL, DIGITS, "keystore k", "wallet", "address", "--keystore", "k");
    REFUSED(NULL, SL_EXIT_KEY, "wrong password", "upload", "k", "--network", "calibration",
            "--keystore", "k", "--password-command", "echo no");
    REFUSED("PRIVATE_KEY=" DIGITS, SL_EXIT_KEY, "an empty password protects nothing", "wallet",
            "import", "--keystore", "k2", "--password-command", "echo");
    assert_int_not_equal(stat("k2", &st), 0);
}

/* Read-only commands use the account that a keystore names; if it names none, they say so. */
static void a_keystore_stays_locked_for_what_only_looks(void **state)
{
    (void)state;
    static const char without[] = "{\"version\":3,\"x\":\"";
    struct sl_ran ran;
    struct sl_buf json = {0};
    char *text = NULL;
    size_t len = 0;
    write_keystore("k", DIGITS);
    SHOWN(NULL, DIGITS, "keystore k", "wallet", "address", "--keystore", "k", "--password-command",
          "touch asked; echo no");
    RUN(&ran, NULL, "doctor", "--no-ping", "--network", "calibration", "--rpc-url",
        "http://127.0.0.1:1/", "--keystore", "k", "--password-command", "touch asked; echo no");
    assert_says(&ran.out, address_of(DIGITS));
    assert_says(&ran.out, "from keystore k");
    sl_ran_free(&ran);
    assert_int_not_equal(access("asked", F_OK), 0);
    assert_int_equal(sl_file_read(&text, &len, "k", 65536, NULL), SL_OK);
    const char *field = strstr(text, "\"address\":\"");
    assert_non_null(field);
    sl_buf_str(&json, without);
    sl_buf_str(&json, field + strlen("\"address\":\""));
    write_file("unnamed", json.data, 0600);
    sl_buf_free(&json);
    free(text);
    RUN(&ran, NULL, "wallet", "address", "--keystore", "unnamed", "--password-command",
        "echo long enough");
    assert_says(&ran.err, "keystore unnamed (--keystore) does not name its address");
    assert_says(&ran.out, address_of(DIGITS));
    sl_ran_free(&ran);
    RUN(&ran, NULL, "doctor", "--no-ping", "--network", "calibration", "--rpc-url",
        "http://127.0.0.1:1/", "--keystore", "unnamed");
    assert_says(&ran.out, "does not name its address");
    sl_ran_free(&ran);
}

static void new_makes_another_key_each_time_in_the_data_folder(void **state)
{
    (void)state;
    struct sl_ran first, second, same;
    RUN(&first, NULL, "wallet", "new", "--password-command", "echo pw");
    assert_int_equal(first.status, SL_EXIT_OK);
    assert_says(&first.err, "/.sl/data/keystore.json");
    RUN(&same, NULL, "wallet", "address", "--keystore", "~/.sl/data/keystore.json",
        "--password-command", "echo pw");
    assert_memory_equal(first.out.data, same.out.data, strlen("address   ") + 42);
    RUN(&second, NULL, "wallet", "new", "--keystore", "k", "--password-command", "echo pw");
    assert_int_equal(second.status, SL_EXIT_OK);
    assert_memory_not_equal(first.out.data, second.out.data, strlen("address   ") + 42);
    sl_ran_free(&first);
    sl_ran_free(&second);
    sl_ran_free(&same);
}

/* ---- where no key may appear ---- */

/* The command that prints the password tells what it inherits and what its parent shows. */
static void children_and_other_processes_see_no_key(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "PRIVATE_KEY=" DIGITS, "wallet", "import", "--keystore", "k", "--password-command",
        "{ env; tr '\\0' '\\n' </proc/$PPID/environ; grep -i core /proc/$PPID/limits; } >&2; "
        "echo pw");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.err, "SLUICE_STATE_DIR=");
    assert_says(&ran.err, "Max core file size        0 ");
    sl_ran_free(&ran);
}

static int files_seen;

static int assert_clean_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    uint8_t key[SL_KEY_BYTES];
    char *data = NULL;
    size_t len = 0;
    if (type != FTW_F)
        return 0;
    assert_int_equal(sl_hex_decode(key, sizeof key, DIGITS, strlen(DIGITS), NULL), SL_KEY_BYTES);
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 26, NULL), 0);
    if (memmem(data, len, SECRET, strlen(SECRET)) != NULL || memmem(data, len, key, 16) != NULL)
        fail_msg("%s has the key in it", path);
    free(data);
    files_seen++;
    return 0;
}

static void journal_log_and_stored_pieces_have_no_key_in_them(void **state)
{
    (void)state;
    struct sl_ran ran;
    sl_tmp_file(NULL, home.dir, "film.mov", 200000, 7);
    RUN(&ran, "PRIVATE_KEY=" DIGITS, "upload", "film.mov", "--network", "local", "--log-level",
        "debug");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "PRIVATE_KEY=" DIGITS, "status", "--json");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "PRIVATE_KEY=" DIGITS, "config");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    files_seen = 0;
    assert_int_equal(nftw(home.dir, assert_clean_file, 16, FTW_PHYS), 0);
    assert_true(files_seen > 3); /* the film, its piece, journal, log */
}

/* ---- a person at a terminal ---- */

static struct sl_pty *start_import(void)
{
    static const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "wallet", "import", "--keystore", "typed", NULL};
    char state_dir[SL_PATH_BYTES + 32];
    snprintf(state_dir, sizeof state_dir, "SLUICE_STATE_DIR=%s", home.state);
    const char *const env[] = {state_dir, NULL};
    return sl_pty_start(argv, env, 24, 100);
}

static int end_unseen(struct sl_pty *pty)
{
    size_t len;
    const int status = sl_pty_wait_exit(pty);
    const char *bytes = sl_pty_bytes(pty, &len);
    assert_null(memmem(bytes, len, SECRET, strlen(SECRET)));
    assert_null(memmem(bytes, len, PASSWORD, strlen(PASSWORD)));
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
    return status;
}

static void key_and_password_are_typed_unseen(void **state)
{
    (void)state;
    struct sl_pty *pty = start_import();
    sl_pty_wait_text(pty, "Private key (64 hex digits):");
    sl_pty_send(pty, DIGITS "\r");
    sl_pty_wait_text(pty, "Password of the new keystore:");
    sl_pty_send(pty, PASSWORD "\r");
    sl_pty_wait_text(pty, "Repeat the password:");
    sl_pty_send(pty, PASSWORD "\r");
    sl_pty_wait_text(pty, address_of(DIGITS));
    assert_int_equal(end_unseen(pty), SL_EXIT_OK);
    write_file("password", PASSWORD "\n", 0600);
    SHOWN(NULL, DIGITS, "keystore typed", "wallet", "address", "--keystore", "typed",
          "--password-command", "cat password");
}

static void passwords_that_differ_write_nothing(void **state)
{
    (void)state;
    struct stat st;
    struct sl_pty *pty = start_import();
    sl_pty_wait_text(pty, "Private key (64 hex digits):");
    sl_pty_send(pty, DIGITS "\r");
    sl_pty_wait_text(pty, "Password of the new keystore:");
    sl_pty_send(pty, PASSWORD "\r");
    sl_pty_wait_text(pty, "Repeat the password:");
    sl_pty_send(pty, "correct house battery\r");
    sl_pty_wait_text(pty, "the two passwords differ");
    assert_int_equal(end_unseen(pty), SL_EXIT_KEY);
    assert_int_not_equal(stat("typed", &st), 0);
}

static void control_c_at_a_question_writes_nothing(void **state)
{
    (void)state;
    struct stat st;
    struct sl_pty *pty = start_import();
    sl_pty_wait_text(pty, "Private key (64 hex digits):");
    sl_pty_send(pty, "\x03");
    assert_int_equal(end_unseen(pty), SL_EXIT_KEY);
    assert_int_not_equal(stat("typed", &st), 0);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_first_source_that_names_a_key_is_used),
        UNIT(the_filecoin_address_has_the_letter_of_its_network),
        UNIT(a_session_key_shows_the_account_that_it_signs_for),
        UNIT(what_is_wrong_with_a_key_ends_with_6_and_does_not_show_it),
        UNIT(a_dotenv_that_others_can_read_is_warned_of),
        UNIT(another_account_beside_the_configured_one_is_refused_or_told),
        UNIT(files_that_others_could_have_written_are_not_obeyed),
        UNIT(mainnet_is_meant_only_by_sluices_own_settings),
        UNIT(a_keystore_stays_locked_for_what_only_looks),
        UNIT(import_writes_a_keystore_and_never_overwrites),
        UNIT(new_makes_another_key_each_time_in_the_data_folder),
        UNIT(children_and_other_processes_see_no_key),
        UNIT(journal_log_and_stored_pieces_have_no_key_in_them),
        UNIT(key_and_password_are_typed_unseen),
        UNIT(passwords_that_differ_write_nothing),
        UNIT(control_c_at_a_question_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
