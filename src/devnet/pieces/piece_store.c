/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "pieces/piece_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/hex.h"

#include "pieces/sql.h"

enum { ROOT_CHARS = 2 * SL_PIECE_ROOT_BYTES + 1 };

#define FINALIZE_WITHIN_MS (INT64_C(60) * 60 * 1000)
#define UNCLAIMED_KEEP_MS  (INT64_C(60) * 60 * 1000)
#define UNUSED_SESSION_MS  (INT64_C(24) * 60 * 60 * 1000)

struct sl_devnet_piece_store {
    /* immutable */
    struct sl_clock clock;
    int dir_fd; /* DIR/pieces */

    pthread_mutex_t lock;
    /* under lock; also every change of a file in the store */
    sqlite3 *db;
    struct sl_devnet_claim *claims;
};

static void hex_of(char out[static ROOT_CHARS], const uint8_t root[static SL_PIECE_ROOT_BYTES])
{
    sl_hex_encode(out, root, SL_PIECE_ROOT_BYTES);
}

static void store_free(struct sl_devnet_piece_store *store)
{
    if (store->dir_fd >= 0)
        close(store->dir_fd);
    sqlite3_close(store->db);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

static int open_all(struct sl_devnet_piece_store *store, const char *dir, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = sl_path_join(path, sizeof path, dir, "pieces", err);
    if (rc == SL_OK)
        rc = sl_path_make(path, 0700, err);
    if (rc < 0)
        return rc;
    store->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir_fd < 0)
        return sl_err_sys(err, errno, "open %s", path);
    rc = sl_path_join(path, sizeof path, dir, "provider.db", err);
    if (rc < 0)
        return rc;
    /* SQLite gives its journal the mode of the database, and would make that readable to others */
    const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return sl_err_sys(err, errno, "open %s", path);
    close(fd);
    return sl_devnet_sql_open(&store->db, path, err);
}

int sl_devnet_piece_store_open(struct sl_devnet_piece_store **out, const char *dir,
                               const struct sl_clock *clock, struct sl_err *err)
{
    struct sl_devnet_piece_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    store->clock = *clock;
    store->dir_fd = -1;
    pthread_mutex_init(&store->lock, NULL);
    const int rc = open_all(store, dir, err);
    if (rc < 0) {
        store_free(store);
        return rc;
    }
    *out = store;
    return SL_OK;
}

void sl_devnet_piece_store_close(struct sl_devnet_piece_store *store)
{
    if (store != NULL)
        store_free(store);
}

/* ---- everything below here up to the doors runs under the lock ---- */

static int begin(struct sl_devnet_piece_store *store, struct sl_err *err)
{
    return sl_devnet_sql_run(store->db, err, "BEGIN IMMEDIATE", "");
}

