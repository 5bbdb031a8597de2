sl_test(test_journal unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_file unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c TIMEOUT 120)
sl_test(test_journal_end unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c TIMEOUT 120)
sl_test(test_journal_process unit LINKS sl_store LABELS store TIMEOUT 120)
sl_test(test_journal_oom unit LINKS sl_store PkgConfig::SQLITE LABELS store TIMEOUT 480)
sl_test(test_journal_parts unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_tx unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_provider unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_commit unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_removal unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
sl_test(test_journal_refused unit LINKS sl_store PkgConfig::SQLITE LABELS store
  SOURCES unit/journal_bench.c)
