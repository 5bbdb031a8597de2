/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * db.h - what the files of the journal share: the connection, its statements, binding and reading
 * values. Private to the store.
 */
#ifndef SL_DB_H
#define SL_DB_H

#include <sqlite3.h>

#include "sluice/journal_commit.h"
#include "sluice/path.h"

#define SL_DB_JOB_COLUMNS                                                                            \
    "j.id, j.state, j.rank, j.size_bytes, j.mtime_ns, j.device, j.inode, j.ctime_ns, j.added_ms, "   \
    "j.changed_ms, j.next_try_ms, j.attempts, j.already_stored, "                                    \
    "j.error, j.error_detail, j.error_wait_ms, j.error_text, p.cid, j.shard_bytes, "                 \
    "CASE j.shard_bytes WHEN 0 THEN 0 ELSE (SELECT count(*) FROM pieces q WHERE "                    \
    "q.job_id = j.id AND q.part > 0) END, "                                                          \
    "CASE j.shard_bytes WHEN 0 THEN 0 ELSE (SELECT count(*) FROM pieces q WHERE "                    \
    "q.job_id = j.id AND q.part > 0 AND q.state IN ('stored', 'confirmed')) END, "                   \
    "CASE j.shard_bytes WHEN 0 THEN 0 ELSE (SELECT coalesce(sum(size_bytes), 0) FROM pieces q "      \
    "WHERE q.job_id = j.id AND q.part > 0 AND q.state IN ('accepted', 'stored', 'confirmed')) END, " \
    "j.copies, j.copies_landed, j.data_set_id, j.chain_piece_id, coalesce(j.wish_id, 0), "           \
    "j.limit_bytes_per_s, v.url, j.path "
#define SL_DB_JOB_TABLES                                                                           \
    "FROM jobs j LEFT JOIN pieces p ON p.job_id = j.id AND p.part = 0 "                            \
    "LEFT JOIN providers v ON v.id = j.provider_id "

#define SL_DB_TX_COLUMNS                                                                           \
    "id, chain_id, sender, nonce, state, what, hash, block, added_ms, changed_ms, error, "         \
    "error_detail, error_wait_ms, error_text, raw "

#define SL_DB_COMMIT_COLUMNS                                                                       \
    "id, chain_id, payer, copy, provider_id, service_url, creates, client_data_set_id, nonce, "    \
    "cost, fees, added_ms, state, tx, data_set_id, first_piece_id, sent_ms, changed_ms, error, "   \
    "error_detail, error_wait_ms, error_text, payload "

/* Whether job j itself needs piece q. A file in parts needs each part, not the row of the whole. */
#define SL_DB_NEEDS "(q.part > 0) = (j.shard_bytes > 0)"
/* Commit c and its piece p are a copy on chain ?2. */
#define SL_DB_IS_THERE "p.gone_ms = 0 AND c.state = 'landed' AND c.chain_id = ?2"
/* Jobs that need a piece in data set ?1. */
#define SL_DB_JOBS_AT                                                                              \
    "FROM commits c JOIN commit_pieces p ON p.commit_id = c.id JOIN pieces q ON q.cid = p.cid "    \
    "JOIN jobs j ON j.id = q.job_id WHERE " SL_DB_IS_THERE " AND c.data_set_id = ?1 "              \
    "AND j.state NOT IN ('cancelled', 'deleted') AND " SL_DB_NEEDS " "

