/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/network/removal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/copies.h"

#include "output/json_lines.h"
#include "output/output.h"

/* ---- files ---- */

static struct sl_removal_file *add_file(struct sl_removal *removal, const char *path,
                                        struct sl_err *err)
{
    if (removal->count == removal->room) {
        const size_t room = removal->room > 0 ? removal->room * 2 : 16;
        struct sl_removal_file *files = realloc(removal->files, room * sizeof *files);
        if (files == NULL) {
            sl_err_set(err, SL_ENOMEM, "out of memory");
            return NULL;
        }
        removal->files = files;
        removal->room = room;
    }
    struct sl_removal_file *file = &removal->files[removal->count];
    *file = (struct sl_removal_file){.path = strdup(path)};
    if (file->path == NULL) {
        sl_err_set(err, SL_ENOMEM, "out of memory");
        return NULL;
    }
    removal->count++;
    return file;
}

static bool loses_bytes(const struct sl_removal_file *file)
{
    return file->job_id == 0 || file->lost > 0;
}

/* Whether all pieces of the file are removed, and no other file needs them. */
static bool is_removed_whole(const struct sl_removal_file *file)
{
    if (file->job_id == 0)
        return file->covered >= file->pieces;
    return file->lost == file->pieces && !file->shared;
}

/* ---- opening ---- */

static int parse_breaks(uint64_t *out, const struct sl_args *args, struct sl_err *err)
{
    struct sl_u256 value;
    const char *text = args->breaks;
    if (sl_u256_parse_dec(&value, text, strlen(text), NULL) < 0 || !sl_u256_to_u64(out, value))
        return sl_err_set(err, SL_EUSAGE, "--breaks: '%.40s' is not a number of files", text);
    return SL_OK;
}

int sl_removal_open(struct sl_removal *removal, const struct sl_config *config,
                    const struct sl_args *args, uint64_t chain_id, uint64_t data_set_id,
                    struct sl_err *err)
{
    uint64_t breaks = 0;
    *removal = (struct sl_removal){
        .clock = sl_clock_system(), .chain_id = chain_id, .data_set_id = data_set_id};
    int rc = args->breaks != NULL ? parse_breaks(&breaks, args, err) : SL_OK;
    if (rc < 0)
        return rc;
    /* the writer's lock is not taken: an upload may hold it for days */
    rc = sl_journal_open(&removal->journal, config->paths.state, SL_JOURNAL_JOIN, &removal->clock,
                         err);
    if (rc == SL_ENOENT) /* no upload was ever made from here */
        return SL_OK;
    if (rc < 0)
        sl_err_ctx(err, "find the files that need these pieces");
    return rc;
}

void sl_removal_close(struct sl_removal *removal)
{
    for (size_t i = 0; i < removal->count; i++)
        free(removal->files[i].path);
    free(removal->files);
    sl_journal_close(removal->journal);
    *removal = (struct sl_removal){0};
}

/* ---- checking the node ---- */

struct comparing {
    const struct sl_removal *removal;
    const struct sl_data_set *set;
    bool differs;
};

static int compare_set(void *ctx, const struct sl_journal_data_set *known)
{
    struct comparing *comparing = ctx;
    const struct sl_data_set *set = comparing->set;
    if (known->id == comparing->removal->data_set_id)
        comparing->differs = sl_u256_cmp(known->provider_id, set->provider_id) != 0 ||
                             sl_u256_cmp(known->client_data_set_id, set->client_data_set_id) != 0;
    return SL_OK;
}

int sl_removal_check_set(struct sl_removal *removal, const struct sl_data_set *set,
                         struct sl_err *err)
{
    struct comparing comparing = {.removal = removal, .set = set};
    if (removal->journal == NULL)
        return SL_OK;
    const int rc =
        sl_journal_each_data_set(removal->journal, removal->chain_id, compare_set, &comparing, err);
    if (rc < 0 || !comparing.differs)
        return rc;
    return sl_err_set(err, SL_EPROTO,
                      "the node contradicts the journal about data set %" PRIu64
                      "; nothing was signed. Try another node with --rpc-url",
                      removal->data_set_id);
}

