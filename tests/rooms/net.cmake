sl_test(test_json unit LINKS sl_net)
sl_test(test_http unit LINKS sl_net)
