/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lookup/lookup.h"

#include <string.h>
#include <unistd.h>

#include "sluice/log.h"
#include "sluice/text.h"

#include "lookup/cid_v1.h"
#include "lookup/copy_index.h"
#include "lookup/name_search.h"
#include "lookup/version_names.h"
#include "output/output.h"
#include "setup/devnet_open.h"
#include "setup/keys.h"
#include "setup/network.h"
#include "setup/settings.h"

/* ---- opening ---- */

static void cancel(void *ctx)
{
    struct sl_lookup *f = ctx;
    pthread_mutex_lock(&f->lock);
    if (f->chain != NULL)
        sl_chain_cancel(f->chain);
    pthread_mutex_unlock(&f->lock);
    sl_fetch_cancel(f->fetch);
}

struct sl_fetch_options sl_lookup_fetch_options(const struct sl_config *config)
{
    return (struct sl_fetch_options){.parallel = config->parallel,
                                     .max_attempts = config->max_attempts,
                                     .http = sl_cli_http_options(config)};
}

/* The local network of another running sluice serves as well. */
int sl_lookup_start_devnet(struct sl_lookup *f, struct sl_err *err)
{
    if (strcmp(f->network, "local") != 0 || f->settings.config.provider_url[0] != '\0' ||
        f->args->from != NULL || f->devnet != NULL)
        return SL_OK;
    int rc = sl_path_make(f->settings.config.paths.data, 0700, err);
    if (rc == SL_OK)
        rc = sl_cli_devnet_start(&f->devnet, &f->devnet_network, &f->settings.config, &f->clock,
                                 err);
    return rc == SL_EHELD
               ? sl_cli_devnet_attach(&f->devnet, &f->devnet_network, &f->settings.config, err)
               : rc;
}

int sl_lookup_open(struct sl_lookup *f, const struct sl_args *args, struct sl_err *err)
{
    *f = (struct sl_lookup){
        .args = args, .clock = sl_clock_system(), .interrupt = {.signal_fd = -1, .stop_fd = -1}};
    pthread_mutex_init(&f->lock, NULL);
    int rc = sl_settings_load(&f->settings, args, err);
    if (rc == SL_OK)
        rc = sl_cli_network_name(f->network, &f->settings.config, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc < 0)
        return rc;
    sl_settings_join_log(&f->settings.config, &f->clock);
    const struct sl_fetch_options options = sl_lookup_fetch_options(&f->settings.config);
    rc = sl_fetch_new(&f->fetch, &options, err);
    if (rc == SL_OK && args->from != NULL) /* the user named these sources */
        sl_fetch_set_public_only(f->fetch, false);
    if (rc == SL_OK)
        rc = sl_interrupt_open(&f->interrupt, cancel, f, err);
    /* a manifest needs it only if it names the local network */
    if (rc == SL_OK && args->manifest == NULL)
        rc = sl_lookup_start_devnet(f, err);
    return rc;
}

void sl_lookup_close(struct sl_lookup *f)
{
    sl_interrupt_close(&f->interrupt);
    sl_fetch_free(f->fetch);
    sl_copies_free(&f->copies);
    sl_chain_free(f->chain);
    sl_devnet_stop(f->devnet);
    sl_log_close();
    sl_settings_free(&f->settings);
    pthread_mutex_destroy(&f->lock);
}

/* ---- the chain ---- */

static int find_network(struct sl_network *out, const struct sl_lookup *f, struct sl_err *err)
{
    if (f->devnet == NULL)
        return sl_cli_network(out, &f->settings.config, err);
    *out = f->devnet_network;
    return SL_OK;
}

static bool has_chain(const struct sl_lookup *f)
{
    return strcmp(f->network, "local") != 0 || f->devnet != NULL;
}

int sl_lookup_chain(struct sl_lookup *f, struct sl_chain **out, struct sl_err *err)
{
    struct sl_network network;
    struct sl_chain *chain = NULL;
    int rc = SL_OK;
    if (f->chain == NULL) {
        const struct sl_rpc_options options = sl_cli_rpc_patient_options(&f->settings.config);
        rc = find_network(&network, f, err);
        if (rc == SL_OK)
            rc = sl_chain_new(&chain, &network, &options, err);
        pthread_mutex_lock(&f->lock);
        f->chain = chain;
        pthread_mutex_unlock(&f->lock);
    }
    *out = f->chain;
    if (rc == SL_OK && sl_interrupt_came(&f->interrupt))
        rc = sl_err_set(err, SL_ECANCELED, "cancelled");
    return rc;
}

