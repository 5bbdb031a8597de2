/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Paths that were not queued. */
#include <string.h>

#include "sluice/journal.h"

#include "change.h"
#include "read.h"

static const int64_t keep_ms = SL_REFUSED_DAYS * INT64_C(86400000);

static int change(struct sl_journal *journal, struct sl_db_call *call, struct sl_err *err)
{
    const int rc = sl_db_run(call, "note what was not queued", err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_refuse(struct sl_journal *journal, const struct sl_journal_refused *refused,
                      struct sl_err *err)
{
    const int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_REFUSE);
    sl_db_bytes(&call, refused->path, strlen(refused->path));
    sl_db_int(&call, sl_wall_ms(&journal->clock));
    sl_db_int(&call, refused->skipped);
    sl_db_error(&call, &refused->err);
    return change(journal, &call, err);
}

int sl_journal_unrefuse(struct sl_journal *journal, const char *path, struct sl_err *err)
{
    const int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_UNREFUSE);
    sl_db_bytes(&call, path, strlen(path));
    return change(journal, &call, err);
}

int sl_journal_prune_refused(struct sl_journal *journal, struct sl_err *err)
{
    static const char count[] = "SELECT count(*) FROM refused";
    int64_t left = 0;
    int rc = sl_db_ask(journal, count, &left, "count what was not queued", err);
    if (rc < 0 || left == 0) /* avoids a write that changes nothing */
        return rc;
    rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_PRUNE_REFUSED);
    sl_db_int(&call, sl_wall_ms(&journal->clock) - keep_ms);
    sl_db_int(&call, SL_REFUSED_MOST);
    rc = change(journal, &call, err);
    if (rc == SL_OK)
        rc = sl_db_ask(journal, count, &left, "count what was not queued", err);
    return rc < 0 ? rc : (int)left;
}

static bool read_row(struct sl_db_call *call, struct sl_journal_refused *refused,
                     char path[static SL_PATH_BYTES])
{
    size_t len;
    const void *bytes = sl_db_next_bytes(call, &len);
    const bool good = bytes != NULL && len < SL_PATH_BYTES && memchr(bytes, '\0', len) == NULL;
    if (good)
        memcpy(path, bytes, len);
    path[good ? len : 0] = '\0';
    *refused = (struct sl_journal_refused){.path = path, .at_ms = sl_db_next_int(call)};
    refused->skipped = sl_db_next_int(call) != 0;
    return sl_db_next_error(call, &refused->err) && good && sl_db_sound(call);
}

int sl_journal_each_refused(struct sl_journal *journal, sl_journal_refused_fn fn, void *ctx,
                            struct sl_err *err)
{
    struct sl_journal_refused refused;
    char path[SL_PATH_BYTES];
    struct sl_db_call call = sl_db_call(journal, SL_DB_EACH_REFUSED);
    int rc;
    while ((rc = sl_db_row(&call, "read what was not queued", err)) == 1) {
        rc = read_row(&call, &refused, path)
                 ? fn(ctx, &refused)
                 : sl_db_damaged(journal, "read what was not queued", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}
