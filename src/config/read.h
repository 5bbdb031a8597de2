/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* read.h - the text of an ini file into options. Private to config. */
#ifndef SL_CONFIG_READ_H
#define SL_CONFIG_READ_H

#include "sluice/config.h"

/** As sl_config_read_file() for text at hand; `name` stands before line numbers in errors. */
int sl_config_read_text(struct sl_config *config, const char *name, const char *text, size_t len,
                        struct sl_buf *keys, struct sl_err *err) SL_MUST_CHECK;

#endif
