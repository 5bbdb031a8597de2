/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* locale.h - the character set of the terminal. Layer: base. */
#ifndef SL_LOCALE_H
#define SL_LOCALE_H

#include <stdbool.h>

/**
 * Take LC_CTYPE of the environment, never LC_ALL: a comma would break numbers. A locale that is not
 * installed (a Mac sends LC_CTYPE=UTF-8 over ssh) becomes C.UTF-8, unless it names a character set
 * that is not UTF-8. Call it before threads.
 */
void sl_locale_set(void);

/** Whether text that is written now is read as UTF-8. */
bool sl_locale_is_utf8(void);

#endif
