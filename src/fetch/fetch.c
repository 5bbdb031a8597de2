/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/fetch.h"

#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "run.h"
#include "whole.h"

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static int fill_options(struct sl_fetch *fetch, const struct sl_fetch_options *options,
                        struct sl_err *err)
{
    struct sl_fetch_options *own = &fetch->options;
    *own = *options;
    own->parallel = options->parallel > 0 ? options->parallel : SL_FETCH_PARALLEL_DEFAULT;
    if (own->parallel > SL_FETCH_PARALLEL_MAX)
        own->parallel = SL_FETCH_PARALLEL_MAX;
    own->max_attempts = options->max_attempts > 0 ? options->max_attempts : 5;
    own->retry_base_ms = or_default(options->retry_base_ms, 500);
    own->retry_cap_ms = or_default(options->retry_cap_ms, 30000);
    own->ask_ms = or_default(options->ask_ms, 10000);
    own->slow_ms = or_default(options->slow_ms, 30000);
    if (own->segment_bytes == 0)
        own->segment_bytes = SL_PIECE_MIN_BYTES << 19;
    fetch->interval_ms = 250;
    return sl_fetch_is_shard_size(own->segment_bytes)
               ? SL_OK
               : sl_err_set(err, SL_EINVAL, "segments have to be of 127 * 2^k bytes");
}

int sl_fetch_new(struct sl_fetch **out, const struct sl_fetch_options *options, struct sl_err *err)
{
    struct sl_fetch *fetch = calloc(1, sizeof *fetch);
    *out = NULL;
    if (fetch == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    int rc = fill_options(fetch, options, err);
    for (int i = 0; rc == SL_OK && i < fetch->options.parallel; i++) {
        rc = sl_http_new(&fetch->https[i], &options->http, err);
        fetch->hashers[i] = sl_piece_hasher_new();
        if (rc == SL_OK && fetch->hashers[i] == NULL)
            rc = sl_err_set(err, SL_ENOMEM, "out of memory");
    }
    if (rc < 0) {
        sl_fetch_free(fetch);
        return rc;
    }
    *out = fetch;
    return SL_OK;
}

void sl_fetch_free(struct sl_fetch *fetch)
{
    if (fetch == NULL)
        return;
    for (int i = 0; i < SL_FETCH_PARALLEL_MAX; i++) {
        sl_http_free(fetch->https[i]);
        sl_http_response_free(&fetch->responses[i]);
        sl_piece_hasher_free(fetch->hashers[i]);
    }
    free(fetch);
}

void sl_fetch_set_public_only(struct sl_fetch *fetch, bool public_only)
{
    for (int i = 0; i < fetch->options.parallel; i++)
        sl_http_set_public_only(fetch->https[i], public_only);
}

void sl_fetch_cancel(struct sl_fetch *fetch)
{
    atomic_store(&fetch->cancelled, true);
    for (int i = 0; i < fetch->options.parallel; i++)
        sl_http_cancel(fetch->https[i]);
}

void sl_fetch_watch(struct sl_fetch *fetch, sl_fetch_progress_fn fn, void *ctx, int interval_ms)
{
    fetch->progress = fn;
    fetch->progress_ctx = ctx;
    fetch->interval_ms = interval_ms > 0 ? interval_ms : 1;
}

/* ---- what callers want ---- */

static uint64_t have_now(const struct sl_run *run)
{
    return atomic_load(&run->have_bytes);
}

static int save(struct sl_run *run, const struct sl_fetch_file *file, bool is_proven,
                const struct sl_fetch_target *target, struct sl_fetch_result *result,
                struct sl_err *err)
{
    struct sl_part_file out;
    int rc = sl_fetch_file_open(&out, run, target, &file->whole, err);
    if (rc < 0)
        return rc;
    result->resumed_bytes = have_now(run);
    rc = sl_fetch_run_all(run, result, err);
    if (rc == SL_OK && !is_proven)
        rc = sl_fetch_file_check(&out, run, &file->whole, err);
    if (rc == SL_OK)
        rc = sl_fetch_file_commit(&out, run, target, err);
    sl_fetch_file_close(&out, run);
    return rc;
}

int sl_fetch_save(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                  const struct sl_fetch_target *target, struct sl_fetch_result *result,
                  struct sl_err *err)
{
    struct sl_run run;
    *result = (struct sl_fetch_result){0};
    int rc = sl_fetch_check_parts(file, err);
    const bool is_proven = rc == SL_OK;
    if (rc >= 0)
        rc = sl_fetch_target_look(target, &file->whole, fetch, err);
    result->was_there = rc == 1;
    if (rc != SL_OK)
        return rc < 0 ? rc : SL_OK;
    rc = sl_fetch_run_init(&run, fetch, file->parts, file->part_count, err);
    if (rc == SL_OK)
        rc = save(&run, file, is_proven, target, result, err);
    sl_fetch_run_fini(&run);
    return rc;
}

static int run_into(struct sl_fetch *fetch, const struct sl_fetch_part *parts, size_t count, int fd,
                    struct sl_fetch_result *result, struct sl_err *err)
{
    struct sl_run run;
    *result = (struct sl_fetch_result){0};
    int rc = sl_fetch_run_init(&run, fetch, parts, count, err);
    run.sink.fd = fd;
    if (rc == SL_OK)
        rc = sl_fetch_run_all(&run, result, err);
    sl_fetch_run_fini(&run);
    return rc;
}

int sl_fetch_spool(struct sl_fetch *fetch, const struct sl_fetch_part *part, int fd,
                   struct sl_fetch_result *result, struct sl_err *err)
{
    return run_into(fetch, part, 1, fd, result, err);
}

int sl_fetch_verify(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                    struct sl_fetch_result *result, struct sl_err *err)
{
    *result = (struct sl_fetch_result){0};
    const int rc = sl_fetch_check_parts(file, err);
    return rc < 0 ? rc : run_into(fetch, file->parts, file->part_count, -1, result, err);
}
