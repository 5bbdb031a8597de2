# The screen: golden grids, what keys do, parsers of what comes from outside.
sl_test(test_screens tui LINKS sl_tui sl_piece SOURCES tui/screen.c TIMEOUT 120)
sl_fuzz(fuzz_tui LINKS sl_tui RUNS 20000 MAX_LEN 2048)
if(TARGET fuzz_tui)
  target_include_directories(fuzz_tui PRIVATE ${PROJECT_SOURCE_DIR}/src)
endif()
