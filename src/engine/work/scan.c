/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/scan.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/path.h"

struct request {
    struct request *next;
    uint64_t id;
    char path[];
};

struct sl_scanner {
    /* immutable */
    struct sl_walk_options walk;
    pthread_t thread;

    /* set once, read by the walk without the lock */
    atomic_bool stop;

    /* under lock */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct request *first;
    struct request **end; /* where the next one is linked */
};

/* Waits for the oldest request, given to the caller; NULL: stop. */
static struct request *next_request(struct sl_scanner *scanner)
{
    pthread_mutex_lock(&scanner->lock);
    while (scanner->first == NULL && !atomic_load(&scanner->stop))
        pthread_cond_wait(&scanner->wake, &scanner->lock);
    struct request *request = NULL;
    if (!atomic_load(&scanner->stop)) {
        request = scanner->first;
        scanner->first = request->next;
        if (scanner->first == NULL)
            scanner->end = &scanner->first;
    }
    pthread_mutex_unlock(&scanner->lock);
    return request;
}

static void *run(void *arg)
{
    struct sl_scanner *scanner = arg;
    struct request *request;
    while ((request = next_request(scanner)) != NULL) {
        sl_walk(&scanner->walk, request->path, request->id);
        free(request);
    }
    return NULL;
}

int sl_scanner_start(struct sl_scanner **out, const struct sl_walk_options *options,
                     struct sl_err *err)
{
    struct sl_scanner *scanner = calloc(1, sizeof *scanner);
    if (scanner == NULL)
        return sl_err_set(err, SL_ENOMEM, "start the scanner: out of memory");
    scanner->walk = *options;
    scanner->walk.stop = &scanner->stop;
    scanner->end = &scanner->first;
    pthread_mutex_init(&scanner->lock, NULL);
    pthread_cond_init(&scanner->wake, NULL);
    const int why = pthread_create(&scanner->thread, NULL, run, scanner);
    if (why != 0) {
        pthread_cond_destroy(&scanner->wake);
        pthread_mutex_destroy(&scanner->lock);
        free(scanner);
        return sl_err_sys(err, why, "start the scanner");
    }
    *out = scanner;
    return SL_OK;
}

int sl_scanner_add(struct sl_scanner *scanner, const char *path, uint64_t request_id,
                   struct sl_err *err)
{
    const size_t len = strlen(path);
    if (path[0] != '/')
        return sl_err_set(err, SL_EINVAL, "not an absolute path: %.80s", path);
    if (len >= SL_PATH_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
    struct request *request = malloc(sizeof *request + len + 1);
    if (request == NULL)
        return sl_err_set(err, SL_ENOMEM, "scan a path: out of memory");
    request->next = NULL;
    request->id = request_id;
    memcpy(request->path, path, len + 1);

    pthread_mutex_lock(&scanner->lock);
    *scanner->end = request;
    scanner->end = &request->next;
    pthread_cond_signal(&scanner->wake);
    pthread_mutex_unlock(&scanner->lock);
    return SL_OK;
}

void sl_scanner_stop(struct sl_scanner *scanner)
{
    if (scanner == NULL)
        return;
    pthread_mutex_lock(&scanner->lock);
    atomic_store(&scanner->stop, true);
    pthread_cond_signal(&scanner->wake);
    pthread_mutex_unlock(&scanner->lock);
    pthread_join(scanner->thread, NULL);
    while (scanner->first != NULL) {
        struct request *request = scanner->first;
        scanner->first = request->next;
        free(request);
    }
    pthread_cond_destroy(&scanner->wake);
    pthread_mutex_destroy(&scanner->lock);
    free(scanner);
}
