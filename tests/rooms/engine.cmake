sl_test(test_engine_parts unit LINKS sl_engine LABELS engine)