/* X(id, SQL): prepared when first used, kept until the journal is closed. */
#define SL_DB_STATEMENTS(X)                                                                         \
    X(SL_DB_BEGIN, "BEGIN IMMEDIATE")                                                               \
    X(SL_DB_COMMIT, "COMMIT")                                                                       \
    X(SL_DB_CHANGE, "SAVEPOINT change")                                                             \
    X(SL_DB_KEEP, "RELEASE change")                                                                 \
    X(SL_DB_UNDO, "ROLLBACK TO change")                                                             \
    X(SL_DB_ADD_JOB,                                                                                \
      "INSERT INTO jobs (path, size_bytes, mtime_ns, device, inode, ctime_ns, added_ms, rank, "     \
      "state, changed_ms, next_try_ms, attempts, already_stored, error, error_detail, "             \
      "error_wait_ms, error_text, shard_bytes, limit_bytes_per_s, copies, wish_id) "                \
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))")          \
    X(SL_DB_SET_JOB,                                                                                \
      "UPDATE jobs SET provider_id = coalesce(?, provider_id), rank = ?, state = ?, "               \
      "changed_ms = ?, next_try_ms = ?, attempts = ?, already_stored = ?, error = ?, "              \
      "error_detail = ?, error_wait_ms = ?, error_text = ?, shard_bytes = ?, "                      \
      "limit_bytes_per_s = ? WHERE id = ?")                                                         \
    X(SL_DB_SET_FILE, "UPDATE jobs SET size_bytes = ?, mtime_ns = ?, device = ?, inode = ?, "       \
                      "ctime_ns = ? WHERE id = ?")                                                  \
    X(SL_DB_SET_COPIES, "UPDATE jobs SET copies = ?, copies_landed = ?, data_set_id = ?, "          \
                        "chain_piece_id = ?, wish_id = nullif(?, 0) WHERE id = ?")                  \
    X(SL_DB_STATE_OF, "SELECT state, changed_ms FROM jobs WHERE id = ?")                            \
    X(SL_DB_REMOVE_JOB, "DELETE FROM jobs WHERE id = ?")                                            \
    X(SL_DB_ADD_PIECE, "INSERT INTO pieces (state, cid, size_bytes, job_id, part, offset_bytes) "   \
                       "VALUES (?, ?, ?, ?, 0, 0)")                                                 \
    X(SL_DB_SET_PIECE,                                                                              \
      "UPDATE pieces SET state = ?, cid = ?, size_bytes = ? WHERE job_id = ? AND part = 0")         \
    X(SL_DB_PUT_PART,                                                                               \
      "INSERT INTO pieces (state, cid, size_bytes, job_id, part, offset_bytes) "                    \
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, part) DO UPDATE SET state = excluded.state, " \
      "cid = excluded.cid, size_bytes = excluded.size_bytes, offset_bytes = excluded.offset_bytes") \
    X(SL_DB_DROP_PART, "DELETE FROM pieces WHERE job_id = ? AND part = ?")                          \
    X(SL_DB_DROP_PARTS, "DELETE FROM pieces WHERE job_id = ? AND part > 0")                         \
    X(SL_DB_EACH_PART, "SELECT state, cid, size_bytes, part, offset_bytes FROM pieces "             \
                       "WHERE job_id = ? AND part > 0 ORDER BY offset_bytes")                       \
    X(SL_DB_EACH_OWNER,                                                                             \
      "SELECT " SL_DB_JOB_COLUMNS ", o.part, o.state FROM pieces o CROSS JOIN jobs j "              \
      "ON j.id = o.job_id LEFT JOIN pieces p ON p.job_id = j.id AND p.part = 0 "                    \
      "LEFT JOIN providers v ON v.id = j.provider_id "                                              \
      "WHERE o.cid = ? AND (o.part = 0) = (j.shard_bytes = 0) ORDER BY o.job_id, o.offset_bytes")   \
    X(SL_DB_TWIN,                                                                                   \
      "SELECT " SL_DB_JOB_COLUMNS SL_DB_JOB_TABLES                                                  \
      "WHERE j.size_bytes = ? AND j.state IN ('stored', 'confirmed') AND v.url = ? AND j.id <> ? "  \
      "ORDER BY j.id DESC LIMIT 1")                                                                 \
    X(SL_DB_TWIN_OF_PIECE,                                                                          \
      "SELECT " SL_DB_JOB_COLUMNS "FROM pieces p CROSS JOIN jobs j ON j.id = p.job_id "             \
      "LEFT JOIN providers v ON v.id = j.provider_id "                                              \
      "WHERE j.size_bytes = ? AND j.state IN ('stored', 'confirmed') AND v.url = ? AND j.id <> ? "  \
      "AND p.cid = ? AND p.part = 0 ORDER BY p.job_id DESC LIMIT 1")                                \
    X(SL_DB_SET_RATE, "UPDATE providers SET rate_bytes_per_s = ? WHERE url = ?")                    \
    X(SL_DB_RATE, "SELECT rate_bytes_per_s FROM providers WHERE url = ?")                           \
    X(SL_DB_ADD_PROVIDER, "INSERT INTO providers (url) SELECT ?1 WHERE NOT EXISTS "                 \
                          "(SELECT 1 FROM providers WHERE url = ?1)")                               \
    X(SL_DB_PROVIDER,                                                                               \
      "SELECT id FROM providers WHERE url = ? ORDER BY provider_id IS NULL, id LIMIT 1")            \
    X(SL_DB_PROVIDER_OF_ID, "SELECT id FROM providers WHERE chain_id = ? AND provider_id = ?")      \
    X(SL_DB_ID_OF_PROVIDER, "SELECT provider_id FROM providers WHERE url = ? "                      \
                            "AND provider_id IS NOT NULL ORDER BY id LIMIT 1")                      \
    X(SL_DB_PROVIDER_LOOSE, "SELECT id FROM providers WHERE url = ? AND provider_id IS NULL")       \
    X(SL_DB_TAKE_URL,                                                                               \
      "UPDATE providers SET url = '' WHERE url = ? AND chain_id = ? AND provider_id <> ?")          \
    X(SL_DB_ADD_PROVIDER_ID,                                                                        \
      "INSERT INTO providers (url, chain_id, provider_id) VALUES (?, ?, ?)")                        \
    X(SL_DB_SET_PROVIDER_ID, "UPDATE providers SET chain_id = ?, provider_id = ? WHERE id = ?")     \
    X(SL_DB_MOVE_JOBS, "UPDATE jobs SET provider_id = ? WHERE provider_id = ?")                     \
    X(SL_DB_DROP_PROVIDER, "DELETE FROM providers WHERE id = ?")                                    \
    X(SL_DB_SET_URL, "UPDATE providers SET url = ?1 WHERE id = ?2 AND url <> ?1")                   \
    X(SL_DB_SET_COMMIT_URLS, "UPDATE commits SET service_url = ?1 WHERE chain_id = ?2 "             \
                             "AND provider_id = ?3 AND service_url <> ?1")                          \
    X(SL_DB_FIND_WISH, "SELECT id FROM wishes WHERE source = ? AND metadata = ? AND with_cdn = ? "  \
                       "AND provider = ? AND data_set = ?")                                         \
    X(SL_DB_ADD_WISH, "INSERT INTO wishes (source, metadata, with_cdn, provider, data_set) "        \
                      "VALUES (?, ?, ?, ?, ?)")                                                     \
    X(SL_DB_WISH,                                                                                   \
      "SELECT source, metadata, with_cdn, provider, data_set FROM wishes WHERE id = ?")             \
    X(SL_DB_ADD_HISTORY,                                                                            \
      "INSERT INTO history (job_id, at_ms, from_state, to_state, error, error_detail, "             \
      "error_wait_ms, error_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                 \
    X(SL_DB_EACH, "SELECT " SL_DB_JOB_COLUMNS SL_DB_JOB_TABLES "ORDER BY j.rank, j.id")             \
    X(SL_DB_PAGE, "SELECT " SL_DB_JOB_COLUMNS SL_DB_JOB_TABLES                                      \
                  "WHERE (j.rank, j.id) > (?1, ?2) ORDER BY j.rank, j.id LIMIT ?3")                 \
    X(SL_DB_FIND_PATH,                                                                              \
      "SELECT " SL_DB_JOB_COLUMNS SL_DB_JOB_TABLES "WHERE j.path = ? ORDER BY j.id DESC LIMIT 1")   \
    X(SL_DB_HISTORY, "SELECT at_ms, from_state, to_state, error, error_detail, error_wait_ms, "     \
                     "error_text FROM history WHERE job_id = ? ORDER BY id")                        \
    X(SL_DB_ADD_TX,                                                                                 \
      "INSERT INTO transactions (chain_id, sender, nonce, what, hash, raw, added_ms, state, "       \
      "changed_ms, block, error, error_detail, error_wait_ms, error_text) "                         \
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                          \
    X(SL_DB_SET_TX, "UPDATE transactions SET state = ?, changed_ms = ?, block = ?, error = ?, "     \
                    "error_detail = ?, error_wait_ms = ?, error_text = ? WHERE id = ?")             \
    X(SL_DB_EACH_TX, "SELECT " SL_DB_TX_COLUMNS "FROM transactions ORDER BY id")                    \
    X(SL_DB_OPEN_TX,                                                                                \
      "SELECT " SL_DB_TX_COLUMNS "FROM transactions WHERE state = 'signed' ORDER BY id")            \
    X(SL_DB_ADD_COMMIT,                                                                             \
      "INSERT INTO commits (chain_id, payer, copy, provider_id, service_url, creates, "             \
      "client_data_set_id, nonce, cost, fees, payload, added_ms, state, tx, data_set_id, "          \
      "first_piece_id, sent_ms, changed_ms, error, error_detail, error_wait_ms, error_text) "       \
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                  \
    X(SL_DB_ADD_COMMIT_PIECE,                                                                       \
      "INSERT INTO commit_pieces (commit_id, place, cid) VALUES (?, ?, ?)")                         \
    X(SL_DB_SET_COMMIT,                                                                             \
      "UPDATE commits SET state = ?, tx = ?, data_set_id = ?, first_piece_id = ?, sent_ms = ?, "    \
      "changed_ms = ?, error = ?, error_detail = ?, error_wait_ms = ?, error_text = ? "             \
      "WHERE id = ?")                                                                               \
    X(SL_DB_EACH_COMMIT, "SELECT " SL_DB_COMMIT_COLUMNS "FROM commits ORDER BY id")                 \
    X(SL_DB_LATEST_COMMITS, "SELECT " SL_DB_COMMIT_COLUMNS "FROM commits ORDER BY id DESC")         \
    X(SL_DB_OPEN_COMMITS, "SELECT " SL_DB_COMMIT_COLUMNS                                            \
                          "FROM commits WHERE state IN ('signed', 'sending', 'sent') ORDER BY id")  \
    X(SL_DB_COMMIT_PIECES, "SELECT cid FROM commit_pieces WHERE commit_id = ? ORDER BY place")      \
    X(SL_DB_VOID_COMMITS,                                                                           \
      "SELECT " SL_DB_COMMIT_COLUMNS                                                                \
      "FROM commits WHERE id IN (SELECT commit_id FROM commit_pieces WHERE cid = ?) "               \
      "AND state = 'void' AND sent_ms <> 0 AND NOT EXISTS (SELECT 1 FROM commits l "                \
      "WHERE l.nonce = commits.nonce AND l.chain_id = commits.chain_id "                            \
      "AND l.payer = commits.payer AND l.state = 'landed') ORDER BY id DESC")                       \
    X(SL_DB_CREATIONS,                                                                              \
      "SELECT " SL_DB_COMMIT_COLUMNS                                                                \
      "FROM commits WHERE creates = 1 AND sent_ms <> 0 AND state <> 'landed' AND NOT EXISTS "       \
      "(SELECT 1 FROM commits l WHERE l.creates = 1 AND l.state = 'landed' "                        \
      "AND l.client_data_set_id = commits.client_data_set_id AND l.chain_id = commits.chain_id "    \
      "AND l.payer = commits.payer) ORDER BY id DESC")                                              \
    X(SL_DB_COMMITS_OF_NONCE,                                                                       \
      "SELECT " SL_DB_COMMIT_COLUMNS "FROM commits WHERE nonce = ? ORDER BY "                       \
      "(SELECT count(*) FROM commit_pieces p WHERE p.commit_id = commits.id) DESC, id")             \
    X(SL_DB_KNOWN_IDS,                                                                              \
      "SELECT first_piece_id, (SELECT count(*) FROM commit_pieces p WHERE p.commit_id = "           \
      "commits.id) FROM commits WHERE state = 'landed' AND data_set_id = ? AND chain_id = ? "       \
      "ORDER BY first_piece_id")                                                                    \
    X(SL_DB_PIECE_GONE,                                                                             \
      "UPDATE commit_pieces SET gone_ms = ?1 WHERE gone_ms = 0 AND (commit_id, place) IN "          \
      "(SELECT id, ?4 - first_piece_id FROM commits WHERE state = 'landed' AND data_set_id = ?2 "   \
      "AND chain_id = ?3 AND first_piece_id <= ?4)")                                                \
    X(SL_DB_SET_GONE,                                                                               \
      "UPDATE commit_pieces SET gone_ms = ?1 WHERE gone_ms = 0 AND commit_id IN (SELECT id FROM "   \
      "commits WHERE state = 'landed' AND data_set_id = ?2 AND chain_id = ?3)")                     \
    X(SL_DB_JOBS_OF_PIECE_AT, "SELECT DISTINCT j.id " SL_DB_JOBS_AT                                 \
                              "AND p.place = ?3 - c.first_piece_id AND c.first_piece_id <= ?3")     \
    X(SL_DB_JOBS_OF_SET, "SELECT DISTINCT j.id " SL_DB_JOBS_AT)                                     \
    X(SL_DB_JOB, "SELECT " SL_DB_JOB_COLUMNS SL_DB_JOB_TABLES "WHERE j.id = ?")                     \
    X(SL_DB_IS_ON_CHAIN,                                                                            \
      "SELECT max(c.chain_id = ?2) FROM jobs j JOIN commits c ON c.data_set_id = j.data_set_id "    \
      "AND c.state = 'landed' JOIN commit_pieces p ON p.commit_id = c.id "                          \
      "AND p.place = j.chain_piece_id - c.first_piece_id JOIN pieces q ON q.job_id = j.id "         \
      "AND q.cid = p.cid WHERE j.id = ?1 AND j.data_set_id <> 0")                                   \
    X(SL_DB_LEFT_OF_JOB,                                                                            \
      "SELECT count(*), coalesce(min(n), 0), coalesce(sum(n = 0), 0) FROM (SELECT (SELECT "         \
      "count(DISTINCT c.provider_id) FROM commit_pieces p JOIN commits c ON c.id = p.commit_id "    \
      "WHERE p.cid = q.cid AND " SL_DB_IS_THERE ") AS n FROM pieces q JOIN jobs j "                 \
      "ON j.id = q.job_id WHERE j.id = ?1 AND " SL_DB_NEEDS ")")                                    \
    X(SL_DB_SHARES_LOSS,                                                                            \
      "SELECT 1 FROM pieces q JOIN jobs j ON j.id = q.job_id JOIN pieces o ON o.cid = q.cid "       \
      "JOIN jobs k ON k.id = o.job_id WHERE j.id = ?1 AND k.path <> j.path AND " SL_DB_NEEDS        \
      " AND (o.part > 0) = (k.shard_bytes > 0) AND k.state NOT IN ('cancelled', 'deleted') "        \
      "AND NOT EXISTS (SELECT 1 FROM commit_pieces p JOIN commits c ON c.id = p.commit_id "         \
      "WHERE p.cid = q.cid AND " SL_DB_IS_THERE ") LIMIT 1")                                        \
    X(SL_DB_LOSE_PIECES,                                                                            \
      "UPDATE pieces AS q SET state = 'deleted' WHERE job_id = ?1 AND (part = 0 OR NOT EXISTS "     \
      "(SELECT 1 FROM commit_pieces p JOIN commits c ON c.id = p.commit_id "                        \
      "WHERE p.cid = q.cid AND " SL_DB_IS_THERE "))")                                               \
    X(SL_DB_FIRST_COPY,                                                                             \
      "SELECT c.service_url, c.data_set_id, c.first_piece_id + p.place FROM jobs j "                \
      "JOIN pieces q ON q.job_id = j.id JOIN commit_pieces p ON p.cid = q.cid "                     \
      "JOIN commits c ON c.id = p.commit_id WHERE j.id = ?1 AND " SL_DB_NEEDS                       \
      " AND " SL_DB_IS_THERE " ORDER BY q.offset_bytes, c.copy, c.id LIMIT 1")                      \
    X(SL_DB_PIECE_AT,                                                                               \
      "SELECT p.cid FROM commits c JOIN commit_pieces p ON p.commit_id = c.id "                     \
      "AND p.place = ?3 - c.first_piece_id WHERE c.state = 'landed' AND c.data_set_id = ?1 "        \
      "AND c.chain_id = ?2 AND c.first_piece_id <= ?3 ORDER BY c.id DESC LIMIT 1")                  \
    X(SL_DB_REFUSE, "INSERT OR REPLACE INTO refused (path, at_ms, skipped, error, error_detail, "   \
                    "error_wait_ms, error_text) VALUES (?, ?, ?, ?, ?, ?, ?)")                      \
    X(SL_DB_UNREFUSE, "DELETE FROM refused WHERE path = ?")                                         \
    X(SL_DB_PRUNE_REFUSED, "DELETE FROM refused WHERE at_ms < ?1 OR path NOT IN "                   \
                           "(SELECT path FROM refused ORDER BY at_ms DESC LIMIT ?2)")               \
    X(SL_DB_EACH_REFUSED, "SELECT path, at_ms, skipped, error, error_detail, error_wait_ms, "       \
                          "error_text FROM refused ORDER BY path")                                  \
    X(SL_DB_SET_LABEL, "UPDATE commit_pieces SET chain_name = ?, chain_part = ?, chain_whole = ? "  \
                       "WHERE commit_id = ? AND place = ?")                                         \
    X(SL_DB_IS_LABELLED,                                                                            \
      "SELECT 1 FROM commit_pieces p JOIN commits c ON c.id = p.commit_id JOIN jobs j "             \
      "ON j.id = ?1 WHERE p.cid = ?2 AND p.gone_ms = 0 AND c.state = 'landed' "                     \
      "AND (j.data_set_id = 0 OR c.chain_id IN (SELECT f.chain_id FROM commits f "                  \
      "WHERE f.data_set_id = j.data_set_id AND f.state = 'landed')) "                               \
      "AND p.chain_name = ?3 AND p.chain_part IS ?4 AND p.chain_whole IS ?5 LIMIT 1")               \
    X(SL_DB_DATA_SETS, "SELECT data_set_id, provider_id, client_data_set_id FROM commits "          \
                       "WHERE state = 'landed' AND chain_id = ? GROUP BY data_set_id")              \
    X(SL_DB_COPIES,                                                                                 \
      "SELECT c.chain_id, c.payer, c.copy, c.provider_id, c.service_url, c.data_set_id, "           \
      "c.first_piece_id + p.place, c.tx, c.changed_ms, EXISTS (SELECT 1 FROM cdn_data_sets d "      \
      "WHERE d.chain_id = c.chain_id AND d.data_set_id = c.data_set_id) FROM commit_pieces p "      \
      "JOIN commits c ON c.id = p.commit_id WHERE p.cid = ? AND c.state = 'landed' "                \
      "AND p.gone_ms = 0 "                                                                          \
      "ORDER BY c.copy, c.id")                                                                      \
    X(SL_DB_NOTE_CDN, "INSERT OR IGNORE INTO cdn_data_sets (chain_id, data_set_id) VALUES (?, ?)")  \
    X(SL_DB_FORGET_CDN, "DELETE FROM cdn_data_sets WHERE chain_id = ? AND data_set_id = ?")         \
    X(SL_DB_FIND_PROVIDER_FAILURES,                                                                 \
      "SELECT failures, failed_ms, cool_until_ms, error, error_detail, error_wait_ms, "             \
      "error_text FROM provider_failures WHERE chain_id = ? AND provider_id = ?")                   \
    X(SL_DB_SET_PROVIDER_FAILURES,                                                                  \
      "INSERT OR REPLACE INTO provider_failures (chain_id, provider_id, failures, failed_ms, "      \
      "cool_until_ms, error, error_detail, error_wait_ms, error_text) "                             \
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")                                                         \
    X(SL_DB_FORGET_PROVIDER_FAILURES,                                                               \
      "DELETE FROM provider_failures WHERE chain_id = ? AND provider_id = ?")                       \
    X(SL_DB_EACH_PROVIDER_FAILURES,                                                                 \
      "SELECT provider_id, failures, failed_ms, cool_until_ms, error, error_detail, "               \
      "error_wait_ms, error_text FROM provider_failures WHERE chain_id = ? ORDER BY provider_id")   \
    X(SL_DB_SET_PROVIDER_LIMIT,                                                                     \
      "INSERT OR REPLACE INTO provider_limits (chain_id, provider_id, pieces, learnt_ms) "          \
      "VALUES (?, ?, ?, ?)")                                                                        \
    X(SL_DB_PROVIDER_LIMIT,                                                                         \
      "SELECT pieces, learnt_ms FROM provider_limits WHERE chain_id = ? AND provider_id = ?")

