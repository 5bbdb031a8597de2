sl_test(test_ledger_observed unit LINKS sl_localnet SOURCES unit/ledger_kit.c unit/observed_signatures.c
  unit/observed_adds.c unit/observed_metadata.c unit/observed_sessions.c unit/observed_money.c TIMEOUT 120)
sl_test(test_ledger unit LINKS sl_localnet SOURCES unit/ledger_kit.c TIMEOUT 300)
target_link_libraries(test_ledger PRIVATE PkgConfig::SQLITE)
sl_test(test_ledger_profile unit LINKS sl_localnet SOURCES unit/ledger_kit.c)
target_link_libraries(test_ledger_profile PRIVATE PkgConfig::SQLITE)
