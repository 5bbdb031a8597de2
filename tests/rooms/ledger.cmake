set(kit unit/ledger_kit.c unit/ledger_kit_payload.c)
sl_test(test_ledger_observed unit LINKS sl_localnet SOURCES ${kit} unit/observed_signatures.c
        unit/observed_adds.c unit/observed_metadata.c unit/observed_sessions.c unit/observed_money.c)
sl_test(test_ledger unit LINKS sl_localnet SOURCES ${kit} TIMEOUT 300)
sl_test(test_ledger_profile unit LINKS sl_localnet SOURCES ${kit})
foreach(test test_ledger test_ledger_profile)
  target_link_libraries(${test} PRIVATE PkgConfig::SQLITE)
endforeach()
