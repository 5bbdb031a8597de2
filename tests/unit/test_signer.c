/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "sluice/key.h"
#include "sluice/signer.h"

#include "config/key_env.h"
#include "support/test.h"
#include "support/tmp.h"

/* Throwaway: scalar 1 and scalar 2. */
#define KEY_1     "0000000000000000000000000000000000000000000000000000000000000001"
#define KEY_2     "0000000000000000000000000000000000000000000000000000000000000002"
#define ADDRESS_1 "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define ADDRESS_2 "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"

struct place {
    char dir[SL_PATH_BYTES];
    char file[SL_PATH_BYTES];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    sl_tmp_make(place->dir);
    assert_int_equal(sl_path_join(place->file, sizeof place->file, place->dir, "key", NULL), 0);
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    sl_tmp_remove(place->dir);
    free(place);
    return 0;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    assert_int_equal(sl_file_write_atomic(path, text, strlen(text), mode, NULL), SL_OK);
}

static void assert_address(const struct sl_address *address, const char *text)
{
    char got[SL_ADDRESS_CHARS];
    sl_address_text(got, address);
    assert_string_equal(got, text);
}

static void environment_is_taken_wiped_and_unset(void **state)
{
    (void)state;
    struct sl_key_env env;
    char *variable = strdup("PRIVATE_KEY=" KEY_1);
    assert_non_null(variable);
    assert_int_equal(putenv(variable), 0); /* the environment now points into our memory */
    assert_int_equal(setenv("RPC_URL", "http://127.0.0.1:1/", 1), 0);
    assert_int_equal(sl_config_key_env_take(&env, NULL), SL_OK);
    assert_null(getenv("PRIVATE_KEY"));
    assert_null(getenv("RPC_URL"));
    for (size_t i = strlen("PRIVATE_KEY="); i < strlen("PRIVATE_KEY=" KEY_1); i++)
        assert_int_equal(variable[i], 0);
    assert_string_equal(env.rpc_url, "http://127.0.0.1:1/");
    assert_null(env.session_key);
    struct sl_signer signer;
    const struct sl_key_sources sources = {.environment = &env};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_address(&signer.payer, ADDRESS_1);
    assert_string_equal(signer.source, "PRIVATE_KEY (environment)");
    sl_signer_free(&signer);
    sl_config_key_env_free(&env);
    free(variable);
}

static void nothing_configured_is_no_error(void **state)
{
    (void)state;
    struct sl_signer signer;
    const struct sl_key_env empty = {0};
    const struct sl_key_sources sources = {.environment = &empty, .key_file = "", .keystore = ""};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 0);
    assert_null(signer.key);
}

static void dotenv_is_read_as_shells_write_it(void **state)
{
    struct place *place = *state;
    struct sl_key_env env;
    static const char *const forms[] = {
        "PRIVATE_KEY=" KEY_1 "\n",
        "# mine\nOTHER=1\n  export PRIVATE_KEY = \"0x" KEY_1 "\" # why\r\nNETWORK=mainnet",
        "PRIVATE_KEY_2=zz\nPRIVATE_KEY='" KEY_1 "'\nNETWORK=mainnet#x\n",
        "PRIVATE_KEY=" KEY_2 "\nPRIVATE_KEY=" KEY_1 "  # the last one counts\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        write_file(place->file, forms[i], 0600);
        assert_int_equal(sl_config_key_env_read_file(&env, place->file, NULL), 1);
        struct sl_signer signer;
        const struct sl_key_sources sources = {.dotenv = &env};
        assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
        assert_address(&signer.payer, ADDRESS_1);
        assert_string_equal(signer.source, "PRIVATE_KEY (.env)");
        sl_signer_free(&signer);
        if (i == 1)
            assert_string_equal(env.network, "mainnet");
        if (i == 2)
            assert_string_equal(env.network, "mainnet");
        sl_config_key_env_free(&env);
    }
    struct sl_err err = {0};
    write_file(place->file, "A=1\nPRIVATE_KEY=\"" KEY_1 "\n", 0600);
    assert_int_equal(sl_config_key_env_read_file(&env, place->file, &err), SL_EFORMAT);
    assert_non_null(strstr(err.text, "key:2: PRIVATE_KEY: the quote is not closed"));
    assert_null(strstr(err.text, KEY_1));
    assert_int_equal(unlink(place->file), 0);
    assert_int_equal(sl_config_key_env_read_file(&env, place->file, &err), 0);
}

