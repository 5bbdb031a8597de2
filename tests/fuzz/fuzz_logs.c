/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Logs of a receipt: as JSON, and as data behind the right topics. */
#include <stdlib.h>
#include <string.h>

#include "chain/names.h"

enum { IDS = 4, SET = 7 };

static void put_word(struct sl_jw *w, uint64_t value)
{
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, sl_u256(value));
    sl_jw_hex(w, NULL, word, sizeof word);
}

/* One log of the storage service about piece 0 .. 3 with this data. */
static void write_log(struct sl_jw *w, const uint8_t *data, size_t len)
{
    static const struct sl_address fwss = {{0}};
    uint8_t topic[SL_ABI_WORD];
    sl_event_topic(topic, SL_EVENT_PIECE_ADDED);
    sl_jw_array(w, NULL);
    sl_jw_object(w, NULL);
    sl_jw_hex(w, "address", fwss.bytes, sizeof fwss.bytes);
    sl_jw_hex(w, "data", data + 1, len - 1);
    sl_jw_array(w, "topics");
    sl_jw_hex(w, NULL, topic, sizeof topic);
    put_word(w, SET);
    put_word(w, data[0] % IDS);
    sl_jw_end_array(w);
    sl_jw_end_object(w);
    sl_jw_end_array(w);
}

static void take(const char *text, size_t len)
{
    static const uint64_t ids[IDS] = {3, 1, 0, 2};
    static const struct sl_contracts contracts = {0};
    struct sl_json *logs = NULL;
    struct sl_piece_names *names = NULL;
    if (sl_json_parse(&logs, text, len, NULL) == SL_OK &&
        sl_chain_piece_names_new(&names, sl_u256(SET), ids, IDS, NULL) == SL_OK &&
        sl_names_read_logs(names, &contracts, logs, NULL) == SL_OK) {
        size_t seen = 0;
        for (size_t i = 0; i < names->count; i++) {
            const struct sl_piece_name *name = &names->pieces[i];
            seen += name->seen;
            if (name->id != i || (name->metadata != NULL && !name->known) ||
                (name->known && !name->seen) || name->metadata_count > SL_METADATA_PIECE_ENTRIES)
                abort();
            for (size_t k = 0; k < name->metadata_count; k++) {
                if (strlen(name->metadata[k].key) > SL_METADATA_KEY_BYTES ||
                    strlen(name->metadata[k].value) > SL_METADATA_VALUE_BYTES)
                    abort();
            }
        }
        if (seen != names->seen)
            abort();
    }
    sl_chain_piece_names_free(names);
    sl_json_free(logs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sl_jw w = {0};
    if (len < 2)
        return 0;
    if (data[0] % 4 == 0) {
        take((const char *)data + 1, len - 1);
        return 0;
    }
    write_log(&w, data + 1, len - 1);
    if (w.buf.failed == SL_OK)
        take(w.buf.data, w.buf.len);
    sl_jw_free(&w);
    return 0;
}
