/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wire.h - events and commands as JSON, and back. Pure; nothing that is read is trusted.
 *
 * Whole numbers above 2^53 - 1 are decimal strings; both forms are read. A path that is not UTF-8
 * also stands in "pathBase64", which counts then.
 */
#ifndef SL_CONTROL_WIRE_H
#define SL_CONTROL_WIRE_H

#include "sluice/engine.h"
#include "sluice/json.h"

/** Write {"event":TYPE, ...} with a newline. A failure is sticky in `out`. */
void sl_wire_write_event(struct sl_buf *out, const struct sl_event *event);
/** 1 and *event; 0: the object is no event, or one that this version does not know. Errors:
 * SL_EPROTO (a value is missing or out of range). */
int sl_wire_read_event(struct sl_event *event, const struct sl_json *object,
                       struct sl_err *err) SL_MUST_CHECK;

/** Write {"id":ID,"do":NAME, ...} with a newline. */
void sl_wire_write_command(struct sl_buf *out, uint64_t id, const struct sl_command *command);
/** 1 and *command; 0: the object asks for something else. Errors: SL_EPROTO. */
int sl_wire_read_command(struct sl_command *command, const struct sl_json *object,
                         struct sl_err *err) SL_MUST_CHECK;

/** A whole number as a JSON number or a decimal string. */
bool sl_wire_u64(const struct sl_json *value, uint64_t *out);

#endif