/* Every form in which Node's dotenv finds the first key, and how it treats values around it. */
static void dotenv_is_read_in_every_form_of_npm(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "\xEF\xBB\xBFPRIVATE_KEY=" KEY_1,
        "\xEF\xBB\xBF# mine\r\nPRIVATE_KEY=" KEY_1 "\r\n",
        "A=1\rPRIVATE_KEY=" KEY_1 "\rB=2\r",
        "export PRIVATE_KEY=" KEY_1,
        "export\tPRIVATE_KEY=" KEY_1,
        "  export \t  PRIVATE_KEY\t=\t" KEY_1 "\t\n",
        "PRIVATE_KEY: " KEY_1,
        "PRIVATE_KEY:\t'" KEY_1 "' # why",
        "PRIVATE_KEY=\"0x" KEY_1 "\"",
        "PRIVATE_KEY=`" KEY_1 "`",
        "PRIVATE_KEY:\r\n" KEY_1 "\r\n",
        "PRIVATE_KEY=\n\n'" KEY_1 "'\n",
        "PRIVATE_KEY=\n" KEY_2 "\nPRIVATE_KEY=" KEY_1,
        "PRIVATE_KEY='" KEY_1 "\n'\n",
        "PRIVATE_KEY=\" " KEY_1 "\\n\"\n",
        "PRIVATE_KEY=" KEY_1 "# why",
        "PRIVATE_KEY=" KEY_1 " # it's mine\n",
        "NOTE=it's\nPRIVATE_KEY=" KEY_1 "\nEND=it's\n",
        "NOTE='x\nPRIVATE_KEY=" KEY_2 "\n'\nPRIVATE_KEY=" KEY_1 "\n",
        "PRIVATE_KEY=" KEY_1 "\nNOTE=\"a\nPRIVATE_KEY=" KEY_2 "\n\"\n",
        "NOTE='a\\'\nPRIVATE_KEY=" KEY_2 "\n'\nPRIVATE_KEY=" KEY_1 "\n",
        "a line of words\n=\n:\nexport\nPRIVATE_KEY\nPRIVATE_KEY:x\nPRIVATE_KEY=" KEY_1,
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct sl_key_env env;
        struct sl_signer signer;
        struct sl_err err = {0};
        if (sl_config_key_env_read_text(&env, ".env", forms[i], strlen(forms[i]), &err) < 0)
            fail_msg("%s: %s", forms[i], err.text);
        const struct sl_key_sources sources = {.dotenv = &env};
        if (sl_signer_find(&signer, &sources, &err) != 1)
            fail_msg("%s: not found: %s", forms[i], err.text);
        assert_address(&signer.payer, ADDRESS_1);
        sl_signer_free(&signer);
        sl_config_key_env_free(&env);
    }
}

