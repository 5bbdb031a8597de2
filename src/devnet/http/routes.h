/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* routes.h - which handler a path has. Private to devnet. */
#ifndef SL_DEVNET_ROUTES_H
#define SL_DEVNET_ROUTES_H

#include "http/server.h"

/** The route of a request, NULL with the refusal in request->reply. Fills request->param. */
const struct sl_devnet_route *sl_devnet_route_find(struct sl_devnet_request *request,
                                                   const char *method, const char *path);

#endif
