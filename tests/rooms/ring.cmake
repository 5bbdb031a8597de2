sl_test(test_ring unit LINKS sl_engine LABELS engine TIMEOUT 120)
sl_test(test_scan unit LINKS sl_engine LABELS engine TIMEOUT 120)
