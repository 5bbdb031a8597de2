/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commit_child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/key.h"

#include "support/test.h"

/* What the child is told, as bytes in a file: both are the same program. */
struct order {
    struct sl_network network;
    struct sl_address payer;
    size_t pieces;
    bool unnamed;
    char url[128]; /* of the provider that has them */
    char key[SL_PATH_BYTES];
    char state_dir[SL_PATH_BYTES];
};

static const char word[] = "--commit-all";

static void order_path(char out[static SL_PATH_BYTES], const struct commit_rig *rig)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, rig->dir, "order", NULL), SL_OK);
}

/* ---- the child ---- */

static void give(struct commit_rig *rig, const struct order *order)
{
    for (size_t i = 0; i < rig->piece_count; i++) {
        char name[RIG_NAME_CHARS];
        const struct sl_metadata metadata = {.key = "filename", .value = name};
        const struct sl_commit_piece piece = {.piece = rig->pieces[i],
                                              .url = order->url,
                                              .metadata = &metadata,
                                              .metadata_count = order->unnamed ? 0 : 1};
        rig_name(name, i);
        if (sl_commit_add(rig->commit, &piece, NULL) < 0)
            exit(EXIT_FAILURE);
    }
}

static void commit_all(const struct order *order)
{
    struct commit_rig *rig = calloc(1, sizeof *rig);
    struct sl_key *key = NULL;
    char *text = NULL;
    size_t len = 0;
    if (rig == NULL || sl_file_read(&text, &len, order->key, 4096, NULL) < 0 ||
        sl_key_from_hex(&key, text, strcspn(text, "\n"), NULL) < 0)
        exit(EXIT_FAILURE);
    rig_init(rig);
    memcpy(rig->state_dir, order->state_dir, sizeof rig->state_dir);
    rig->options.network = order->network;
    rig->options.key = key;
    rig->options.payer = order->payer;
    rig_invent(rig, order->pieces);
    rig_open(rig);
    give(rig, order);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    rig_close(rig);
    exit(EXIT_SUCCESS);
}

void commit_child_main(int argc, char **argv)
{
    static struct order order;
    char *text = NULL;
    size_t len = 0;
    if (argc != 3 || strcmp(argv[1], word) != 0)
        return;
    if (sl_file_read(&text, &len, argv[2], sizeof order, NULL) < 0 || len != sizeof order)
        exit(EXIT_FAILURE);
    memcpy(&order, text, sizeof order);
    free(text);
    commit_all(&order);
}

/* ---- the test ---- */

pid_t commit_child_start(const struct commit_rig *rig)
{
    static struct order order;
    char path[SL_PATH_BYTES];
    order = (struct order){.network = rig->options.network,
                           .payer = rig->options.payer,
                           .pieces = rig->piece_count,
                           .unnamed = rig->unnamed};
    snprintf(order.url, sizeof order.url, "%s", sl_devnet_provider_url(rig->net, rig->at));
    memcpy(order.state_dir, rig->state_dir, sizeof order.state_dir);
    assert_int_equal(sl_path_join(order.key, sizeof order.key, rig->net_dir, "key", NULL), SL_OK);
    order_path(path, rig);
    assert_int_equal(sl_file_write_atomic(path, &order, sizeof order, 0600, NULL), SL_OK);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        execl("/proc/self/exe", "commit_child", word, path, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    return pid;
}

bool commit_child_kill(pid_t pid)
{
    int status = 0;
    assert_int_equal(kill(pid, SIGKILL), 0); /* of one that has ended, too: it is a zombie */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
    return false;
}

void commit_child_end(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}
