sl_test(test_piece unit LINKS sl_piece)
sl_test(test_piece_cid unit LINKS sl_piece)
sl_test(test_piece_threads unit LINKS sl_piece)
sl_test(test_piece_vectors unit LINKS sl_piece LABELS vectors SOURCES unit/piece_cases.c TIMEOUT 300)
sl_test(test_piece_large unit LINKS sl_piece LABELS vectors large SOURCES unit/piece_cases.c
  TIMEOUT 900)

sl_test(test_piece_oom unit LINKS sl_piece)
target_compile_options(test_piece_oom PRIVATE -Wno-missing-prototypes
  $<$<C_COMPILER_ID:Clang>:-Wno-reserved-identifier>)
target_link_options(test_piece_oom PRIVATE
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=aligned_alloc)

# Once for every kernel of any build; where CPU or build has it not, the test skips and says so.
sl_test(test_piece_kernels unit LINKS sl_piece)
foreach(kernel portable sha-ni avx2 avx512)
  foreach(test test_piece_kernels test_piece_vectors)
    set(labels unit kernel)
    if(test STREQUAL test_piece_vectors)
      list(APPEND labels vectors)
    endif()
    add_test(NAME unit.${test}.${kernel} COMMAND ${test})
    set_tests_properties(unit.${test}.${kernel} PROPERTIES LABELS "${labels}" TIMEOUT 300
      ENVIRONMENT SLUICE_PIECE_KERNEL=${kernel} SKIP_RETURN_CODE 77)
  endforeach()
endforeach()

# The kernel of 64-bit ARM: built and run here too where a cross compiler and qemu are at hand.
add_test(NAME unit.test_piece_kernels.arm COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/piece_kernels_arm
  ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/arm)
set_tests_properties(unit.test_piece_kernels.arm PROPERTIES LABELS "unit;kernel" TIMEOUT 300
  SKIP_RETURN_CODE 77)

sl_fuzz(fuzz_piece LINKS sl_piece RUNS 10000 MAX_LEN 40000)
sl_fuzz(fuzz_piece_cid LINKS sl_piece RUNS 200000 MAX_LEN 128)
sl_fuzz(fuzz_piece_kernels LINKS sl_piece RUNS 2500 MAX_LEN 40000)
if(TARGET fuzz_piece_kernels)
  target_include_directories(fuzz_piece_kernels PRIVATE ${PROJECT_SOURCE_DIR}/src)
endif()
