/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sanitized.h - SL_SANITIZED: 1 under a sanitizer that makes programs slow, where tests do less. */
#ifndef SL_TEST_SANITIZED_H
#define SL_TEST_SANITIZED_H

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SL_SANITIZED 1
#endif
#endif
#ifndef SL_SANITIZED
#define SL_SANITIZED 0
#endif

#endif
