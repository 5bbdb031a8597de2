# The engine between a real provider on loopback and a real journal; engine/rig.h.
function(sl_engine_test name)
  if(TARGET sl_localnet)
    sl_test(${name} engine LINKS sl_engine sl_localnet SOURCES engine/rig.c TIMEOUT 300)
  endif()
endfunction()

sl_test(test_engine_parts unit LINKS sl_engine LABELS engine)
sl_engine_test(test_engine_upload)
sl_engine_test(test_engine_control)
sl_engine_test(test_engine_faults)
sl_engine_test(test_engine_change)
sl_engine_test(test_engine_queue)
sl_engine_test(test_engine_crash)
