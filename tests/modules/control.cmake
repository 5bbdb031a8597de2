sl_test(test_control_wire unit LINKS sl_control LABELS control)
sl_test(test_control unit LINKS sl_control LABELS control)
