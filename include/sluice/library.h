/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * library.h - loads a shared library when it is first needed. Layer: base.
 *
 * libcurl and libmicrohttpd bring in some forty other libraries: 7 MB of memory, and most of the
 * start-up time of commands that never use the network. The file that needs such a library defines
 * the functions that its module calls. Each of them forwards to the real one (src/net/libcurl.c),
 * so callers use the library's own header as usual.
 */
#ifndef SL_LIBRARY_H
#define SL_LIBRARY_H

#include <stddef.h>

/** A function of a library; cast it to its true type before calling. */
typedef void (*sl_library_fn)(void);

/**
 * Load the library `soname` for the rest of the process and write its `count` functions `names` to
 * `found`. If the library or a function is missing, print a message and exit with status 127, as
 * the dynamic linker would. Any thread.
 */
void sl_library_load(sl_library_fn *found, const char *soname, const char *const *names,
                     size_t count);

#endif
