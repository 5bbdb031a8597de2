sl_test(test_costs unit LINKS sl_foc LABELS vectors)
sl_test(test_selection unit LINKS sl_foc LABELS vectors)
sl_test(test_provider unit LINKS sl_foc LABELS vectors)
sl_test(test_network unit LINKS sl_foc)