/* Names that dotenv does not find, and files that are refused with an error. */
static void dotenv_finds_no_more_than_npm(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "",
        "#PRIVATE_KEY=" KEY_1,
        "PRIVATE_KEY:" KEY_1,
        "PRIVATE_KEY " KEY_1,
        "MY_PRIVATE_KEY=" KEY_1,
        "PRIVATE_KEY_2=" KEY_1,
        "exportPRIVATE_KEY=" KEY_1,
        "set PRIVATE_KEY=" KEY_1,
        "PRIVATE_KEY=\n" KEY_1,
        "X=`\nPRIVATE_KEY=" KEY_1 "\n`",
    };
    struct sl_key_env env;
    struct sl_err err = {0};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        assert_int_equal(
            sl_config_key_env_read_text(&env, ".env", forms[i], strlen(forms[i]), NULL), 0);
        if (env.private_key != NULL)
            fail_msg("found in: %s", forms[i]);
        sl_config_key_env_free(&env);
    }
    static const char utf16[] = "\xFF\xFEP\0R\0";
    assert_int_equal(sl_config_key_env_read_text(&env, ".env", utf16, sizeof utf16, &err),
                     SL_EFORMAT);
    assert_non_null(strstr(err.text, "UTF-16"));
    static const char open[] = "A=1\r\nB='\r\n'\rPRIVATE_KEY=\"" KEY_1 "\r\n";
    assert_int_equal(sl_config_key_env_read_text(&env, ".env", open, sizeof open - 1, &err),
                     SL_EFORMAT);
    assert_non_null(strstr(err.text, ".env:4: PRIVATE_KEY: the quote is not closed"));
}

static void white_space_around_what_the_environment_says_is_cut(void **state)
{
    (void)state;
    static const char *const ends[] = {" ", "\n", "\r\n", "\t", " \r\n\n "};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct sl_key_env env;
        struct sl_signer signer;
        char text[128];
        snprintf(text, sizeof text, "%s0x%s%s", i % 2 == 0 ? "" : ends[i], KEY_2, ends[i]);
        assert_int_equal(setenv("SESSION_KEY", text, 1), 0);
        snprintf(text, sizeof text, "%s%s", ADDRESS_1, ends[i]);
        assert_int_equal(setenv("WALLET_ADDRESS", text, 1), 0);
        assert_int_equal(sl_config_key_env_take(&env, NULL), SL_OK);
        const struct sl_key_sources sources = {.environment = &env};
        assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
        assert_address(&signer.payer, ADDRESS_1);
        assert_address(&signer.address, ADDRESS_2);
        sl_signer_free(&signer);
        sl_config_key_env_free(&env);
    }
}

static void dotenv_that_shows_its_key_to_others_is_marked(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *text;
        mode_t mode;
        bool exposed;
    } rows[] = {{"PRIVATE_KEY=" KEY_1 "\n", 0644, true},  {"SESSION_KEY=" KEY_1 "\n", 0640, true},
                {"PRIVATE_KEY=" KEY_1 "\n", 0600, false}, {"PRIVATE_KEY=" KEY_1 "\n", 0400, false},
                {"NETWORK=mainnet\n", 0644, false},       {"PRIVATE_KEY=\n", 0644, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_key_env env;
        write_file(place->file, rows[i].text, rows[i].mode);
        assert_int_equal(sl_config_key_env_read_file(&env, place->file, NULL), 1);
        assert_int_equal(env.exposed, rows[i].exposed);
        sl_config_key_env_free(&env);
    }
}

static void the_digits_of_a_key_are_found_wherever_they_stand(void **state)
{
    (void)state;
    static const char *const with[] = {KEY_1, ("0x" KEY_1), ("--key=" KEY_1), ("a/" KEY_1 ".txt"),
                                       ("ab " KEY_1 " cd")};
    static const char *const without[] = {"", "abc", (KEY_1 "0"), ("0x0" KEY_1), "/srv/video"};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        assert_non_null(sl_config_key_seen(with[i]));
        assert_memory_equal(sl_config_key_seen(with[i]), KEY_1, SL_KEY_HEX_CHARS);
    }
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        assert_null(sl_config_key_seen(without[i]));
}

