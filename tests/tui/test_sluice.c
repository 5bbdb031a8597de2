/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pty.h"
#include "support/test.h"
#include "support/tmp.h"

static struct sl_pty *start(const char *dir, const char *word)
{
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "--state-dir", dir, word, NULL};
    return sl_pty_start(argv, NULL, 24, 100);
}

static void a_person_queues_a_folder_and_gets_piececids(void **state)
{
    char dir[SL_PATH_BYTES], media[SL_PATH_BYTES], run[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(media, sizeof media, dir, "media", NULL), SL_OK);
    assert_int_equal(sl_path_join(run, sizeof run, dir, "run", NULL), SL_OK);
    assert_int_equal(sl_path_make(media, 0700, NULL), SL_OK);
    sl_tmp_file(NULL, media, "holiday.mp4", 2000000, 1);
    sl_tmp_file(NULL, media, "garden.mov", 900000, 2);
    struct sl_pty *pty = start(run, media);
    sl_pty_wait_text(pty, "2 confirmed");
    sl_pty_wait_text(pty, "confirmed set 1 piece");
    sl_pty_wait_text(pty, "2.9 M of 2.9 M  100%");
    sl_pty_send(pty, "l");
    sl_pty_wait_text(pty, "Retrieval   http://127.0.0.1:");
    sl_pty_send(pty, "hq");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_wait_text(pty, "sluice: 2 done");
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
    pty = start(run, "--ascii"); /* the journal knows them */
    sl_pty_wait_text(pty, "2 confirmed");
    sl_pty_wait_text(pty, "* garden.mov");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void a_person_limits_the_rate_by_keys_and_by_signal(void **state)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    sl_tmp_file(NULL, dir, "film.mkv", 40000000, 1);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "film.mkv", NULL), SL_OK);
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "--state-dir", dir,  "--limit", "100k",
                                "--slow-limit",          "50k",         path, NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "limit 100.0 KB/s");
    sl_pty_wait_text(pty, "1 uploading");
    sl_pty_send(pty, "t");
    sl_pty_wait_text(pty, "slow 50.0 KB/s");
    sl_pty_signal(pty, SIGUSR2);
    sl_pty_wait_text(pty, "limit 100.0 KB/s");
    sl_pty_send(pty, "U30k\rl");
    sl_pty_wait_text(pty, "Limit       30.0 KB/s");
    sl_pty_send(pty, "Uoff\ru");
    sl_pty_wait_text(pty, "limit for all (2M, 500k, off):");
    sl_pty_send(pty, "off\r");
    sl_pty_wait_text(pty, "limit off");
    sl_pty_wait_text(pty, "1 confirmed");
    sl_pty_send(pty, "hq");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void a_person_looks_at_the_wallet_while_files_go_up(void **state)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    sl_tmp_file(NULL, dir, "film.mkv", 4000000, 1);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "film.mkv", NULL), SL_OK);
    const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "--state-dir", dir, "--limit", "100k", path, NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 30, 100);
    sl_pty_wait_text(pty, "1 uploading");
    sl_pty_send(pty, "w");
    sl_pty_wait_text(pty, "Available   1000 USDFC");
    sl_pty_wait_text(pty, "1 file, 4.0 M in 1 piece, 1 copy");
    sl_pty_wait_text(pty, "USDFC of fees, once");
    sl_pty_wait_text(pty, "Missing     nothing");
    sl_pty_send(pty, "r:limit off\r"); /* the account follows what lands */
    sl_pty_wait_text(pty, "1 confirmed");
    sl_pty_wait_text(pty, "nothing waits to be paid for");
    sl_pty_wait_no_text(pty, "Pays        nothing yet");
    sl_pty_send(pty, "\033");
    sl_pty_wait_text(pty, "confirmed set 1 piece 0");
    sl_pty_send(pty, "wrq"); /* while it is being read */
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void without_a_network_there_is_no_wallet(void **state)
{
    char dir[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "--state-dir",        dir, "--network", "none",
        "--provider-url",        "http://127.0.0.1:9", NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "Nothing to upload yet");
    sl_pty_send(pty, "w");
    sl_pty_wait_text(pty, "No account");
    sl_pty_send(pty, "r1q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void a_person_verifies_what_is_stored(void **state)
{
    char dir[SL_PATH_BYTES], media[SL_PATH_BYTES], run[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(media, sizeof media, dir, "media", NULL), SL_OK);
    assert_int_equal(sl_path_join(run, sizeof run, dir, "run", NULL), SL_OK);
    assert_int_equal(sl_path_make(media, 0700, NULL), SL_OK);
    sl_tmp_file(NULL, media, "1.mkv", 3000000, 1);
    sl_tmp_file(NULL, media, "2.mkv", 300000, 2);
    const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "--state-dir", run, "--copies", "2", media, NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 120);
    sl_pty_wait_text(pty, "2 confirmed");
    sl_tmp_file(NULL, media, "2.mkv", 300000, 3); /* other bytes than those that are stored */
    sl_pty_send(pty, "gAv");
    sl_pty_wait_text(pty, "2 of 2 copies");
    sl_pty_wait_text(pty, "the local file differs");
    sl_pty_send(pty, "\033gl");
    sl_pty_wait_text(pty, "Verified    20");
    sl_pty_send(pty, "h:add nowhere\r"); /* it goes on as before */
    sl_pty_wait_text(pty, "nowhere not queued");
    sl_pty_send(pty, "1Avq"); /* in the middle of it */
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    assert_true(sl_pty_is_cooked(pty));
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void make(char out[static SL_PATH_BYTES], const char *dir, const char *name)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, dir, name, NULL), SL_OK);
    assert_int_equal(sl_path_make(out, 0700, NULL), SL_OK);
}

