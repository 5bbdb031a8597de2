/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* At the start: journal records with a provider's old URL get the URL that the registry has now. */
#include "provider/places.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"

struct noting {
    const struct sl_commit *commit;
    const struct sl_chain_view *view;
    char (*urls)[SL_SERVICE_URL_BYTES];
    size_t count;
};

/* The first provider that claims a URL keeps it: a later one may be an impostor. */
static int note_place(struct noting *noting, const struct sl_provider *provider, struct sl_err *err)
{
    char *url = noting->urls[noting->count];
    if (sl_offering_url(url, &provider->offering, NULL) < 0)
        return SL_OK; /* the journal has nothing under an unusable URL */
    for (size_t i = 0; i < noting->count; i++) {
        if (strcmp(noting->urls[i], url) == 0)
            return SL_OK;
    }
    noting->count++;
    return sl_journal_provider_is_at(
        noting->commit->journal, noting->commit->options.network.chain_id, provider->id, url, err);
}

static int note_places(struct noting *noting, bool approved, struct sl_err *err)
{
    const struct sl_chain_view *view = noting->view;
    int rc = SL_OK;
    for (size_t i = 0; i < view->provider_count && rc == SL_OK; i++) {
        if (view->providers[i].approved == approved)
            rc = note_place(noting, &view->providers[i], err);
    }
    return rc;
}

int sl_commit_note_places(const struct sl_commit *commit, const struct sl_chain_view *view,
                          struct sl_err *err)
{
    struct noting noting = {.commit = commit, .view = view};
    noting.urls = calloc(view->provider_count + 1, sizeof *noting.urls);
    if (noting.urls == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the providers");
    int rc = sl_journal_txn_begin(commit->journal, err);
    if (rc == SL_OK)
        rc = note_places(&noting, true, err);
    if (rc == SL_OK)
        rc = note_places(&noting, false, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(commit->journal, err);
    sl_journal_txn_rollback(commit->journal);
    free(noting.urls);
    return rc;
}
