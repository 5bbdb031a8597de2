sl_test(test_cli unit LINKS sl_cli)
sl_test(test_cost_plan unit LINKS sl_cli SOURCES unit/chain_scene.c)
sl_test(test_anonymizer unit LINKS sl_cli)
sl_test(test_verify_worker e2e LINKS sl_cli SOURCES e2e/liar.c TIMEOUT 180)
sl_test(test_account_reader e2e LINKS sl_cli SOURCES unit/chain_scene.c TIMEOUT 180)
sl_test(test_deposit_worker e2e LINKS sl_cli SOURCES unit/chain_scene.c unit/wallet_scene.c TIMEOUT 180)
if(TARGET sluice)
  foreach(name test_upload test_stop test_commands test_resume)
    sl_test(${name} e2e DEVNET LINKS sl_piece SOURCES e2e/spawn.c e2e/binary_kit.c TIMEOUT 180)
    add_dependencies(${name} sluice)
  endforeach()
  if(TARGET sl_devnet)
    sl_test(test_split e2e LINKS sl_engine sl_devnet
      SOURCES e2e/spawn.c e2e/binary_kit.c engine/rig.c TIMEOUT 180)
    add_dependencies(test_split sluice)
  endif()
endif()

# PieceCIDs of files and folders, lists of them, and the line on the terminal.
sl_test(test_cid_line unit LINKS sl_cli)
if(TARGET sluice)
  sl_test(test_cid e2e LINKS sl_piece SOURCES e2e/spawn.c TIMEOUT 180)
  add_dependencies(test_cid sluice)
endif()
sl_fuzz(fuzz_cid_line LINKS sl_cli RUNS 100000 MAX_LEN 300)
if(TARGET fuzz_cid_line)
  target_include_directories(fuzz_cid_line PRIVATE ${PROJECT_SOURCE_DIR}/src)
endif()
# Commands that ask the chain, and those that change something, on a whole local network.
if(TARGET sluice)
  foreach(name test_upload_chain test_cost test_chain_reads test_chain_money test_chain_changes
      test_cancel test_removed test_removal_lies test_restorable test_wishes test_placed test_nameless test_hold
      test_story test_log_lines)
    sl_test(${name} e2e LINKS sl_devnet SOURCES e2e/spawn.c e2e/binary_kit.c e2e/served.c e2e/chain_kit.c
      e2e/devnet_kit.c e2e/lying_node.c TIMEOUT 180)
    add_dependencies(${name} sluice)
  endforeach()
endif()

# Killed at random, on a network of its own.
if(TARGET sluice)
  sl_test(test_crash e2e LINKS sl_piece sl_foc sl_devnet SOURCES e2e/spawn.c e2e/binary_kit.c TIMEOUT 600)
  add_dependencies(test_crash sluice)
endif()
# These include private headers, which name each other from the module's folder.
foreach(test test_cli test_cost_plan test_anonymizer test_cid_line test_verify_worker test_account_reader
    test_deposit_worker fuzz_cid_line)
  if(TARGET ${test})
    target_include_directories(${test} PRIVATE ${PROJECT_SOURCE_DIR}/src/cli)
  endif()
endforeach()
