/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sp_scene.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"

void sp_scene_serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct provider *provider = ctx;
    while (sl_tcp_read_request(conn, provider->request, sizeof provider->request)) {
        if (atomic_load(&provider->hang)) {
            sl_tcp_signal(conn);
            sl_tcp_hang(conn);
            return;
        }
        if (!sl_tcp_send(conn, provider->answer))
            break;
    }
}

struct fixture f;

int sp_scene_start(void **state)
{
    char url[64];
    (void)state;
    f = (struct fixture){.fwss = {{0x02}}};
    f.server = sl_tcp_start(sp_scene_serve, &f.provider);
    sl_tcp_url(f.server, url, sizeof url, "/base/");
    assert_int_equal(sl_sp_new(&f.sp, url, &(struct sl_http_options){0}, &f.err), 0);
    for (size_t i = 0; i < 3; i++) {
        f.pieces[i].payload_bytes = 3000;
        f.pieces[i].height = sl_piece_height(3000);
        memset(f.pieces[i].root, (int)(i + 1), sizeof f.pieces[i].root);
    }
    f.commit = (struct sl_sp_commit){
        .pieces = f.pieces, .count = 2, .extra_data = (const uint8_t *)"\xaa\xbb", 2};
    return 0;
}

int sp_scene_stop(void **state)
{
    (void)state;
    sl_sp_free(f.sp);
    sl_tcp_stop(f.server);
    return 0;
}

void answer(int status, const char *header, const char *body)
{
    sl_tcp_sync(f.server); /* the script has read the one before */
    snprintf(f.provider.answer, sizeof f.provider.answer,
             "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status, header, strlen(body),
             body);
    sl_tcp_sync(f.server);
}

bool was_sent(const char *text)
{
    sl_tcp_sync(f.server);
    const bool found = strstr(f.provider.request, text) != NULL;
    sl_tcp_sync(f.server);
    return found;
}
