/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/fwss/contract_fwss_metadata.h"

#include <string.h>

#include "contracts/fwss/contract_fwss.h"

static int check_pair(struct sl_vm *vm, uint64_t id, size_t i, const struct sl_span *key,
                      const struct sl_span *value, bool stored)
{
    /* a key that is stored with an empty value leaves no trace on chain and may come again */
    for (size_t k = 0; k < i; k++) {
        if ((!stored || value[k].len > 0) && key[k].len == key[i].len &&
            memcmp(key[k].data, key[i].data, key[i].len) == 0)
            return sl_vm_revert(vm, "DuplicateMetadataKey(uint256,string)", "it", id,
                                (const char *)key[i].data, key[i].len);
    }
    if (key[i].len > SL_METADATA_KEY_BYTES)
        return sl_vm_revert(vm, "MetadataKeyExceedsMaxLength(uint256,uint256,uint256)", "iii",
                            (uint64_t)i, (uint64_t)SL_METADATA_KEY_BYTES, (uint64_t)key[i].len);
    if (value[i].len > SL_METADATA_VALUE_BYTES)
        return sl_vm_revert(vm, "MetadataValueExceedsMaxLength(uint256,uint256,uint256)", "iii",
                            (uint64_t)i, (uint64_t)SL_METADATA_VALUE_BYTES, (uint64_t)value[i].len);
    return SL_OK;
}

static int keep_pair(struct sl_vm *vm, uint64_t id, int64_t piece, size_t place,
                     const struct sl_span *key, const struct sl_span *value)
{
    /* the chain keeps one value a key: a repeated key shows its last value everywhere */
    int rc = sl_ledger_db_run(
        vm->db, vm->err,
        "UPDATE metadata SET value = ? WHERE data_set = ? AND piece = ? AND name = ?", "biib",
        (const void *)value->data, value->len, id, (uint64_t)piece, (const void *)key->data,
        key->len);
    if (rc >= 0)
        rc =
            sl_ledger_db_run(vm->db, vm->err, "INSERT INTO metadata VALUES(?, ?, ?, ?, ?)", "iiibb",
                             id, (uint64_t)piece, (uint64_t)place, (const void *)key->data,
                             key->len, (const void *)value->data, value->len);
    return rc < 0 ? rc : SL_OK;
}

int sl_fwss_keep_metadata(struct sl_vm *vm, uint64_t id, int64_t piece, size_t most,
                          const struct sl_lists *keys, const struct sl_lists *values, size_t list)
{
    const bool stored = piece == SL_FWSS_OF_DATA_SET || vm->profile == SL_DEVNET_1_3;
    size_t key_count, value_count;
    const struct sl_span *key = sl_lists_at(keys, list, &key_count);
    const struct sl_span *value = sl_lists_at(values, list, &value_count);
    if (key_count != value_count)
        return sl_vm_revert(vm, "MetadataKeyAndValueLengthMismatch(uint256,uint256)", "ii",
                            (uint64_t)key_count, (uint64_t)value_count);
    if (key_count > most)
        return sl_vm_revert(vm, "TooManyMetadataKeys(uint256,uint256)", "ii", (uint64_t)most,
                            (uint64_t)key_count);
    for (size_t i = 0; i < key_count; i++) {
        int rc = check_pair(vm, id, i, key, value, stored);
        if (rc == SL_OK && stored)
            rc = keep_pair(vm, id, piece, i, &key[i], &value[i]);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

int sl_fwss_has_cdn(struct sl_vm *vm, uint64_t id)
{
    return sl_ledger_db_row(vm->db, vm->err,
                            "SELECT 1 FROM metadata WHERE data_set = ? AND piece = -1"
                            " AND name = x'7769746843444e' LIMIT 1", /* withCDN */
                            "i", "", id);
}

static int append_column(struct sl_frame *f, uint64_t id, int64_t piece, uint64_t count, int column)
{
    sqlite3_stmt *rows = NULL;
    int rc = sl_ledger_db_walk(f->vm->db, &rows, f->vm->err,
                               "SELECT name, value FROM metadata WHERE data_set = ? AND piece = ?"
                               " ORDER BY place",
                               "ii", id, (uint64_t)piece);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(f->vm->db, rows, f->vm->err)) == 1) {
        size_t len;
        const void *text = sl_ledger_db_blob(rows, column, &len);
        sl_abi_put_strn(&f->out, text, len);
    }
    sl_abi_close(&f->out);
    return rc;
}

int sl_fwss_append_metadata(struct sl_frame *f, uint64_t id, int64_t piece)
{
    uint64_t count = 0;
    int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                              "SELECT count(*) FROM metadata WHERE data_set = ? AND piece = ?",
                              "ii", "i", id, (uint64_t)piece, &count);
    if (rc >= 0)
        rc = append_column(f, id, piece, count, 0);
    if (rc >= 0)
        rc = append_column(f, id, piece, count, 1);
    return rc < 0 ? rc : SL_OK;
}

int sl_fwss_append_one_metadata(struct sl_frame *f, uint64_t id, int64_t piece)
{
    sqlite3_stmt *row = NULL;
    size_t key_len, len = 0;
    const char *key = sl_abi_get_str(&f->args, &key_len);
    const void *value = "";
    int rc = sl_ledger_db_walk(f->vm->db, &row, f->vm->err,
                               "SELECT value FROM metadata WHERE data_set = ? AND piece = ?"
                               " AND name = ? LIMIT 1",
                               "iib", id, (uint64_t)piece, (const void *)key, key_len);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(f->vm->db, row, f->vm->err);
    if (rc == 1)
        value = sl_ledger_db_blob(row, 0, &len);
    sl_abi_put_bool(&f->out, rc == 1);
    sl_abi_put_strn(&f->out, value, len);
    if (rc == 1)
        sqlite3_reset(row);
    return rc < 0 ? rc : SL_OK;
}

static void append_list(struct sl_abi_writer *out, const struct sl_lists *lists, size_t list)
{
    size_t count;
    const struct sl_span *span = sl_lists_at(lists, list, &count);
    sl_abi_open_list(out, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_strn(out, (const char *)span[i].data, span[i].len);
    sl_abi_close(out);
}

void sl_fwss_append_lists(struct sl_abi_writer *out, const struct sl_lists *keys,
                          const struct sl_lists *values, size_t list)
{
    append_list(out, keys, list);
    append_list(out, values, list);
}
