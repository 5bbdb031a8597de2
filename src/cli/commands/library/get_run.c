/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/library/get_run.h"

#include "process.h"

bool sl_get_run_is_over(struct sl_get_run *get)
{
    return get->report.broken || sl_interrupt_came(&get->f.interrupt);
}

mode_t sl_get_run_folder_mode(void)
{
    const unsigned mode = sl_process_file_mode();
    return (mode_t)(mode | (mode & 0444) >> 2);
}
