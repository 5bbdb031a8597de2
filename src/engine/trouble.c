/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "trouble.h"

enum { BODY_FIRST_MS = 10000, BODY_MOST_MS = 60000 };

static void end(struct sl_trouble *trouble)
{
    if (trouble->silent_ms == 0 && trouble->failing_ms == 0)
        return;
    *trouble = (struct sl_trouble){.rest_ms = trouble->rest_ms, .streak = trouble->streak + 1};
}

bool sl_trouble_is_full(const struct sl_trouble *trouble)
{
    return trouble->bodies >= SL_TROUBLE_BODIES;
}

void sl_trouble_body(struct sl_trouble *trouble, int64_t now_ms)
{
    int64_t wait_ms = BODY_FIRST_MS;
    if (trouble->failing_ms == 0)
        trouble->failing_ms = now_ms > 0 ? now_ms : 1;
    trouble->bodies++;
    for (int i = SL_TROUBLE_BODIES; i < trouble->bodies && wait_ms < BODY_MOST_MS; i++)
        wait_ms *= 2;
    trouble->body_ms = now_ms + (wait_ms < BODY_MOST_MS ? wait_ms : BODY_MOST_MS);
}

void sl_trouble_closed(struct sl_trouble *trouble, int64_t now_ms)
{
    if (trouble->failing_ms == 0)
        trouble->failing_ms = now_ms > 0 ? now_ms : 1;
    trouble->closed = true;
}

void sl_trouble_silence(struct sl_trouble *trouble, int64_t now_ms)
{
    if (trouble->silent_ms == 0)
        trouble->silent_ms = now_ms > 0 ? now_ms : 1;
}

void sl_trouble_answer(struct sl_trouble *trouble)
{
    if (trouble->failing_ms == 0)
        end(trouble);
    trouble->silent_ms = 0;
}

void sl_trouble_failure(struct sl_trouble *trouble, int64_t now_ms, bool others_move)
{
    if (others_move && trouble->bodies > 0)
        return;
    if (others_move) {
        end(trouble);
        return;
    }
    if (trouble->failing_ms == 0)
        trouble->failing_ms = now_ms > 0 ? now_ms : 1;
    trouble->failures++;
}

void sl_trouble_success(struct sl_trouble *trouble)
{
    end(trouble);
}

int64_t sl_trouble_due_ms(const struct sl_trouble *trouble, int64_t patience_ms)
{
    int64_t due_ms = INT64_MAX;
    if (trouble->silent_ms != 0)
        due_ms = trouble->silent_ms + patience_ms;
    if (trouble->failures >= SL_TROUBLE_FAILURES && trouble->failing_ms + patience_ms < due_ms)
        due_ms = trouble->failing_ms + patience_ms;
    if ((sl_trouble_is_full(trouble) || trouble->closed) && trouble->failing_ms < due_ms)
        due_ms = trouble->failing_ms;
    return due_ms < trouble->rest_ms ? trouble->rest_ms : due_ms;
}

bool sl_trouble_keeps_back(const struct sl_trouble *trouble, int64_t now_ms, int64_t patience_ms)
{
    return trouble->failing_ms != 0 && !trouble->told &&
           now_ms - trouble->failing_ms < 2 * patience_ms;
}

void sl_trouble_looked(struct sl_trouble *trouble, int64_t now_ms, int64_t patience_ms, bool alone)
{
    trouble->rest_ms = now_ms + (alone ? SL_TROUBLE_REST : 1) * patience_ms;
}

void sl_trouble_changed(struct sl_trouble *trouble, int64_t now_ms, int64_t patience_ms)
{
    *trouble = (struct sl_trouble){.rest_ms = now_ms + SL_TROUBLE_REST * patience_ms,
                                   .streak = trouble->streak + 1};
}
