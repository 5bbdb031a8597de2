/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sluice/http.h"

#include "support/tcp_server.h"
#include "support/test.h"
#include "support/tmp.h"

enum { NOT_VERIFIED = 60 }; /* CURLE_PEER_FAILED_VERIFICATION */

/* A server's key and its certificate, which signs itself. */
struct identity {
    EVP_PKEY *key;
    X509 *cert;
};

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* `lifetime_s` from now; negative: it is over. */
static void identity_init(struct identity *identity, const char *names, long lifetime_s)
{
    identity->key = EVP_EC_gen("P-256");
    identity->cert = X509_new();
    assert_true(identity->key != NULL && identity->cert != NULL);
    X509 *cert = identity->cert;
    assert_int_equal(X509_set_version(cert, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), -2L * 86400));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), lifetime_s));
    X509_NAME *name = X509_get_subject_name(cert);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"test", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(cert, name), 1);
    assert_int_equal(X509_set_pubkey(cert, identity->key), 1);
    add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, NID_subject_alt_name, names);
    assert_true(X509_sign(cert, identity->key, EVP_sha256()) > 0);
}

static void identity_fini(struct identity *identity)
{
    X509_free(identity->cert);
    EVP_PKEY_free(identity->key);
}

static void identity_save(const struct identity *identity, const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, identity->cert), 1);
    assert_int_equal(fclose(file), 0);
}

/* What the server does behind the handshake. */
struct server {
    struct identity identity;
    const char *answer;
    int body_bytes; /* read before the answer */
    bool hang_up;   /* instead of an answer, without a word of TLS */
};

static void read_head(SSL *ssl)
{
    char tail[4] = {0};
    while (memcmp(tail, "\r\n\r\n", 4) != 0) {
        memmove(tail, tail + 1, 3);
        if (SSL_read(ssl, tail + 3, 1) != 1)
            return;
    }
}

static void talk(SSL *ssl, const struct server *server)
{
    char byte = 0;
    read_head(ssl);
    for (int i = 0; i < server->body_bytes; i++)
        (void)SSL_read(ssl, &byte, 1);
    if (server->hang_up)
        return;
    (void)SSL_write(ssl, server->answer, (int)strlen(server->answer));
    while (SSL_read(ssl, &byte, 1) == 1) {
    }
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    const struct server *server = ctx;
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    SSL *ssl = NULL;
    sl_tcp_sync(conn->server);
    if (tls != NULL && SSL_CTX_use_certificate(tls, server->identity.cert) == 1 &&
        SSL_CTX_use_PrivateKey(tls, server->identity.key) == 1)
        ssl = SSL_new(tls);
    if (ssl != NULL && SSL_set_fd(ssl, conn->fd) == 1 && SSL_accept(ssl) == 1)
        talk(ssl, server);
    SSL_free(ssl);
    SSL_CTX_free(tls);
    if (server->hang_up)
        sl_tcp_reset(conn);
}

static int give(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    (void)ctx;
    (void)err;
    memset(out, 'x', cap);
    return (int)cap;
}

struct outcome {
    int rc;
    int status;
    int detail;
    uint64_t sent_bytes;
};

/* One PUT (or a GET of 0 bytes) to such a server, trusting `ca_file`. */
static struct outcome ask(struct server *server, const char *ca_file, uint64_t body_bytes)
{
    struct outcome outcome = {0};
    struct sl_http *http = NULL;
    struct sl_http_response response = {0};
    struct sl_err err = {0};
    char url[64];
    struct sl_tcp_server *tcp = sl_tcp_start(serve, server);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", sl_tcp_port(tcp));
    assert_int_equal(sl_http_new(&http, &(struct sl_http_options){.ca_file = ca_file}, NULL), 0);
    const struct sl_http_request request = {.method = body_bytes > 0 ? "PUT" : "GET",
                                            .url = url,
                                            .read = give,
                                            .body_bytes = body_bytes};
    outcome.rc = sl_http_perform(http, &request, &response, &err);
    outcome.status = response.status;
    outcome.detail = err.detail;
    outcome.sent_bytes = response.sent_bytes;
    sl_http_free(http); /* closes, so that the script ends */
    sl_http_response_free(&response);
    sl_tcp_stop(tcp);
    return outcome;
}

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct trust {
    char dir[SL_PATH_BYTES];
    char ca[SL_PATH_BYTES];
    struct server server;
};