static void key_file_that_others_can_read_is_refused(void **state)
{
    struct place *place = *state;
    struct sl_signer signer;
    struct sl_err err = {0};
    const struct sl_key_sources sources = {.key_file = place->file};
    static const mode_t open_modes[] = {0640, 0604, 0660, 0610, 0601};
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        write_file(place->file, KEY_1, open_modes[i]);
        assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
        assert_non_null(strstr(err.text, "chmod 600"));
        assert_non_null(strstr(err.text, place->file));
    }
    write_file(place->file, "  0x" KEY_1 "\n\n", 0600);
    assert_int_equal(sl_signer_find(&signer, &sources, &err), 1);
    assert_address(&signer.payer, ADDRESS_1);
    assert_false(signer.session);
    sl_signer_free(&signer);
    write_file(place->file, "not a key at all", 0400);
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_null(strstr(err.text, "not a key at all"));
    const struct sl_key_sources folder = {.key_file = place->dir};
    assert_int_equal(sl_signer_find(&signer, &folder, &err), SL_EFILETYPE);
    const struct sl_key_sources missing = {.key_file = "/nowhere/key"};
    assert_int_equal(sl_signer_find(&signer, &missing, &err), SL_ENOENT);
}

static void home_stands_for_the_home_folder(void **state)
{
    struct place *place = *state;
    struct sl_signer signer;
    write_file(place->file, KEY_2, 0600);
    assert_int_equal(setenv("HOME", place->dir, 1), 0);
    const struct sl_key_sources sources = {.key_file = "~/key"};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_address(&signer.payer, ADDRESS_2);
    sl_signer_free(&signer);
}

/* An environment as sl_config_key_env_take() would give it. */
static struct sl_key_env env_of(const char *private_key, const char *session_key,
                                const char *address)
{
    struct sl_key_env env = {0};
    if (private_key != NULL)
        assert_int_equal(sl_secret_copy(&env.private_key, private_key, strlen(private_key), NULL),
                         SL_OK);
    if (session_key != NULL)
        assert_int_equal(sl_secret_copy(&env.session_key, session_key, strlen(session_key), NULL),
                         SL_OK);
    snprintf(env.wallet_address, sizeof env.wallet_address, "%s", address);
    return env;
}

static void session_key_signs_for_the_wallet_address(void **state)
{
    (void)state;
    struct sl_signer signer;
    struct sl_key_env env = env_of(NULL, KEY_2, ADDRESS_1);
    const struct sl_key_sources sources = {.environment = &env};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_true(signer.session);
    assert_address(&signer.payer, ADDRESS_1);
    assert_address(sl_key_address(signer.key), ADDRESS_2);
    sl_signer_free(&signer);
    sl_config_key_env_free(&env);
}

static void contradictions_are_told_not_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *private_key, *session_key, *address, *text;
    } cases[] = {
        {KEY_1, KEY_2, ADDRESS_1, "both PRIVATE_KEY and SESSION_KEY"},
        {NULL, KEY_2, "", "needs WALLET_ADDRESS"},
        {KEY_1, NULL, ADDRESS_2, "not the address of PRIVATE_KEY, " ADDRESS_1},
        {KEY_1, NULL, "0x1234", "WALLET_ADDRESS"},
        {"0x00", NULL, "", "PRIVATE_KEY (environment)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sl_signer signer;
        struct sl_err err = {0};
        struct sl_key_env env =
            env_of(cases[i].private_key, cases[i].session_key, cases[i].address);
        const struct sl_key_sources sources = {.environment = &env};
        assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
        assert_non_null(strstr(err.text, cases[i].text));
        sl_config_key_env_free(&env);
    }
}

static int answer(void *ctx, struct sl_secret **out, const char *question, struct sl_err *err)
{
    assert_non_null(strstr(question, "Password of key: "));
    return sl_secret_copy(out, ctx, strlen(ctx), err);
}

static void write_keystore(const char *path, const char *password)
{
    struct sl_key *key = NULL;
    struct sl_buf json = {0};
    assert_int_equal(sl_key_from_hex(&key, KEY_2, strlen(KEY_2), NULL), SL_OK);
    assert_int_equal(sl_keystore_write(&json, key, password, strlen(password), 2, NULL), SL_OK);
    write_file(path, json.data, 0600);
    sl_buf_free(&json);
    sl_key_free(key);
}

