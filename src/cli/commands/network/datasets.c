/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "output/exit.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "output/table.h"
#include "setup/chain_open.h"

enum { COLUMNS = 7, PROVING_BATCH = 25, COUNT_CHARS = 24 };

struct datasets {
    struct sl_cli_chain net;
    struct sl_address payer;
    struct sl_chain_view *view;
    struct sl_proving *proving;
};

static int read_proving(struct datasets *d, struct sl_err *err)
{
    struct sl_u256 ids[PROVING_BATCH];
    const size_t count = d->view->data_set_count;
    d->proving = calloc(count + 1, sizeof *d->proving);
    if (d->proving == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t at = 0; at < count; at += PROVING_BATCH) {
        const size_t here = count - at < PROVING_BATCH ? count - at : PROVING_BATCH;
        uint64_t epoch;
        for (size_t i = 0; i < here; i++)
            ids[i] = d->view->data_sets[at + i].id;
        const int rc = sl_chain_proving(d->proving + at, &epoch, d->net.chain, ids, here, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int read_all(struct datasets *d, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &d->payer};
    const int rc = sl_chain_read(&d->view, d->net.chain, &wish, err);
    return rc < 0 ? rc : read_proving(d, err);
}

static const char *state_of(const struct sl_data_set *set)
{
    if (!sl_u256_is_zero(set->end_epoch))
        return "terminated";
    if (!set->live)
        return "deleted";
    return set->managed ? "live" : "foreign";
}

static const char *proving_of(const struct sl_proving *proving)
{
    switch (proving->state) {
    case SL_PROVING_NONE:
        return "none";
    case SL_PROVING_DONE:
        return "proven";
    case SL_PROVING_DUE:
        return "due";
    case SL_PROVING_OVERDUE:
        return "overdue";
    case SL_PROVING_GONE:
        break;
    }
    return "gone";
}

static void add_epoch(struct sl_jw *w, const char *key, uint64_t epoch)
{
    if (epoch != 0)
        sl_jw_u64(w, key, epoch);
}

static bool print_json(const struct datasets *d, size_t i)
{
    struct sl_jw w = {0};
    struct sl_u256 bytes;
    char address[SL_ADDRESS_CHARS];
    const struct sl_data_set *set = &d->view->data_sets[i];
    const struct sl_proving *proving = &d->proving[i];
    sl_json_begin(&w, "dataSet", &d->net.clock);
    sl_json_u256(&w, "id", set->id);
    sl_json_u256(&w, "providerId", set->provider_id);
    sl_address_text(address, &set->payer);
    sl_jw_str(&w, "payer", address);
    sl_jw_str(&w, "state", state_of(set));
    sl_jw_bool(&w, "usable", sl_data_set_is_usable(set));
    sl_jw_bool(&w, "cdn", sl_data_set_has_cdn(set));
    if (sl_data_set_has_authorizer(set)) {
        sl_address_text(address, &set->authorizer);
        sl_jw_str(&w, "authorizer", address);
    }
    if (!sl_u256_is_zero(set->end_epoch))
        sl_json_u256(&w, "endEpoch", set->end_epoch);
    sl_jw_u64(&w, "pieces", proving->piece_count);
    sl_json_u256(&w, "leaves", set->leaves);
    if (sl_data_set_bytes(&bytes, set))
        sl_json_u256(&w, "bytes", bytes);
    sl_jw_str(&w, "proving", proving_of(proving));
    add_epoch(&w, "lastProvenEpoch", proving->last_proven);
    add_epoch(&w, "nextChallengeEpoch", proving->next_due);
    add_epoch(&w, "deadlineEpoch", proving->deadline);
    if (set->metadata_known)
        sl_json_metadata(&w, set->metadata, set->metadata_count);
    sl_json_end(&w);
    const bool ok = sl_output(&w.buf);
    sl_jw_free(&w);
    return ok;
}

static void add_row(struct sl_table *table, const struct sl_data_set *set,
                    const struct sl_proving *proving)
{
    char text[SL_U256_DEC_CHARS], size[SL_SHOWN_SIZE_CHARS], count[COUNT_CHARS];
    struct sl_u256 bytes;
    struct sl_buf metadata = {0};
    sl_u256_dec(text, set->id);
    sl_table_cell(table, text);
    sl_u256_dec(text, set->provider_id);
    sl_table_cell(table, text);
    sl_table_cell(table, state_of(set));
    sl_table_cell(table, proving_of(proving));
    snprintf(count, sizeof count, "%" PRIu64, proving->piece_count);
    sl_table_cell(table, count);
    sl_show_size(size, sl_data_set_bytes(&bytes, set) ? bytes : sl_u256_max());
    sl_table_cell(table, size);
    sl_show_metadata(&metadata, set->metadata, set->metadata_known ? set->metadata_count : 0);
    sl_table_cell(table, metadata.data != NULL ? metadata.data : "");
    sl_buf_free(&metadata);
}

static bool print_table(const struct datasets *d)
{
    static const char *const heads[COLUMNS] = {"ID",     "PROVIDER", "STATE",   "PROVING",
                                               "PIECES", "SIZE",     "METADATA"};
    struct sl_table table = {.columns = COLUMNS, .right = 1U | 2U | 16U | 32U};
    for (size_t i = 0; i < COLUMNS; i++)
        sl_table_cell(&table, heads[i]);
    for (size_t i = 0; i < d->view->data_set_count; i++)
        add_row(&table, &d->view->data_sets[i], &d->proving[i]);
    const bool ok = sl_table_print(&table);
    sl_table_free(&table);
    return ok;
}

static enum sl_exit print(const struct datasets *d)
{
    bool ok = true;
    char address[SL_ADDRESS_CHARS];
    if (d->view->warning[0] != '\0')
        sl_notice("warning: %s", d->view->warning);
    if (d->view->data_set_count == 0) {
        sl_address_text(address, &d->payer);
        sl_notice("%s has no data sets on %s", address, d->net.network.name);
    }
    for (size_t i = 0; d->net.json && ok && i < d->view->data_set_count; i++)
        ok = print_json(d, i);
    if (!d->net.json && d->view->data_set_count > 0)
        ok = print_table(d);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_run_datasets(const struct sl_args *args)
{
    struct datasets d = {0};
    struct sl_err err = {0};
    if (args->operand_count > 0 && strcmp(args->operands[0], "terminate") == 0)
        return sl_run_terminate(args);
    if (args->yes != NULL || args->dry_run != NULL || args->on_chain != NULL ||
        args->breaks != NULL) {
        sl_notice("--yes, --dry-run, --breaks and --on-chain are options of datasets terminate");
        return SL_EXIT_USAGE;
    }
    if (args->operand_count > 0) {
        sl_notice("datasets takes no '%s': whose they are is said with --address",
                  args->operands[0]);
        return SL_EXIT_USAGE;
    }
    int rc = sl_cli_chain_open(&d.net, args, &err);
    if (rc == SL_OK)
        rc = sl_cli_chain_payer(&d.payer, &d.net, args, &err);
    if (rc == SL_OK)
        rc = read_all(&d, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : print(&d);
    free(d.proving);
    sl_chain_view_free(d.view);
    sl_cli_chain_close(&d.net);
    return status;
}
