sl_test(test_base unit LINKS sl_base)
