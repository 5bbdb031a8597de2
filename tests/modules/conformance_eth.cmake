# Random messages through viem, the library that wallets use, and through our code.
add_executable(eth_probe conformance/eth_probe.c)
target_link_libraries(eth_probe PRIVATE sl_test_support sl_eth)
add_test(NAME conformance.eth
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/conformance/eth/run $<TARGET_FILE:eth_probe>
    ${PROJECT_SOURCE_DIR}/build/conformance-eth)
set_tests_properties(conformance.eth PROPERTIES
  LABELS conformance TIMEOUT 300 SKIP_RETURN_CODE 77)