#define SL_DB_ENUM(id, sql) id,
enum sl_db_statement { SL_DB_STATEMENTS(SL_DB_ENUM) SL_DB_STATEMENT_COUNT };
#undef SL_DB_ENUM

struct sl_journal {
    sqlite3 *db;
    bool writer;
    bool migrates;       /* holds the lock: may create and migrate the journal */
    bool in_transaction; /* between begin and commit or rollback, as the caller sees it */
    int64_t came_from;   /* the version that it was migrated from; 0: new, or already up to date */
    bool unclean;        /* the last writer did not close it */
    int lock_fd;
    int sys_errno; /* from the last step. If the disk fails to read a page, SQLite only reports
                      "corrupt"; this keeps the cause */
    struct sl_clock clock;
    sqlite3_stmt *statements[SL_DB_STATEMENT_COUNT];
    char path[SL_PATH_BYTES]; /* of the database, for messages */
};

/** The error of an SQLite result code: "WHAT: text", with a remedy where there is one. */
int sl_db_fail(const struct sl_journal *journal, int sqlite_code, const char *what,
               struct sl_err *err);

/** Like sqlite3_step(); also keeps the system's error for sl_db_fail(). */
int sl_db_step(struct sl_journal *journal, sqlite3_stmt *stmt);

/** SL_EJOURNAL with the remedy, for values that this program never writes; or SL_ENOMEM. */
int sl_db_damaged(const struct sl_journal *journal, const char *what, struct sl_err *err);