/* Commits when rc is fine, rolls back otherwise; returns rc or the commit's failure. */
static int finish(struct sl_devnet_piece_store *store, int rc, struct sl_err *err)
{
    if (rc >= 0) {
        const int done = sl_devnet_sql_run(store->db, err, "COMMIT", "");
        if (done >= 0)
            return rc;
        rc = done;
    }
    if (sqlite3_get_autocommit(store->db) == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

/* Whether the file of the root is there with the size that is written down. */
static bool file_is_whole(const struct sl_devnet_piece_store *store, const char *root,
                          uint64_t bytes)
{
    struct stat st;
    return fstatat(store->dir_fd, root, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size == bytes;
}

/* Returns 1 and the size of the stored bytes of a root, 0 when there are none. */
static int stored(struct sl_devnet_piece_store *store, const char *root, uint64_t *bytes,
                  struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sl_devnet_sql_prepare(&statement, store->db, err,
                                   "SELECT payload_bytes FROM piece WHERE root = ?", "t", root);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(store->db, statement, err);
    if (rc == 1) {
        *bytes = (uint64_t)sqlite3_column_int64(statement, 0);
        rc = file_is_whole(store, root, *bytes);
    }
    sqlite3_finalize(statement);
    return rc;
}

/* A wall clock that was set back must not hide a piece: before made_ms it counts as ready. */
static int has_ready_reference(struct sl_devnet_piece_store *store, const char *root,
                               struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    const int64_t now = sl_wall_ms(&store->clock);
    int rc = sl_devnet_sql_prepare(&statement, store->db, err,
                                   "SELECT 1 FROM reference WHERE root = ?1"
                                   " AND (ready_ms <= ?2 OR made_ms > ?2) LIMIT 1",
                                   "ti", root, now);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(store->db, statement, err);
    sqlite3_finalize(statement);
    return rc;
}

static int add_reference(struct sl_devnet_piece_store *store, const char *root, int64_t park_ms,
                         struct sl_err *err)
{
    const int64_t now = sl_wall_ms(&store->clock);
    return sl_devnet_sql_run(store->db, err,
                             "INSERT INTO reference(root, made_ms, ready_ms) VALUES(?, ?, ?)",
                             "tii", root, now, now + park_ms);
}

/* Puts the file into the store and writes it down, unless the same root lies there whole. */
static int shelve(struct sl_devnet_piece_store *store, const char *root, uint64_t bytes,
                  const char *path, struct sl_err *err)
{
    uint64_t there = 0;
    const int rc = stored(store, root, &there, err);
    if (rc != 0)
        return rc < 0 ? rc : SL_OK;
    if (renameat(AT_FDCWD, path, store->dir_fd, root) != 0 || fsync(store->dir_fd) != 0)
        return sl_err_sys(err, errno, "store a piece");
    return sl_devnet_sql_run(
        store->db, err,
        "INSERT INTO piece(root, payload_bytes, stored_ms) VALUES(?, ?, ?)"
        " ON CONFLICT(root) DO UPDATE SET payload_bytes = excluded.payload_bytes",
        "tii", root, (int64_t)bytes, sl_wall_ms(&store->clock));
}

/* Unlinks the pieces that nothing speaks of any more; the rows go with the commit. */
static int drop_orphans(struct sl_devnet_piece_store *store, struct sl_err *err)
{
    static const char orphans[] = "FROM piece WHERE root NOT IN (SELECT root FROM reference)"
                                  " AND root NOT IN"
                                  " (SELECT root FROM session WHERE root IS NOT NULL)";
    char sql[256];
    sqlite3_stmt *statement = NULL;
    snprintf(sql, sizeof sql, "SELECT root %s", orphans);
    int rc = sl_devnet_sql_prepare(&statement, store->db, err, sql, "");
    while (rc >= 0 && (rc = sl_devnet_sql_step(store->db, statement, err)) == 1)
        (void)unlinkat(store->dir_fd, (const char *)sqlite3_column_text(statement, 0), 0);
    sqlite3_finalize(statement);
    snprintf(sql, sizeof sql, "DELETE %s", orphans);
    return rc < 0 ? rc : sl_devnet_sql_run(store->db, err, sql, "");
}

static int clean_up(struct sl_devnet_piece_store *store, struct sl_err *err)
{
    const int64_t now = sl_wall_ms(&store->clock);
    int rc = sl_devnet_sql_run(
        store->db, err, "DELETE FROM session WHERE made_ms < ?1 AND coalesce(got_ms, 0) < ?2", "ii",
        now - UNUSED_SESSION_MS, now - FINALIZE_WITHIN_MS);
    if (rc >= 0)
        rc = sl_devnet_sql_run(store->db, err,
                               "UPDATE session SET got = NULL, root = NULL, got_ms = NULL"
                               " WHERE want IS NULL AND got_ms < ?",
                               "i", now - FINALIZE_WITHIN_MS);
    return rc < 0 ? rc : drop_orphans(store, err);
}

/* What a data set holds, or a transaction that may still put it into one, stays. */
#define UNCLAIMED                                                                                  \
    " AND NOT EXISTS (SELECT 1 FROM data_set_piece p WHERE p.root = reference.root"                \
    " AND p.removing < 2)"                                                                         \
    " AND NOT EXISTS (SELECT 1 FROM message_piece p JOIN message m USING (hash)"                   \
    " WHERE p.root = reference.root AND m.added = 0 AND coalesce(m.ok, 1) = 1)"

static int drop_unclaimed(struct sl_devnet_piece_store *store, int64_t made_before_ms,
                          struct sl_err *err)
{
    return sl_devnet_sql_run(store->db, err, "DELETE FROM reference WHERE made_ms < ?" UNCLAIMED,
                             "i", made_before_ms);
}

static int insert_session(struct sl_devnet_piece_store *store, const char *uuid, const char *want,
                          struct sl_err *err)
{
    int rc = clean_up(store, err);
    if (rc >= 0)
        rc = sl_devnet_sql_run(store->db, err,
                               "INSERT INTO session(uuid, made_ms, want) VALUES(?, ?, ?)", "tit",
                               uuid, sl_wall_ms(&store->clock), want);
    return rc;
}

static int read_id(struct sl_piece_id *out, sqlite3_stmt *statement, int column, bool *has,
                   struct sl_err *err)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    *has = text != NULL;
    if (text == NULL)
        return SL_OK;
    const int rc = sl_piece_parse(out, text, strlen(text), err);
    return rc < 0 ? sl_err_set(err, SL_EJOURNAL, "the provider's database holds a bad PieceCID")
                  : SL_OK;
}

static int select_session(struct sl_devnet_piece_store *store, struct sl_devnet_session *out,
                          const char *uuid, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    *out = (struct sl_devnet_session){0};
    int rc = sl_devnet_sql_prepare(&statement, store->db, err,
                                   "SELECT want, got FROM session WHERE uuid = ?", "t", uuid);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(store->db, statement, err);
    if (rc == 1) {
        snprintf(out->uuid, sizeof out->uuid, "%s", uuid);
        rc = read_id(&out->want, statement, 0, &out->declared, err);
        if (rc == SL_OK)
            rc = read_id(&out->got, statement, 1, &out->has_got, err);
        rc = rc < 0 ? rc : 1;
    }
    sqlite3_finalize(statement);
    return rc;
}

/* The session has its bytes; a declared one gets its reference. */
static int note_got(struct sl_devnet_piece_store *store, const struct sl_devnet_session *session,
                    const struct sl_piece_id *got, const char *root, int64_t park_ms,
                    struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, got);
    int rc = sl_devnet_sql_run(store->db, err,
                               "UPDATE session SET got = ?, root = ?, got_ms = ? WHERE uuid = ?",
                               "ttit", cid, root, sl_wall_ms(&store->clock), session->uuid);
    if (rc >= 0 && session->declared)
        rc = add_reference(store, root, park_ms, err);
    return rc < 0 ? rc : SL_OK;
}

static int keep(struct sl_devnet_piece_store *store, const struct sl_devnet_session *session,
                const struct sl_piece_id *got, const char *path, int64_t park_ms,
                struct sl_err *err)
{
    char root[ROOT_CHARS];
    struct sl_devnet_session now;
    int rc = select_session(store, &now, session->uuid, err);
    if (rc <= 0)
        return rc < 0 ? rc : sl_err_set(err, SL_ENOTFOUND, "the upload session ended meanwhile");
    hex_of(root, got->root);
    rc = shelve(store, root, got->payload_bytes, path, err);
    return rc < 0 ? rc : note_got(store, session, got, root, park_ms, err);
}

/* Whether another PUT writes the session, or a declared piece of this root (NULL: any session). */
static bool is_claimed(const struct sl_devnet_piece_store *store, const char *uuid,
                       const uint8_t *root)
{
    for (const struct sl_devnet_claim *at = store->claims; at != NULL; at = at->next) {
        if (strcmp(at->uuid, uuid) == 0 ||
            (root != NULL && at->declared && memcmp(at->root, root, SL_PIECE_ROOT_BYTES) == 0))
            return true;
    }
    return false;
}

/* Returns enum sl_devnet_claimed. */
static int claim_session(struct sl_devnet_piece_store *store, struct sl_devnet_claim *claim,
                         const struct sl_devnet_session *session, int64_t park_ms,
                         struct sl_err *err)
{
    char root[ROOT_CHARS];
    uint64_t bytes = 0;
    struct sl_devnet_session now;
    int rc = select_session(store, &now, session->uuid, err);
    if (rc <= 0)
        return rc < 0 ? rc : SL_DEVNET_CLAIM_GONE;
    if (now.has_got)
        return SL_DEVNET_CLAIM_DONE;
    if (is_claimed(store, now.uuid, now.declared ? now.want.root : NULL))
        return SL_DEVNET_CLAIM_BUSY;
    hex_of(root, now.want.root);
    rc = now.declared ? stored(store, root, &bytes, err) : 0;
    if (rc == 1)
        rc = note_got(store, &now, &now.want, root, park_ms, err);
    else if (rc == 0)
        *claim = (struct sl_devnet_claim){
            .store = store, .next = store->claims, .declared = now.declared};
    if (rc < 0)
        return rc;
    if (claim->store == NULL)
        return SL_DEVNET_CLAIM_STORED;
    memcpy(claim->uuid, now.uuid, sizeof claim->uuid);
    memcpy(claim->root, now.want.root, sizeof claim->root);
    store->claims = claim;
    return SL_DEVNET_CLAIM_TAKEN;
}

/* ---- the doors ---- */

int sl_devnet_session_new(struct sl_devnet_piece_store *store, char uuid[static SL_UUID_CHARS],
                          const struct sl_piece_id *want, struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    if (want != NULL)
        sl_piece_cid(cid, want);
    sl_uuid(uuid);
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0)
        rc = finish(store, insert_session(store, uuid, want != NULL ? cid : NULL, err), err);
    pthread_mutex_unlock(&store->lock);
    return rc < 0 ? rc : SL_OK;
}

