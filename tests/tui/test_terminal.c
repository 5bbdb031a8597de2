/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "support/pty.h"
#include "support/test.h"
#include "support/tmp.h"

/* A folder with media and a place for journal and provider. */
struct place {
    char dir[SL_PATH_BYTES];
    char run[SL_PATH_BYTES];
    char media[SL_PATH_BYTES];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    sl_tmp_make(place->dir);
    assert_int_equal(sl_path_join(place->run, SL_PATH_BYTES, place->dir, "run", NULL), SL_OK);
    assert_int_equal(sl_path_join(place->media, SL_PATH_BYTES, place->dir, "media", NULL), SL_OK);
    assert_int_equal(sl_path_make(place->run, 0700, NULL), SL_OK);
    assert_int_equal(sl_path_make(place->media, 0700, NULL), SL_OK);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    sl_tmp_remove(place->dir);
    free(place);
    return 0;
}

static struct sl_pty *start(const struct place *place, const char *path, const char *const *env)
{
    const char *const argv[] = {SL_BINARY_DIR "/tests/screen_program", place->run, path, NULL};
    return sl_pty_start(argv, env, 24, 100);
}

/* The provider misbehaves as its rules say; NULL forgets them. */
static void fault(const struct place *place, const char *rule)
{
    char path[SL_PATH_BYTES], url[SL_PATH_BYTES];
    char *at = NULL;
    size_t len = 0;
    struct sl_http *http = NULL;
    struct sl_http_response response = {0};
    assert_int_equal(sl_path_join(path, sizeof path, place->run, "url", NULL), SL_OK);
    assert_int_equal(sl_file_read(&at, &len, path, 256, NULL), SL_OK);
    snprintf(url, sizeof url, "%s/fault", at);
    const struct sl_http_request request = {.method = rule != NULL ? "POST" : "DELETE",
                                            .url = url,
                                            .content_type = "application/json",
                                            .body = rule,
                                            .body_bytes = rule != NULL ? strlen(rule) : 0};
    assert_int_equal(sl_http_new(&http, &(struct sl_http_options){0}, NULL), SL_OK);
    assert_int_equal(sl_http_perform(http, &request, &response, NULL), SL_OK);
    assert_int_equal(response.status, 204);
    sl_http_response_free(&response);
    sl_http_free(http);
    free(at);
}

static const char slow[] =
    "{\"match\":\"PUT /pdp/piece/uploads\",\"action\":\"slow\",\"bytes_per_s\":200000}";

static struct sl_pty *start_slow(const struct place *place, const char *const *env)
{
    sl_tmp_file(NULL, place->media, "long-take.mp4", 3000000, 7);
    struct sl_pty *pty = start(place, NULL, env);
    char keys[SL_PATH_BYTES + 16];
    sl_pty_wait_text(pty, "Nothing to upload yet");
    fault(place, slow);
    snprintf(keys, sizeof keys, ":add %s\r", place->media);
    sl_pty_send(pty, keys);
    sl_pty_wait_text(pty, "1 uploading");
    return pty;
}

static void a_folder_is_queued_shown_and_stored(void **state)
{
    const struct place *place = *state;
    sl_tmp_file(NULL, place->media, "a.mp4", 300000, 1);
    sl_tmp_file(NULL, place->media, "b.mp4", 500000, 2);
    struct sl_pty *pty = start(place, place->media, NULL);
    sl_pty_wait_text(pty, "2 stored");
    sl_pty_wait_text(pty, "800.0 K of 800.0 K  100%");
    sl_pty_wait_text(pty, "bafkzcib");
    sl_pty_send(pty, "l");
    sl_pty_wait_text(pty, "Retrieval");
    sl_pty_wait_text(pty, "/piece/bafkzcib");
    sl_pty_send(pty, "hq");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
}

