/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* key_env.h - the text of a .env file. Private to config. */
#ifndef SL_CONFIG_KEY_ENV_H
#define SL_CONFIG_KEY_ENV_H

#include "sluice/signer.h"

/** As sl_config_key_env_read_file() for text at hand; `name` stands before line numbers in errors.
 */
int sl_config_key_env_read_text(struct sl_key_env *out, const char *name, const char *text,
                                size_t len, struct sl_err *err) SL_MUST_CHECK;

#endif
