/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Cuts the secret off the URLs of the local network; also in a build that has no such network. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sluice/devnet.h"

enum { HEX_CHARS = 32 }; /* of the secret, see http/gate.h */

void sl_devnet_public_url(char *out, size_t cap, const char *url)
{
    static const char loopback[] = "http://127.";
    const char *path =
        strncmp(url, loopback, sizeof loopback - 1) == 0 || strncmp(url, "http://[::1]:", 13) == 0
            ? strchr(url + sizeof "http://" - 1, '/')
            : NULL;
    const bool secret = path != NULL && strspn(path + 1, "0123456789abcdef") == HEX_CHARS &&
                        (path[1 + HEX_CHARS] == '/' || path[1 + HEX_CHARS] == '\0');
    snprintf(out, cap, "%.*s", secret ? (int)(path - url) : (int)strlen(url), url);
}
