/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * address_range.h - which addresses belong to the public internet. Layer: net, private.
 * Source: IANA's special-purpose address registries for IPv4 and IPv6.
 */
#ifndef SL_NET_ADDRESS_RANGE_H
#define SL_NET_ADDRESS_RANGE_H

#include <stdbool.h>
#include <sys/socket.h>

/**
 * False for loopback, private, shared (CGNAT), link-local (with the metadata services of clouds),
 * multicast, documentation and reserved addresses, also when an IPv6 address carries such an IPv4
 * one (mapped, NAT64), for tunnels that do so in their own ways, and for other families.
 */
bool sl_address_is_public(const struct sockaddr *address);

/** Whether a host is an IPv4 or IPv6 address (with or without brackets) that is not public. A name
 * is not looked up: false. */
bool sl_host_is_not_public(const char *host);

#endif
