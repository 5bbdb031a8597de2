/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "address_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

static bool v4_is_public(uint32_t address)
{
    static const struct {
        uint32_t prefix;
        int bits;
    } special[] = {
        {0x00000000, 8},  /* this network */
        {0x0a000000, 8},  /* private */
        {0x64400000, 10}, /* shared: carrier-grade NAT */
        {0x7f000000, 8},  /* loopback */
        {0xa9fe0000, 16}, /* link-local */
        {0xac100000, 12}, /* private */
        {0xc0000000, 24}, /* protocol assignments */
        {0xc0000200, 24}, /* documentation */
        {0xc0586300, 24}, /* 6to4 relays */
        {0xc0a80000, 16}, /* private */
        {0xc6120000, 15}, /* benchmarks */
        {0xc6336400, 24}, /* documentation */
        {0xcb007100, 24}, /* documentation */
        {0xe0000000, 3},  /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if ((address ^ special[i].prefix) >> (32 - special[i].bits) == 0)
            return false;
    }
    return true;
}

static uint32_t last_v4(const uint8_t *bytes)
{
    return (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 |
           bytes[15];
}

/* The unreserved part of 2000::/3, and IPv4 addresses in the two well-known forms. */
static bool v6_is_public(const uint8_t *bytes)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96 */
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};    /* 64:ff9b::/96 */
    if (memcmp(bytes, mapped, sizeof mapped) == 0 || memcmp(bytes, nat64, sizeof nat64) == 0)
        return v4_is_public(last_v4(bytes));
    const unsigned first = (unsigned)bytes[0] << 8 | bytes[1];
    const unsigned second = (unsigned)bytes[2] << 8 | bytes[3];
    if (first >> 13 != 1)
        return false;
    if (first == 0x2002 || first >> 4 == 0x3ff) /* 6to4; documentation */
        return false;
    return first != 0x2001 || (second >= 0x0200 && second != 0x0db8); /* Teredo and others */
}

bool sl_net_address_is_public(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&v4, address, sizeof v4);
        return v4_is_public(ntohl(v4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&v6, address, sizeof v6);
        return v6_is_public(v6.sin6_addr.s6_addr);
    default:
        return false;
    }
}

bool sl_net_host_is_not_public(const char *host)
{
    char bare[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    const size_t brackets = host[0] == '[';
    const size_t len = strcspn(host + brackets, "]%");
    if (inet_pton(AF_INET, host, &v4) == 1)
        return !v4_is_public(ntohl(v4.s_addr));
    if (len >= sizeof bare)
        return false;
    memcpy(bare, host + brackets, len);
    bare[len] = '\0';
    return inet_pton(AF_INET6, bare, &v6) == 1 && !v6_is_public(v6.s6_addr);
}
