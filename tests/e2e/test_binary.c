/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice without a screen: what it prints, what it leaves, how it ends. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "sluice/cli.h"
#include "sluice/piece.h"

#include "spawn.h"
#include "support/test.h"
#include "support/tmp.h"

static struct sl_home home;

static int setup(void **state)
{
    (void)state;
    sl_home_make(&home);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sl_home_remove(&home);
    return 0;
}

/* ---- what every run must keep to ---- */

static void assert_no_control_bytes(const struct sl_buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        const unsigned char c = (unsigned char)text->data[i];
        if ((c < ' ' && c != '\n') || c == 0x7f)
            fail_msg("byte %02x in: %s", c, text->data);
    }
}

static void run_with(struct sl_ran *ran, const char *const *argv)
{
    sl_run(ran, &home, NULL, 0, argv);
    assert_no_control_bytes(&ran->out);
    assert_no_control_bytes(&ran->err);
}

#define RUN(ran, ...) run_with(ran, SL_ARGV(__VA_ARGS__))

static void assert_says(const struct sl_buf *text, const char *words)
{
    if (strstr(text->data, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text->data, words);
}

/* Run, expect the status, nothing on stdout, and these words on stderr. */
static void assert_refused(int status, const char *words, const char *const *argv)
{
    struct sl_ran ran;
    run_with(&ran, argv);
    if (ran.status != status)
        fail_msg("status %d, not %d: %s", ran.status, status, ran.err.data);
    assert_string_equal(ran.out.data, "");
    assert_says(&ran.err, words);
    sl_ran_free(&ran);
}

#define REFUSED(status, words, ...) assert_refused(status, words, SL_ARGV(__VA_ARGS__))

static const char *file(char path[static SL_PATH_BYTES], const char *name, uint64_t len,
                        uint64_t seed)
{
    sl_tmp_file(path, home.dir, name, len, seed);
    return path;
}

static const char *folder(char path[static SL_PATH_BYTES], const char *name)
{
    assert_int_equal(sl_path_join(path, SL_PATH_BYTES, home.dir, name, NULL), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static void cid_of_file(char cid[static SL_PIECE_CID_CHARS], const char *path)
{
    char *data = NULL;
    size_t len = 0;
    struct sl_piece_id id;
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 24, NULL), 0);
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, data, len, NULL), 0);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), 0);
    sl_piece_cid(cid, &id);
    sl_piece_hasher_free(hasher);
    free(data);
}

/* ---- JSON lines ---- */

static cJSON *parse_lines(const struct sl_buf *text)
{
    cJSON *lines = cJSON_CreateArray();
    assert_true(text->len > 0 && text->data[text->len - 1] == '\n');
    for (char *line = text->data; *line != '\0';) {
        char *end = strchr(line, '\n');
        cJSON *one = cJSON_ParseWithLengthOpts(line, (size_t)(end - line), NULL, 0);
        if (!cJSON_IsObject(one))
            fail_msg("no object: %s", line);
        assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(one, "v")), 1);
        assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(one, "ts"))), 24);
        cJSON_AddItemToArray(lines, one);
        line = end + 1;
    }
    return lines;
}

static const char *str(const cJSON *line, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(line, key));
    if (text == NULL)
        fail_msg("no \"%s\"", key);
    return text;
}

static int number(const cJSON *line, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(line, key);
    assert_true(cJSON_IsNumber(item));
    return (int)cJSON_GetNumberValue(item);
}

static size_t count_type(const cJSON *lines, const char *type)
{
    size_t n = 0;
    const cJSON *line;
    cJSON_ArrayForEach(line, lines) n += strcmp(str(line, "type"), type) == 0;
    return n;
}

static const cJSON *last(const cJSON *lines)
{
    return cJSON_GetArrayItem(lines, cJSON_GetArraySize(lines) - 1);
}

/* The stored line of a path, by its bytes if it is no text. */
static const cJSON *stored_of(const cJSON *lines, const char *key, const char *path)
{
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(line, key));
        if (strcmp(str(line, "type"), "stored") == 0 && text != NULL && strcmp(text, path) == 0)
            return line;
    }
    fail_msg("no stored line of %s", path);
    return NULL;
}

/* ---- upload ---- */

static void a_file_is_uploaded_and_its_piececid_is_all_that_stdout_says(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS], want[2 * SL_PATH_BYTES];
    struct sl_ran ran;
    file(path, "film.mkv", 300001, 1);
    cid_of_file(cid, path);
    snprintf(want, sizeof want, "%s  %s\n", cid, path);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    assert_says(&ran.err, "1 stored, 300.0 K");
    sl_ran_free(&ran);

    RUN(&ran, path); /* no terminal: the same */
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    assert_says(&ran.err, "(1 were there already)");
    sl_ran_free(&ran);
}

