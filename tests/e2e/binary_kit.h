/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* binary_kit.h - running the built sluice without a screen and reading what it says. */
#ifndef SL_TEST_BINARY_KIT_H
#define SL_TEST_BINARY_KIT_H

#include <cjson/cJSON.h>

#include "sluice/cli.h"
#include "sluice/piece.h"

#include "spawn.h"
#include "support/test.h"
#include "support/tmp.h"

/** The home and state folder of the running test. */
extern struct sl_home bin_home;
int bin_setup(void **state);
int bin_teardown(void **state);
#define BIN_TEST(f) cmocka_unit_test_setup_teardown(f, bin_setup, bin_teardown)

/** Run to the end; neither stream may hold a control byte. */
void bin_run(struct sl_ran *ran, const char *const *argv);
#define RUN(ran, ...) bin_run(ran, SL_ARGV(__VA_ARGS__))

void bin_assert_printable(const struct sl_buf *text);
void bin_assert_says(const struct sl_buf *text, const char *words);

/** Fails the test with what was said when the status is another one. */
void bin_assert_status(const struct sl_ran *ran, int status);

/** Run and expect the status, nothing on stdout (with --json only its `summary`), and these words
 * on stderr. */
void bin_assert_refused(int status, const char *words, const char *const *argv);
#define REFUSED(status, words, ...) bin_assert_refused(status, words, SL_ARGV(__VA_ARGS__))

/** Makes a file or folder in the home; returns `path`. */
const char *bin_file(char path[static SL_PATH_BYTES], const char *name, uint64_t len,
                     uint64_t seed);
const char *bin_folder(char path[static SL_PATH_BYTES], const char *name);
/** The PieceCID by the piece room. */
void bin_cid(char cid[static SL_PIECE_CID_CHARS], const char *path);

/** NDJSON as an array; owned, cJSON_Delete(). */
cJSON *bin_lines(const struct sl_buf *text);
const char *bin_str(const cJSON *line, const char *key);
int bin_number(const cJSON *line, const char *key);
size_t bin_count(const cJSON *lines, const char *type);
const cJSON *bin_last(const cJSON *lines);
/** The stored line whose `key` is `path`. */
const cJSON *bin_stored(const cJSON *lines, const char *key, const char *path);

#endif
