# What the chain says, shown without a screen.
if(TARGET sluice)
  sl_test(test_faces e2e LINKS sl_foc SOURCES e2e/spawn.c e2e/binary_kit.c unit/chain_scene.c
          TIMEOUT 300)
  add_dependencies(test_faces sluice)
endif()