static void a_folder_with_hostile_names_is_uploaded_as_json(void **state)
{
    (void)state;
    static const char *const names[] = {"new\nline", "esc\x1b[31m", "back\\slash",
                                        "bad\xff",   "-dash",       "ümläut 片.mov"};
    enum { NAMES = sizeof names / sizeof names[0] };
    char dir[SL_PATH_BYTES], paths[NAMES][SL_PATH_BYTES];
    struct sl_ran ran;
    folder(dir, "media");
    for (size_t i = 0; i < NAMES; i++)
        sl_tmp_file(paths[i], dir, names[i], 127 + 1000 * i, i + 1);
    RUN(&ran, "upload", "--json", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = parse_lines(&ran.out);
    assert_int_equal(count_type(lines, "stored"), NAMES);
    assert_int_equal(count_type(lines, "failed"), 0);
    for (size_t i = 0; i < NAMES; i++) {
        char cid[SL_PIECE_CID_CHARS], shown[SL_PATH_BYTES + 8];
        cid_of_file(cid, paths[i]);
        snprintf(shown, sizeof shown, "%s", paths[i]);
        char *bad = strchr(shown, '\xff');
        if (bad != NULL)
            snprintf(bad, 4, "\xef\xbf\xbd");
        const cJSON *line = stored_of(lines, "path", shown);
        assert_string_equal(str(line, "pieceCid"), cid);
        assert_int_equal(number(line, "size"), 127 + 1000 * i);
        assert_non_null(strstr(str(line, "retrievalUrl"), cid));
        assert_int_equal(cJSON_HasObjectItem(line, "pathBase64"), bad != NULL);
        assert_false(cJSON_HasObjectItem(line, "alreadyStored"));
    }
    const cJSON *summary = last(lines);
    assert_string_equal(str(summary, "type"), "summary");
    assert_int_equal(number(summary, "stored"), NAMES);
    assert_int_equal(number(summary, "failed"), 0);
    assert_int_equal(number(summary, "left"), 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);

    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "/new\\nline\n");
    assert_says(&ran.out, "/esc\\x1b[31m\n");
    assert_says(&ran.out, "/back\\\\slash\n");
    assert_says(&ran.out, "/bad\\xff\n");
    sl_ran_free(&ran);
}

static void what_was_stored_before_is_not_sent_again(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    file(path, "a.bin", 5000, 3);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "upload", "--json", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = parse_lines(&ran.out);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(stored_of(lines, "path", path), "alreadyStored")));
    assert_int_equal(number(last(lines), "alreadyStored"), 1);
    assert_int_equal(number(last(lines), "uploadedBytes"), 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void paths_come_from_stdin_with_nuls_or_newlines(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_buf input = {0};
    struct sl_ran ran;
    file(one, "one", 200, 1);
    file(two, "two\nlines", 300, 2);
    sl_buf_add(&input, two, strlen(two) + 1);
    sl_buf_add(&input, one, strlen(one) + 1);
    sl_run(&ran, &home, input.data, input.len, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    cid_of_file(cid, one);
    assert_says(&ran.out, cid);
    cid_of_file(cid, two);
    assert_says(&ran.out, cid);
    sl_ran_free(&ran);

    sl_buf_clear(&input);
    sl_buf_printf(&input, "%s\n\n", one);
    sl_run(&ran, &home, input.data, input.len, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, one);
    sl_ran_free(&ran);
    sl_buf_free(&input);

    sl_run(&ran, &home, NULL, 0, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "");
    sl_ran_free(&ran);
}

/* ---- what cannot be uploaded ---- */

static void a_missing_path_ends_with_3(void **state)
{
    (void)state;
    char good[SL_PATH_BYTES];
    struct sl_ran ran;
    REFUSED(SL_EXIT_NO_FILE, "/no/such/file: ", "upload", "/no/such/file");
    REFUSED(SL_EXIT_NO_FILE, "did you mean `sluice upload`?", "uplaod");
    REFUSED(SL_EXIT_NO_FILE, "no such file or command '/no/such'", "/no/such");
    file(good, "good", 500, 1);
    RUN(&ran, "upload", "/no/such/file", good);
    assert_int_equal(ran.status, SL_EXIT_NO_FILE);
    assert_says(&ran.out, good); /* the others went on */
    sl_ran_free(&ran);
}

static void files_of_a_size_that_no_piece_has_end_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    REFUSED(SL_EXIT_SOME_FAILED, "/empty: ", "upload", file(path, "empty", 0, 0));
    REFUSED(SL_EXIT_SOME_FAILED, "/small: ", "upload", file(path, "small", 126, 1));
    file(path, "huge", 0, 0);
    assert_int_equal(truncate(path, (off_t)SL_PIECE_MAX_BYTES + 1), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/huge: ", "upload", path);
}

static void what_is_no_file_ends_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    REFUSED(SL_EXIT_SOME_FAILED, "/dev/null: a device", "upload", "/dev/null");
    REFUSED(SL_EXIT_SOME_FAILED, "/bare: no file in this folder", "upload", folder(path, "bare"));
    assert_int_equal(sl_path_join(path, sizeof path, home.dir, "fifo", NULL), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/fifo: a FIFO", "upload", path);
}

static void a_file_that_may_not_be_read_ends_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    if (geteuid() == 0)
        skip();
    file(path, "secret", 500, 1);
    assert_int_equal(chmod(path, 0), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/secret: ", "upload", path);
}

static void failures_are_json_lines_too(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    file(path, "esc\x1b[0m", 100, 1);
    RUN(&ran, "upload", "--json", path, "/no/such/file");
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    cJSON *lines = parse_lines(&ran.out);
    assert_int_equal(cJSON_GetArraySize(lines), 3);
    assert_int_equal(count_type(lines, "failed"), 2);
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(str(line, "type"), "failed") != 0)
            continue;
        const bool small = strcmp(str(line, "path"), path) == 0;
        assert_string_equal(str(line, "code"), small ? "too_small" : "no_such_file");
        assert_true(strlen(str(line, "message")) > 0);
    }
    assert_int_equal(number(last(lines), "failed"), 2);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

/* ---- interruptions: a provider that takes the connection and never answers ---- */

static int listen_somewhere(char url[static 64])
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(url, 64, "http://127.0.0.1:%d", (int)ntohs(address.sin_port));
    return fd;
}

