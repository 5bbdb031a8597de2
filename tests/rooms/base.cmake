sl_test(test_base unit LINKS sl_base)
sl_test(test_text unit LINKS sl_base)
sl_test(test_log unit LINKS sl_base Threads::Threads)
sl_fuzz(fuzz_text LINKS sl_base RUNS 40000 MAX_LEN 400)
sl_test(test_library unit LINKS sl_base)
sl_test(test_secret unit LINKS sl_base)
pkg_check_modules(GMP REQUIRED IMPORTED_TARGET gmp) # the oracle of the 256-bit integers
sl_test(test_u256 unit LINKS sl_base PkgConfig::GMP)
sl_test(test_timetable unit LINKS sl_base)
