/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/targets.h"

#include "model/view.h"

/* An answer applies to the row that the question was about, wherever that row is by then. */
bool sl_targets_have(const struct sl_model *model, size_t i)
{
    const struct sl_row *row = model->view.rows[i];
    if (model->selection.marked_count > 0)
        return row->marked;
    return model->selection.pinned_id != 0 ? row->id == model->selection.pinned_id
                                           : i == model->selection.at;
}

void sl_targets_pin(struct sl_model *model)
{
    const struct sl_row *row = sl_view_row(model);
    model->selection.follow = false;
    model->selection.pinned_id = row != NULL ? row->id : 0;
}

size_t sl_targets_count(const struct sl_model *model, sl_row_test_fn test)
{
    size_t count = 0;
    for (size_t i = 0; i < model->view.count; i++)
        count += sl_targets_have(model, i) && test(model->view.rows[i]);
    return count;
}

size_t sl_targets_send(struct sl_ui_input *ui, enum sl_command_type type, int number,
                       sl_row_test_fn test)
{
    struct sl_model *model = ui->model;
    size_t count = 0;
    for (size_t i = 0; i < model->view.count; i++) {
        if (sl_targets_have(model, i) && test(model->view.rows[i])) {
            ui->send(ui->ctx, type, model->view.rows[i]->id, number, NULL);
            count++;
        }
    }
    return count;
}

bool sl_tui_target_is_unfinished(const struct sl_row *row)
{
    return !sl_job_state_finished(row->state);
}