static void what_becomes_finished_in_watched_folders_comes_by_itself(void **state)
{
    char dir[SL_PATH_BYTES], cards[SL_PATH_BYTES], disk[SL_PATH_BYTES], run[SL_PATH_BYTES];
    char folders[2 * SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    make(cards, dir, "cards");
    make(disk, dir, "disk");
    make(run, dir, "run");
    snprintf(folders, sizeof folders, "%s:%s", cards, disk);
    sl_tmp_file(NULL, cards, "holiday.mp4", 2000000, 1);
    const char *const argv[] = {SL_BINARY_DIR "/sluice",
                                "--state-dir",
                                run,
                                "--hold",
                                "100ms",
                                "--settle",
                                "20ms",
                                "--watch",
                                folders,
                                NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "watching 2 folders");
    sl_pty_wait_text(pty, "1 confirmed");
    sl_tmp_file(NULL, disk, "garden.mov", 900000, 2);
    sl_tmp_file(NULL, disk, "half.mov.part", 900000, 3);
    sl_pty_wait_text(pty, "2 confirmed");
    sl_pty_wait_text(pty, "garden.mov");
    assert_false(sl_pty_shows(pty, "half.mov"));
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    sl_tmp_file(NULL, cards, "later.mp4", 300000, 4); /* while sluice is not running */
    pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "3 confirmed");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

/* As `upload` ends with the same folder. */
static void what_is_too_small_is_skipped_in_a_folder_and_fails_when_it_is_named(void **state)
{
    char dir[SL_PATH_BYTES], media[SL_PATH_BYTES], run[SL_PATH_BYTES], tiny[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    make(media, dir, "media");
    make(run, dir, "run");
    sl_tmp_file(NULL, media, "1.mkv", 300000, 1);
    sl_tmp_file(NULL, media, "2.nothing", 0, 1);
    sl_tmp_file(tiny, media, "3.tiny", 100, 1);
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "--state-dir", run, media, NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "1 confirmed");
    assert_false(sl_pty_shows(pty, "not queued"));
    sl_pty_send(pty, "5");
    sl_pty_wait_text(pty, "2.nothing skipped: ");
    sl_pty_wait_text(pty, "3.tiny skipped: ");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    const char *const named[] = {SL_BINARY_DIR "/sluice", "--state-dir", run, tiny, NULL};
    pty = sl_pty_start(named, NULL, 24, 100);
    sl_pty_wait_text(pty, "1 not queued");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 1);
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

/* The folder is queued by hand and followed as well. */
static void what_a_person_has_paused_or_cancelled_stays_so_when_it_is_found(void **state)
{
    char dir[SL_PATH_BYTES], media[SL_PATH_BYTES], run[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    make(media, dir, "media");
    make(run, dir, "run");
    sl_tmp_file(NULL, media, "1.mkv", 3000000, 1);
    sl_tmp_file(NULL, media, "2.mkv", 3000000, 2);
    const char *const argv[] = {SL_BINARY_DIR "/sluice",
                                "--state-dir",
                                run,
                                "--limit",
                                "100k",
                                "--hold",
                                "100ms",
                                "--settle",
                                "2s",
                                "--watch",
                                media,
                                media,
                                NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "2 uploading");
    sl_pty_send(pty, "gpGxy\033"); /* it asks when bytes were sent; else y waits for a second key */
    sl_pty_wait_text(pty, "1 paused");
    sl_pty_wait_text(pty, "1 cancelled");
    sl_tmp_file(NULL, media, "3.mkv", 200, 3); /* found behind the others */
    sl_pty_wait_text(pty, "1 confirmed");
    assert_true(sl_pty_shows(pty, "1 paused"));
    assert_true(sl_pty_shows(pty, "1 cancelled"));
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 7);
    sl_pty_wait_text(pty, "1 done, 1 left; continue with `sluice` or `sluice resume`");
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

static void the_mouse_and_the_taskbar_are_given_back(void **state)
{
    char dir[SL_PATH_BYTES];
    (void)state;
    sl_tmp_make(dir);
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.mkv", i);
        sl_tmp_file(NULL, dir, name, 3000000, (uint64_t)i + 1);
    }
    const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "--state-dir", dir, "--limit", "40k", dir, NULL};
    const char *const env[] = {"WT_SESSION=1", "TMUX=", NULL};
    struct sl_pty *pty = sl_pty_start(argv, env, 24, 100);
    sl_pty_wait_text(pty, "3 uploading");
    sl_pty_wait_bytes(pty, "\033]9;4;1;0");
    sl_pty_send(pty, "m");
    sl_pty_wait_bytes(pty, "\033[?1006;1000h");
    sl_pty_send(pty, "\033[<0;10;6M\033[<0;10;6ml"); /* a click on the second file */
    sl_pty_wait_text(pty, "1.mkv");
    sl_pty_wait_text(pty, "PieceCID");
    sl_pty_send(pty, "hqs");
    assert_int_equal(sl_pty_wait_exit(pty), 7);
    sl_pty_wait_bytes(pty, "\033]9;4;0");
    sl_pty_wait_bytes(pty, "\033[?1006;1000l");
    sl_pty_free(pty);
    sl_tmp_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_queues_a_folder_and_gets_piececids),
        cmocka_unit_test(a_person_limits_the_rate_by_keys_and_by_signal),
        cmocka_unit_test(a_person_looks_at_the_wallet_while_files_go_up),
        cmocka_unit_test(without_a_network_there_is_no_wallet),
        cmocka_unit_test(a_person_verifies_what_is_stored),
        cmocka_unit_test(what_is_too_small_is_skipped_in_a_folder_and_fails_when_it_is_named),
        cmocka_unit_test(what_becomes_finished_in_watched_folders_comes_by_itself),
        cmocka_unit_test(what_a_person_has_paused_or_cancelled_stays_so_when_it_is_found),
        cmocka_unit_test(the_mouse_and_the_taskbar_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