int sl_devnet_session_get(struct sl_devnet_piece_store *store, struct sl_devnet_session *out,
                          const char *uuid, bool declared, struct sl_err *err)
{
    pthread_mutex_lock(&store->lock);
    const int rc = select_session(store, out, uuid, err);
    pthread_mutex_unlock(&store->lock);
    return rc == 1 && out->declared != declared ? 0 : rc;
}

int sl_devnet_session_claim(struct sl_devnet_piece_store *store, struct sl_devnet_claim *claim,
                            const struct sl_devnet_session *session, int64_t park_ms,
                            struct sl_err *err)
{
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0)
        rc = finish(store, claim_session(store, claim, session, park_ms, err), err);
    pthread_mutex_unlock(&store->lock);
    return rc;
}

void sl_devnet_claim_release(struct sl_devnet_claim *claim)
{
    struct sl_devnet_piece_store *store = claim->store;
    if (store == NULL)
        return;
    pthread_mutex_lock(&store->lock);
    struct sl_devnet_claim **at = &store->claims;
    while (*at != claim)
        at = &(*at)->next;
    *at = claim->next;
    pthread_mutex_unlock(&store->lock);
    claim->store = NULL;
}

bool sl_devnet_piece_store_is_claimed(struct sl_devnet_piece_store *store,
                                      const uint8_t root[static SL_PIECE_ROOT_BYTES])
{
    pthread_mutex_lock(&store->lock);
    const bool claimed = is_claimed(store, "", root);
    pthread_mutex_unlock(&store->lock);
    return claimed;
}

