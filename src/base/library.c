/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_NO_LIBRARY = 127 };

static _Noreturn void end(const char *soname)
{
    const char *why = dlerror(); // NOLINT(concurrency-mt-unsafe): a thread's own, in glibc
    fprintf(stderr, "sluice: cannot load %s: %s\n", soname, why != NULL ? why : "it is damaged");
    _exit(STATUS_NO_LIBRARY);
}

void sl_library_load(sl_library_fn *found, const char *soname, const char *const *names,
                     size_t count)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        end(soname);
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, names[i]);
        if (function == NULL)
            end(soname);
        /* POSIX has them of one size; ISO C knows no cast between them */
        memcpy(&found[i], &function, sizeof function);
    }
}
