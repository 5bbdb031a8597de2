sl_test(test_events unit LINKS sl_foc LABELS vectors)
sl_test(test_batch unit LINKS sl_foc LABELS vectors)
sl_test(test_sp unit LINKS sl_foc)
