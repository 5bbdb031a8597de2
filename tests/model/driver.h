/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* driver.h - which actor acts next. */
#ifndef SL_MODEL_DRIVER_H
#define SL_MODEL_DRIVER_H

/** The commits' lock was released: a thread that does not hold it may act now. */
void other_thread_acts(void);

#endif
