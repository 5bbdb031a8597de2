/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* driver.h - who acts next. */
#ifndef SL_MODEL_DRIVER_H
#define SL_MODEL_DRIVER_H

/** The commits' lock was let go: whoever holds it not may act now. */
void other_thread_acts(void);

#endif
