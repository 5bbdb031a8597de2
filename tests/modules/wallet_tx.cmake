sl_test(test_wallet_call unit LINKS sl_foc SOURCES unit/chain_scene.c unit/wallet_scene.c)
sl_test(test_wallet_tx unit LINKS sl_foc SOURCES unit/chain_scene.c unit/wallet_scene.c TIMEOUT 120)
if(TARGET sluice)
  sl_test(test_wallet_money e2e LINKS sl_foc
    SOURCES e2e/spawn.c unit/chain_scene.c unit/wallet_scene.c TIMEOUT 180)
  target_include_directories(test_wallet_money PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit)
  add_dependencies(test_wallet_money sluice)
endif()
