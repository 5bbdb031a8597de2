/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ServiceProviderRegistry 1.2.0 and the endorsed ProviderIdSet: their views. */
#include "contracts/contract_registry.h"

enum { PRODUCT_PDP = 0 };

int sl_registry_find(struct sl_vm *vm, const struct sl_address *provider, uint64_t *id,
                     struct sl_address *payee)
{
    *id = 0;
    const int rc =
        sl_ledger_db_row(vm->db, vm->err, "SELECT id, payee FROM provider WHERE address = ?", "a",
                         "ia", provider, id, payee);
    return rc < 0 ? rc : SL_OK;
}

static int count_of(struct sl_frame *f, const char *sql, uint64_t *count)
{
    *count = 0;
    const int rc = sl_ledger_db_row(f->vm->db, f->vm->err, sql, "", "i", count);
    return rc < 0 ? rc : SL_OK;
}

#define COUNT_ALL    "SELECT count(*) FROM provider"
#define COUNT_ACTIVE "SELECT count(*) FROM provider WHERE active = 1"

static int check_exists(struct sl_frame *f, struct sl_u256 id)
{
    uint64_t count;
    const int rc = count_of(f, COUNT_ALL, &count);
    if (rc < 0)
        return rc;
    if (sl_u256_is_zero(id) || sl_u256_cmp(id, sl_u256(count)) > 0)
        return sl_vm_revert_text(f->vm, "Provider does not exist");
    return SL_OK;
}

static void append_text(struct sl_abi_writer *out, sqlite3_stmt *row, int column)
{
    size_t len;
    const char *text = sl_ledger_db_blob(row, column, &len);
    sl_abi_put_strn(out, text, len);
}

/* The tuple (address,address,string,string,bool) of a row "address, payee, name, description,
 * active". */
static void append_info(struct sl_abi_writer *out, sqlite3_stmt *row)
{
    const struct sl_address address = sl_ledger_db_address(row, 0);
    const struct sl_address payee = sl_ledger_db_address(row, 1);
    sl_abi_open(out);
    sl_abi_put_address(out, &address);
    sl_abi_put_address(out, &payee);
    append_text(out, row, 2);
    append_text(out, row, 3);
    sl_abi_put_bool(out, sl_ledger_db_u64(row, 4) != 0);
    sl_abi_close(out);
}

static void append_no_info(struct sl_abi_writer *out)
{
    static const struct sl_address zero;
    sl_abi_open(out);
    sl_abi_put_address(out, &zero);
    sl_abi_put_address(out, &zero);
    sl_abi_put_str(out, "");
    sl_abi_put_str(out, "");
    sl_abi_put_bool(out, false);
    sl_abi_close(out);
}

/* Puts the info of an id, or the empty one. Returns 1 when there is one. */
static int append_info_of(struct sl_frame *f, uint64_t id, bool only_active)
{
    sqlite3_stmt *row = NULL;
    int rc = sl_ledger_db_walk(f->vm->db, &row, f->vm->err,
                               "SELECT address, payee, name, description, active FROM provider"
                               " WHERE id = ? AND active >= ?",
                               "ii", id, (uint64_t)only_active);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(f->vm->db, row, f->vm->err);
    if (rc == 1) {
        append_info(&f->out, row);
        sqlite3_reset(row);
    } else if (rc == 0) {
        append_no_info(&f->out);
    }
    return rc;
}

static int append_provider(struct sl_frame *f, uint64_t id, bool only_active)
{
    uint64_t found = 0;
    int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                              "SELECT id FROM provider WHERE id = ? AND active >= ?", "ii", "i", id,
                              (uint64_t)only_active, &found);
    if (rc < 0)
        return rc;
    sl_abi_open(&f->out);
    sl_abi_put_u64(&f->out, found);
    rc = append_info_of(f, id, only_active);
    sl_abi_close(&f->out);
    return rc;
}

