sl_test(test_costs unit LINKS sl_foc LABELS vectors)
