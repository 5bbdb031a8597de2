/* SPDX-License-Identifier: Apache-2.0 OR MIT */

#include "sluice/journal.h"

#include "change.h"

static void bind_wish(struct sl_db_call *call, const struct sl_wish *wish)
{
    sl_db_text(call, wish->source);
    sl_db_text(call, wish->metadata);
    sl_db_int(call, wish->with_cdn);
    sl_db_text(call, wish->provider);
    sl_db_text(call, wish->data_set);
}

static int find(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
                struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_FIND_WISH);
    bind_wish(&call, wish);
    const int rc = sl_db_row(&call, "look for a wish", err);
    if (rc == 1)
        *id = sl_db_next_int(&call);
    sl_db_end(&call);
    return rc;
}

static int add(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
               struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_WISH);
    bind_wish(&call, wish);
    const int rc = sl_db_run(&call, "keep a wish", err);
    *id = sqlite3_last_insert_rowid(journal->db);
    return rc < 0 ? rc : SL_OK;
}

int sl_journal_put_wish(struct sl_journal *journal, const struct sl_wish *wish, int64_t *id,
                        struct sl_err *err)
{
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = find(journal, wish, id, err);
    if (rc == 0)
        rc = add(journal, wish, id, err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

static bool read_wish(struct sl_db_call *call, struct sl_wish *wish)
{
    bool good = sl_db_copy_text(call, wish->source, sizeof wish->source);
    good = sl_db_copy_text(call, wish->metadata, sizeof wish->metadata) && good;
    wish->with_cdn = sl_db_next_int(call) != 0;
    good = sl_db_copy_text(call, wish->provider, sizeof wish->provider) && good;
    good = sl_db_copy_text(call, wish->data_set, sizeof wish->data_set) && good;
    return good && sl_db_sound(call);
}

int sl_journal_wish(struct sl_journal *journal, int64_t id, struct sl_wish *wish,
                    struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_WISH);
    sl_db_int(&call, id);
    int rc = sl_db_row(&call, "read a wish", err);
    *wish = (struct sl_wish){0};
    if (rc == 1 && !read_wish(&call, wish))
        rc = sl_db_damaged(journal, "read a wish", err);
    sl_db_end(&call);
    return rc;
}