static int append_capabilities(struct sl_frame *f, uint64_t id, bool values)
{
    sqlite3_stmt *rows = NULL;
    uint64_t count = 0;
    int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                              "SELECT count(*) FROM capability WHERE provider = ?", "i", "i", id,
                              &count);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_walk(f->vm->db, &rows, f->vm->err,
                           "SELECT name, value FROM capability WHERE provider = ? ORDER BY place",
                           "i", id);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(f->vm->db, rows, f->vm->err)) == 1) {
        size_t len;
        const void *value = sl_ledger_db_blob(rows, 1, &len);
        if (values)
            sl_abi_put_bytes(&f->out, value, len);
        else
            append_text(&f->out, rows, 0);
    }
    sl_abi_close(&f->out);
    return rc;
}

static int is_active(struct sl_frame *f, uint64_t id, bool *active)
{
    uint64_t value = 0;
    const int rc = sl_ledger_db_row(
        f->vm->db, f->vm->err, "SELECT active FROM provider WHERE id = ?", "i", "i", id, &value);
    *active = value != 0;
    return rc < 0 ? rc : SL_OK;
}

/* (uint256,(info),(uint8,string[],bool),bytes[]); a provider has the PDP product and no other. */
static int append_with_product(struct sl_frame *f, uint64_t id)
{
    bool active;
    int rc = is_active(f, id, &active);
    if (rc < 0)
        return rc;
    sl_abi_open(&f->out);
    sl_abi_put_u64(&f->out, id);
    rc = append_info_of(f, id, false);
    sl_abi_open(&f->out);
    sl_abi_put_u64(&f->out, PRODUCT_PDP);
    if (rc >= 0)
        rc = append_capabilities(f, id, false);
    sl_abi_put_bool(&f->out, active);
    sl_abi_close(&f->out);
    if (rc >= 0)
        rc = append_capabilities(f, id, true);
    sl_abi_close(&f->out);
    return rc;
}

/* PDP is the only member of the enum. */
static int check_product(struct sl_frame *f)
{
    return sl_u256_is_zero(sl_abi_get_u256(&f->args)) ? SL_OK : sl_vm_revert_empty(f->vm);
}

static int fn_with_product(struct sl_frame *f)
{
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    int rc = check_product(f);
    if (rc == SL_OK)
        rc = check_exists(f, id);
    return rc < 0 ? rc : append_with_product(f, sl_vm_id(id));
}

/* The bounds of a page over `total` rows, as the registry has them: limit 0 is an empty page. */
static void bound_page(uint64_t total, uint64_t offset, uint64_t *limit, bool *more)
{
    if (offset >= total || *limit == 0) {
        *limit = 0;
        *more = false;
        return;
    }
    if (*limit > total - offset)
        *limit = total - offset;
    *more = offset + *limit < total;
}

/* The n-th provider: an id, or 0. */
static int nth_provider(struct sl_frame *f, uint64_t n, uint64_t *id)
{
    *id = 0;
    const int rc = sl_ledger_db_row(
        f->vm->db, f->vm->err,
        "SELECT id FROM provider WHERE active = 1 ORDER BY id LIMIT 1 OFFSET ?", "i", "i", n, id);
    return rc < 0 ? rc : SL_OK;
}

static int fn_by_product(struct sl_frame *f)
{
    bool more;
    uint64_t total, id;
    int rc = check_product(f);
    if (rc < 0 || (rc = count_of(f, COUNT_ACTIVE, &total)) < 0)
        return rc;
    (void)sl_abi_get_bool(&f->args); /* a provider and its product are active together */
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    uint64_t limit = sl_vm_id(sl_abi_get_u256(&f->args));
    bound_page(total, offset, &limit, &more);
    sl_abi_open(&f->out);
    sl_abi_open_list(&f->out, limit);
    for (uint64_t i = 0; rc >= 0 && i < limit; i++) {
        rc = nth_provider(f, offset + i, &id);
        if (rc >= 0)
            rc = append_with_product(f, id);
    }
    sl_abi_close(&f->out);
    sl_abi_put_bool(&f->out, more);
    sl_abi_close(&f->out);
    return rc < 0 ? rc : SL_OK;
}

