sl_test(test_localnet_rate_ban unit LINKS sl_devnet)
foreach(part rpc logs batch authorizer commit subpieces pull chain private)
  sl_test(test_localnet_${part} e2e LINKS sl_devnet SOURCES e2e/localnet_kit.c e2e/chain_kit.c TIMEOUT 180)
endforeach()
# Real clients: the TypeScript SDK and viem, as npm gives them.
if(TARGET sluice)
  sl_test(test_serve e2e LINKS sl_piece SOURCES e2e/spawn.c e2e/binary_kit.c TIMEOUT 120)
  add_dependencies(test_serve sluice)
  add_test(NAME conformance.serve COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/conformance/serve/run $<TARGET_FILE:sluice>
    ${PROJECT_SOURCE_DIR}/build/conformance-serve)
  set_tests_properties(conformance.serve PROPERTIES LABELS conformance TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()
# These include private headers, which name each other from the module's folder.
foreach(test test_localnet_rate_ban test_localnet_subpieces)
  if(TARGET ${test})
    target_include_directories(${test} PRIVATE ${PROJECT_SOURCE_DIR}/src/devnet)
  endif()
endforeach()