/** A statement with its parameters bound one after another; errors are kept until it runs. */
struct sl_db_call {
    struct sl_journal *journal;
    sqlite3_stmt *stmt; /* NULL after a failure to prepare */
    int index;          /* parameters bound, later columns read */
    int failed;         /* SQLite code */
};

/** Begin a call; end it with sl_db_run() or sl_db_end(). What is bound is borrowed until then. */
struct sl_db_call sl_db_call(struct sl_journal *journal, enum sl_db_statement statement);
void sl_db_int(struct sl_db_call *call, int64_t value);
void sl_db_u64(struct sl_db_call *call, uint64_t value);    /* its bits, as a signed number */
void sl_db_text(struct sl_db_call *call, const char *text); /* NULL: null */
void sl_db_bytes(struct sl_db_call *call, const void *data, size_t len);

/** Run a call without rows to its end. Returns the rows changed. */
int sl_db_run(struct sl_db_call *call, const char *what, struct sl_err *err) SL_MUST_CHECK;

/** The next row of a call: 1, or 0 at the end. Columns are then read from the first one on. */
int sl_db_row(struct sl_db_call *call, const char *what, struct sl_err *err) SL_MUST_CHECK;
int64_t sl_db_next_int(struct sl_db_call *call);
uint64_t sl_db_next_u64(struct sl_db_call *call);
/** Borrowed until the next row; NUL behind it. NULL: null. */
const char *sl_db_next_text(struct sl_db_call *call, size_t *len);
const void *sl_db_next_bytes(struct sl_db_call *call, size_t *len);
/** Copy the next value: false when it is null, has another length, or does not fit. */
bool sl_db_copy_bytes(struct sl_db_call *call, void *out, size_t want);
bool sl_db_copy_text(struct sl_db_call *call, char *out, size_t cap);
/** False when a value of the row could not be read: out of memory. */
bool sl_db_sound(const struct sl_db_call *call);
void sl_db_end(struct sl_db_call *call);

/** Run fixed SQL without parameters. */
int sl_db_exec(struct sl_journal *journal, const char *sql, const char *what,
               struct sl_err *err) SL_MUST_CHECK;

/** The first column of the first row of fixed SQL, as a number. */
int sl_db_ask(struct sl_journal *journal, const char *sql, int64_t *value, const char *what,
              struct sl_err *err) SL_MUST_CHECK;

#endif
