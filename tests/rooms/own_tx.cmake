sl_test(test_own_call unit LINKS sl_foc SOURCES unit/chain_scene.c unit/own_scene.c)
sl_test(test_own_tx unit LINKS sl_foc SOURCES unit/chain_scene.c unit/own_scene.c TIMEOUT 120)
