sl_test(test_journal unit LINKS sl_store PkgConfig::SQLITE LABELS store TIMEOUT 120)
