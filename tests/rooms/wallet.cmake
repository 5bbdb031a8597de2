sl_test(test_wallet unit LINKS sl_cli TIMEOUT 120)
