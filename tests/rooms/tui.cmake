# The screen: golden grids, what keys do, parsers of what comes from outside.
sl_test(test_screens tui LINKS sl_tui SOURCES tui/screen.c TIMEOUT 120)
sl_test(test_parsers tui LINKS sl_tui)
sl_test(test_model tui LINKS sl_tui SOURCES tui/screen.c)
sl_fuzz(fuzz_tui LINKS sl_tui RUNS 100000 MAX_LEN 2048)
if(TARGET fuzz_tui)
  target_include_directories(fuzz_tui PRIVATE ${PROJECT_SOURCE_DIR}/src)
endif()

# The screen on a pty, over a real engine and a real provider.
pkg_check_modules(VTERM REQUIRED IMPORTED_TARGET vterm)
target_link_libraries(sl_test_support PRIVATE PkgConfig::VTERM)
add_executable(screen_program tui/screen_program.c)
target_link_libraries(screen_program PRIVATE sl_tui sl_engine sl_localnet)
sl_test(test_terminal tui LINKS sl_net LABELS e2e TIMEOUT 300)
add_dependencies(test_terminal screen_program)
