/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* locale.h - the character set of the terminal. Layer: base. */
#ifndef SL_LOCALE_H
#define SL_LOCALE_H

#include <stdbool.h>

/**
 * Set LC_CTYPE from the environment, never LC_ALL: a decimal comma would break numbers. A locale
 * that is not installed (a Mac sends LC_CTYPE=UTF-8 over ssh) becomes C.UTF-8, unless it names a
 * character set other than UTF-8. Call before starting threads.
 */
void sl_locale_set(void);

/** Whether written text is read as UTF-8. */
bool sl_locale_is_utf8(void);

#endif
