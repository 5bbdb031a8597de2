/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit/scan_seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

int take(void *ctx, const struct sl_scan_item *item)
{
    struct seen *seen = ctx;
    pthread_mutex_lock(&seen->lock);
    if (seen->count == seen->size) {
        seen->size = seen->size * 2 + 64;
        seen->lines = realloc(seen->lines, seen->size * sizeof *seen->lines);
    }
    seen->lines[seen->count++] =
        (struct line){item->kind, item->request_id, item->files,       item->links,
                      item->file, item->err,        strdup(item->path)};
    if (item->kind == SL_SCAN_DONE)
        seen->done++;
    seen->waiting = seen->held;
    pthread_cond_broadcast(&seen->more);
    while (seen->held)
        pthread_cond_wait(&seen->more, &seen->lock);
    seen->waiting = false;
    const int rc = seen->abandon_at != 0 && seen->count >= seen->abandon_at;
    pthread_mutex_unlock(&seen->lock);
    return rc;
}

void wait_for_done(struct seen *seen, size_t requests)
{
    pthread_mutex_lock(&seen->lock);
    while (seen->done < requests)
        pthread_cond_wait(&seen->more, &seen->lock);
    pthread_mutex_unlock(&seen->lock);
}

int setup(void **state)
{
    struct seen *seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    pthread_mutex_init(&seen->lock, NULL);
    pthread_cond_init(&seen->more, NULL);
    sl_tmp_make(seen->dir);
    seen->links = SL_LINKS_ALL;
    *state = seen;
    return 0;
}

void forget(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->lines[i].path);
    free(seen->lines);
    seen->lines = NULL;
    seen->count = seen->size = seen->done = 0;
}

int teardown(void **state)
{
    struct seen *seen = *state;
    forget(seen);
    sl_tmp_remove(seen->dir);
    pthread_cond_destroy(&seen->more);
    pthread_mutex_destroy(&seen->lock);
    free(seen);
    return 0;
}

struct sl_scanner *start(struct seen *seen, bool hidden)
{
    struct sl_scanner *scanner = NULL;
    const struct sl_walk_options options = {.links = seen->links,
                                            .include_hidden = hidden,
                                            .own = seen->own,
                                            .guarded = seen->guarded,
                                            .fn = take,
                                            .ctx = seen};
    assert_int_equal(sl_scanner_start(&scanner, &options, NULL), SL_OK);
    return scanner;
}

void scan_as(struct seen *seen, const char *path, bool hidden)
{
    struct sl_scanner *scanner = start(seen, hidden);
    assert_int_equal(sl_scanner_add(scanner, path, 7, NULL), SL_OK);
    wait_for_done(seen, 1);
    sl_scanner_stop(scanner);
    assert_int_equal(seen->lines[seen->count - 1].kind, SL_SCAN_DONE);
    assert_int_equal(seen->lines[seen->count - 1].request_id, 7);
}

void scan(struct seen *seen, const char *path)
{
    scan_as(seen, path, false);
}

const char *at(const struct seen *seen, const char *name)
{
    static char path[2 * SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", seen->dir, name);
    return path;
}

void make_folder(const struct seen *seen, const char *name)
{
    assert_int_equal(mkdir(at(seen, name), 0700), 0);
}

void make_link(const struct seen *seen, const char *target, const char *name)
{
    assert_int_equal(symlink(target, at(seen, name)), 0);
}

void expect_file(const struct seen *seen, size_t i, const char *name)
{
    assert_true(i < seen->count);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_FILE);
    assert_string_equal(seen->lines[i].path, at(seen, name));
}

void expect_error(const struct seen *seen, size_t i, const char *name, int code)
{
    assert_true(i < seen->count);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_ERROR);
    assert_string_equal(seen->lines[i].path, at(seen, name));
    assert_int_equal(seen->lines[i].err.code, code);
    assert_true(seen->lines[i].err.text[0] != '\0');
}

void expect_done(const struct seen *seen, size_t i, uint64_t files)
{
    assert_int_equal(seen->count, i + 1);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_DONE);
    assert_int_equal(seen->lines[i].files, files);
}
