/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "schema.h"

#include <stdio.h>

/*
 * Step N brings a journal of `user_version` N to N + 1. A step that was released is never changed:
 * what comes later is a new step.
 *
 * States and errors are kept by name, so that the sqlite3 shell can read them.
 */
static const char *const steps[] = {
    "CREATE TABLE providers (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  url TEXT NOT NULL UNIQUE\n"
    ") STRICT;\n"
    "CREATE TABLE jobs (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n" /* an id means one job for ever */
    "  path BLOB NOT NULL,\n"
    "  rank INTEGER NOT NULL,\n"
    "  state TEXT NOT NULL,\n"
    "  size_bytes INTEGER NOT NULL, -- this, device and inode: unsigned 64 bits, kept as signed\n"
    "  mtime_ns INTEGER NOT NULL,\n"
    "  device INTEGER NOT NULL,\n"
    "  inode INTEGER NOT NULL,\n"
    "  added_ms INTEGER NOT NULL, -- times are Unix milliseconds\n"
    "  changed_ms INTEGER NOT NULL,\n"
    "  next_try_ms INTEGER NOT NULL,\n"
    "  attempts INTEGER NOT NULL,\n"
    "  already_stored INTEGER NOT NULL CHECK (already_stored IN (0, 1)),\n"
    "  provider_id INTEGER REFERENCES providers (id),\n"
    "  error TEXT, -- null: none\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX jobs_by_path ON jobs (path);\n"
    "CREATE INDEX jobs_by_rank ON jobs (rank);\n"
    "CREATE TABLE pieces (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,\n"
    "  part INTEGER NOT NULL CHECK (part >= 0),\n"
    "  offset_bytes INTEGER NOT NULL, -- in the file\n"
    "  size_bytes INTEGER NOT NULL,\n"
    "  state TEXT NOT NULL,\n"
    "  cid TEXT, -- PieceCID v2, null until all bytes were hashed\n"
    "  UNIQUE (job_id, part)\n"
    ") STRICT;\n"
    "CREATE TABLE history (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,\n"
    "  at_ms INTEGER NOT NULL,\n"
    "  from_state TEXT NOT NULL,\n"
    "  to_state TEXT NOT NULL,\n"
    "  error TEXT,\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX history_by_job ON history (job_id);\n"
    "PRAGMA application_id = 0x736c7563;\n",

    "CREATE TABLE transactions (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  chain_id INTEGER NOT NULL, -- this, nonce and block: unsigned 64 bits, kept as signed\n"
    "  sender BLOB NOT NULL CHECK (length(sender) = 20),\n"
    "  nonce INTEGER NOT NULL,\n"
    "  state TEXT NOT NULL,\n"
    "  what TEXT NOT NULL,\n"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),\n"
    "  raw BLOB NOT NULL, -- the signed bytes, ready to be sent again\n"
    "  block INTEGER NOT NULL, -- 0: in none\n"
    "  added_ms INTEGER NOT NULL, -- times are Unix milliseconds\n"
    "  changed_ms INTEGER NOT NULL,\n"
    "  error TEXT, -- null: none\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX transactions_open ON transactions (id) WHERE state = 'signed';\n",

    "CREATE TABLE commits (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  chain_id INTEGER NOT NULL, -- this and the ids on chain: unsigned 64 bits, kept as signed\n"
    "  payer BLOB NOT NULL CHECK (length(payer) = 20),\n"
    "  copy INTEGER NOT NULL CHECK (copy >= 0),\n"
    "  provider_id BLOB NOT NULL CHECK (length(provider_id) = 32), -- 256 bits, big-endian\n"
    "  service_url TEXT NOT NULL,\n"
    "  creates INTEGER NOT NULL CHECK (creates IN (0, 1)),\n"
    "  client_data_set_id BLOB NOT NULL CHECK (length(client_data_set_id) = 32),\n"
    "  nonce BLOB NOT NULL CHECK (length(nonce) = 32),\n"
    "  cost BLOB NOT NULL CHECK (length(cost) = 32),\n"
    "  fees BLOB NOT NULL CHECK (length(fees) = 32),\n"
    "  payload BLOB NOT NULL, -- what was signed: every retry sends the same\n"
    "  added_ms INTEGER NOT NULL, -- times are Unix milliseconds\n"
    "  state TEXT NOT NULL,\n"
    "  tx TEXT NOT NULL, -- '' when not known\n"
    "  data_set_id INTEGER NOT NULL,\n"
    "  first_piece_id INTEGER NOT NULL,\n"
    "  sent_ms INTEGER NOT NULL,\n"
    "  changed_ms INTEGER NOT NULL,\n"
    "  error TEXT, -- null: none\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL,\n"
    "  UNIQUE (chain_id, payer, nonce)\n"
    ") STRICT;\n"
    "CREATE INDEX commits_open ON commits (id) WHERE state IN ('signed', 'sending', 'sent');\n"
    "CREATE TABLE commit_pieces (\n"
    "  commit_id INTEGER NOT NULL REFERENCES commits (id) ON DELETE CASCADE,\n"
    "  place INTEGER NOT NULL CHECK (place >= 0), -- in the order that was signed\n"
    "  cid TEXT NOT NULL, -- PieceCID v2\n"
    "  PRIMARY KEY (commit_id, place)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX commit_pieces_by_cid ON commit_pieces (cid);\n"
    "ALTER TABLE jobs ADD COLUMN copies INTEGER NOT NULL DEFAULT 0; -- wanted on chain\n"
    "ALTER TABLE jobs ADD COLUMN copies_landed INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE jobs ADD COLUMN data_set_id INTEGER NOT NULL DEFAULT 0; -- of the first copy\n"
    "ALTER TABLE jobs ADD COLUMN chain_piece_id INTEGER NOT NULL DEFAULT 0;\n",

    "CREATE TABLE provider_failures (\n"
    "  chain_id INTEGER NOT NULL, -- unsigned 64 bits, kept as signed\n"
    "  provider_id BLOB NOT NULL CHECK (length(provider_id) = 32), -- 256 bits, big-endian\n"
    "  failures INTEGER NOT NULL CHECK (failures > 0), -- in a row\n"
    "  failed_ms INTEGER NOT NULL, -- times are Unix milliseconds\n"
    "  cool_until_ms INTEGER NOT NULL,\n"
    "  error TEXT, -- null: none\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL,\n"
    "  PRIMARY KEY (chain_id, provider_id)\n"
    ") STRICT, WITHOUT ROWID;\n",

    /* files that are split: part 0 of `pieces` is the whole file, its pieces are those above */
    "ALTER TABLE jobs ADD COLUMN shard_bytes INTEGER NOT NULL DEFAULT 0; -- 0: one piece\n"
    "ALTER TABLE providers ADD COLUMN rate_bytes_per_s INTEGER NOT NULL DEFAULT 0; -- a stream's\n"
    "CREATE INDEX jobs_by_size ON jobs (size_bytes);\n",

    "ALTER TABLE jobs ADD COLUMN limit_bytes_per_s INTEGER NOT NULL DEFAULT 0; -- 0: none\n",

    /* thousands of files of one size are usual (the frames of a film), thousands of stored ones
     * are not a queue */
    "DROP INDEX jobs_by_size;\n"
    "CREATE INDEX jobs_stored_by_size ON jobs (size_bytes)\n"
    "  WHERE state IN ('stored', 'confirmed');\n"
    "CREATE INDEX pieces_by_cid ON pieces (cid, job_id);\n",

    /* several payloads may be signed with one nonce: one of them lands at most */
    "CREATE TABLE commits_before AS SELECT * FROM commits;\n"
    "CREATE TABLE commit_pieces_before AS SELECT * FROM commit_pieces;\n"
    "DROP TABLE commit_pieces;\n"
    "DROP TABLE commits;\n"
    "CREATE TABLE commits (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  chain_id INTEGER NOT NULL, -- this and the ids on chain: unsigned 64 bits, kept as signed\n"
    "  payer BLOB NOT NULL CHECK (length(payer) = 20),\n"
    "  copy INTEGER NOT NULL CHECK (copy >= 0),\n"
    "  provider_id BLOB NOT NULL CHECK (length(provider_id) = 32), -- 256 bits, big-endian\n"
    "  service_url TEXT NOT NULL,\n"
    "  creates INTEGER NOT NULL CHECK (creates IN (0, 1)),\n"
    "  client_data_set_id BLOB NOT NULL CHECK (length(client_data_set_id) = 32),\n"
    "  nonce BLOB NOT NULL CHECK (length(nonce) = 32),\n"
    "  cost BLOB NOT NULL CHECK (length(cost) = 32),\n"
    "  fees BLOB NOT NULL CHECK (length(fees) = 32),\n"
    "  payload BLOB NOT NULL, -- what was signed: every retry sends the same\n"
    "  added_ms INTEGER NOT NULL, -- times are Unix milliseconds\n"
    "  state TEXT NOT NULL,\n"
    "  tx TEXT NOT NULL, -- '' when not known\n"
    "  data_set_id INTEGER NOT NULL,\n"
    "  first_piece_id INTEGER NOT NULL,\n"
    "  sent_ms INTEGER NOT NULL,\n"
    "  changed_ms INTEGER NOT NULL,\n"
    "  error TEXT, -- null: none\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE commit_pieces (\n"
    "  commit_id INTEGER NOT NULL REFERENCES commits (id) ON DELETE CASCADE,\n"
    "  place INTEGER NOT NULL CHECK (place >= 0), -- in the order that was signed\n"
    "  cid TEXT NOT NULL, -- PieceCID v2\n"
    "  gone_ms INTEGER NOT NULL DEFAULT 0, -- when it was removed from its data set; 0: it was not\n"
    "  PRIMARY KEY (commit_id, place)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "INSERT INTO commits SELECT * FROM commits_before;\n"
    "INSERT INTO commit_pieces SELECT *, 0 FROM commit_pieces_before;\n"
    "DROP TABLE commit_pieces_before;\n"
    "DROP TABLE commits_before;\n"
    "CREATE INDEX commits_open ON commits (id) WHERE state IN ('signed', 'sending', 'sent');\n"
    "CREATE INDEX commits_by_nonce ON commits (nonce);\n"
    "CREATE INDEX commits_by_data_set ON commits (data_set_id, first_piece_id)\n"
    "  WHERE state = 'landed';\n"
    "CREATE INDEX commits_creating ON commits (id) WHERE creates = 1;\n"
    "CREATE INDEX commit_pieces_by_cid ON commit_pieces (cid);\n",

    /* the wish of a job, besides its number of copies; and providers by their ids on chain, which
     * outlive their URLs */
    "CREATE TABLE wishes (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  source TEXT NOT NULL, -- of the data sets; '': none\n"
    "  metadata TEXT NOT NULL, -- KEY=VALUE,KEY=VALUE\n"
    "  with_cdn INTEGER NOT NULL CHECK (with_cdn IN (0, 1)),\n"
    "  provider TEXT NOT NULL, -- number of the first copy's provider; '': chosen\n"
    "  data_set TEXT NOT NULL, -- the same of its data set\n"
    "  UNIQUE (source, metadata, with_cdn, provider, data_set)\n"
    ") STRICT;\n"
    "ALTER TABLE jobs ADD COLUMN wish_id INTEGER REFERENCES wishes (id); -- null: not known\n"
    "CREATE TABLE urls_before AS SELECT id, url, rate_bytes_per_s, (SELECT c.id FROM commits c\n"
    "  WHERE c.service_url = p.url ORDER BY c.id DESC LIMIT 1) AS commit_id FROM providers p;\n"
    "CREATE TABLE jobs_before (job_id INTEGER PRIMARY KEY, provider_id INTEGER);\n"
    "INSERT INTO jobs_before SELECT id, provider_id FROM jobs WHERE provider_id IS NOT NULL;\n"
    "UPDATE jobs SET provider_id = NULL;\n"
    "DROP TABLE providers;\n"
    "CREATE TABLE providers (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  url TEXT NOT NULL, -- '': another provider has it now\n"
    "  rate_bytes_per_s INTEGER NOT NULL DEFAULT 0, -- a stream's\n"
    "  chain_id INTEGER NOT NULL DEFAULT 0, -- unsigned 64 bits, kept as signed\n"
    "  provider_id BLOB CHECK (length(provider_id) = 32), -- 256 bits, big-endian; null: not known\n"
    "  UNIQUE (chain_id, provider_id)\n"
    ") STRICT;\n"
    "CREATE INDEX providers_by_url ON providers (url);\n"
    "INSERT OR IGNORE INTO providers SELECT u.id, u.url, u.rate_bytes_per_s,\n"
    "  coalesce(c.chain_id, 0), c.provider_id FROM urls_before u\n"
    "  LEFT JOIN commits c ON c.id = u.commit_id ORDER BY u.id DESC;\n"
    "UPDATE jobs SET provider_id = (SELECT coalesce(p.id, q.id) FROM jobs_before b\n"
    "  JOIN urls_before u ON u.id = b.provider_id LEFT JOIN providers p ON p.id = u.id\n"
    "  LEFT JOIN commits c ON c.id = u.commit_id\n"
    "  LEFT JOIN providers q ON q.chain_id = c.chain_id AND q.provider_id = c.provider_id\n"
    "  WHERE b.job_id = jobs.id) WHERE id IN (SELECT job_id FROM jobs_before);\n"
    "DROP TABLE jobs_before;\n"
    "DROP TABLE urls_before;\n",

    /* what the chain itself says about a landed piece, and what was not queued and why */
    "ALTER TABLE commit_pieces ADD COLUMN chain_name TEXT; -- null: the chain does not tell\n"
    "ALTER TABLE commit_pieces ADD COLUMN chain_part TEXT;\n"
    "ALTER TABLE commit_pieces ADD COLUMN chain_whole TEXT;\n"
    "CREATE TABLE refused (\n"
    "  path BLOB PRIMARY KEY,\n"
    "  at_ms INTEGER NOT NULL, -- Unix milliseconds, of the last time\n"
    "  skipped INTEGER NOT NULL CHECK (skipped IN (0, 1)), -- found in a folder: no failure\n"
    "  error TEXT,\n"
    "  error_detail INTEGER NOT NULL,\n"
    "  error_wait_ms INTEGER NOT NULL,\n"
    "  error_text TEXT NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX refused_by_time ON refused (at_ms);\n",

    /* older jobs have no change time: their files are read once more before they count as unchanged
     */
    "ALTER TABLE jobs ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0; -- 0: not known\n",

    /* data sets that the CDN serves, as the chain reported last */
    "CREATE TABLE cdn_data_sets (\n"
    "  chain_id INTEGER NOT NULL, -- unsigned 64 bits, kept as signed; so is the id\n"
    "  data_set_id INTEGER NOT NULL,\n"
    "  PRIMARY KEY (chain_id, data_set_id)\n"
    ") STRICT, WITHOUT ROWID;\n",
};

