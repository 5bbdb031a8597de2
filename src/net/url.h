/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* url.h - which hosts count as this machine, and which URLs have the same host. Private to net. */
#ifndef SL_NET_URL_H
#define SL_NET_URL_H

#include <stdbool.h>

/** 127.0.0.0/8, ::1 (with or without brackets) and "localhost"; no other name, whatever it resolves
 * to. */
bool sl_url_host_is_loopback(const char *host);

/** Whether two URLs have the same scheme, host and port, as written. */
bool sl_url_same_origin(const char *a, const char *b);

#endif
