sl_test(test_ring unit LINKS sl_engine LABELS engine TIMEOUT 300)
sl_test(test_scan unit LINKS sl_engine LABELS engine SOURCES unit/scan_seen.c)
sl_test(test_scan_limits unit LINKS sl_engine LABELS engine SOURCES unit/scan_seen.c TIMEOUT 120)
sl_test(test_scan_oom unit LINKS sl_engine LABELS engine)
target_compile_options(test_scan_oom PRIVATE
  $<$<C_COMPILER_ID:Clang>:-Wno-reserved-identifier>)
target_link_options(test_scan_oom PRIVATE
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc)
foreach(test test_scan test_scan_limits test_scan_oom)
  target_include_directories(${test} PRIVATE ${PROJECT_SOURCE_DIR}/src/engine) # private headers
endforeach()
