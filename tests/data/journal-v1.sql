-- The journal as the first release wrote it: what later ones have to bring up to date.
CREATE TABLE providers (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path BLOB NOT NULL,
  rank INTEGER NOT NULL,
  state TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, -- this, device and inode: unsigned 64 bits, kept as signed
  mtime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  added_ms INTEGER NOT NULL, -- times are Unix milliseconds
  changed_ms INTEGER NOT NULL,
  next_try_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  already_stored INTEGER NOT NULL CHECK (already_stored IN (0, 1)),
  provider_id INTEGER REFERENCES providers (id),
  error TEXT, -- null: none
  error_detail INTEGER NOT NULL,
  error_wait_ms INTEGER NOT NULL,
  error_text TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_path ON jobs (path);
CREATE INDEX jobs_by_rank ON jobs (rank);
CREATE TABLE pieces (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  part INTEGER NOT NULL CHECK (part >= 0),
  offset_bytes INTEGER NOT NULL, -- in the file
  size_bytes INTEGER NOT NULL,
  state TEXT NOT NULL,
  cid TEXT, -- PieceCID v2, null until all bytes were hashed
  UNIQUE (job_id, part)
) STRICT;
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  error TEXT,
  error_detail INTEGER NOT NULL,
  error_wait_ms INTEGER NOT NULL,
  error_text TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_job ON history (job_id);
PRAGMA application_id = 0x736c7563;
INSERT INTO jobs (path, rank, state, size_bytes, mtime_ns, device, inode, added_ms, changed_ms, next_try_ms, attempts,
  already_stored, error, error_detail, error_wait_ms, error_text)
  VALUES (CAST('/srv/film.mkv' AS BLOB), 1, 'queued', 1000, 0, 0, 5, 1800000001000, 1800000001000, 0, 0, 0, NULL, 0, 0, '');
PRAGMA user_version = 1;