static void everything_is_given_back_at_the_end(void **state)
{
    struct sl_pty *pty = start(*state, NULL, NULL);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    sl_pty_wait_bytes(pty, "\033[?2004h");
    sl_pty_wait_bytes(pty, "\033[22;0t");
    assert_false(sl_pty_is_cooked(pty));
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_wait_bytes(pty, "\033[?2004l");
    sl_pty_wait_bytes(pty, "\033[?1049l");
    sl_pty_wait_bytes(pty, "\033[23;0t");
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
}

static void a_frame_costs_only_what_changed(void **state)
{
    struct sl_pty *pty = start(*state, NULL, NULL);
    size_t before = 0, after = 0;
    sl_pty_wait_text(pty, "q quit");
    sl_pty_send(pty, ":");
    sl_pty_wait_text(pty, "\n :\n");
    sl_pty_bytes(pty, &before);
    sl_pty_send(pty, "xyz");
    sl_pty_wait_text(pty, "\n :xyz\n");
    sl_pty_bytes(pty, &after);
    assert_in_range(after - before, 3, 120);
    sl_pty_send(pty, "\033");
    sl_pty_wait_text(pty, "q quit");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void sequences_that_mean_nothing_are_swallowed_whole(void **state)
{
    static const char *const sequences[] = {"\033[?62;22c",
                                            "\033[27;5;120~",
                                            "\033[100;5u",
                                            "\033[>41;370;0c",
                                            "\033OZ",
                                            "\033]11;rgb:1d1d/1f1f/2121\033\\",
                                            "\033]10;rgb:c5c5/c8c8/c6c6\a",
                                            "\033P1$r0m\033\\",
                                            "\033q",
                                            "\033\033[A"};
    struct sl_pty *pty = start(*state, NULL, NULL);
    sl_pty_wait_text(pty, "q quit");
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        sl_pty_send(pty, ":x");
        sl_pty_wait_text(pty, "\n :x\n"); /* a line is open: a key would show up in it */
        sl_pty_send(pty, sequences[i]);
        sl_pty_send(pty, "y");
        sl_pty_wait_text(pty, "\n :xy\n");
        sl_pty_send(pty, "\033");
        sl_pty_wait_text(pty, "q quit");
    }
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void a_new_size_keeps_the_selection(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof name, "clip-%02d.mp4", i);
        sl_tmp_file(NULL, place->media, name, 200, (uint64_t)i + 1);
    }
    struct sl_pty *pty = start(place, place->media, NULL);
    sl_pty_wait_text(pty, "30 stored");
    sl_pty_send(pty, "/clip-21\r");
    sl_pty_wait_text(pty, "▸ ✓ clip-21.mp4");
    sl_pty_resize(pty, 16, 60);
    sl_pty_wait_text(pty, " 22/30 ──");
    sl_pty_wait_text(pty, "▸ ✓ clip-21.mp4");
    sl_pty_resize(pty, 4, 30);
    sl_pty_wait_text(pty, "needs 40x6");
    sl_pty_resize(pty, 40, 130);
    sl_pty_wait_text(pty, "Provider");
    sl_pty_wait_text(pty, "▸ ✓ clip-21.mp4");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void quitting_asks_while_uploads_run(void **state)
{
    struct sl_pty *pty = start_slow(*state, NULL);
    sl_pty_send(pty, "q");
    sl_pty_wait_text(pty, "1 upload is running");
    sl_pty_send(pty, "\033");
    sl_pty_wait_text(pty, "q quit");
    sl_pty_send(pty, "qs");
    assert_int_equal(sl_pty_wait_exit(pty), 1); /* work is left */
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
}