int sl_devnet_session_keep(struct sl_devnet_piece_store *store,
                           const struct sl_devnet_session *session, const struct sl_piece_id *got,
                           const char *path, int64_t park_ms, struct sl_err *err)
{
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0)
        rc = finish(store, keep(store, session, got, path, park_ms, err), err);
    pthread_mutex_unlock(&store->lock);
    return rc;
}

int sl_devnet_session_finalize(struct sl_devnet_piece_store *store,
                               const struct sl_devnet_session *session, int64_t park_ms,
                               struct sl_err *err)
{
    char root[ROOT_CHARS];
    hex_of(root, session->got.root);
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0) {
        rc = sl_devnet_sql_run(store->db, err, "DELETE FROM session WHERE uuid = ? AND root = ?",
                               "tt", session->uuid, root);
        if (rc == 1)
            rc = add_reference(store, root, park_ms, err);
        rc = finish(store, rc, err);
    }
    pthread_mutex_unlock(&store->lock);
    return rc;
}

int sl_devnet_piece_store_find(struct sl_devnet_piece_store *store, struct sl_devnet_piece *out,
                               const uint8_t root[static SL_PIECE_ROOT_BYTES], struct sl_err *err)
{
    char hex[ROOT_CHARS];
    hex_of(hex, root);
    pthread_mutex_lock(&store->lock);
    const int rc = stored(store, hex, &out->payload_bytes, err);
    const int ready = rc == 1 ? has_ready_reference(store, hex, err) : 0;
    pthread_mutex_unlock(&store->lock);
    out->findable = ready == 1;
    return ready < 0 ? ready : rc;
}

