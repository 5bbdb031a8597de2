/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The functions of libcurl that this module calls: they load it when the first of them is called
 * (see library.h) and go on to it. One that is missing here is an undefined reference to the
 * linker.
 */
#define CURL_DISABLE_TYPECHECK /* its macros are for callers */
#include <pthread.h>
#include <stdarg.h>

#include <curl/curl.h>

#include "sluice/library.h"

#undef curl_easy_getinfo
#undef curl_easy_setopt

#if LIBCURL_VERSION_NUM >= 0x080000
#define READ_URL const CURLU
#else
#define READ_URL CURLU
#endif

/* X: result, name, parameters, arguments. V: the same without a result. E: its own function. */
#define FUNCTIONS(X, V, E)                                                                         \
    X(CURLcode, curl_global_init, (long flags), (flags))                                           \
    X(char *, curl_version, (void), ())                                                            \
    X(time_t, curl_getdate, (const char *p, const time_t *unused), (p, unused))                    \
    V(curl_free, (void *p), (p))                                                                   \
    X(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *data),        \
      (list, data))                                                                                \
    V(curl_slist_free_all, (struct curl_slist * list), (list))                                     \
    X(CURL *, curl_easy_init, (void), ())                                                          \
    V(curl_easy_cleanup, (CURL * curl), (curl))                                                    \
    V(curl_easy_reset, (CURL * curl), (curl))                                                      \
    X(CURLcode, curl_easy_pause, (CURL * handle, int bitmask), (handle, bitmask))                  \
    X(const char *, curl_easy_strerror, (CURLcode code), (code))                                   \
    E(curl_easy_setopt)                                                                            \
    E(curl_easy_getinfo)                                                                           \
    X(CURLM *, curl_multi_init, (void), ())                                                        \
    X(CURLMcode, curl_multi_cleanup, (CURLM * multi_handle), (multi_handle))                       \
    X(CURLMcode, curl_multi_add_handle, (CURLM * multi_handle, CURL * curl_handle),                \
      (multi_handle, curl_handle))                                                                 \
    X(CURLMcode, curl_multi_remove_handle, (CURLM * multi_handle, CURL * curl_handle),             \
      (multi_handle, curl_handle))                                                                 \
    X(CURLMcode, curl_multi_perform, (CURLM * multi_handle, int *running_handles),                 \
      (multi_handle, running_handles))                                                             \
    X(CURLMcode, curl_multi_poll,                                                                  \
      (CURLM * multi_handle, struct curl_waitfd * extra_fds, unsigned extra_nfds, int timeout_ms,  \
       int *ret),                                                                                  \
      (multi_handle, extra_fds, extra_nfds, timeout_ms, ret))                                      \
    X(CURLMcode, curl_multi_wakeup, (CURLM * multi_handle), (multi_handle))                        \
    X(CURLMsg *, curl_multi_info_read, (CURLM * multi_handle, int *msgs_in_queue),                 \
      (multi_handle, msgs_in_queue))                                                               \
    X(const char *, curl_multi_strerror, (CURLMcode code), (code))                                 \
    X(CURLU *, curl_url, (void), ())                                                               \
    V(curl_url_cleanup, (CURLU * handle), (handle))                                                \
    X(CURLUcode, curl_url_get, (READ_URL * handle, CURLUPart what, char **part, unsigned flags),   \
      (handle, what, part, flags))                                                                 \
    X(CURLUcode, curl_url_set, (CURLU * handle, CURLUPart what, const char *part, unsigned flags), \
      (handle, what, part, flags))                                                                 \
    X(const char *, curl_url_strerror, (CURLUcode code), (code))

#define ID(result, name, takes, gives)   ID_##name,
#define ID_V(name, takes, gives)         ID_##name,
#define ID_E(name)                       ID_##name,
#define NAME(result, name, takes, gives) #name,
#define NAME_V(name, takes, gives)       #name,
#define NAME_E(name)                     #name,

enum id { FUNCTIONS(ID, ID_V, ID_E) COUNT };

static const char *const names[COUNT] = {FUNCTIONS(NAME, NAME_V, NAME_E)};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sl_library_fn found[COUNT]; /* immutable after `once` */

static void load(void)
{
    sl_library_load(found, "libcurl.so.4", names, COUNT);
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
#define FORWARD_V(name, takes, gives)                                                              \
    void name takes                                                                                \
    {                                                                                              \
        REAL(name) gives;                                                                          \
    }
#define FORWARD_E(name)
/* NOLINTEND(bugprone-macro-parentheses) */

FUNCTIONS(FORWARD, FORWARD_V, FORWARD_E)

/* What follows an option is of the kind that its number tells: see CURLOPTTYPE_* in curl.h. */
CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
    CURLcode code = CURLE_OK;
    va_list args;
    va_start(args, option);
    switch (option / 10000 * 10000) {
    case CURLOPTTYPE_LONG:
        code = REAL(curl_easy_setopt)(curl, option, va_arg(args, long));
        break;
    case CURLOPTTYPE_OFF_T:
        code = REAL(curl_easy_setopt)(curl, option, va_arg(args, curl_off_t));
        break;
    default: /* objects, functions, blobs */
        code = REAL(curl_easy_setopt)(curl, option, va_arg(args, void *));
        break;
    }
    va_end(args);
    return code;
}

/* Always a pointer to what is to be written. */
CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
    va_list args;
    va_start(args, info);
    const CURLcode code = REAL(curl_easy_getinfo)(curl, info, va_arg(args, void *));
    va_end(args);
    return code;
}
