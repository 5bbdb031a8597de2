/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/table.h"

#include <string.h>

#include "sluice/text.h"

#include "output/output.h"

enum { WIDEST = 72 }; /* a PieceCID fits */

void sl_table_cell(struct sl_table *table, const char *text)
{
    sl_output_escape(&table->cells, text);
    sl_buf_add(&table->cells, "", 1);
    table->count++;
}

static void measure(const struct sl_table *table, int widths[static SL_TABLE_COLUMNS])
{
    const char *cell = table->cells.data;
    for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1) {
        const int width = sl_text_width(cell);
        int *widest = &widths[i % table->columns];
        if (width > *widest)
            *widest = width < WIDEST ? width : WIDEST;
    }
}

static void add_cell(struct sl_buf *out, const char *cell, int width, bool right, bool last)
{
    const int missing = width - sl_text_width(cell);
    const int pad = missing > 0 ? missing : 0;
    sl_buf_printf(out, "%*s%s", right ? pad : 0, "", cell);
    if (last)
        sl_buf_str(out, "\n");
    else
        sl_buf_printf(out, "%*s  ", right ? 0 : pad, "");
}

bool sl_table_print(const struct sl_table *table)
{
    int widths[SL_TABLE_COLUMNS] = {0};
    struct sl_buf out = {0};
    if (table->cells.failed != 0)
        return false;
    measure(table, widths);
    const char *cell = table->cells.data;
    for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1) {
        const size_t column = i % table->columns;
        add_cell(&out, cell, widths[column], (table->right >> column & 1) != 0,
                 column + 1 == table->columns);
    }
    const bool ok = out.failed == 0 && sl_output(&out);
    sl_buf_free(&out);
    return ok;
}

void sl_table_free(struct sl_table *table)
{
    sl_buf_free(&table->cells);
}
