sl_test(test_json unit LINKS sl_net)
sl_test(test_url unit LINKS sl_net)
sl_test(test_http unit LINKS sl_net)
sl_test(test_http_upload unit LINKS sl_net)