static int parse_payer(struct sl_lookup *f, struct sl_err *err)
{
    const char *text = f->args->address;
    if (sl_address_parse(&f->payer, text, strlen(text), err) == SL_OK)
        return SL_OK;
    sl_err_ctx(err, "--address");
    if (err != NULL)
        err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

/* Reading needs no password: a keystore without its address stays locked. 1 when an account is
 * known. */
static int find_payer(struct sl_lookup *f, struct sl_err *err)
{
    struct sl_signer signer;
    int rc = 1;
    if (f->has_payer)
        return 1;
    if (f->args->address != NULL) {
        rc = parse_payer(f, err);
    } else if (f->devnet != NULL) {
        f->payer = *sl_key_address(sl_devnet_key(f->devnet));
    } else {
        rc = sl_keys_find(&signer, &f->settings.config, SL_KEYS_LOOK, err);
        if (rc <= 0)
            return rc;
        if (signer.unnamed) {
            sl_notice("%s does not name its address; use --address 0x... to search the "
                      "account's data sets",
                      signer.source);
            return 0;
        }
        f->payer = signer.payer;
        sl_signer_free(&signer);
    }
    f->has_payer = rc >= 0;
    return rc < 0 ? rc : 1;
}

/* ---- step by step ---- */

static int read_journal_copies(struct sl_lookup *f, struct sl_err *err)
{
    return sl_cli_copy_index_journal(&f->copies, f->settings.config.paths.state, &f->clock,
                                     f->devnet, err);
}

/* Look for the piece alone first; a file in parts is found only by the metadata of all pieces. */
static int read_account_copies(struct sl_lookup *f, const struct sl_piece_id *cid,
                               struct sl_err *err)
{
    struct sl_chain *chain;
    const size_t before = f->copies.count;
    int rc = sl_lookup_chain(f, &chain, err);
    if (rc == SL_OK)
        rc = find_payer(f, err);
    if (rc <= 0)
        return rc;
    rc = SL_OK;
    if (cid != NULL && cid->payload_bytes <= SL_PIECE_MAX_BYTES)
        rc = sl_cli_copy_index_account(&f->copies, chain, &f->payer, cid, err);
    if (rc < 0 || f->copies.count > before)
        return rc;
    rc = sl_cli_copy_index_account(&f->copies, chain, &f->payer, NULL, err);
    f->read_account = rc == SL_OK;
    return rc;
}

int sl_lookup_name_pieces(struct sl_lookup *f, bool logs, struct sl_err *err)
{
    struct sl_name_search search = {.state_dir = f->settings.config.paths.state,
                                    .clock = f->clock,
                                    .logs = logs,
                                    .most_epochs =
                                        f->args->search_logs != NULL ? 0 : SL_NAMES_QUICK_EPOCHS};
    if (f->unnamed == 0)
        return SL_OK;
    int rc = sl_lookup_chain(f, &search.chain, err);
    if (rc == SL_OK)
        rc = sl_name_search_label(&f->unnamed, &f->copies, &search, err);
    sl_name_search_free(&search);
    return rc;
}

static bool is_known(struct sl_lookup *f, const struct sl_piece_id *cid)
{
    struct sl_wanted wanted;
    const bool known = sl_copies_file(&wanted, &f->copies, cid, NULL) == 1;
    if (known)
        sl_wanted_free(&wanted);
    return known;
}

static int read_log_names(struct sl_lookup *f, const struct sl_piece_id *cid, struct sl_err *err)
{
    const size_t before = f->unnamed;
    if (cid != NULL && is_known(f, cid))
        return 0;
    const int rc = sl_lookup_name_pieces(f, true, err);
    return rc < 0 ? rc : f->unnamed < before;
}

/* A file that is known to be in parts is stored nowhere as one piece. */
static bool is_in_parts(struct sl_lookup *f, const struct sl_piece_id *cid)
{
    struct sl_wanted wanted;
    if (sl_copies_file(&wanted, &f->copies, cid, NULL) != 1)
        return false;
    const bool in_parts = wanted.file.part_count > 1;
    sl_wanted_free(&wanted);
    return in_parts;
}

static int read_approved_copies(struct sl_lookup *f, const struct sl_piece_id *cid,
                                struct sl_err *err)
{
    struct sl_chain *chain;
    if (cid->payload_bytes > SL_PIECE_MAX_BYTES || is_in_parts(f, cid))
        return 0;
    const int rc = sl_lookup_chain(f, &chain, err);
    return rc < 0 ? rc : sl_cli_copy_index_approved(&f->copies, chain, cid, err);
}

int sl_lookup_read(struct sl_lookup *f, enum sl_lookup_source source, const struct sl_piece_id *cid,
                   struct sl_err *err)
{
    const size_t before = f->copies.count;
    int rc = SL_OK;
    if ((source == SL_LOOKUP_JOURNAL && f->read_journal) ||
        (source == SL_LOOKUP_ACCOUNT && f->read_account))
        return 0;
    if (source == SL_LOOKUP_JOURNAL)
        rc = read_journal_copies(f, err);
    else if (f->args->from != NULL || !has_chain(f))
        return 0;
    else if (source == SL_LOOKUP_LOGS)
        return read_log_names(f, cid, err);
    else if (source == SL_LOOKUP_ACCOUNT)
        rc = read_account_copies(f, cid, err);
    else if (cid != NULL)
        rc = read_approved_copies(f, cid, err);
    f->read_journal = f->read_journal || (source == SL_LOOKUP_JOURNAL && rc >= 0);
    const bool more = f->copies.count > before;
    if (rc >= 0 && more)
        rc = sl_copies_label(&f->unnamed, &f->copies, &f->copies, err);
    if (rc >= 0 && source == SL_LOOKUP_ACCOUNT && f->read_account)
        rc = sl_lookup_name_pieces(f, false, err);
    return rc < 0 ? rc : more;
}

/* ---- what cannot be found ---- */

bool sl_lookup_has_unnamed(const struct sl_lookup *f)
{
    return f->unnamed > 0 || f->copies.unread_sets > 0;
}

static bool is_in_data_set(const struct sl_lookup *f, const struct sl_piece_id *cid)
{
    for (size_t i = 0; i < f->copies.count; i++) {
        const struct sl_copy *copy = &f->copies.list[i];
        if (copy->data_set_id != 0 && sl_piece_id_equal(&copy->piece, cid))
            return true;
    }
    return false;
}

bool sl_lookup_explain_unnamed(const struct sl_lookup *f, const struct sl_piece_id *cid,
                               struct sl_err *err)
{
    const char *what = cid == NULL ? "nothing by this name is known"
                                   : "no piece and no file in parts with this PieceCID is known";
    if (!sl_lookup_has_unnamed(f) || (err->code != SL_OK && err->code != SL_ENOTFOUND) ||
        (cid != NULL && is_in_data_set(f, cid)))
        return false;
    if (f->unnamed > 0)
        (void)sl_err_set(err, SL_ENOTFOUND,
                         "%s: the storage contract keeps no readable piece metadata (%zu without "
                         "a name); use %sthe machine that stored it, a manifest, or PieceCIDs",
                         what, f->unnamed, f->args->search_logs == NULL ? "--search-logs, " : "");
    else
        (void)sl_err_set(err, SL_ENOTFOUND,
                         "%s, but the node refused to list %zu of the data sets; try again, or "
                         "try another node with --rpc-url",
                         what, f->copies.unread_sets);
    return true;
}

void sl_lookup_warn_unnamed(const struct sl_lookup *f, const char *operand,
                            const struct sl_versions *versions)
{
    if (versions->count > 0 && versions->list[0].serial == 0 && sl_lookup_has_unnamed(f))
        sl_notice("warning: %s may have newer versions: %zu pieces have no readable name, "
                  "and %zu data sets could not be listed",
                  operand, f->unnamed, f->copies.unread_sets);
}

/* ---- operands ---- */

/* The path as the journal has it. */
static void absolute(char out[static SL_PATH_BYTES], const char *operand)
{
    char cwd[SL_PATH_BYTES];
    out[0] = '\0';
    if (operand[0] == '/' || getcwd(cwd, sizeof cwd) == NULL ||
        sl_path_join(out, SL_PATH_BYTES, cwd, operand, NULL) < 0)
        out[0] = '\0';
}

static bool looks_like_cid(const char *operand)
{
    return strncmp(operand, "bafkzcib", 8) == 0 || strncmp(operand, "baga6ea4seaq", 12) == 0;
}

/* Ask both journal and chain, because each may know another piece with this root. If the chain
 * cannot be read, a piece that the journal knows still counts. */
static int find_cid_v1(struct sl_lookup *f, struct sl_piece_id *out, struct sl_cid_v1 *v1,
                       struct sl_err *err)
{
    const char *nothing =
        f->args->command == SL_CMD_LINE_GET ? "nothing was downloaded" : "nothing was compared";
    struct sl_err why = {0};
    const int journal = sl_lookup_read(f, SL_LOOKUP_JOURNAL, NULL, err);
    if (journal < 0)
        return journal;
    const int chain = sl_lookup_read(f, SL_LOOKUP_ACCOUNT, NULL, &why);
    for (size_t i = 0; i < f->copies.count; i++) {
        sl_cid_v1_add(v1, &f->copies.list[i].piece);
        if (f->copies.list[i].in_whole)
            sl_cid_v1_add(v1, &f->copies.list[i].whole);
    }
    if (chain < 0 && (chain == SL_ECANCELED || v1->count == 0)) {
        if (err != NULL)
            *err = why;
        return chain;
    }
    if (chain < 0)
        sl_notice("only the journal was searched for this version 1 PieceCID: %s", why.text);
    const int rc =
        sl_cid_v1_pick(out, v1, "the journal or in the data sets of the account", nothing, err);
    return rc < 0 ? rc : 1;
}

int sl_lookup_cid(struct sl_lookup *f, struct sl_piece_id *out, const char *operand,
                  struct sl_err *err)
{
    struct sl_err why = {0};
    struct sl_cid_v1 v1;
    if (sl_piece_parse(out, operand, strlen(operand), &why) == SL_OK)
        return 1;
    if (sl_cid_v1_parse(&v1, operand))
        return find_cid_v1(f, out, &v1, err);
    return looks_like_cid(operand) ? sl_err_set(err, SL_EUSAGE, "%s", why.text) : 0;
}

int sl_lookup_find(struct sl_lookup *f, struct sl_versions *out, const char *operand,
                   struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = SL_OK;
    absolute(path, operand);
    *out = (struct sl_versions){0};
    if (path[0] != '\0')
        rc = sl_versions_read(out, &f->copies, path, err);
    if (rc == SL_OK && out->count == 0) {
        sl_versions_free(out);
        rc = sl_versions_read(out, &f->copies, operand, err);
    }
    return rc < 0 ? rc : (int)sl_versions_names(out);
}

void sl_lookup_print_matches(const char *operand, const struct sl_versions *versions)
{
    bool has_paths = true;
    for (size_t i = 0; i < versions->count; i++)
        has_paths = has_paths && versions->list[i].name[0] == '/';
    sl_notice(has_paths ? "%s is in %zu folders; give the path:"
                        : "%s matches %zu files; give the path or the PieceCID:",
              operand, sl_versions_names(versions));
    for (size_t i = 0; i < versions->count; i = sl_versions_end(versions, i)) {
        const struct sl_version *at = &versions->list[i];
        char size[SL_TEXT_SHORT], date[SL_DATE_CHARS], cid[SL_PIECE_CID_CHARS];
        sl_text_size(size, at->cid.payload_bytes);
        sl_date_text(date, at->stored_ms);
        sl_piece_cid(cid, &at->cid);
        sl_notice("%7s  %-16s  %s  %s", size, date, at->name, cid);
    }
}

int sl_lookup_use_from(struct sl_lookup *f, struct sl_wanted *wanted, struct sl_copies *own,
                       struct sl_err *err)
{
    struct sl_wanted only;
    if (f->args->from == NULL)
        return SL_OK;
    for (size_t i = 0; i < wanted->file.part_count; i++) {
        const struct sl_copy like = {.name = wanted->name,
                                     .piece = wanted->file.parts[i].piece,
                                     .in_whole = wanted->file.part_count > 1,
                                     .whole = wanted->file.whole,
                                     .part = (uint32_t)i + 1,
                                     .parts = (uint32_t)wanted->file.part_count};
        const int rc = sl_cli_copy_index_from(own, f->args->from, &like, err);
        if (rc < 0)
            return rc;
    }
    const struct sl_piece_id whole = wanted->file.whole;
    const int rc = sl_copies_file(&only, own, &whole, err);
    if (rc != 1)
        return rc < 0 ? rc : SL_EFORMAT;
    sl_wanted_free(wanted);
    *wanted = only;
    return SL_OK;
}

bool sl_lookup_is_provider_fault(const struct sl_err *err)
{
    switch (err->code) {
    case SL_ENOTFOUND:
    case SL_EMISMATCH:
    case SL_ENET:
    case SL_ESTALLED:
    case SL_EBUSY:
    case SL_ESERVER:
    case SL_EPROTO:
    case SL_EFORMAT:
    case SL_ECONFIG: /* an address that policy does not allow */
        return true;
    default:
        return err->code == SL_EREFUSED && err->detail != 0; /* an HTTP status */
    }
}
