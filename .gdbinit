# gdb reads this with: gdb -x .gdbinit build/debug/sluice
set breakpoint pending on
set print pretty on
set print frame-arguments all
# the window size changes, and an upload's peer hangs up: not worth a stop
handle SIGWINCH SIGPIPE nostop noprint pass
