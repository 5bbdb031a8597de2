# Getting files back: from a provider that behaves, and from those that do not.
sl_test(test_fetch_faults e2e LINKS sl_fetch sl_devnet SOURCES e2e/liar.c e2e/devnet_kit.c TIMEOUT 600)
sl_test(test_copies unit LINKS sl_fetch)
sl_test(test_versions unit LINKS sl_cli)
target_include_directories(test_versions PRIVATE ${PROJECT_SOURCE_DIR}/src/cli)
sl_test(test_fetch e2e LINKS sl_fetch sl_devnet SOURCES e2e/liar.c e2e/devnet_kit.c TIMEOUT 120)
if(TARGET sluice)
  foreach(name test_get test_get_manifest)
    sl_test(${name} e2e LINKS sl_piece sl_devnet
      SOURCES e2e/get_kit.c e2e/spawn.c e2e/binary_kit.c e2e/devnet_kit.c TIMEOUT 180)
    add_dependencies(${name} sluice)
  endforeach()
  sl_test(test_get_chain e2e LINKS sl_piece sl_devnet
    SOURCES e2e/spawn.c e2e/binary_kit.c e2e/devnet_kit.c e2e/chain_kit.c TIMEOUT 180)
  add_dependencies(test_get_chain sluice)
endif()
sl_fuzz(fuzz_manifest LINKS sl_fetch RUNS 30000 MAX_LEN 2048)
