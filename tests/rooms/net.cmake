sl_test(test_json unit LINKS sl_net)
