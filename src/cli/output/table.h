/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* table.h - rows of text in columns as wide as they need. Private to cli. */
#ifndef SL_CLI_TABLE_H
#define SL_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"

enum { SL_TABLE_COLUMNS = 12 };

/** Zero-initialise with `columns` (at most SL_TABLE_COLUMNS), free with sl_table_free(). */
struct sl_table {
    size_t columns;
    unsigned right; /* bit i: column i is of numbers, and stands at the right */
    struct sl_buf cells;
    size_t count;
};

/** The next cell, row by row; whatever it is, it is shown on one line and without control bytes. */
void sl_table_cell(struct sl_table *table, const char *text);

/** Print all rows to stdout. A cell that is very long does not widen its column. False when stdout
 * is gone or full, or memory is out. */
bool sl_table_print(const struct sl_table *table);
void sl_table_free(struct sl_table *table);

#endif
