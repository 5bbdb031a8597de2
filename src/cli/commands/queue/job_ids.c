/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/job_ids.h"

#include <errno.h>
#include <stdlib.h>

static bool parse_id(int64_t *out, const char *text)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *out > 0;
}

int sl_args_check_ids(const struct sl_args *args, struct sl_err *err)
{
    int64_t id;
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!parse_id(&id, args->operands[i]))
            return sl_err_set(err, SL_EUSAGE,
                              "not the number of a job: '%.40s' (`sluice status` shows them)",
                              args->operands[i]);
    }
    return SL_OK;
}

bool sl_args_name_id(const struct sl_args *args, bool *known, int64_t id)
{
    bool found = false;
    for (size_t i = 0; i < args->operand_count; i++) {
        int64_t one;
        if (!parse_id(&one, args->operands[i]) || one != id)
            continue;
        known[i] = true;
        found = true;
    }
    return found;
}

int sl_args_check_known(const struct sl_args *args, const bool *known, struct sl_err *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!known[i])
            return sl_err_set(err, SL_ENOENT, "there is no job %.40s: `sluice status` lists them",
                              args->operands[i]);
    }
    return SL_OK;
}
