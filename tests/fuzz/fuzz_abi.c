/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes as every shape of result that we read. */
#include "support/abi_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const shapes[] = {
        "(uint256)",
        "(bool,string)",
        "(uint256[])",
        "(string[],string[])",
        "((bytes)[],uint256[],bool)",
        "((bool,bytes)[])",
        "(uint256,string[][],string[][],bytes)",
        "(((uint256,(address,address,string,string,bool),(uint8,string[],bool),bytes[])[],bool))",
        "((address,(uint256,uint256),(uint256,bytes32)))",
        "(bytes1,string,string,uint256,address,bytes32,uint256[])",
    };
    if (size == 0)
        return 0;
    struct sl_abi_reader r;
    sl_abi_read(&r, shapes[data[0] % (sizeof shapes / sizeof shapes[0])], data + 1, size - 1);
    sl_abi_read_all(&r);
    (void)(sl_abi_done(&r, NULL) == SL_OK);
    return 0;
}
