/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * qr.h - a text as a QR code, which a phone reads from the screen. Private to tui.
 *
 * Source: ISO/IEC 18004 by libqrencode: byte mode, error correction level L, versions 1 to 10.
 */
#ifndef SL_TUI_QR_H
#define SL_TUI_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_QR_VERSION_MAX = 10, SL_QR_SIDE_MAX = 17 + 4 * SL_QR_VERSION_MAX, SL_QR_TEXT_MAX = 271 };

struct sl_qr {
    int side;                                      /* modules in a row and in a column */
    uint8_t dark[SL_QR_SIDE_MAX * SL_QR_SIDE_MAX]; /* row by row: 1 dark, 0 light */
};

/** The smallest code that holds the bytes. False: the text is empty, longer than SL_QR_TEXT_MAX, or
 * memory ran out. */
bool sl_qr_make(struct sl_qr *qr, const char *text, size_t len);

/** Whether a module is dark. Everything outside the code is light. */
bool sl_qr_is_dark(const struct sl_qr *qr, int row, int col);

#endif