int sl_removal_check_piece(struct sl_removal *removal, const struct sl_chain_piece *piece,
                           struct sl_err *err)
{
    struct sl_piece_id known;
    char told[SL_PIECE_CID_CHARS] = "of an unknown form", kept[SL_PIECE_CID_CHARS];
    if (removal->journal == NULL)
        return SL_OK;
    const int rc = sl_journal_piece_at(removal->journal, removal->chain_id, removal->data_set_id,
                                       piece->id, &known, err);
    if (rc <= 0 || (piece->known && sl_piece_id_equal(&known, &piece->piece)))
        return rc < 0 ? rc : SL_OK;
    if (piece->known)
        sl_piece_cid(told, &piece->piece);
    sl_piece_cid(kept, &known);
    return sl_err_set(err, SL_EPROTO,
                      "the node says that piece %" PRIu64
                      " is %s, but the journal has %s; nothing was signed. Try another node "
                      "with --rpc-url",
                      piece->id, told, kept);
}

/* ---- files that only the chain names ---- */

static int add_named(struct sl_removal *removal, const struct sl_chain_piece *piece,
                     struct sl_err *err)
{
    struct sl_copy copy = {.piece = piece->piece};
    sl_copy_describe(&copy, piece->metadata, piece->metadata != NULL ? piece->metadata_count : 0);
    if (copy.name[0] == '\0') {
        removal->unnamed++;
        return SL_OK;
    }
    const struct sl_piece_id *whole = copy.in_whole ? &copy.whole : &copy.piece;
    struct sl_removal_file *file = add_file(removal, copy.name, err);
    if (file == NULL)
        return SL_ENOMEM;
    file->piece = *whole;
    file->pieces = copy.in_whole ? copy.parts : 1;
    file->covered = copy.divisor > 1 ? 1.0 / copy.divisor : 1.0;
    return SL_OK;
}

static int on_owner(void *ctx, const struct sl_journal_owner *owner, const char *path)
{
    (void)ctx;
    (void)owner;
    (void)path;
    return 1;
}

int sl_removal_add_piece(struct sl_removal *removal, const struct sl_chain_piece *piece,
                         struct sl_err *err)
{
    int rc = sl_removal_check_piece(removal, piece, err);
    if (rc == SL_OK && removal->journal != NULL && piece->known)
        rc = sl_journal_each_owner(removal->journal, &piece->piece, on_owner, NULL, err);
    if (rc != 0)
        return rc < 0 ? rc : SL_OK;
    return add_named(removal, piece, err);
}

int sl_removal_add_all(struct sl_removal *removal, struct sl_chain *chain, struct sl_err *err)
{
    uint64_t from = 0;
    bool more = true;
    int rc = SL_OK;
    while (rc == SL_OK && more) {
        struct sl_piece_page *page = NULL;
        rc = sl_chain_pieces(&page, chain, sl_u256(removal->data_set_id), from, SL_PIECE_PAGE, true,
                             err);
        if (rc < 0)
            break;
        for (size_t i = 0; rc == SL_OK && i < page->count; i++)
            rc = sl_removal_add_piece(removal, &page->pieces[i], err);
        more = page->more &&
               page->next > from; /* a page that does not advance is treated as the last */
        from = page->next;
        sl_chain_piece_page_free(page);
    }
    return rc;
}

/* ---- losses of the journal's files ---- */

/* Data sets in the journal that have ended on chain. */
struct ended {
    struct sl_u256 *asked;
    uint64_t *ids;
    size_t count;
    uint64_t but;
    struct sl_err *err;
};

static int ask_about(void *ctx, const struct sl_journal_data_set *set)
{
    struct ended *ended = ctx;
    if (set->id == ended->but || ended->count == SL_DATA_SETS_MAX)
        return SL_OK;
    ended->asked[ended->count++] = sl_u256(set->id);
    return SL_OK;
}

static bool goes_on(const struct sl_chain_view *view, struct sl_u256 id)
{
    for (size_t i = 0; i < view->data_set_count; i++) {
        const struct sl_data_set *set = &view->data_sets[i];
        if (sl_u256_cmp(set->id, id) == 0)
            return set->live && sl_u256_is_zero(set->end_epoch);
    }
    return false;
}

