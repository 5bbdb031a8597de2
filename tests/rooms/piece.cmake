sl_test(test_piece unit LINKS sl_piece)
sl_test(test_piece_cid unit LINKS sl_piece)
sl_test(test_piece_vectors unit LINKS sl_piece LABELS vectors SOURCES unit/piece_cases.c TIMEOUT 300)
sl_test(test_piece_large unit LINKS sl_piece LABELS vectors large SOURCES unit/piece_cases.c
  TIMEOUT 900)
sl_test(test_piece_oom unit LINKS sl_piece)
target_compile_options(test_piece_oom PRIVATE -Wno-missing-prototypes
  $<$<C_COMPILER_ID:Clang>:-Wno-reserved-identifier>)
target_link_options(test_piece_oom PRIVATE
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=aligned_alloc)

sl_fuzz(fuzz_piece LINKS sl_piece RUNS 20000 MAX_LEN 40000)
sl_fuzz(fuzz_piece_cid LINKS sl_piece RUNS 200000 MAX_LEN 128)