static int fn_all_active(struct sl_frame *f)
{
    bool more;
    uint64_t total, id;
    int rc = count_of(f, COUNT_ACTIVE, &total);
    if (rc < 0)
        return rc;
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    uint64_t limit = sl_vm_id(sl_abi_get_u256(&f->args));
    bound_page(total, offset, &limit, &more);
    sl_abi_open_list(&f->out, limit);
    for (uint64_t i = 0; rc >= 0 && i < limit; i++) {
        rc = nth_provider(f, offset + i, &id);
        sl_abi_put_u64(&f->out, id);
    }
    sl_abi_close(&f->out);
    sl_abi_put_bool(&f->out, more);
    return rc;
}

static int fn_provider(struct sl_frame *f)
{
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    int rc = check_exists(f, id);
    if (rc == SL_OK)
        rc = append_provider(f, sl_vm_id(id), false);
    return rc < 0 ? rc : SL_OK;
}

static int fn_by_address(struct sl_frame *f)
{
    uint64_t id;
    struct sl_address payee;
    const struct sl_address address = sl_abi_get_address(&f->args);
    int rc = sl_registry_find(f->vm, &address, &id, &payee);
    if (rc == SL_OK)
        rc = append_provider(f, id, false);
    return rc < 0 ? rc : SL_OK;
}

static int fn_id_by_address(struct sl_frame *f)
{
    uint64_t id;
    struct sl_address payee;
    const struct sl_address address = sl_abi_get_address(&f->args);
    const int rc = sl_registry_find(f->vm, &address, &id, &payee);
    sl_abi_put_u64(&f->out, id);
    return rc;
}

static int fn_payee(struct sl_frame *f)
{
    struct sl_address payee = {{0}};
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    int rc = check_exists(f, id);
    if (rc == SL_OK)
        rc = sl_ledger_db_row(f->vm->db, f->vm->err, "SELECT payee FROM provider WHERE id = ?", "i",
                              "a", sl_vm_id(id), &payee);
    sl_abi_put_address(&f->out, &payee);
    return rc < 0 ? rc : SL_OK;
}

static int fn_is_active(struct sl_frame *f)
{
    bool active = false;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    int rc = check_exists(f, id);
    if (rc == SL_OK)
        rc = is_active(f, sl_vm_id(id), &active);
    sl_abi_put_bool(&f->out, active);
    return rc;
}

static int fn_is_registered(struct sl_frame *f)
{
    uint64_t id;
    struct sl_address payee;
    bool active = false;
    const struct sl_address address = sl_abi_get_address(&f->args);
    int rc = sl_registry_find(f->vm, &address, &id, &payee);
    if (rc == SL_OK)
        rc = is_active(f, id, &active);
    sl_abi_put_bool(&f->out, active);
    return rc;
}

/* providerInfos of all ids, then validIds of all: the list is read twice. */
static int fn_by_ids(struct sl_frame *f)
{
    struct sl_abi_reader again = f->args;
    int rc = SL_OK;
    const size_t count = sl_abi_enter_list(&f->args);
    sl_abi_open_list(&f->out, count);
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = append_provider(f, sl_vm_id(sl_abi_get_u256(&f->args)), true);
    sl_abi_close(&f->out);
    sl_abi_leave(&f->args);
    (void)sl_abi_enter_list(&again);
    sl_abi_open_list(&f->out, count);
    for (size_t i = 0; rc >= 0 && i < count; i++) {
        bool active;
        rc = is_active(f, sl_vm_id(sl_abi_get_u256(&again)), &active);
        sl_abi_put_bool(&f->out, active);
    }
    sl_abi_close(&f->out);
    return rc < 0 ? rc : SL_OK;
}

static int fn_capabilities(struct sl_frame *f)
{
    bool active;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    int rc = check_product(f);
    if (rc < 0 || (rc = check_exists(f, id)) < 0 || (rc = is_active(f, sl_vm_id(id), &active)) < 0)
        return rc;
    sl_abi_put_bool(&f->out, active);
    rc = append_capabilities(f, sl_vm_id(id), false);
    if (rc >= 0)
        rc = append_capabilities(f, sl_vm_id(id), true);
    return rc < 0 ? rc : SL_OK;
}

