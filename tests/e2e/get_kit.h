/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_kit.h - the built sluice with a home of its own, in an empty working directory, and a
 * provider beside it that does what the test says. */
#ifndef SL_TEST_GET_KIT_H
#define SL_TEST_GET_KIT_H

#include "binary_kit.h"
#include "devnet_kit.h"

enum { GET_LEN = 300000 };

/** The provider of the running test. */
extern struct kit *get_provider;

/** The working directory is the empty folder `here` in the home. */
int get_setup(void **state);
int get_teardown(void **state);
#define GET_TEST(f) cmocka_unit_test_setup_teardown(f, get_setup, get_teardown)

/** Upload a file to the network that sluice brings. */
void get_upload(const char *path);
/** Store `len` bytes of `seed` at get_provider; writes their PieceCID. */
void get_store(char cid[static SL_PIECE_CID_CHARS], size_t len, uint64_t seed);

void get_same_files(const char *a, const char *b);

#endif
