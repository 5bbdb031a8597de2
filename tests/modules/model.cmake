# The engine's thread against a model: everything around it is played (model/world.h).
sl_test(test_engine_model model LINKS sl_engine LABELS engine TIMEOUT 300
  SOURCES model/world.c model/workers.c model/others.c model/lanes.c model/reference.c)
foreach(symbol pthread_mutex_unlock sl_engine_on_commit sl_commit_add sl_commit_choose sl_commit_chain sl_lane_main)
  target_link_options(test_engine_model PRIVATE -Wl,--wrap=${symbol})
endforeach()
target_include_directories(test_engine_model PRIVATE # private headers
  ${PROJECT_SOURCE_DIR}/src/commit ${PROJECT_SOURCE_DIR}/src/engine)