static int append_count(struct sl_frame *f, const char *sql, uint64_t more)
{
    uint64_t count;
    const int rc = count_of(f, sql, &count);
    sl_abi_put_u64(&f->out, count + more);
    return rc;
}

static int fn_count(struct sl_frame *f)
{
    return append_count(f, COUNT_ALL, 0);
}

static int fn_next_id(struct sl_frame *f)
{
    return append_count(f, COUNT_ALL, 1);
}

static int fn_active_count(struct sl_frame *f)
{
    return append_count(f, COUNT_ACTIVE, 0);
}

static int devnet_fn_version(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, "1.2.0");
    return SL_OK;
}

#define INFO         "(address,address,string,string,bool)"
#define WITH_PRODUCT "(uint256," INFO ",(uint8,string[],bool),bytes[])"

const struct sl_function sl_registry_functions[] = {
    {"VERSION()", "(string)", SL_VIEW, devnet_fn_version},
    {"getProvidersByProductType(uint8,bool,uint256,uint256)", "((" WITH_PRODUCT "[],bool))",
     SL_VIEW, fn_by_product},
    {"getProviderWithProduct(uint256,uint8)", "(" WITH_PRODUCT ")", SL_VIEW, fn_with_product},
    {"getProvider(uint256)", "((uint256," INFO "))", SL_VIEW, fn_provider},
    {"getProviderByAddress(address)", "((uint256," INFO "))", SL_VIEW, fn_by_address},
    {"getProviderPayee(uint256)", "(address)", SL_VIEW, fn_payee},
    {"getProviderIdByAddress(address)", "(uint256)", SL_VIEW, fn_id_by_address},
    {"addressToProviderId(address)", "(uint256)", SL_VIEW, fn_id_by_address},
    {"getProvidersByIds(uint256[])", "((uint256," INFO ")[],bool[])", SL_VIEW, fn_by_ids},
    {"isProviderActive(uint256)", "(bool)", SL_VIEW, fn_is_active},
    {"isRegisteredProvider(address)", "(bool)", SL_VIEW, fn_is_registered},
    {"getProviderCount()", "(uint256)", SL_VIEW, fn_count},
    {"getNextProviderId()", "(uint256)", SL_VIEW, fn_next_id},
    {"activeProviderCount()", "(uint256)", SL_VIEW, fn_active_count},
    {"getAllActiveProviders(uint256,uint256)", "(uint256[],bool)", SL_VIEW, fn_all_active},
    {"getAllProductCapabilities(uint256,uint8)", "(bool,string[],bytes[])", SL_VIEW,
     fn_capabilities},
    {NULL, NULL, SL_VIEW, NULL},
};

/* ---- endorsements ---- */

static int fn_endorsed(struct sl_frame *f)
{
    sqlite3_stmt *rows = NULL;
    uint64_t count;
    int rc = count_of(f, "SELECT count(*) FROM provider WHERE endorsed = 1", &count);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_walk(f->vm->db, &rows, f->vm->err,
                           "SELECT id FROM provider WHERE endorsed = 1 ORDER BY id", "");
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(f->vm->db, rows, f->vm->err)) == 1)
        sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 0));
    sl_abi_close(&f->out);
    return rc;
}

static int fn_is_endorsed(struct sl_frame *f)
{
    const int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                                    "SELECT 1 FROM provider WHERE endorsed = 1 AND id = ?", "i", "",
                                    sl_vm_id(sl_abi_get_u256(&f->args)));
    sl_abi_put_bool(&f->out, rc == 1);
    return rc < 0 ? rc : SL_OK;
}

const struct sl_function sl_endorsement_functions[] = {
    {"getProviderIds()", "(uint256[])", SL_VIEW, fn_endorsed},
    {"containsProviderId(uint256)", "(bool)", SL_VIEW, fn_is_endorsed},
    {NULL, NULL, SL_VIEW, NULL},
};