static void trust_init(struct trust *trust, const char *names, long lifetime_s)
{
    *trust = (struct trust){.server.answer = ok};
    sl_tmp_make(trust->dir);
    assert_int_equal(sl_path_join(trust->ca, sizeof trust->ca, trust->dir, "ca.pem", NULL), 0);
    identity_init(&trust->server.identity, names, lifetime_s);
    identity_save(&trust->server.identity, trust->ca);
}

static void trust_fini(struct trust *trust)
{
    identity_fini(&trust->server.identity);
    sl_tmp_remove(trust->dir);
}

static void a_trusted_server_is_talked_to(void **state)
{
    (void)state;
    struct trust trust;
    trust_init(&trust, "IP:127.0.0.1", 86400);
    const struct outcome outcome = ask(&trust.server, trust.ca, 0);
    assert_int_equal(outcome.rc, 0);
    assert_int_equal(outcome.status, 200);
    trust_fini(&trust);
}

static void who_cannot_prove_itself_is_refused_even_on_loopback(void **state)
{
    (void)state;
    static const struct {
        const char *names;
        long lifetime_s;
        bool known;
    } cases[] = {
        {"IP:127.0.0.1", 86400, false},         /* nobody vouches for it */
        {"DNS:other.example", 86400, true},     /* vouched for, but somebody else */
        {"IP:127.0.0.1", -86400, true},         /* no longer valid */
        {"DNS:127.0.0.1.example", 86400, true}, /* only looks alike */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trust trust;
        trust_init(&trust, cases[i].names, cases[i].lifetime_s);
        const struct outcome outcome = ask(&trust.server, cases[i].known ? trust.ca : NULL, 1000);
        assert_int_equal(outcome.rc, SL_ENET);
        assert_int_equal(outcome.detail, NOT_VERIFIED);
        assert_int_equal(outcome.sent_bytes, 0);
        trust_fini(&trust);
    }
}

static void a_certificate_file_that_is_not_there_is_a_matter_of_configuration(void **state)
{
    (void)state;
    struct trust trust;
    trust_init(&trust, "IP:127.0.0.1", 86400);
    assert_int_equal(ask(&trust.server, "/nonexistent/ca.pem", 0).rc, SL_ECONFIG);
    trust_fini(&trust);
}

static void a_refusal_while_sending_arrives_through_tls(void **state)
{
    (void)state;
    struct trust trust;
    trust_init(&trust, "IP:127.0.0.1", 86400);
    trust.server.answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    trust.server.body_bytes = 1000;
    const struct outcome outcome = ask(&trust.server, trust.ca, UINT64_C(1) << 36);
    assert_int_equal(outcome.rc, 0);
    assert_int_equal(outcome.status, 413);
    assert_true(outcome.sent_bytes < UINT64_C(1) << 36);
    trust_fini(&trust);
}

static void a_peer_that_hangs_up_does_not_kill_the_program(void **state)
{
    (void)state;
    struct trust trust;
    trust_init(&trust, "IP:127.0.0.1", 86400);
    trust.server.hang_up = true;
    trust.server.body_bytes = 1000;
    assert_int_equal(ask(&trust.server, trust.ca, UINT64_C(1) << 36).rc, SL_ENET);
    trust_fini(&trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trusted_server_is_talked_to),
        cmocka_unit_test(who_cannot_prove_itself_is_refused_even_on_loopback),
        cmocka_unit_test(a_certificate_file_that_is_not_there_is_a_matter_of_configuration),
        cmocka_unit_test(a_refusal_while_sending_arrives_through_tls),
        cmocka_unit_test(a_peer_that_hangs_up_does_not_kill_the_program),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
