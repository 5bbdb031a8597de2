/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/marks.h"

#include "model/view.h"

static void set_mark(struct sl_model *model, struct sl_row *row, bool marked)
{
    if (row->marked == marked)
        return;
    row->marked = marked;
    if (marked)
        model->selection.marked_count++;
    else
        model->selection.marked_count--;
}

void sl_tui_marks_end_range(struct sl_model *model)
{
    if (model->selection.range_id == 0)
        return;
    for (size_t i = 0; i < model->view.count; i++) {
        if (sl_view_marked(model, i))
            model->view.rows[i]->marked = true;
    }
    model->selection.range_id = 0;
    model->selection.marked_count = 0;
    for (size_t i = 0; i < model->rows.count; i++)
        model->selection.marked_count += model->rows.list[i]->marked;
}

void sl_tui_marks_toggle(struct sl_model *model)
{
    struct sl_row *row = sl_view_row(model);
    if (row == NULL)
        return;
    if (model->selection.range_id != 0) {
        sl_tui_marks_end_range(model);
        return;
    }
    set_mark(model, row, !row->marked);
    sl_view_move(model, 1);
}

void sl_tui_marks_all(struct sl_model *model, bool invert)
{
    for (size_t i = 0; i < model->view.count; i++)
        set_mark(model, model->view.rows[i], invert ? !model->view.rows[i]->marked : true);
}

void sl_tui_marks_range(struct sl_model *model)
{
    const struct sl_row *row = sl_view_row(model);
    if (model->selection.range_id != 0)
        sl_tui_marks_end_range(model);
    else if (row != NULL)
        model->selection.range_id = row->id;
}

void sl_tui_marks_clear(struct sl_model *model)
{
    for (size_t i = 0; i < model->rows.count; i++)
        model->rows.list[i]->marked = false;
    model->selection.marked_count = 0;
}
