/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any text as a keystore, up to where the password would be used; and as a message of a provider.
 */
#include <stdint.h>

#include "sluice/keystore.h"
#include "sluice/revert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sl_revert revert;
    struct sl_address address;
    (void)(sl_keystore_check(&address, (const char *)data, size, NULL) == 1);
    (void)sl_revert_find(&revert, (const char *)data, size);
    (void)sl_revert_decode(&revert, data, size);
    return 0;
}
