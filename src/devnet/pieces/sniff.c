/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "pieces/sniff.h"

#include <stdbool.h>
#include <string.h>

static const struct sl_devnet_media unknown = {"application/octet-stream", NULL};
static const struct sl_devnet_media plain = {"text/plain; charset=utf-8", "txt"};

static const struct signature {
    size_t offset;
    size_t len;
    const char *bytes;
    struct sl_devnet_media media;
} signatures[] = {
    {4, 4, "ftyp", {"video/mp4", "mp4"}},
    {0, 4, "\x1a\x45\xdf\xa3", {"video/webm", "webm"}},
    {8, 4, "AVI ", {"video/avi", "avi"}},
    {8, 4, "WAVE", {"audio/wave", "wav"}},
    {8, 6, "WEBPVP", {"image/webp", "webp"}},
    {0, 5, "OggS\0", {"application/ogg", "ogg"}},
    {0, 3, "ID3", {"audio/mpeg", "mp3"}},
    {0, 8, "\x89PNG\r\n\x1a\n", {"image/png", "png"}},
    {0, 3, "\xff\xd8\xff", {"image/jpeg", "jpg"}},
    {0, 6, "GIF87a", {"image/gif", "gif"}},
    {0, 6, "GIF89a", {"image/gif", "gif"}},
    {0, 5, "%PDF-", {"application/pdf", "pdf"}},
    {0, 4, "PK\x03\x04", {"application/zip", "zip"}},
    {0, 3, "\x1f\x8b\x08", {"application/x-gzip", "gz"}},
};

/* No byte that text has no use for. */
static bool is_text(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = head[i];
        if (c <= 0x08 || c == 0x0b || (c >= 0x0e && c <= 0x1a) || (c >= 0x1c && c <= 0x1f))
            return false;
    }
    return true;
}

const struct sl_devnet_media *sl_devnet_sniff(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const struct signature *sign = &signatures[i];
        if (len >= sign->offset + sign->len &&
            memcmp(head + sign->offset, sign->bytes, sign->len) == 0)
            return &sign->media;
    }
    return is_text(head, len) ? &plain : &unknown;
}
