sl_test(test_piece_index unit LINKS sl_commit)

# Commits against a whole local network: providers, a chain, a node.
sl_test(test_commit commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 180)
sl_test(test_commit_refused commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 180)
sl_test(test_commit_mix commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 300)
sl_test(test_commit_hold commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 60)
sl_test(test_commit_kill commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c commit/commit_child.c LABELS e2e TIMEOUT 300)
sl_test(test_commit_node commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c commit/node_between.c LABELS e2e TIMEOUT 120)
sl_test(test_commit_move commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 180)
sl_test(test_commit_once commit LINKS sl_commit sl_devnet SOURCES commit/commit_rig.c LABELS e2e TIMEOUT 120)
sl_test(test_money unit LINKS sl_commit SOURCES unit/chain_scene.c)
target_include_directories(test_money PRIVATE ${PROJECT_SOURCE_DIR}/src/commit)
# The decisions of a commit: each view, and a simulated provider, chain and crash around them.
foreach(name test_submission test_submission_world)
  sl_test(${name} unit LINKS sl_commit LABELS commit)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/commit)
endforeach()
