/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice wallet` in one process: what is left of the key in its memory, and in its argv. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/cli.h"
#include "sluice/secret.h"

#include "cli/setup/keys.h"
#include "support/memory_scan.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"

enum { KEY_BYTES = 32, HEX_CHARS = 64, PASSWORD_CHARS = 24, WORDS_MAX = 12 };

/* ---- secrets that stand in memory only while they are needed ---- */

static uint8_t key_byte(size_t i)
{
    return (uint8_t)(i * 37 + 11);
}

static char hex_char(size_t i)
{
    const unsigned nibble = (unsigned)(key_byte(i / 2) >> (i % 2 == 0 ? 4 : 0)) & 15;
    return (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}

static char password_char(size_t i)
{
    return (char)('a' + (i * 7 + 3) % 26);
}

static size_t scan_bytes(size_t from)
{
    uint8_t masked[SL_SCAN_BYTES];
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        masked[i] = key_byte(from + i) ^ SL_SCAN_MASK;
    return sl_memory_scan(masked);
}

static size_t scan_hex(size_t from)
{
    uint8_t masked[SL_SCAN_BYTES];
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        masked[i] = (uint8_t)hex_char(from + i) ^ SL_SCAN_MASK;
    return sl_memory_scan(masked);
}

static size_t scan_password(void)
{
    uint8_t masked[SL_SCAN_BYTES];
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        masked[i] = (uint8_t)password_char(i) ^ SL_SCAN_MASK;
    return sl_memory_scan(masked);
}

static size_t traces(void)
{
    return scan_bytes(0) + scan_bytes(KEY_BYTES - SL_SCAN_BYTES) + scan_hex(0) +
           scan_hex(HEX_CHARS - SL_SCAN_BYTES) + scan_password();
}

/* ---- files and the environment ---- */

static char *variable;

static void put_key_variable(void)
{
    const size_t name_len = strlen("PRIVATE_KEY=");
    variable = malloc(name_len + HEX_CHARS + 1);
    assert_non_null(variable);
    memcpy(variable, "PRIVATE_KEY=", name_len);
    for (size_t i = 0; i < HEX_CHARS; i++)
        variable[name_len + i] = hex_char(i);
    variable[name_len + HEX_CHARS] = '\0';
    assert_int_equal(putenv(variable), 0);
}

/* A byte at a time: the whole is never in memory. */
static void write_secret(const char *path, const char *before, char (*next)(size_t i), size_t len)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, before, strlen(before)), strlen(before));
    for (size_t i = 0; i < len; i++) {
        const char c = next(i);
        assert_int_equal(write(fd, &c, 1), 1);
    }
    assert_int_equal(write(fd, "\n", 1), 1);
    assert_int_equal(close(fd), 0);
}

/* ---- runs ---- */

static int run(const char *const *words)
{
    char *argv[WORDS_MAX] = {(char[]){"sluice"}};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    return sl_cli_main(argc, argv);
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void assert_ran_without_trace(int status, const char *what)
{
    if (status != SL_EXIT_OK)
        fail_msg("%s: status %d", what, status);
    if (!SL_SANITIZED) /* AddressSanitizer must look into the process */
        assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* so that we may read our own memory again */
    const size_t hits = traces();
    if (hits != 0)
        fail_msg("%s: %zu traces of the key in memory", what, hits);
}

static void no_wallet_command_leaves_a_trace_of_key_or_password_in_memory(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    sl_tmp_make(dir);
    assert_int_equal(chdir(dir), 0);
    write_secret("password", "", password_char, PASSWORD_CHARS);
    write_secret("key", "", hex_char, HEX_CHARS);
    assert_int_equal(traces(), 0);

    put_key_variable();
    assert_true(traces() > 0); /* the search finds what is there */
    assert_ran_without_trace(RUN("wallet", "import", "--state-dir", "s", "--keystore", "k",
                                 "--password-command", "cat password"),
                             "import");
    free(variable);
    assert_ran_without_trace(RUN("wallet", "address", "--state-dir", "s", "--keystore", "k",
                                 "--password-command", "cat password"),
                             "address of a keystore");
    assert_ran_without_trace(RUN("wallet", "address", "--state-dir", "s", "--key-file", "key"),
                             "address of a key file");
    write_secret(".env", "PRIVATE_KEY=", hex_char, HEX_CHARS);
    assert_ran_without_trace(RUN("wallet", "address", "--json", "--state-dir", "s"),
                             "address of .env");
    assert_int_equal(chdir("/"), 0);
    sl_tmp_remove(dir);
}

/* ---- argv ---- */

#define DIGITS "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2"

static void a_key_on_the_command_line_is_refused_and_wiped(void **state)
{
    (void)state;
    char plain[] = DIGITS;
    char behind[] = "--key-file=0x" DIGITS "&more";
    char path[] = "/srv/video";
    char *argv[] = {(char[]){"sluice"}, (char[]){"upload"}, plain, path, behind, NULL};
    struct sl_err err = {0};
    assert_int_equal(sl_keys_refuse_words(5, argv, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "looks like a private key"));
    assert_null(strstr(err.text, "5ec2e7"));
    static const char zeros[HEX_CHARS];
    assert_memory_equal(plain, zeros, HEX_CHARS);
    assert_memory_equal(behind + strlen("--key-file=0x"), zeros, HEX_CHARS);
    assert_string_equal(path, "/srv/video");
}

static void digits_in_the_name_of_a_file_that_exists_are_no_key(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    char url[] = "--provider-url=https://provider.example/" DIGITS;
    sl_tmp_make(dir);
    sl_tmp_file(path, dir, DIGITS ".mkv", 10, 1);
    char *argv[] = {(char[]){"sluice"}, path, url, NULL};
    assert_int_equal(sl_keys_refuse_words(3, argv, NULL), SL_OK);
    assert_non_null(strstr(path, DIGITS));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sl_keys_refuse_words(3, argv, NULL), SL_EUSAGE);
    sl_tmp_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_wallet_command_leaves_a_trace_of_key_or_password_in_memory),
        cmocka_unit_test(a_key_on_the_command_line_is_refused_and_wiped),
        cmocka_unit_test(digits_in_the_name_of_a_file_that_exists_are_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
