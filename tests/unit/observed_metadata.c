/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The limits of metadata, in bytes. */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/observed.h"

#define V49 "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"

static const struct kit_metadata three = {.entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}},
                                          .count = 3};
static const struct kit_metadata four = {
    .entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, .count = 4};
static const struct kit_metadata eleven = {.entries = {{"a", "1"},
                                                       {"b", "1"},
                                                       {"c", "1"},
                                                       {"d", "1"},
                                                       {"e", "1"},
                                                       {"f", "1"},
                                                       {"g", "1"},
                                                       {"h", "1"},
                                                       {"i", "1"},
                                                       {"j", "1"},
                                                       {"k", "1"}},
                                           .count = 11};
static const struct kit_metadata ten = {.entries = {{"a", "1"},
                                                    {"b", "1"},
                                                    {"c", "1"},
                                                    {"d", "1"},
                                                    {"e", "1"},
                                                    {"f", "1"},
                                                    {"g", "1"},
                                                    {"h", "1"},
                                                    {"i", "1"},
                                                    {"j", "1"}},
                                        .count = 10};
static const struct kit_metadata key_32 = {.entries = {{K32, "v"}}, .count = 1};
static const struct kit_metadata key_33 = {.entries = {{K32 "x", "v"}}, .count = 1};
static const struct kit_metadata value_96 = {.entries = {{"k", V96}}, .count = 1};
static const struct kit_metadata value_97 = {.entries = {{"k", V96 "x"}}, .count = 1};
static const struct kit_metadata value_98 = {.entries = {{"k", V49 V49 V49 V49 V49 V49 V49}},
                                             .count = 1};
static const struct kit_metadata empty_value = {.entries = {{"k", ""}}, .count = 1};
static const struct kit_metadata empty_key = {.entries = {{"", "v"}}, .count = 1};
static const struct kit_metadata twice = {.entries = {{"k", "1"}, {"k", "2"}}, .count = 2};
static const struct kit_metadata twice_empty = {.entries = {{"k", ""}, {"k", "2"}}, .count = 2};
static const struct kit_metadata no_values = {
    .entries = {{"k", "v"}}, .count = 1, .values_missing = 1};
static const struct kit_metadata with_cdn = {.entries = {{"withCDN", ""}}, .count = 1};
/* six values of 608 bytes: the payload comes to 4,448 */
#define V608 V96 V96 V96 V96 V96 V96 "0123456789abcdef0123456789abcdef"
static const struct kit_metadata huge = {
    .entries = {{"a", V608}, {"b", V608}, {"c", V608}, {"d", V608}, {"e", V608}, {"f", V96}},
    .count = 6};

#define ERROR_KEYS  "TooManyMetadataKeys(uint256,uint256)"
#define ERROR_KEY   "MetadataKeyExceedsMaxLength(uint256,uint256,uint256)"
#define ERROR_VALUE "MetadataValueExceedsMaxLength(uint256,uint256,uint256)"
#define ERROR_TWICE "DuplicateMetadataKey(uint256,string)"

static const struct observed_case cases[] = {
    {.name = "piece metadata: 3 keys", .action = ADD, .piece = &three},
    {.name = "piece metadata: 4 keys",
     .action = ADD,
     .piece = &four,
     .error = ERROR_KEYS,
     .args = "3,4"},
    {.name = "piece metadata: key of 32 bytes", .action = ADD, .piece = &key_32},
    {.name = "piece metadata: key of 33 bytes",
     .action = ADD,
     .piece = &key_33,
     .error = ERROR_KEY,
     .args = "0,32,33"},
    {.name = "piece metadata: value of 96 bytes", .action = ADD, .piece = &value_96},
    {.name = "piece metadata: value of 97 bytes",
     .action = ADD,
     .piece = &value_97,
     .error = ERROR_VALUE,
     .args = "0,96,97"},
    {.name = "piece metadata: value of 49 two-byte characters",
     .action = ADD,
     .piece = &value_98,
     .error = ERROR_VALUE,
     .args = "0,96,98"},
    {.name = "piece metadata: empty value", .action = ADD, .piece = &empty_value},
    {.name = "piece metadata: empty key", .action = ADD, .piece = &empty_key},
    {.name = "piece metadata: same key twice",
     .action = ADD,
     .piece = &twice,
     .error = ERROR_TWICE,
     .args = "1,k"},
    {.name = "piece metadata: same key twice, first value empty",
     .action = ADD,
     .piece = &twice_empty},
    {.name = "piece metadata: arrays shorter than the piece list",
     .action = ADD,
     .no_piece_lists = true,
     .error = "MetadataArrayCountMismatch(uint256,uint256)",
     .args = "0,1"},
    {.name = "piece metadata: one key, no value",
     .action = ADD,
     .piece = &no_values,
     .error = "MetadataKeyAndValueLengthMismatch(uint256,uint256)",
     .args = "1,0"},
    {.name = "data set metadata: 10 keys", .data_set = &ten},
    {.name = "data set metadata: 11 keys",
     .data_set = &eleven,
     .error = ERROR_KEYS,
     .args = "10,11"},
    {.name = "data set metadata: key of 33 bytes",
     .data_set = &key_33,
     .error = ERROR_KEY,
     .args = "0,32,33"},
    {.name = "data set metadata: value of 97 bytes",
     .data_set = &value_97,
     .error = ERROR_VALUE,
     .args = "0,96,97"},
    {.name = "data set metadata: same key twice",
     .data_set = &twice,
     .error = ERROR_TWICE,
     .args = "3,k"},
    {.name = "data set metadata: withCDN", .data_set = &with_cdn},
    {.name = "createDataSet: createPayload of 4448 bytes",
     .action = CREATE_EMPTY,
     .data_set = &huge,
     .error = "ExtraDataTooLarge(uint256,uint256)",
     .args = "4448,4096"},
};

const struct observed_list observed_metadata = OBSERVED_LIST(cases);
