/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "table.h"

static bool is_flag_of(const char *flag, const char *key)
{
    for (; *key != '\0'; key++, flag++) {
        if (*flag != (*key == '_' ? '-' : *key))
            return false;
    }
    return *flag == '\0';
}

const char *sl_config_key_of_flag(const char *flag, bool *takes_value)
{
    for (size_t i = 0; i < sl_option_count; i++) {
        if (is_flag_of(flag, sl_options[i].key)) {
            *takes_value = sl_options[i].type != SL_OPT_BOOL;
            return sl_options[i].key;
        }
    }
    for (size_t i = 0; i < sl_old_key_count; i++) {
        if (is_flag_of(flag, sl_old_keys[i].old_key)) {
            *takes_value = sl_option_find(sl_old_keys[i].key)->type != SL_OPT_BOOL;
            return sl_old_keys[i].old_key;
        }
    }
    return NULL;
}

const char *sl_config_key_at(size_t index)
{
    return index < sl_option_count ? sl_options[index].key : NULL;
}
