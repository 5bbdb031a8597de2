set(kit unit/ledger_kit.c unit/ledger_kit_payload.c)
sl_test(test_ledger_observed unit LINKS sl_devnet SOURCES ${kit} unit/observed_signatures.c
        unit/observed_adds.c unit/observed_metadata.c unit/observed_sessions.c unit/observed_money.c TIMEOUT 120)
sl_test(test_ledger unit LINKS sl_devnet SOURCES ${kit} TIMEOUT 300)
sl_test(test_ledger_profile unit LINKS sl_devnet SOURCES ${kit})
sl_test(test_ledger_today unit LINKS sl_devnet SOURCES ${kit} unit/observed_sessions.c
        unit/observed_today_check.c unit/observed_today_acts.c unit/observed_today_v1_4.c
        unit/observed_today_later.c unit/observed_today_removals.c unit/observed_today_end.c
        unit/observed_today_upgrade.c unit/observed_today_1_5.c TIMEOUT 120)
foreach(test test_ledger test_ledger_profile test_ledger_today)
  target_link_libraries(${test} PRIVATE PkgConfig::SQLITE)
endforeach()
# These include private headers, which name each other from the module's folder.
foreach(test test_ledger_observed test_ledger test_ledger_profile test_ledger_today)
  if(TARGET ${test})
    target_include_directories(${test} PRIVATE ${PROJECT_SOURCE_DIR}/src/devnet)
  endif()
endforeach()
