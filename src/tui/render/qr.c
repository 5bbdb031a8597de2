/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/qr.h"

#include <qrencode.h>

enum { SMALLEST_VERSION = 0, MODULE_IS_DARK = 1 };

bool sl_qr_make(struct sl_qr *qr, const char *text, size_t len)
{
    if (len == 0 || len > SL_QR_TEXT_MAX)
        return false;
    QRcode *code =
        QRcode_encodeData((int)len, (const unsigned char *)text, SMALLEST_VERSION, QR_ECLEVEL_L);
    const bool fits = code != NULL && code->width <= SL_QR_SIDE_MAX;
    if (fits) {
        *qr = (struct sl_qr){.side = code->width};
        for (int i = 0; i < qr->side * qr->side; i++)
            qr->dark[i] = code->data[i] & MODULE_IS_DARK;
    }
    QRcode_free(code);
    return fits;
}

bool sl_qr_is_dark(const struct sl_qr *qr, int row, int col)
{
    return row >= 0 && col >= 0 && row < qr->side && col < qr->side &&
           qr->dark[row * qr->side + col] != 0;
}
