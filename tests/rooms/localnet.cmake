sl_test(test_localnet_range unit LINKS sl_localnet)
foreach(part dialogue retrieve store faults hostile)
  sl_test(test_localnet_${part} e2e LINKS sl_localnet SOURCES e2e/localnet_kit.c TIMEOUT 120)
endforeach()