enum {
    VERSION = sizeof steps / sizeof steps[0],
    APPLICATION_ID = 0x736c7563, /* "sluc" */
};

static int check_owner(struct sl_journal *journal, int64_t version, struct sl_err *err)
{
    int64_t owner = 0;
    int64_t tables = 0;
    int rc = sl_db_ask(journal, "PRAGMA application_id", &owner, "open the journal", err);
    if (rc == SL_OK)
        rc = sl_db_ask(journal, "SELECT count(*) FROM sqlite_schema", &tables, "open the journal",
                       err);
    if (rc < 0 || owner == APPLICATION_ID || (version == 0 && owner == 0 && tables == 0))
        return rc;
    return sl_err_set(err, SL_EJOURNAL,
                      "a database of another program is in the journal's place: move it away, or "
                      "use --state-dir: %s",
                      journal->path);
}

int sl_schema_check(struct sl_journal *journal, struct sl_err *err)
{
    int64_t version = 0;
    int rc = sl_db_ask(journal, "PRAGMA user_version", &version, "open the journal", err);
    if (rc == SL_OK)
        rc = check_owner(journal, version, err);
    if (rc < 0)
        return rc;
    if (version > VERSION)
        return sl_err_set(err, SL_EJOURNAL,
                          "the journal is of a newer sluice (version %lld, this one knows %d): use "
                          "that sluice, or --state-dir: %s",
                          (long long)version, (int)VERSION, journal->path);
    if (journal->migrates || version == VERSION)
        return SL_OK;
    if (version == 0)
        return sl_err_set(err, SL_ENOENT, "nothing was uploaded yet: no journal in %s",
                          journal->path);
    return sl_err_set(err, SL_EJOURNAL,
                      "the journal is of an older sluice (version %lld): start an upload once to "
                      "bring it up to date: %s",
                      (long long)version, journal->path);
}

static int run_steps(struct sl_journal *journal, int64_t version, struct sl_err *err)
{
    for (; version < VERSION; version++) {
        const int rc = sl_db_exec(journal, steps[version], "bring the journal up to date", err);
        if (rc < 0)
            return rc;
    }
    char sql[48];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", (int)VERSION);
    return sl_db_exec(journal, sql, "bring the journal up to date", err);
}

int sl_schema_migrate(struct sl_journal *journal, struct sl_err *err)
{
    int64_t version = 0;
    int rc = sl_db_ask(journal, "PRAGMA user_version", &version, "open the journal", err);
    if (rc < 0 || version == VERSION)
        return rc;
    rc = sl_journal_txn_begin(journal, err);
    if (rc == SL_OK)
        rc = run_steps(journal, version, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    journal->came_from = rc == SL_OK ? version : 0;
    return rc;
}

int64_t sl_journal_came_from(const struct sl_journal *journal)
{
    return journal->came_from;
}
