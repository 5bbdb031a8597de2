/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The network that keeps a user's files: without its secret its ports give nothing, neither to
 * another user of the machine nor to a page in a browser. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "chain_kit.h"
#include "support/test.h"

/* "/SECRET" from a URL that the network gives out. */
static const char *secret_of(const char *url)
{
    const char *path = strchr(strstr(url, "://") + 3, '/');
    assert_non_null(path);
    return path;
}

static int ask(const char *url, const char *method, const char *path, const char *headers,
               struct sl_answer *answer)
{
    const char *body = strcmp(method, "POST") == 0 ? "{}" : NULL;
    sl_peer_ask(url, method, path, headers, body, body != NULL ? 2 : 0, answer);
    return answer->status;
}

static int setup(void **state)
{
    const int rc = chain_setup(state);
    struct chain *chain = *state;
    chain->kit.options.is_private = true;
    chain_restart(chain);
    return rc;
}

static void nothing_is_answered_without_the_secret(void **state)
{
    struct chain *chain = *state;
    struct sl_answer answer = {0};
    static const char *const paths[] = {
        "/pdp/ping",    "/pdp/data-sets/1", "/piece/bafkzcibdum",
        "/health",      "/version",         "/",
        "/rpc/v1",      "//pdp/ping",       "/00000000000000000000000000000000/pdp/ping",
        "/pdp/ping/..", "/faults",
    };
    const char *servers[] = {sl_devnet_url(chain->kit.net), sl_devnet_rpc_url(chain->kit.net)};
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            assert_int_equal(ask(servers[s], "GET", paths[i], NULL, &answer), 404);
            assert_int_equal(ask(servers[s], "POST", paths[i], NULL, &answer), 404);
            assert_string_equal(answer.body.data, "404 page not found\n");
        }
    }
    sl_answer_free(&answer);
}

static void every_url_and_location_carries_it(void **state)
{
    struct chain *chain = *state;
    struct sl_answer answer = {0};
    char path[256], want[256];
    for (size_t i = 0; i < sl_devnet_provider_count(chain->kit.net); i++) {
        const char *url = sl_devnet_provider_url(chain->kit.net, i);
        const char *secret = secret_of(url);
        assert_int_equal(strlen(secret), 34); /* "/", 32 digits, "/": 128 bits */
        snprintf(path, sizeof path, "%spdp/ping", secret);
        assert_int_equal(ask(url, "GET", path, NULL, &answer), 200);
        snprintf(path, sizeof path, "%spdp/piece/uploads", secret);
        assert_int_equal(ask(url, "POST", path, NULL, &answer), 201);
        snprintf(want, sizeof want, "%spdp/piece/uploads/", secret);
        assert_memory_equal(sl_answer_header(&answer, "Location"), want, strlen(want));
    }
    assert_string_not_equal(secret_of(sl_devnet_provider_url(chain->kit.net, 0)),
                            secret_of(sl_devnet_provider_url(chain->kit.net, 1)));
    sl_answer_free(&answer);
}

static void pages_of_other_origins_are_refused(void **state)
{
    struct chain *chain = *state;
    struct sl_answer answer = {0};
    const char *url = sl_devnet_url(chain->kit.net);
    char path[256];
    snprintf(path, sizeof path, "%spdp/ping", secret_of(url));
    static const char *const foreign[] = {"Origin: https://evil.example\r\n", "Origin: null\r\n",
                                          "Origin: http://localhost.evil.example\r\n",
                                          "Origin: http://127.0.0.1.evil.example\r\n",
                                          "Origin: localhost\r\n"};
    static const char *const own[] = {"Origin: http://localhost:3000\r\n",
                                      "Origin: http://127.0.0.1\r\n", "Origin: http://[::1]:1\r\n"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        assert_int_equal(ask(url, "GET", path, foreign[i], &answer), 403);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        assert_int_equal(ask(url, "GET", path, own[i], &answer), 200);
    sl_answer_free(&answer);
}

static void the_secret_stays_with_the_folder_and_is_the_owners_alone(void **state)
{
    struct chain *chain = *state;
    char before[64], path[SL_PATH_BYTES];
    struct stat st;
    snprintf(before, sizeof before, "%s", secret_of(sl_devnet_url(chain->kit.net)));
    chain_restart(chain);
    assert_string_equal(secret_of(sl_devnet_url(chain->kit.net)), before);
    snprintf(path, sizeof path, "%s/secret", chain->kit.dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void another_process_finds_what_is_served(void **state)
{
    struct chain *chain = *state;
    struct sl_devnet *seen = NULL;
    struct sl_network a, b;
    assert_int_equal(sl_devnet_attach(&seen, chain->kit.dir, NULL), SL_OK);
    assert_int_equal(sl_devnet_provider_count(seen), sl_devnet_provider_count(chain->kit.net));
    for (size_t i = 0; i < sl_devnet_provider_count(seen); i++)
        assert_string_equal(sl_devnet_provider_url(seen, i),
                            sl_devnet_provider_url(chain->kit.net, i));
    assert_string_equal(sl_devnet_rpc_url(seen), sl_devnet_rpc_url(chain->kit.net));
    assert_int_equal(sl_devnet_network(seen, &a, NULL), SL_OK);
    assert_int_equal(sl_devnet_network(chain->kit.net, &b, NULL), SL_OK);
    assert_string_equal(a.urls[0], b.urls[0]);
    assert_memory_equal(&a.fwss, &b.fwss, sizeof a.fwss);
    sl_devnet_stop(seen); /* the serving process goes on */
    struct sl_answer answer = {0};
    char path[256];
    snprintf(path, sizeof path, "%spdp/ping", secret_of(sl_devnet_url(chain->kit.net)));
    assert_int_equal(ask(sl_devnet_url(chain->kit.net), "GET", path, NULL, &answer), 200);
    sl_answer_free(&answer);
}

static void a_full_disk_is_named_with_the_setting(void **state)
{
    struct chain *chain = *state;
    struct sl_answer answer = {0};
    char path[256];
    chain->kit.options.min_free_bytes = UINT64_MAX / 2;
    chain_restart(chain);
    const char *url = sl_devnet_url(chain->kit.net);
    snprintf(path, sizeof path, "%spdp/piece/uploads", secret_of(url));
    assert_int_equal(ask(url, "POST", path, NULL, &answer), 201);
    snprintf(path, sizeof path, "%s", sl_answer_header(&answer, "Location"));
    const int fd = sl_peer_connect(url);
    assert_true(sl_peer_head(fd, "PUT", path, NULL, 1000000)); /* sends no byte of the body */
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 507);
    assert_non_null(strstr(answer.body.data, "local_min_free"));
    assert_non_null(strstr(answer.body.data, chain->kit.dir));
    sl_answer_free(&answer);
}

static void a_folder_keeps_the_epochs_it_was_made_with(void **state)
{
    struct chain *chain = *state;
    const int64_t made_ms = sl_devnet_epoch_ms(chain->kit.net);
    chain->options.epoch_ms = made_ms * 7;
    chain_restart(chain);
    assert_int_equal(sl_devnet_epoch_ms(chain->kit.net), made_ms);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, chain_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_answered_without_the_secret),
        TEST(every_url_and_location_carries_it),
        TEST(pages_of_other_origins_are_refused),
        TEST(the_secret_stays_with_the_folder_and_is_the_owners_alone),
        TEST(another_process_finds_what_is_served),
        TEST(a_full_disk_is_named_with_the_setting),
        TEST(a_folder_keeps_the_epochs_it_was_made_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