/* An upload that is under way when this returns. */
static void start_stuck(struct sl_child *child, int *listener, int *connection, const char *path,
                        const char *flag)
{
    char url[64];
    *listener = listen_somewhere(url);
    sl_child_start(child, &home, NULL, SL_ARGV("upload", path, "--provider-url", url, flag));
    *connection = accept(*listener, NULL, NULL);
    assert_true(*connection >= 0);
}

static void end_stuck(struct sl_child *child, struct sl_ran *ran, int listener, int connection)
{
    sl_child_end(child, ran);
    assert_no_control_bytes(&ran->out);
    assert_no_control_bytes(&ran->err);
    close(connection);
    close(listener);
}

static void an_interrupt_saves_the_work_and_another_run_does_it(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    file(path, "a.bin", 20000, 5);
    for (size_t i = 0; i < 2; i++) {
        struct sl_child child;
        int listener, connection;
        start_stuck(&child, &listener, &connection, path, "--json");
        assert_int_equal(kill(child.pid, signals[i]), 0);
        end_stuck(&child, &ran, listener, connection);
        assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
        cJSON *lines = parse_lines(&ran.out);
        assert_string_equal(str(last(lines), "type"), "summary");
        assert_int_equal(number(last(lines), "left"), 1);
        assert_int_equal(count_type(lines, "stored"), 0);
        cJSON_Delete(lines);
        sl_ran_free(&ran);
    }
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, path);
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json");
    cJSON *lines = parse_lines(&ran.out);
    assert_int_equal(cJSON_GetArraySize(lines), 1);
    assert_string_equal(str(last(lines), "state"), "stored");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void a_second_sluice_is_refused_while_status_works(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--no-hidden");
    REFUSED(SL_EXIT_TEMPORARY, "another sluice", "upload", path);
    RUN(&ran, "status");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "uploading");
    sl_ran_free(&ran);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
}

static void an_upload_that_is_killed_is_done_by_another_run(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--json");
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, 1000 + SIGKILL);
    sl_ran_free(&ran);

    start_stuck(&child, &listener, &connection, path, "--json");
    assert_int_equal(kill(child.pid, SIGINT), 0);
    assert_int_equal(kill(child.pid, SIGINT), 0); /* it may find both as one */
    end_stuck(&child, &ran, listener, connection);
    assert_true(ran.status == SL_EXIT_KILLED || ran.status == SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);

    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, path);
    sl_ran_free(&ran);
}

static void a_hangup_silences_the_upload_when_it_shall_go_on(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--on-hangup=continue");
    assert_int_equal(kill(child.pid, SIGHUP), 0);
    assert_int_equal(kill(child.pid, SIGTERM), 0); /* taken after it, whatever comes first */
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    assert_string_equal(ran.err.data, "");
    sl_ran_free(&ran);
}

