/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

int sl_model_init(struct sl_model *model, const char *network, const struct sl_keymap *keys,
                  struct sl_err *err)
{
    *model = (struct sl_model){.run = {.parallel = SL_PARALLEL_DEFAULT},
                               .uploads = {.rate = {.eta_ms = -1}},
                               .view = {.show = SL_SHOW_ALL, .page = 1},
                               .selection = {.follow = true},
                               .prompt = {.interrupt_ms = INT64_MIN},
                               .add = {.at = -1},
                               .notices = {.until_ms = INT64_MIN},
                               .network = network,
                               .keys = keys,
                               .changed = true};
    model->notices.ring = calloc(SL_NOTICES_MAX, sizeof *model->notices.ring);
    if (model->notices.ring == NULL)
        return sl_err_set(err, SL_ENOMEM, "screen: out of memory");
    return SL_OK;
}

void sl_model_fini(struct sl_model *model)
{
    sl_rows_fini(&model->rows);
    sl_listing_clear(&model->add.listing);
    free(model->uploads.rows);
    free(model->view.rows);
    free(model->notices.ring);
    *model = (struct sl_model){0};
}

void sl_model_notify(struct sl_model *model, enum sl_level level, const char *fmt, ...)
{
    char raw[SL_NOTICE_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(raw, sizeof raw, fmt, args);
    va_end(args);
    struct sl_notice *notice = &model->notices.ring[model->notices.count++ % SL_NOTICES_MAX];
    notice->wall_ms = model->wall_ms;
    notice->level = level;
    sl_text_escape(notice->text, sizeof notice->text, raw, strlen(raw));
    model->notices.until_ms = model->now_ms + SL_NOTICE_SHOWN_MS;
    model->changed = true;
}

const struct sl_notice *sl_model_notice(const struct sl_model *model, size_t i)
{
    const size_t kept =
        model->notices.count < SL_NOTICES_MAX ? model->notices.count : SL_NOTICES_MAX;
    return i < kept ? &model->notices.ring[(model->notices.count - 1 - i) % SL_NOTICES_MAX] : NULL;
}

size_t sl_model_running(const struct sl_model *model)
{
    return model->totals.count[SL_JOB_UPLOADING] + model->totals.count[SL_JOB_ACCEPTED];
}

size_t sl_model_to_commit(const struct sl_model *model)
{
    const size_t *count = model->totals.count;
    return count[SL_JOB_PARKED] + count[SL_JOB_COMMITTING];
}

size_t sl_model_unfinished(const struct sl_model *model)
{
    const size_t *count = model->totals.count;
    return sl_model_running(model) + sl_model_to_commit(model) + count[SL_JOB_QUEUED] +
           count[SL_JOB_WAITING] + count[SL_JOB_PAUSED] + count[SL_JOB_HASHING];
}
