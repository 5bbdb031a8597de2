/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the parsers take, printed, is what they took: text and bytes, both versions. */
#include <stdlib.h>
#include <string.h>

#include "sluice/piece.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_id(const struct sl_piece_id *id)
{
    struct sl_piece_id back;
    char text[SL_PIECE_CID_CHARS];
    sl_piece_cid(text, id);
    expect(sl_piece_parse(&back, text, strlen(text), NULL) == SL_OK);
    expect(sl_piece_id_equal(&back, id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sl_piece_id id;
    struct sl_err err;
    char text[SL_PIECE_CID_CHARS];
    uint8_t bytes[SL_PIECE_CID_BYTES];
    uint8_t root[SL_PIECE_ROOT_BYTES];
    const char *as_text = (const char *)data;
    if (sl_piece_parse_bytes(&id, data, len, &err) == SL_OK) {
        expect(sl_piece_cid_bytes(bytes, &id) == len && memcmp(bytes, data, len) == 0);
        check_id(&id);
    }
    if (sl_piece_parse(&id, as_text, len, &err) == SL_OK) {
        sl_piece_cid(text, &id);
        expect(strlen(text) == len && memcmp(text, data, len) == 0);
        check_id(&id);
    }
    if (sl_piece_parse_v1(root, as_text, len, &err) == SL_OK) {
        char v1[SL_PIECE_V1_CHARS];
        sl_piece_cid_v1(v1, root);
        expect(strlen(v1) == len && memcmp(v1, data, len) == 0);
    }
    return 0;
}
