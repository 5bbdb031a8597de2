/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "sluice/http.h"

#include "net/address_range.h"
#include "net/http_head.h"
#include "net/url.h"
#include "support/test.h"

static void a_path_is_resolved_as_browsers_do(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        const char *reference;
        const char *url;
    } cases[] = {
        {"https://h", "pdp/ping", "https://h/pdp/ping"},
        {"https://h/", "pdp/ping", "https://h/pdp/ping"},
        {"https://h/a", "pdp/ping", "https://h/pdp/ping"},
        {"https://h/a/", "pdp/ping", "https://h/a/pdp/ping"},
        {"https://h/a/b", "pdp/ping", "https://h/a/pdp/ping"},
        {"https://h/a/?q=/x/", "pdp/ping", "https://h/a/pdp/ping"},
        {"https://h?q=/x/", "pdp/ping", "https://h/pdp/ping"},
        {"https://h#/x/", "pdp/ping", "https://h/pdp/ping"},
        {"https://h/a/b/", "/pdp/x", "https://h/pdp/x"},
        {"http://127.0.0.1:8080", "piece/b?x=1", "http://127.0.0.1:8080/piece/b?x=1"},
        {"https://[2001:db8::1]:443/a/", "p", "https://[2001:db8::1]:443/a/p"},
        {"HTTPS://H/", "p", "HTTPS://H/p"},
        {"https://h/", "p/..a/.b/c..", "https://h/p/..a/.b/c.."},
        {"https://h/", "p?x=../..&y=a:b", "https://h/p?x=../..&y=a:b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[256];
        assert_int_equal(sl_url_resolve(url, sizeof url, cases[i].base, cases[i].reference, NULL),
                         0);
        assert_string_equal(url, cases[i].url);
    }
}

static void odd_urls_and_references_are_refused(void **state)
{
    (void)state;
    static const char *const bases[] = {
        "",
        "h",
        "//h/",
        "ftp://h/",
        "https:/h",
        "https://",
        "https:///a",
        "https://u@h/",
        "https://u:p@h/",
        "https://h:/",
        "https://h:0/",
        "https://h:65536/",
        "https://h:1x/",
        "https://h:123456/",
        "https://[::1/",
        "https://[]/",
        "https://[g]/",
        "https://[::1]x/",
        "https://h h/",
        "https://h\\@evil/",
        "https://h/\x01",
        "https://h/\xc3\xa9",
        "https://h%00/",
        " https://h/",
        "javascript:alert(1)",
    };
    static const char *const references[] = {
        "//evil/x", "https://evil/", "https:x", "a:b",        "..",       "../x",
        "a/../b",   "a/..",          "./a",     "a/%2e%2E/b", "a/.%2e",   "a\\b",
        "a b",      "a\r\nb: c",     "\x7f",    "a#b",        "\xc3\xa9", "/../a",
    };
    char url[256];
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        struct sl_err err = {0};
        if (sl_url_resolve(url, sizeof url, bases[i], "x", &err) != SL_EFORMAT)
            fail_msg("base %zu was taken: %s", i, bases[i]);
    }
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        if (sl_url_resolve(url, sizeof url, "https://h/", references[i], NULL) != SL_EFORMAT)
            fail_msg("reference %zu was taken: %s", i, references[i]);
    }
}

static void a_url_that_does_not_fit_is_refused_whole(void **state)
{
    (void)state;
    char url[16];
    assert_int_equal(sl_url_resolve(url, sizeof url, "https://host/", "ab", NULL), 0);
    assert_string_equal(url, "https://host/ab");
    assert_int_equal(sl_url_resolve(url, sizeof url, "https://host/", "abc", NULL), SL_EOVERFLOW);
}

