sl_test(test_ring unit LINKS sl_engine LABELS engine TIMEOUT 120)
