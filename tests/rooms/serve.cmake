sl_test(test_localnet_offence unit LINKS sl_localnet)
foreach(part rpc logs batch authorizer commit subpieces pull chain private)
  sl_test(test_localnet_${part} e2e LINKS sl_localnet SOURCES e2e/localnet_kit.c e2e/chain_kit.c TIMEOUT 180)
endforeach()
# Real clients: the TypeScript SDK and viem, as npm gives them.
if(TARGET sluice)
  sl_test(test_serve e2e LINKS sl_piece SOURCES e2e/spawn.c e2e/binary_kit.c TIMEOUT 120)
  sl_test(test_migrated e2e LINKS sl_piece sl_localnet SOURCES e2e/spawn.c e2e/binary_kit.c e2e/get_kit.c e2e/localnet_kit.c TIMEOUT 180)
  add_dependencies(test_serve sluice)
  add_dependencies(test_migrated sluice)
  add_test(NAME conformance.serve COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/conformance/serve/run $<TARGET_FILE:sluice>
    ${PROJECT_SOURCE_DIR}/build/conformance-serve)
  set_tests_properties(conformance.serve PROPERTIES LABELS conformance TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()