static void finishing_ends_when_the_provider_has_all_bytes(void **state)
{
    const struct place *place = *state;
    struct sl_pty *pty = start_slow(place, NULL);
    sl_pty_send(pty, "qf");
    sl_pty_wait_text(pty, "finishing 1 upload");
    fault(place, NULL);
    const int status = sl_pty_wait_exit(pty);
    assert_true(status == 0 || status == 1); /* it has been seen parked already, or not yet */
    sl_pty_free(pty);
    pty = start(place, NULL, NULL);
    sl_pty_wait_text(pty, "1 stored");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void interrupt_twice_stops_now(void **state)
{
    struct sl_pty *pty = start_slow(*state, NULL);
    sl_pty_send(pty, "\003\003");
    assert_int_equal(sl_pty_wait_exit(pty), 1);
    sl_pty_free(pty);
}

static void a_termination_signal_saves_and_restores(void **state)
{
    struct sl_pty *pty = start_slow(*state, NULL);
    sl_pty_signal(pty, SIGTERM);
    assert_int_equal(sl_pty_wait_exit(pty), 1);
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_wait_bytes(pty, "\033[?1049l");
    sl_pty_free(pty);
}

static void a_crash_gives_the_terminal_back(void **state)
{
    struct sl_pty *pty = start(*state, NULL, NULL);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    sl_pty_signal(pty, SIGABRT);
    assert_int_not_equal(sl_pty_wait_exit(pty), 0);
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_wait_bytes(pty, "\033[?2004l");
    sl_pty_wait_bytes(pty, "\033[?1049l");
    sl_pty_free(pty);
}

static void the_shell_is_one_key_away(void **state)
{
    struct sl_pty *pty = start(*state, NULL, NULL);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    sl_pty_send(pty, "\032");
    sl_pty_wait_stopped(pty);
    assert_true(sl_pty_is_cooked(pty));
    assert_false(sl_pty_shows(pty, "Nothing to upload yet"));
    sl_pty_continue(pty);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    assert_false(sl_pty_is_cooked(pty));
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void uploads_go_on_without_a_terminal(void **state)
{
    const struct place *place = *state;
    struct sl_pty *pty = start_slow(place, NULL);
    sl_pty_hang_up(pty);
    fault(place, NULL);
    assert_int_equal(sl_pty_wait_exit(pty), 0); /* all of it was stored */
    sl_pty_free(pty);
}

static void a_hangup_that_is_only_a_signal_gives_the_terminal_back(void **state)
{
    const struct place *place = *state;
    struct sl_pty *pty = start_slow(place, NULL);
    sl_pty_signal(pty, SIGHUP);
    sl_pty_wait_bytes(pty, "\033[?1049l");
    sl_pty_wait_text(pty, "the uploads go on");
    assert_true(sl_pty_is_cooked(pty));
    fault(place, NULL);
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void without_a_screen_an_interrupt_asks_nothing(void **state)
{
    struct sl_pty *pty = start_slow(*state, NULL);
    sl_pty_signal(pty, SIGHUP);
    sl_pty_wait_text(pty, "the uploads go on");
    sl_pty_signal(pty, SIGINT);
    assert_int_equal(sl_pty_wait_exit(pty), 1); /* work is left */
    sl_pty_free(pty);
}

static void a_paste_is_data_and_opens_the_add_pane(void **state)
{
    const struct place *place = *state;
    char path[SL_PATH_BYTES], keys[2 * SL_PATH_BYTES];
    sl_tmp_file(path, place->media, "q quit.mp4", 400, 3);
    struct sl_pty *pty = start(place, NULL, NULL);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    snprintf(keys, sizeof keys, "\033[200~'%s'\nfile:///nowhere/q%%20q\n\033[201~", path);
    sl_pty_send(pty, keys);
    sl_pty_wait_text(pty, "Pasted: 2 paths, 1 here");
    sl_pty_wait_text(pty, "/nowhere/q q");
    sl_pty_send(pty, "\r");
    sl_pty_wait_text(pty, "1 stored");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void copying_hands_the_cid_to_the_terminal(void **state)
{
    const struct place *place = *state;
    sl_tmp_file(NULL, place->media, "a.mp4", 300, 1);
    struct sl_pty *pty = start(place, place->media, NULL);
    sl_pty_wait_text(pty, "1 stored");
    sl_pty_send(pty, "yc");
    sl_pty_wait_text(pty, "sent to the terminal: bafkzcib");
    sl_pty_wait_bytes(pty, "\033]52;c;YmFma3pjaW"); /* "bafkzci" in base64 */
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
}

static void ascii_writes_nothing_beyond_it(void **state)
{
    const struct place *place = *state;
    static const char *const env[] = {"LC_ALL=C", NULL};
    sl_tmp_file(NULL, place->media, "f\303\266hn.mp4", 300, 1);
    struct sl_pty *pty = start(place, place->media, env);
    sl_pty_wait_text(pty, "* f?hn.mp4");
    sl_pty_send(pty, "?");
    sl_pty_wait_text(pty, "one line down");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    size_t len = 0;
    const char *bytes = sl_pty_bytes(pty, &len);
    for (size_t i = 0; i < len; i++)
        assert_true((unsigned char)bytes[i] < 0x80);
    sl_pty_free(pty);
}

static void no_color_means_none(void **state)
{
    static const char *const env[] = {"NO_COLOR=1", NULL};
    struct sl_pty *pty = start(*state, NULL, env);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    size_t len = 0;
    assert_null(strstr(sl_pty_bytes(pty, &len), "38;5;"));
    sl_pty_free(pty);
}

static void a_dumb_terminal_is_refused(void **state)
{
    static const char *const dumb[] = {"TERM=dumb", NULL}, *const unset[] = {"TERM=", NULL};
    struct sl_pty *pty = start(*state, NULL, dumb);
    sl_pty_wait_text(pty, "no screen can be drawn");
    assert_int_equal(sl_pty_wait_exit(pty), 3);
    sl_pty_free(pty);
    pty = start(*state, NULL, unset);
    sl_pty_wait_text(pty, "TERM is not set");
    assert_int_equal(sl_pty_wait_exit(pty), 3);
    sl_pty_free(pty);
}

/* The Linux console tells no size; the others are newer than what a server knows. */
static void any_terminal_that_people_come_with_gets_its_screen(void **state)
{
    static const char *const terms[] = {"TERM=linux", "TERM=vt100", "TERM=xterm-unheard-of",
                                        "TERM=tmux-unheard-of"};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        const char *const env[] = {terms[i], NULL};
        struct sl_pty *pty = start(*state, NULL, env);
        sl_pty_wait_text(pty, "Nothing to upload yet");
        sl_pty_send(pty, "q");
        assert_int_equal(sl_pty_wait_exit(pty), 0);
        sl_pty_free(pty);
    }
    static const char *const env[] = {"TERM=unheard-of", NULL};
    struct sl_pty *pty = start(*state, NULL, env);
    sl_pty_wait_text(pty, "try TERM=xterm-256color");
    assert_int_equal(sl_pty_wait_exit(pty), 3);
    sl_pty_free(pty);
}

int main(void)
{
    if (sl_http_global_init(NULL) < 0)
        return 1;
#define ON_A_PTY(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        ON_A_PTY(a_folder_is_queued_shown_and_stored),
        ON_A_PTY(everything_is_given_back_at_the_end),
        ON_A_PTY(a_frame_costs_only_what_changed),
        ON_A_PTY(sequences_that_mean_nothing_are_swallowed_whole),
        ON_A_PTY(a_new_size_keeps_the_selection),
        ON_A_PTY(quitting_asks_while_uploads_run),
        ON_A_PTY(finishing_ends_when_the_provider_has_all_bytes),
        ON_A_PTY(interrupt_twice_stops_now),
        ON_A_PTY(a_termination_signal_saves_and_restores),
        ON_A_PTY(a_crash_gives_the_terminal_back),
        ON_A_PTY(the_shell_is_one_key_away),
        ON_A_PTY(uploads_go_on_without_a_terminal),
        ON_A_PTY(a_hangup_that_is_only_a_signal_gives_the_terminal_back),
        ON_A_PTY(without_a_screen_an_interrupt_asks_nothing),
        ON_A_PTY(a_paste_is_data_and_opens_the_add_pane),
        ON_A_PTY(copying_hands_the_cid_to_the_terminal),
        ON_A_PTY(ascii_writes_nothing_beyond_it),
        ON_A_PTY(no_color_means_none),
        ON_A_PTY(a_dumb_terminal_is_refused),
        ON_A_PTY(any_terminal_that_people_come_with_gets_its_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