static void only_this_machine_is_loopback(void **state)
{
    (void)state;
    static const char *const yes[] = {"127.0.0.1", "127.255.0.9", "localhost",
                                      "LocalHost", "[::1]",       "::1"};
    static const char *const no[] = {"",
                                     "128.0.0.1",
                                     "0.0.0.0",
                                     "127.0.0.1.x.org",
                                     "127.1",
                                     "[::]",
                                     "localhost.",
                                     "localhost.org",
                                     "a.localhost",
                                     "10.0.0.1",
                                     "[::ffff:127.0.0.1]"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(sl_url_host_is_loopback(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(sl_url_host_is_loopback(no[i]));
}

static void one_address_has_several_spellings(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"https://sp.example", "https://sp.example/"},
        {"https://sp.example/", "HTTPS://SP.Example:443/"},
        {"http://sp.example:80", "http://sp.example/"},
        {"https://sp.example/a/b", "https://sp.example/a/"},
        {"https://sp.example:8443/a/", "https://sp.EXAMPLE:8443/a/"},
        {"https://[::1]/", "https://[::1]:443"},
    };
    static const char *const other[][2] = {
        {"https://sp.example/", "http://sp.example/"},
        {"https://sp.example/", "https://sp.example:444/"},
        {"https://sp.example/a/", "https://sp.example/A/"},
        {"https://sp.example/a", "https://sp.example/a/"},
        {"https://sp.example/", "https://sp.example.org/"},
        {"https://sp.example/", "https://sp.exampl/"},
        {"https://[::1]:81/", "https://[::1]/"},
        {"ftp://sp.example/", "ftp://sp.example/"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (!sl_url_same(same[i][0], same[i][1]))
            fail_msg("%s is not %s", same[i][0], same[i][1]);
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (sl_url_same(other[i][0], other[i][1]))
            fail_msg("%s is %s", other[i][0], other[i][1]);
    }
}

static void retry_after_is_read_in_both_forms(void **state)
{
    (void)state;
    const int64_t now_ms = INT64_C(784111777) * 1000; /* Sun, 06 Nov 1994 08:49:37 GMT */
    static const struct {
        const char *value;
        int64_t ms;
    } cases[] = {
        {"0", 0},
        {"2", 2000},
        {"3600", 3600000},
        {"3601", 3600000},
        {"99999999999999999999", 3600000},
        {"Sun, 06 Nov 1994 08:50:07 GMT", 30000},
        {"Sunday, 06-Nov-94 08:50:07 GMT", 30000},
        {"Sun Nov  6 08:50:07 1994", 30000},
        {"Sun, 06 Nov 1994 08:49:00 GMT", 0},
        {"Mon, 07 Nov 2094 08:49:00 GMT", 3600000},
        {"", -1},
        {"-1", -1},
        {"1.5", -1},
        {"2 s", -1},
        {"soon", -1},
        {"Sunny", -1},
        {"20260101", 3600000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (sl_http_retry_after_ms(cases[i].value, now_ms) != cases[i].ms)
            fail_msg("'%s' gave %lld", cases[i].value,
                     (long long)sl_http_retry_after_ms(cases[i].value, now_ms));
    }
}

static bool is_public(const char *text)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    if (strchr(text, ':') == NULL) {
        at.v4.sin_family = AF_INET;
        assert_int_equal(inet_pton(AF_INET, text, &at.v4.sin_addr), 1);
    } else {
        at.v6.sin6_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &at.v6.sin6_addr), 1);
    }
    assert_int_equal(sl_net_host_is_not_public(text), !sl_net_address_is_public(&at.any));
    return sl_net_address_is_public(&at.any);
}

static void addresses_of_the_public_internet_are_told_from_others(void **state)
{
    (void)state;
    static const char *const public[] = {"1.1.1.1",
                                         "8.8.8.8",
                                         "9.255.255.255",
                                         "11.0.0.0",
                                         "100.63.255.255",
                                         "100.128.0.0",
                                         "126.255.255.255",
                                         "128.0.0.1",
                                         "169.253.255.255",
                                         "169.255.0.0",
                                         "172.15.255.255",
                                         "172.32.0.0",
                                         "192.0.1.0",
                                         "192.167.255.255",
                                         "192.169.0.0",
                                         "198.17.255.255",
                                         "198.20.0.0",
                                         "223.255.255.255",
                                         "2606:4700:4700::1111",
                                         "2a00:1450::1",
                                         "2001:4860:4860::8888",
                                         "::ffff:1.1.1.1",
                                         "64:ff9b::8.8.8.8"};
    static const char *const others[] = {"0.0.0.0",
                                         "0.1.2.3",
                                         "10.0.0.1",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.0.0.170",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.1",
                                         "203.0.113.1",
                                         "224.0.0.1",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::127.0.0.1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "::ffff:169.254.169.254",
                                         "64:ff9b::127.0.0.1",
                                         "64:ff9b::169.254.169.254",
                                         "64:ff9b:1::1.1.1.1",
                                         "100::1",
                                         "2001::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::1",
                                         "2002:101:101::1",
                                         "3fff::1",
                                         "fc00::1",
                                         "fd00:ec2::254",
                                         "fe80::1",
                                         "fec0::1",
                                         "ff02::1"};
    for (size_t i = 0; i < sizeof public / sizeof public[0]; i++) {
        if (!is_public(public[i]))
            fail_msg("%s", public[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (is_public(others[i]))
            fail_msg("%s", others[i]);
    }
    assert_false(sl_net_host_is_not_public("example.org"));
    assert_true(sl_net_host_is_not_public("[::1]"));
    assert_false(sl_net_address_is_public(&(struct sockaddr){.sa_family = AF_UNIX}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_resolved_as_browsers_do),
        cmocka_unit_test(odd_urls_and_references_are_refused),
        cmocka_unit_test(a_url_that_does_not_fit_is_refused_whole),
        cmocka_unit_test(only_this_machine_is_loopback),
        cmocka_unit_test(addresses_of_the_public_internet_are_told_from_others),
        cmocka_unit_test(one_address_has_several_spellings),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
