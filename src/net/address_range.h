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
 * False for loopback, private, shared (CGNAT), link-local (including cloud metadata services),
 * multicast, documentation and reserved addresses. Also false when an IPv6 address carries such an
 * IPv4 address (mapped, NAT64), for tunnels that embed one otherwise, and for other address
 * families.
 */
bool sl_net_address_is_public(const struct sockaddr *address);

/** Whether a host is an IPv4 or IPv6 address (with or without brackets) that is not public. A name
 * is not resolved: false. */
bool sl_net_host_is_not_public(const char *host);

#endif