static void a_hangup_stops_the_upload_when_it_shall(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--on-hangup=stop");
    assert_int_equal(kill(child.pid, SIGHUP), 0);
    close(connection); /* draining waits for what runs: that fails now */
    close(listener);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
}

static void a_reader_that_goes_away_is_told_of_on_stderr(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    file(path, "a.bin", 500, 1);
    static const char *const commands[] = {"upload", "cid"}; /* both read to the end first */
    for (size_t i = 0; i < 2; i++) {
        sl_child_start(&child, &home, NULL, SL_ARGV(commands[i], "-"));
        close(child.out);
        child.out = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_int_equal(write(child.in, path, strlen(path)), strlen(path));
        sl_child_end(&child, &ran);
        assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
        assert_says(&ran.err, "standard output takes no more");
        sl_ran_free(&ran);
    }
}

/* ---- settings ---- */

static void write_config(const char *text)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(dir, sizeof dir, home.state, "config", NULL), 0);
    assert_int_equal(sl_path_make(dir, 0700, NULL), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "config.ini", NULL), 0);
    assert_int_equal(sl_file_write_atomic(path, text, strlen(text), 0600, NULL), 0);
}

static void a_bad_setting_ends_with_2_and_says_where(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    file(path, "a.bin", 500, 1);
    REFUSED(SL_EXIT_USAGE, "--parallel: parallel: '99'", "upload", path, "--parallel=99");
    REFUSED(SL_EXIT_USAGE, "did you mean --json?", "upload", "--jsn", path);
    REFUSED(SL_EXIT_USAGE, "/none.ini", "upload", path, "--config", "/none.ini");
    REFUSED(SL_EXIT_USAGE, "network 'calibration' needs a wallet key", "upload", path, "--network",
            "calibration");
    REFUSED(SL_EXIT_USAGE, "upload needs a path", "upload");
    REFUSED(SL_EXIT_USAGE, "provider_url: ", "upload", path, "--provider-url", "ftp://x");
    REFUSED(SL_EXIT_USAGE, "--state-dir DIR: elsewhere", "upload", path, "--state-dir", "/proc/x");
    write_config("[sluice]\nparallel = 2\nparalell = 3\n");
    REFUSED(SL_EXIT_USAGE, "config.ini:3: unknown option 'paralell': did you mean 'parallel'?",
            "upload", path);
}

static void flag_wins_over_environment_over_file_over_default(void **state)
{
    (void)state;
    struct sl_child child;
    struct sl_ran ran;
    write_config("[sluice]\nparallel = 2\nfps = 20\nmax_attempts = 9\n[keys]\nq = quit\n");
    sl_child_start(&child, &home, "SLUICE_FPS=30", SL_ARGV("config", "--parallel", "4"));
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "\nparallel = 4\n");
    assert_says(&ran.out, "\nfps = 30\n");
    assert_says(&ran.out, "\nmax_attempts = 9\n");
    assert_says(&ran.out, "\nstall_timeout = 1m\n");
    assert_says(&ran.out, "\n[keys]\nq = quit\n");
    sl_ran_free(&ran);
    RUN(&ran, "config", "--path");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "/config/config.ini\n");
    sl_ran_free(&ran);
}

static void folders_and_files_are_for_the_owner_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"state", "data", "state/journal.db", "state/sluice.log"};
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    RUN(&ran, "upload", file(path, "a.bin", 500, 1));
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct stat st;
        assert_int_equal(sl_path_join(path, sizeof path, home.state, names[i], NULL), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
    }
}

/* ---- cid, status, help ---- */

static void cid_prints_a_line_for_each_file_like_sha256sum(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], cid[2][SL_PIECE_CID_CHARS];
    char want[4 * SL_PATH_BYTES];
    struct sl_ran ran;
    file(one, "one", 100000, 1);
    file(two, "tw\no", 5, 2);
    cid_of_file(cid[0], one);
    cid_of_file(cid[1], two);
    snprintf(want, sizeof want, "%s  %s\n\\%s  %s/tw\\no\n", cid[0], one, cid[1], home.dir);
    RUN(&ran, "cid", one, "/no/such", two, home.dir);
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    assert_string_equal(ran.out.data, want);
    assert_says(&ran.err, "/no/such: cannot open: No such file");
    assert_says(&ran.err, "5 bytes: providers take no piece under 127");
    assert_says(&ran.err, "a folder has no PieceCID");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "/no/such", "cid", "/no/such");
    RUN(&ran, "cid", "--v1", one);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(strncmp(ran.out.data, "baga6ea4seaq", 12), 0);
    sl_ran_free(&ran);
}

