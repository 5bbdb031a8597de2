sl_test(test_keccak unit LINKS sl_eth LABELS vectors)
sl_test(test_key unit LINKS sl_eth LABELS vectors)
