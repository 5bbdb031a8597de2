sl_test(test_config unit LINKS sl_config)
sl_fuzz(fuzz_config LINKS sl_config RUNS 20000 MAX_LEN 2048)
