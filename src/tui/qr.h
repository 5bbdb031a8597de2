/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * qr.h - a text as a QR code, so that a telephone can take it from the screen. Private to tui.
 *
 * Source: ISO/IEC 18004, byte mode, error correction level L, versions 1 to 10. Allocates nothing.
 */
#ifndef SL_TUI_QR_H
#define SL_TUI_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_QR_VERSION_MAX = 10, SL_QR_SIDE_MAX = 17 + 4 * SL_QR_VERSION_MAX, SL_QR_TEXT_MAX = 271 };

struct sl_qr {
    int side;                                       /* modules in a row and a column */
    uint8_t dark[SL_QR_SIDE_MAX * SL_QR_SIDE_MAX];  /* row by row: 1 dark, 0 light */
    uint8_t fixed[SL_QR_SIDE_MAX * SL_QR_SIDE_MAX]; /* 1: of a pattern, holds no data */
};

/** The smallest code that holds the bytes. False: they are more than SL_QR_TEXT_MAX. */
bool sl_qr_make(struct sl_qr *qr, const char *text, size_t len);

/** Outside of it all is light. */
bool sl_qr_is_dark(const struct sl_qr *qr, int row, int col);

#endif