static int read_ended(struct ended *ended, const struct sl_removal *removal, struct sl_chain *chain)
{
    struct sl_chain_view *view = NULL;
    size_t kept = 0;
    int rc =
        sl_journal_each_data_set(removal->journal, removal->chain_id, ask_about, ended, ended->err);
    if (rc < 0 || ended->count == 0)
        return rc;
    rc = sl_chain_read_data_sets(&view, chain, ended->asked, ended->count, ended->err);
    for (size_t i = 0; rc == SL_OK && i < ended->count; i++) {
        if (!goes_on(view, ended->asked[i]))
            kept += sl_u256_to_u64(&ended->ids[kept], ended->asked[i]);
    }
    ended->count = kept;
    sl_chain_view_free(view);
    return rc;
}

struct weighing {
    struct sl_removal *removal;
    struct sl_err *err;
};

static int on_loss(void *ctx, const struct sl_journal_loss *loss)
{
    const struct weighing *weighing = ctx;
    struct sl_removal_file *file = add_file(weighing->removal, loss->path, weighing->err);
    if (file == NULL)
        return SL_ENOMEM;
    file->job_id = loss->job.id;
    file->piece = loss->job.piece;
    file->copies = loss->copies;
    file->left = loss->left;
    file->pieces = loss->pieces;
    file->lost = loss->lost;
    file->shared = loss->shared;
    return SL_OK;
}

static int read_losses(struct sl_removal *removal, struct sl_chain *chain, const uint64_t *ids,
                       size_t count, struct sl_err *err)
{
    struct weighing weighing = {.removal = removal, .err = err};
    struct ended ended = {.asked = calloc(SL_DATA_SETS_MAX, sizeof *ended.asked),
                          .ids = calloc(SL_DATA_SETS_MAX, sizeof *ended.ids),
                          .but = removal->data_set_id,
                          .err = err};
    int rc = ended.asked != NULL && ended.ids != NULL ? read_ended(&ended, removal, chain)
                                                      : sl_err_set(err, SL_ENOMEM, "out of memory");
    const struct sl_journal_removal what = {.chain_id = removal->chain_id,
                                            .data_set_id = removal->data_set_id,
                                            .ids = ids,
                                            .count = count,
                                            .ended = ended.ids,
                                            .ended_count = ended.count};
    if (rc == SL_OK)
        rc = sl_journal_each_loss(removal->journal, &what, on_loss, &weighing, err);
    free(ended.asked);
    free(ended.ids);
    return rc;
}

static int compare_pieces(const struct sl_piece_id *a, const struct sl_piece_id *b)
{
    const int root = memcmp(a->root, b->root, sizeof a->root);
    return root != 0
               ? root
               : (a->payload_bytes > b->payload_bytes) - (a->payload_bytes < b->payload_bytes);
}

/* Sort the journal's files by path, then the others. */
static int by_file(const void *a, const void *b)
{
    const struct sl_removal_file *x = a;
    const struct sl_removal_file *y = b;
    const bool named = x->job_id == 0;
    if (named != (y->job_id == 0))
        return named ? 1 : -1;
    const int path = named ? 0 : strcmp(x->path, y->path);
    return path != 0 ? path : compare_pieces(&x->piece, &y->piece);
}

/* Merge the parts of a file that only the chain names into one entry. Keep one of several jobs that
 * stored the same file (`upload --force`). */
static void drop_duplicates(struct sl_removal *removal)
{
    size_t kept = 0;
    if (removal->count > 0)
        qsort(removal->files, removal->count, sizeof *removal->files, by_file);
    for (size_t i = 0; i < removal->count; i++) {
        struct sl_removal_file *last = kept > 0 ? &removal->files[kept - 1] : NULL;
        struct sl_removal_file *file = &removal->files[i];
        if (last == NULL || by_file(last, file) != 0) {
            removal->files[kept++] = *file;
            continue;
        }
        last->covered += file->covered;
        last->lost = file->lost > last->lost ? file->lost : last->lost;
        free(file->path);
    }
    removal->count = kept;
}

