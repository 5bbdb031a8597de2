# The kernels of this processor, each file with the instruction set that it alone may use; kernel.c
# asks the CPU before it calls one. They are optimized in every build: a test hashes gigabytes.
target_include_directories(sl_piece PRIVATE ${CMAKE_CURRENT_LIST_DIR})
set(kernel_files ${CMAKE_CURRENT_LIST_DIR}/kernel_portable.c ${CMAKE_CURRENT_LIST_DIR}/fr32.c)
set_source_files_properties(${kernel_files} PROPERTIES COMPILE_OPTIONS -O3)

function(sl_kernel_file name)
  set(file ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name})
  target_sources(sl_piece PRIVATE ${file})
  set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "-O3;${ARGN}")
endfunction()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  enable_language(ASM)
  target_compile_definitions(sl_piece PRIVATE SL_KERNELS_X86)
  sl_kernel_file(x86/cpu.c)
  sl_kernel_file(x86/fr32_avx2.c -mavx2)
  sl_kernel_file(x86/sha_ni.c)
  sl_kernel_file(x86/sha_ni_group.S)
  # 16 registers are few: gcc keeps more of them free when it leaves the order of things alone (6 %)
  sl_kernel_file(x86/avx2.c -mavx2 -mtune=skylake
    "$<$<C_COMPILER_ID:GNU>:-fno-tree-ter;-fno-tree-reassoc>")
  sl_kernel_file(x86/avx512.c -mavx512f -mavx512bw -mtune=skylake-avx512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  target_compile_definitions(sl_piece PRIVATE SL_KERNELS_ARM)
  sl_kernel_file(arm/sha2.c -march=armv8-a+crypto)
endif()
