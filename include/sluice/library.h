/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * library.h - a shared library that is loaded when it is first needed. Layer: base.
 *
 * libcurl and libmicrohttpd bring some forty others along: 7 MB of memory and most of the time that
 * a program takes to start, for commands that never speak to anybody. The file that needs such a
 * library defines the functions that its room calls, each of which goes on to the real one
 * (src/net/libcurl.c): their callers, and the library's own header, know nothing of it.
 */
#ifndef SL_LIBRARY_H
#define SL_LIBRARY_H

#include <stddef.h>

/** A function of a library; to be cast to its true type. */
typedef void (*sl_library_fn)(void);

/**
 * Loads the library `soname` for the rest of the process and writes its functions `names`, `count`
 * of them, to `found`. Where the library or one of them is missing this does what the dynamic
 * linker would have done at the start: it says so and ends the process with status 127. Any thread.
 */
void sl_library_load(sl_library_fn *found, const char *soname, const char *const *names,
                     size_t count);

#endif
