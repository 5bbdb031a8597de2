# What the chain says, shown without a screen.
if(TARGET sluice)
  foreach(name test_faces test_chain_hostile)
    sl_test(${name} e2e LINKS sl_foc SOURCES e2e/spawn.c e2e/binary_kit.c unit/chain_scene.c
            TIMEOUT 300)
    add_dependencies(${name} sluice)
  endforeach()
endif()