int sl_devnet_piece_store_refer(struct sl_devnet_piece_store *store,
                                const uint8_t root[static SL_PIECE_ROOT_BYTES], int64_t park_ms,
                                struct sl_err *err)
{
    char hex[ROOT_CHARS];
    uint64_t bytes = 0;
    hex_of(hex, root);
    pthread_mutex_lock(&store->lock);
    int rc = stored(store, hex, &bytes, err);
    if (rc == 1)
        rc = add_reference(store, hex, park_ms, err);
    pthread_mutex_unlock(&store->lock);
    return rc;
}

int sl_devnet_piece_store_read(struct sl_devnet_piece_store *store,
                               const uint8_t root[static SL_PIECE_ROOT_BYTES], struct sl_err *err)
{
    char hex[ROOT_CHARS];
    hex_of(hex, root);
    const int fd = openat(store->dir_fd, hex, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 ? fd : sl_err_sys(err, errno, "read piece %s", hex);
}

int sl_devnet_piece_store_add_file(struct sl_devnet_piece_store *store,
                                   const struct sl_piece_id *id, const char *path, int64_t park_ms,
                                   struct sl_err *err)
{
    char root[ROOT_CHARS];
    hex_of(root, id->root);
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0) {
        rc = shelve(store, root, id->payload_bytes, path, err);
        if (rc >= 0)
            rc = add_reference(store, root, park_ms, err);
        rc = finish(store, rc, err);
    }
    pthread_mutex_unlock(&store->lock);
    return rc < 0 ? rc : SL_OK;
}

int sl_devnet_piece_store_clean(struct sl_devnet_piece_store *store, struct sl_err *err)
{
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0) {
        rc = drop_unclaimed(store, sl_wall_ms(&store->clock) - UNCLAIMED_KEEP_MS, err);
        const int cleaned = rc < 0 ? rc : clean_up(store, err);
        rc = finish(store, cleaned < 0 ? cleaned : rc, err);
    }
    pthread_mutex_unlock(&store->lock);
    return rc;
}

int sl_devnet_piece_store_discard(struct sl_devnet_piece_store *store,
                                  const uint8_t root[static SL_PIECE_ROOT_BYTES],
                                  struct sl_err *err)
{
    char hex[ROOT_CHARS];
    hex_of(hex, root);
    pthread_mutex_lock(&store->lock);
    int rc = begin(store, err);
    if (rc >= 0) {
        rc = sl_devnet_sql_run(store->db, err, "DELETE FROM reference WHERE root = ?" UNCLAIMED,
                               "t", hex);
        const int cleaned = rc < 0 ? rc : drop_orphans(store, err);
        rc = finish(store, cleaned < 0 ? cleaned : rc, err);
    }
    pthread_mutex_unlock(&store->lock);
    return rc;
}

struct sqlite3 *sl_devnet_piece_store_lock(struct sl_devnet_piece_store *store)
{
    pthread_mutex_lock(&store->lock);
    return store->db;
}

void sl_devnet_piece_store_unlock(struct sl_devnet_piece_store *store)
{
    pthread_mutex_unlock(&store->lock);
}

int sl_devnet_piece_store_begin(struct sl_devnet_piece_store *store, struct sl_err *err)
{
    return begin(store, err);
}

int sl_devnet_piece_store_finish(struct sl_devnet_piece_store *store, int rc, struct sl_err *err)
{
    return finish(store, rc, err);
}
