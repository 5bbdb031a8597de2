/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Stubs for the functions of libmicrohttpd that this module calls. The first call loads the library
 * (see library.h), and each stub passes its call on. A function without a stub is an undefined
 * reference to the linker.
 */
#include <pthread.h>
#include <stdarg.h>

#include <microhttpd.h>

#include "sluice/library.h"

/* X: result, name, parameters, arguments. */
#define FUNCTIONS(X)                                                                               \
    X(const char *, MHD_get_reason_phrase_for, (unsigned code), (code))                            \
    X(const char *, MHD_lookup_connection_value,                                                   \
      (struct MHD_Connection * connection, enum MHD_ValueKind kind, const char *key),              \
      (connection, kind, key))                                                                     \
    X(enum MHD_Result, MHD_queue_response,                                                         \
      (struct MHD_Connection * connection, unsigned status, struct MHD_Response *response),        \
      (connection, status, response))                                                              \
    X(struct MHD_Response *, MHD_create_response_from_callback,                                    \
      (uint64_t size, size_t block, MHD_ContentReaderCallback fn, void *ctx,                       \
       MHD_ContentReaderFreeCallback free_fn),                                                     \
      (size, block, fn, ctx, free_fn))                                                             \
    X(struct MHD_Response *, MHD_create_response_from_buffer,                                      \
      (size_t size, void *buffer, enum MHD_ResponseMemoryMode mode), (size, buffer, mode))         \
    X(enum MHD_Result, MHD_add_response_header,                                                    \
      (struct MHD_Response * response, const char *name, const char *value),                       \
      (response, name, value))

/* those that are written out below */
#define OTHERS(X)                                                                                  \
    X(void, MHD_destroy_response, (), ())                                                          \
    X(void, MHD_stop_daemon, (), ())                                                               \
    X(void, MHD_get_connection_info, (), ())                                                       \
    X(void, MHD_start_daemon_va, (), ())

#define ID(result, name, takes, gives)   ID_##name,
#define NAME(result, name, takes, gives) #name,

enum id { FUNCTIONS(ID) OTHERS(ID) COUNT };

static const char *const names[COUNT] = {FUNCTIONS(NAME) OTHERS(NAME)};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sl_library_fn found[COUNT]; /* immutable after `once` */

static void load(void)
{
    sl_library_load(found, "libmicrohttpd.so.12", names, COUNT);
}

static sl_library_fn at(enum id id)
{
    pthread_once(&once, load);
    return found[id];
}

/* parameters and arguments come with their parentheses. NOLINTBEGIN(bugprone-macro-parentheses) */
#define REAL(name) ((__typeof__(&name))at(ID_##name))
#define FORWARD(result, name, takes, gives)                                                        \
    result name takes                                                                              \
    {                                                                                              \
        return REAL(name) gives;                                                                   \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

FUNCTIONS(FORWARD)

void MHD_destroy_response(struct MHD_Response *response)
{
    REAL(MHD_destroy_response)(response);
}

void MHD_stop_daemon(struct MHD_Daemon *daemon)
{
    REAL(MHD_stop_daemon)(daemon);
}

/* Nothing that is asked for here takes a further argument. */
const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType type, ...)
{
    return REAL(MHD_get_connection_info)(connection, type);
}

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_ctx, MHD_AccessHandlerCallback handle,
                                    void *handle_ctx, ...)
{
    va_list options;
    va_start(options, handle_ctx);
    struct MHD_Daemon *daemon =
        REAL(MHD_start_daemon_va)(flags, port, accept, accept_ctx, handle, handle_ctx, options);
    va_end(options);
    return daemon;
}
