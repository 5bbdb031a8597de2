/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Money, nonces chosen by clients and other 256-bit numbers are blobs of 32 bytes, addresses blobs
 * of 20; epochs and ids that the contracts count are integers.
 */
#include "chain/ledger_schema.h"

#define CHAIN                                                                                      \
    "CREATE TABLE chain("                                                                          \
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"                                                   \
    "  chain_id INTEGER NOT NULL,"                                                                 \
    "  epoch_ms INTEGER NOT NULL,"                                                                 \
    "  genesis_s INTEGER NOT NULL,"                                                                \
    "  head INTEGER NOT NULL,"                                                                     \
    "  next_rail INTEGER NOT NULL,"                                                                \
    "  next_set INTEGER NOT NULL,"                                                                 \
    "  minted_fil BLOB NOT NULL,"                                                                  \
    "  supply BLOB NOT NULL" /* USDFC */                                                           \
    ") STRICT;"                                                                                    \
    "CREATE TABLE block("                                                                          \
    "  number INTEGER PRIMARY KEY,"                                                                \
    "  hash BLOB NOT NULL UNIQUE,"                                                                 \
    "  parent BLOB NOT NULL,"                                                                      \
    "  timestamp_s INTEGER NOT NULL,"                                                              \
    "  gas_used INTEGER NOT NULL,"                                                                 \
    "  tx_count INTEGER NOT NULL"                                                                  \
    ") STRICT;"                                                                                    \
    "CREATE TABLE account("                                                                        \
    "  address BLOB PRIMARY KEY,"                                                                  \
    "  fil BLOB NOT NULL,"                                                                         \
    "  nonce INTEGER NOT NULL DEFAULT 0"                                                           \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE tx("                                                                             \
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                      \
    "  hash BLOB NOT NULL UNIQUE,"                                                                 \
    "  sender BLOB NOT NULL,"                                                                      \
    "  nonce INTEGER NOT NULL,"                                                                    \
    "  recipient BLOB NOT NULL,"                                                                   \
    "  value BLOB NOT NULL,"                                                                       \
    "  max_fee BLOB NOT NULL,"                                                                     \
    "  tip BLOB NOT NULL,"                                                                         \
    "  gas_limit INTEGER NOT NULL," /* 0: as much as it needs */                                   \
    "  data BLOB NOT NULL,"                                                                        \
    "  signature BLOB NOT NULL," /* empty: sent by this node */                                    \
    "  block INTEGER,"           /* from here on: NULL while it waits */                           \
    "  place INTEGER,"                                                                             \
    "  ok INTEGER,"                                                                                \
    "  gas_used INTEGER,"                                                                          \
    "  gas_price BLOB,"                                                                            \
    "  returned BLOB,"                                                                             \
    "  UNIQUE(sender, nonce)"                                                                      \
    ") STRICT;"                                                                                    \
    "CREATE INDEX tx_waiting ON tx(id) WHERE block IS NULL;"                                       \
    "CREATE TABLE log("                                                                            \
    "  block INTEGER NOT NULL,"                                                                    \
    "  place INTEGER NOT NULL,"                                                                    \
    "  tx INTEGER NOT NULL REFERENCES tx(id),"                                                     \
    "  address BLOB NOT NULL,"                                                                     \
    "  topics BLOB NOT NULL,"                                                                      \
    "  data BLOB NOT NULL,"                                                                        \
    "  PRIMARY KEY(block, place)"                                                                  \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE INDEX log_tx ON log(tx);"                                                              \
    "CREATE INDEX log_address ON log(address, block);"

#define TOKEN                                                                                      \
    "CREATE TABLE token("                                                                          \
    "  owner BLOB PRIMARY KEY,"                                                                    \
    "  balance BLOB NOT NULL,"                                                                     \
    "  permits INTEGER NOT NULL DEFAULT 0" /* nonces used */                                       \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE allowance("                                                                      \
    "  owner BLOB NOT NULL,"                                                                       \
    "  spender BLOB NOT NULL,"                                                                     \
    "  amount BLOB NOT NULL,"                                                                      \
    "  PRIMARY KEY(owner, spender)"                                                                \
    ") STRICT, WITHOUT ROWID;"

#define PAY                                                                                        \
    "CREATE TABLE pay_account("                                                                    \
    "  token BLOB NOT NULL,"                                                                       \
    "  owner BLOB NOT NULL,"                                                                       \
    "  funds BLOB NOT NULL,"                                                                       \
    "  lockup BLOB NOT NULL,"                                                                      \
    "  rate BLOB NOT NULL,"                                                                        \
    "  settled_at INTEGER NOT NULL,"                                                               \
    "  PRIMARY KEY(token, owner)"                                                                  \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE pay_approval("                                                                   \
    "  token BLOB NOT NULL,"                                                                       \
    "  client BLOB NOT NULL,"                                                                      \
    "  operator BLOB NOT NULL,"                                                                    \
    "  approved INTEGER NOT NULL,"                                                                 \
    "  rate_allowance BLOB NOT NULL,"                                                              \
    "  lockup_allowance BLOB NOT NULL,"                                                            \
    "  rate_usage BLOB NOT NULL,"                                                                  \
    "  lockup_usage BLOB NOT NULL,"                                                                \
    "  max_period BLOB NOT NULL,"                                                                  \
    "  PRIMARY KEY(token, client, operator)"                                                       \
    ") STRICT, WITHOUT ROWID;" /* a finalized rail keeps its row: pages count it, but no answer    \
                                  shows it */                                                      \
    "CREATE TABLE rail("                                                                           \
    "  id INTEGER PRIMARY KEY,"                                                                    \
    "  active INTEGER NOT NULL,"                                                                   \
    "  token BLOB NOT NULL,"                                                                       \
    "  payer BLOB NOT NULL,"                                                                       \
    "  payee BLOB NOT NULL,"                                                                       \
    "  operator BLOB NOT NULL,"                                                                    \
    "  validator BLOB NOT NULL,"                                                                   \
    "  recipient BLOB NOT NULL,"                                                                   \
    "  rate BLOB NOT NULL,"                                                                        \
    "  period INTEGER NOT NULL,"                                                                   \
    "  fixed BLOB NOT NULL,"                                                                       \
    "  settled_to INTEGER NOT NULL,"                                                               \
    "  end_epoch INTEGER NOT NULL"                                                                 \
    ") STRICT;"                                                                                    \
    "CREATE INDEX rail_payer ON rail(payer, token);"                                               \
    "CREATE INDEX rail_payee ON rail(payee, token);"                                               \
    "CREATE TABLE rail_change("                                                                    \
    "  rail INTEGER NOT NULL REFERENCES rail(id),"                                                 \
    "  until INTEGER NOT NULL,"                                                                    \
    "  rate BLOB NOT NULL,"                                                                        \
    "  PRIMARY KEY(rail, until)"                                                                   \
    ") STRICT, WITHOUT ROWID;"

#define PDP                                                                                        \
    "CREATE TABLE pdp_set("                                                                        \
    "  id INTEGER PRIMARY KEY,"                                                                    \
    "  provider BLOB NOT NULL,"                                                                    \
    "  listener BLOB NOT NULL,"                                                                    \
    "  leaves INTEGER NOT NULL,"                                                                   \
    "  next_piece INTEGER NOT NULL,"                                                               \
    "  next_challenge INTEGER NOT NULL,"                                                           \
    "  challenge_range INTEGER NOT NULL,"                                                          \
    "  last_proven INTEGER NOT NULL"                                                               \
    ") STRICT;"                                                                                    \
    "CREATE TABLE piece("                                                                          \
    "  data_set INTEGER NOT NULL REFERENCES pdp_set(id),"                                          \
    "  id INTEGER NOT NULL,"                                                                       \
    "  leaves INTEGER NOT NULL,"                                                                   \
    "  cid BLOB NOT NULL,"                                                                         \
    "  PRIMARY KEY(data_set, id)"                                                                  \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE INDEX piece_cid ON piece(data_set, cid);"                                              \
    "CREATE TABLE removal("                                                                        \
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                      \
    "  data_set INTEGER NOT NULL REFERENCES pdp_set(id),"                                          \
    "  piece INTEGER NOT NULL,"                                                                    \
    "  UNIQUE(data_set, piece)"                                                                    \
    ") STRICT;"

#define FWSS                                                                                       \
    "CREATE TABLE data_set("                                                                       \
    "  id INTEGER PRIMARY KEY,"                                                                    \
    "  pdp_rail INTEGER NOT NULL,"                                                                 \
    "  cache_rail INTEGER NOT NULL,"                                                               \
    "  cdn_rail INTEGER NOT NULL,"                                                                 \
    "  payer BLOB NOT NULL,"                                                                       \
    "  payee BLOB NOT NULL,"                                                                       \
    "  provider BLOB NOT NULL,"                                                                    \
    "  provider_id INTEGER NOT NULL,"                                                              \
    "  client_id BLOB NOT NULL,"                                                                   \
    "  end_epoch INTEGER NOT NULL,"                                                                \
    "  pending BLOB NOT NULL,"                                                                     \
    "  reserve BLOB NOT NULL,"                                                                     \
    "  activation INTEGER NOT NULL DEFAULT 0,"                                                     \
    "  deadline INTEGER NOT NULL DEFAULT 0,"                                                       \
    "  proven INTEGER NOT NULL DEFAULT 0," /* in this period */                                    \
    "  due INTEGER"                        /* when its provider acts next; NULL: no reason to */   \
    ") STRICT;"                                                                                    \
    "CREATE INDEX data_set_due ON data_set(due) WHERE due IS NOT NULL;"                            \
    "CREATE UNIQUE INDEX data_set_rail ON data_set(pdp_rail);"                                     \
    "CREATE TABLE proven_period("                                                                  \
    "  data_set INTEGER NOT NULL REFERENCES data_set(id),"                                         \
    "  period INTEGER NOT NULL,"                                                                   \
    "  PRIMARY KEY(data_set, period)"                                                              \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE client_set("                                                                     \
    "  payer BLOB NOT NULL,"                                                                       \
    "  place INTEGER NOT NULL,"                                                                    \
    "  data_set INTEGER NOT NULL UNIQUE REFERENCES data_set(id),"                                  \
    "  PRIMARY KEY(payer, place)"                                                                  \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE client_nonce("                                                                   \
    "  payer BLOB NOT NULL,"                                                                       \
    "  nonce BLOB NOT NULL,"                                                                       \
    "  used_for BLOB NOT NULL,"                                                                    \
    "  PRIMARY KEY(payer, nonce)"                                                                  \
    ") STRICT, WITHOUT ROWID;" /* piece -1: of the data set itself */                              \
    "CREATE TABLE metadata("                                                                       \
    "  data_set INTEGER NOT NULL REFERENCES data_set(id),"                                         \
    "  piece INTEGER NOT NULL,"                                                                    \
    "  place INTEGER NOT NULL,"                                                                    \
    "  name BLOB NOT NULL,"                                                                        \
    "  value BLOB NOT NULL,"                                                                       \
    "  PRIMARY KEY(data_set, piece, place)"                                                        \
    ") STRICT, WITHOUT ROWID;"

#define REGISTRY                                                                                   \
    "CREATE TABLE provider("                                                                       \
    "  id INTEGER PRIMARY KEY,"                                                                    \
    "  address BLOB NOT NULL UNIQUE,"                                                              \
    "  payee BLOB NOT NULL,"                                                                       \
    "  name TEXT NOT NULL,"                                                                        \
    "  description TEXT NOT NULL,"                                                                 \
    "  active INTEGER NOT NULL,"                                                                   \
    "  approved INTEGER NOT NULL,"                                                                 \
    "  endorsed INTEGER NOT NULL"                                                                  \
    ") STRICT;"                                                                                    \
    "CREATE TABLE capability("                                                                     \
    "  provider INTEGER NOT NULL REFERENCES provider(id),"                                         \
    "  place INTEGER NOT NULL,"                                                                    \
    "  name TEXT NOT NULL,"                                                                        \
    "  value BLOB NOT NULL,"                                                                       \
    "  PRIMARY KEY(provider, place),"                                                              \
    "  UNIQUE(provider, name)"                                                                     \
    ") STRICT, WITHOUT ROWID;"                                                                     \
    "CREATE TABLE session_key("                                                                    \
    "  identity BLOB NOT NULL,"                                                                    \
    "  signer BLOB NOT NULL,"                                                                      \
    "  permission BLOB NOT NULL,"                                                                  \
    "  expiry BLOB NOT NULL,"                                                                      \
    "  PRIMARY KEY(identity, signer, permission)"                                                  \
    ") STRICT, WITHOUT ROWID;"

/* The version of the storage service, 13 or 15: a ledger that had no such column is of 1.3. Its
 * first View goes on with the getters and prices of 1.3 when it was migrated. */
#define PROFILE                                                                                    \
    "ALTER TABLE chain ADD COLUMN profile INTEGER NOT NULL DEFAULT 13;"                            \
    "ALTER TABLE chain ADD COLUMN migrated INTEGER NOT NULL DEFAULT 0;"                            \
    "ALTER TABLE chain ADD COLUMN legacy_limit INTEGER NOT NULL DEFAULT 0;"                        \
    "ALTER TABLE data_set ADD COLUMN authorizer BLOB NOT NULL"                                     \
    "  DEFAULT x'0000000000000000000000000000000000000000';"                                       \
    "ALTER TABLE data_set ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;" /* in this period */   \
    "UPDATE data_set SET scheduled = 1 WHERE id IN (SELECT data_set FROM removal);"

const char *const sl_ledger_schema[] = {CHAIN, TOKEN, PAY, PDP, FWSS, REGISTRY, PROFILE};

const uint64_t sl_ledger_schema_version = sizeof sl_ledger_schema / sizeof sl_ledger_schema[0];