static void keystore_is_opened_by_question_or_command(void **state)
{
    struct place *place = *state;
    struct sl_signer signer;
    struct sl_err err = {0};
    char right[] = "open sesame";
    char wrong[] = "open sesam";
    write_keystore(place->file, "open sesame");
    struct sl_key_sources sources = {
        .keystore = place->file, .prompt = answer, .prompt_ctx = right};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_address(&signer.payer, ADDRESS_2);
    sl_signer_free(&signer);
    sources.prompt_ctx = wrong;
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_null(strstr(err.text, wrong));
    sources.password_command = "printf 'open sesame\\nmore lines\\n'";
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    sl_signer_free(&signer);
    sources.password_command = "echo 'open sesame'; exit 3";
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_non_null(strstr(err.text, "password_command failed (status 3)"));
    sources.password_command = "true";
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_non_null(strstr(err.text, "printed nothing"));
    sources.password_command = "echo";
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_non_null(strstr(err.text, "wrong password"));
    sources.password_command = NULL;
    sources.prompt = NULL;
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EKEY);
    assert_non_null(strstr(err.text, "set password_command"));
    write_file(place->file, "{\"version\":3", 0600);
    sources.prompt = answer;
    assert_int_equal(sl_signer_find(&signer, &sources, &err), SL_EFORMAT);
}

static void an_empty_line_is_an_empty_password(void **state)
{
    struct place *place = *state;
    struct sl_signer signer;
    char nothing[] = "";
    static const char *const commands[] = {"echo", "printf '\\nmore\\n'"};
    write_keystore(place->file, "");
    struct sl_key_sources sources = {.keystore = place->file};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        sources.password_command = commands[i];
        assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
        assert_address(&signer.payer, ADDRESS_2);
        sl_signer_free(&signer);
    }
    sources =
        (struct sl_key_sources){.keystore = place->file, .prompt = answer, .prompt_ctx = nothing};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    sl_signer_free(&signer);
}

/* Like tools that keep the account out of the file. */
static void take_address_out(const char *path)
{
    char *json = NULL;
    size_t len = 0;
    assert_int_equal(sl_file_read(&json, &len, path, SL_KEYSTORE_MAX_BYTES, NULL), SL_OK);
    char *field = strstr(json, "\"address\":\"");
    assert_non_null(field);
    memcpy(field, "\"nothing\":\"", strlen("\"nothing\":\""));
    write_file(path, json, 0600);
    free(json);
}

static void whose_account_it_is_needs_no_password(void **state)
{
    struct place *place = *state;
    struct sl_signer signer;
    write_keystore(place->file, "open sesame");
    struct sl_key_sources sources = {
        .keystore = place->file, .password_command = "exit 1", .address_only = true};
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_null(signer.key);
    assert_false(signer.unnamed);
    assert_address(&signer.payer, ADDRESS_2);
    assert_address(&signer.address, ADDRESS_2);
    sl_signer_free(&signer);
    take_address_out(place->file);
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_true(signer.unnamed);
    sl_signer_free(&signer);
    sources.address_only = false;
    sources.password_command = "echo open sesame";
    assert_int_equal(sl_signer_find(&signer, &sources, NULL), 1);
    assert_false(signer.unnamed);
    assert_address(&signer.address, ADDRESS_2);
    sl_signer_free(&signer);
}

static void command_sees_no_key_of_ours(void **state)
{
    (void)state;
    struct sl_key_env env;
    struct sl_secret *out = NULL;
    assert_int_equal(setenv("PRIVATE_KEY", KEY_1, 1), 0);
    assert_int_equal(sl_config_key_env_take(&env, NULL), SL_OK);
    assert_int_equal(sl_config_secret_of_command(
                         &out, "env | grep -c -e PRIVATE_KEY -e " KEY_1 " || true", NULL),
                     SL_OK);
    assert_string_equal((const char *)sl_secret_peek(out), "0");
    sl_secret_free(out);
    sl_config_key_env_free(&env);
}