int sl_removal_find_losses(struct sl_removal *removal, struct sl_chain *chain, const uint64_t *ids,
                           size_t count, struct sl_err *err)
{
    const int rc = removal->journal != NULL ? read_losses(removal, chain, ids, count, err) : SL_OK;
    removal->whole_set = ids == NULL;
    drop_duplicates(removal);
    for (size_t i = 0; i < removal->count; i++)
        removal->broken += loses_bytes(&removal->files[i]);
    return rc;
}

/* ---- output ---- */

static void notice_file(const struct sl_removal_file *file)
{
    if (!loses_bytes(file))
        sl_notice("  keeps %u of %u copies: %s", file->left, file->copies, file->path);
    else if (file->job_id == 0)
        sl_notice("  loses bytes: %s (named only on the chain; this journal has no copy of "
                  "it)",
                  file->path);
    else if (file->pieces > 1)
        sl_notice("  loses bytes: %s (%u of its %u parts)", file->path, file->lost, file->pieces);
    else
        sl_notice("  loses bytes: %s", file->path);
}

void sl_removal_notice(const struct sl_removal *removal)
{
    for (size_t i = 0; i < removal->count; i++)
        notice_file(&removal->files[i]);
    if (removal->unnamed > 0)
        sl_notice("  %zu piece%s without a file name in the journal or on the chain",
                  removal->unnamed, removal->unnamed == 1 ? "" : "s");
}

static bool print_file(const struct sl_removal *removal, const struct sl_removal_file *file)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &file->piece);
    sl_cli_json_begin(&w, "affected", &removal->clock);
    sl_cli_json_path(&w, file->path);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_bool(&w, "losesBytes", loses_bytes(file));
    if (file->job_id != 0) {
        sl_jw_i64(&w, "id", file->job_id);
        sl_jw_u64(&w, "copies", file->copies);
        sl_jw_u64(&w, "copiesLeft", file->left);
        sl_jw_u64(&w, "parts", file->pieces);
        sl_jw_u64(&w, "partsLost", file->lost);
    }
    sl_cli_json_end(&w);
    const bool ok = sl_output(&w.buf);
    sl_jw_free(&w);
    return ok;
}

int sl_removal_print(const struct sl_removal *removal, const struct sl_args *args,
                     struct sl_err *err)
{
    for (size_t i = 0; args->json != NULL && i < removal->count; i++) {
        if (!print_file(removal, &removal->files[i]))
            return sl_err_set(err, SL_EIO, "cannot write to standard output; stopped");
    }
    return SL_OK;
}

int sl_removal_check_allowed(const struct sl_removal *removal, const struct sl_args *args,
                             struct sl_err *err)
{
    uint64_t breaks = 0;
    bool plain = !removal->whole_set;
    for (size_t i = 0; i < removal->count; i++) {
        const struct sl_removal_file *file = &removal->files[i];
        plain = plain && (!loses_bytes(file) || is_removed_whole(file));
    }
    if (args->breaks == NULL
            ? plain || removal->broken == 0
            : parse_breaks(&breaks, args, err) == SL_OK && breaks == removal->broken)
        return SL_OK;
    return sl_err_set(err, SL_EREFUSED,
                      "%zu file%s would lose bytes for good; nothing was sent. To go ahead, "
                      "use --breaks %zu",
                      removal->broken, removal->broken == 1 ? "" : "s", removal->broken);
}

/* ---- afterwards ---- */

void sl_removal_record(const struct sl_config *config, const struct sl_clock *clock,
                       uint64_t chain_id, uint64_t data_set_id, const uint64_t *ids, size_t count)
{
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    /* without the writer's lock: an upload may hold it for days */
    int rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_JOIN, clock, &err);
    if (rc == SL_ENOENT) /* nothing was uploaded from here */
        return;
    if (rc == SL_OK)
        rc = sl_journal_pieces_gone(journal, chain_id, data_set_id, ids, count, &err);
    sl_journal_close(journal);
    if (rc < 0)
        sl_notice("the journal still lists them as stored: %s; fix that, then run this "
                  "command again",
                  err.text);
}
