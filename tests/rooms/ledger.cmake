sl_test(test_ledger_observed unit LINKS sl_localnet SOURCES unit/ledger_kit.c TIMEOUT 120)
