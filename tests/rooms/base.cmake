sl_test(test_base unit LINKS sl_base)
sl_test(test_text unit LINKS sl_base)
sl_test(test_log unit LINKS sl_base Threads::Threads)
sl_fuzz(fuzz_text LINKS sl_base RUNS 200000 MAX_LEN 400)
