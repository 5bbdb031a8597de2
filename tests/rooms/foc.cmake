sl_test(test_sp unit LINKS sl_foc)