static void cid_hashes_standard_input(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS], want[SL_PATH_BYTES];
    char *data = NULL;
    size_t len = 0;
    struct sl_ran ran;
    file(path, "a", 700001, 9);
    cid_of_file(cid, path);
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 20, NULL), 0);
    sl_run(&ran, &home, data, len, SL_ARGV("cid", "-"));
    snprintf(want, sizeof want, "%s  -\n", cid);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    assert_string_equal(ran.err.data, "");
    sl_ran_free(&ran);
    sl_run(&ran, &home, data, len, SL_ARGV("cid", "--json", "-"));
    cJSON *lines = parse_lines(&ran.out);
    assert_string_equal(str(last(lines), "pieceCid"), cid);
    assert_int_equal(number(last(lines), "size"), 700001);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    free(data);
}

static void status_tells_what_there_is(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    struct stat st;
    RUN(&ran, "status");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "");
    assert_says(&ran.err, "nothing was queued yet");
    sl_ran_free(&ran);
    assert_int_not_equal(stat(home.state, &st), 0); /* looking makes nothing */

    file(path, "a\x1b[2Jb.bin", 5000, 3);
    cid_of_file(cid, path);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status");
    assert_says(&ran.out, "stored");
    assert_says(&ran.out, "a\\x1b[2Jb.bin");
    assert_says(&ran.out, cid);
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json");
    cJSON *lines = parse_lines(&ran.out);
    assert_string_equal(str(last(lines), "path"), path);
    assert_string_equal(str(last(lines), "pieceCid"), cid);
    const int id = number(last(lines), "id");
    cJSON_Delete(lines);
    sl_ran_free(&ran);

    char word[16];
    snprintf(word, sizeof word, "%d", id);
    RUN(&ran, "status", word);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "history\n");
    assert_says(&ran.out, "accepted, parking\n");
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json", word);
    lines = parse_lines(&ran.out);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(last(lines), "history")) >= 3);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "no job 999999", "status", "999999");
    REFUSED(SL_EXIT_USAGE, "number of one job", "status", "a.bin");
}

static void help_and_version_are_results(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "--help");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.err.data, "");
    assert_says(&ran.out, "Usage: sluice [OPTION...] [PATH...]");
    assert_says(&ran.out, "--parallel N");
    assert_says(&ran.out, "Exit status:");
    for (const char *line = ran.out.data; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    sl_ran_free(&ran);
    RUN(&ran, "cid", "--help");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "--v1");
    sl_ran_free(&ran);
    RUN(&ran, "help", "keys");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_says(&ran.out, "quit");
    sl_ran_free(&ran);
    RUN(&ran, "--version");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(strncmp(ran.out.data, "sluice ", 7), 0);
    assert_says(&ran.out, "libcurl");
    assert_says(&ran.out, "SQLite");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_USAGE, "no terminal", "--ascii");
}

int main(void)
{
#define E2E(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    signal(SIGPIPE, SIG_IGN); /* a child may end before it has read all */
    const struct CMUnitTest tests[] = {
        E2E(a_file_is_uploaded_and_its_piececid_is_all_that_stdout_says),
        E2E(a_folder_with_hostile_names_is_uploaded_as_json),
        E2E(what_was_stored_before_is_not_sent_again),
        E2E(paths_come_from_stdin_with_nuls_or_newlines),
        E2E(a_missing_path_ends_with_3),
        E2E(files_of_a_size_that_no_piece_has_end_with_1),
        E2E(what_is_no_file_ends_with_1),
        E2E(a_file_that_may_not_be_read_ends_with_1),
        E2E(failures_are_json_lines_too),
        E2E(an_interrupt_saves_the_work_and_another_run_does_it),
        E2E(a_second_sluice_is_refused_while_status_works),
        E2E(an_upload_that_is_killed_is_done_by_another_run),
        E2E(a_hangup_silences_the_upload_when_it_shall_go_on),
        E2E(a_hangup_stops_the_upload_when_it_shall),
        E2E(a_reader_that_goes_away_is_told_of_on_stderr),
        E2E(a_bad_setting_ends_with_2_and_says_where),
        E2E(flag_wins_over_environment_over_file_over_default),
        E2E(folders_and_files_are_for_the_owner_alone),
        E2E(cid_prints_a_line_for_each_file_like_sha256sum),
        E2E(cid_hashes_standard_input),
        E2E(status_tells_what_there_is),
        E2E(help_and_version_are_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