/* A child whose controlling terminal is the pty; it asks and tells by its status. */
static pid_t ask_in_child(const char *slave, const char *expected)
{
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    (void)setsid();
    const int tty = open(slave, O_RDWR); /* becomes the controlling terminal */
    struct sl_secret *secret = NULL;
    const int rc = tty < 0 ? SL_EIO : sl_prompt_terminal(NULL, &secret, "Password: ", NULL);
    struct termios now;
    const bool echo = tcgetattr(tty, &now) == 0 && (now.c_lflag & ECHO) != 0;
    const bool same = rc == SL_OK && strcmp((const char *)sl_secret_peek(secret), expected) == 0;
    _exit(!echo ? 9 : rc == SL_ECANCELED ? 3 : same ? 0 : 1);
}

/* Reads from the terminal until `text` was seen, as a person waits for the question. */
static void await(int fd, char *seen, size_t cap, const char *text)
{
    size_t len = strlen(seen);
    while (strstr(seen, text) == NULL) {
        assert_true(len + 1 < cap);
        const ssize_t n = read(fd, seen + len, cap - len - 1);
        assert_true(n > 0);
        len += (size_t)n;
        seen[len] = '\0';
    }
}

static void question_is_hidden_and_the_terminal_restored(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        int status;
    } cases[] = {{"secrex\177t\n", 0}, {"wrong\025secret\r", 0}, {"secr\003", 3}, {"\004", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char seen[256] = "";
        int status = -1;
        const int master = posix_openpt(O_RDWR | O_NOCTTY);
        assert_true(master >= 0);
        assert_int_equal(grantpt(master), 0);
        assert_int_equal(unlockpt(master), 0);
        const pid_t pid = ask_in_child(ptsname(master), "secret");
        await(master, seen, sizeof seen, "Password: ");
        assert_int_equal(write(master, cases[i].typed, strlen(cases[i].typed)),
                         (ssize_t)strlen(cases[i].typed));
        await(master, seen, sizeof seen, "\n");
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), cases[i].status);
        assert_null(strstr(seen, "secre")); /* nothing typed is shown */
        close(master);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environment_is_taken_wiped_and_unset),
        cmocka_unit_test(nothing_configured_is_no_error),
        cmocka_unit_test_setup_teardown(dotenv_is_read_as_shells_write_it, make_place, drop_place),
        cmocka_unit_test(dotenv_is_read_in_every_form_of_npm),
        cmocka_unit_test(dotenv_finds_no_more_than_npm),
        cmocka_unit_test(white_space_around_what_the_environment_says_is_cut),
        cmocka_unit_test_setup_teardown(dotenv_that_shows_its_key_to_others_is_marked, make_place,
                                        drop_place),
        cmocka_unit_test(the_digits_of_a_key_are_found_wherever_they_stand),
        cmocka_unit_test_setup_teardown(key_file_that_others_can_read_is_refused, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(home_stands_for_the_home_folder, make_place, drop_place),
        cmocka_unit_test(session_key_signs_for_the_wallet_address),
        cmocka_unit_test(contradictions_are_told_not_guessed),
        cmocka_unit_test_setup_teardown(keystore_is_opened_by_question_or_command, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(an_empty_line_is_an_empty_password, make_place, drop_place),
        cmocka_unit_test_setup_teardown(whose_account_it_is_needs_no_password, make_place,
                                        drop_place),
        cmocka_unit_test(command_sees_no_key_of_ours),
        cmocka_unit_test(question_is_hidden_and_the_terminal_restored),
    };
    return cmocka_run_group_tests_name("signer", tests, NULL, NULL);
}
