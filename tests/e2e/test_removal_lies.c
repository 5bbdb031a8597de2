/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice in front of a node that reports wrong piece ids: nothing is signed on its word
 * alone. */
#include <stdio.h>
#include <string.h>

#include "lying_node.h"
#include "served.h"
#define UPLOAD "upload", "--json", "--copies", "1", "--hold", "100ms", "--network-epoch", "100ms"

enum { WORD = 64 };

/* Pieces 0 and 1 in data set 1, from a.mkv and b.mkv. */
struct scene {
    struct lying_node node;
    char cids[2][SL_PIECE_CID_CHARS];
    char other[SL_PATH_BYTES]; /* state folder of another machine: it has no journal */
    char config[SL_PATH_BYTES];
};

static struct scene *open_scene(const struct chain *chain)
{
    static struct scene scene;
    char path[SL_PATH_BYTES];
    scene = (struct scene){0};
    for (unsigned i = 0; i < 2; i++) {
        bin_file(path, i == 0 ? "a.mkv" : "b.mkv", 5000 + i, i + 1);
        bin_cid(scene.cids[i], path);
        RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    }
    lying_node_start(&scene.node, chain);
    assert_int_equal(sl_path_join(scene.other, sizeof scene.other, bin_home.dir, "other", NULL), 0);
    assert_int_equal(
        sl_path_join(scene.config, sizeof scene.config, bin_home.state, "config/config.ini", NULL),
        0);
    return &scene;
}

static void close_scene(struct scene *scene)
{
    lying_node_stop(&scene->node);
    assert_true(atomic_load(&scene->node.lies) > 0);
    cJSON *lines = LINES("pieces", "1");
    for (size_t i = 0; i < 2; i++)
        assert_true(
            cJSON_IsFalse(cJSON_GetObjectItem(served_line(lines, i), "scheduledForRemoval")));
    cJSON_Delete(lines);
}

/* The root of a PieceCID, as an answer spells it. */
static void root_of(char out[static WORD + 1], const char *cid)
{
    struct sl_piece_id piece;
    assert_int_equal(sl_piece_parse(&piece, cid, strlen(cid), NULL), SL_OK);
    for (size_t i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", piece.root[i]);
}

/* findPieceIdsByCid(): an array of one id. */
static void the_piece_that_was_named_is_compared_with_the_one_that_was_found(void **state)
{
    struct scene *scene = open_scene(*state);
    char none[2 * WORD + 1], another[2 * WORD + 1];
    snprintf(none, sizeof none, "%063d1%064d", 0, 0);
    snprintf(another, sizeof another, "%063d1%063d1", 0, 0);
    lying_node_replace(&scene->node, none, another);
    RAN(SL_EXIT_SOME_FAILED, "", "which was not asked for; nothing was signed", "rm", "1",
        scene->cids[0], "--yes", "--rpc-url", scene->node.url);
    RAN(SL_EXIT_SOME_FAILED, "", "which was not asked for", "rm", "1", scene->cids[0], "--dry-run",
        "--rpc-url", scene->node.url);
    close_scene(scene);
}

/* For id 0, the node contradicts both the journal and the provider. */
static void a_number_is_compared_with_the_journal_and_with_the_provider(void **state)
{
    struct scene *scene = open_scene(*state);
    char roots[2][WORD + 1];
    root_of(roots[0], scene->cids[0]);
    root_of(roots[1], scene->cids[1]);
    lying_node_replace(&scene->node, roots[0], roots[1]);
    RAN(SL_EXIT_SOME_FAILED, "", "the journal has bafk", "rm", "1", "0", "--yes", "--rpc-url",
        scene->node.url);
    RAN(SL_EXIT_SOME_FAILED, "", "the journal has bafk", "datasets", "terminate", "1", "--yes",
        "--breaks", "2", "--rpc-url", scene->node.url);
    RAN(SL_EXIT_SOME_FAILED, "", "node and provider name different pieces", "rm", "1", "0", "--yes",
        "--rpc-url", scene->node.url, "--state-dir", scene->other, "--config", scene->config);
    close_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(the_piece_that_was_named_is_compared_with_the_one_that_was_found),
        SERVED_TEST(a_number_is_compared_with_the_journal_and_with_the_provider),
    };
    return cmocka_run_group_tests_name("removals and a node that lies", tests, NULL, NULL);
}
