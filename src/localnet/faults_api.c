/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST, GET, DELETE /fault: the control endpoint of the tests. */
#include <stdio.h>
#include <string.h>

#include "sluice/json.h"

#include "server.h"

/* Every member must be known and of its type: a misspelt fault would make a test pass for nothing.
 */
static bool read_number(struct sl_ln_fault_rule *rule, const char *key, const struct sl_json *value)
{
    uint64_t status = rule->fault.status;
    const struct {
        const char *key;
        uint64_t *out;
    } numbers[] = {
        {"skip", &rule->skip},
        {"times", &rule->times},
        {"after_bytes", &rule->fault.after_bytes},
        {"bytes_per_s", &rule->fault.bytes_per_s},
        {"retry_after_s", &rule->fault.retry_after_s},
        {"ms", &rule->fault.ms},
        {"status", &status},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (strcmp(key, numbers[i].key) != 0)
            continue;
        const bool fine = sl_json_u64(value, numbers[i].out) && status >= 200 && status <= 599;
        rule->fault.status = (unsigned)status;
        return fine;
    }
    return false;
}

static bool read_text(struct sl_ln_fault_rule *rule, const char *key, const char *text)
{
    if (strcmp(key, "action") == 0) {
        rule->fault.action = sl_ln_fault_action_of(text);
        return rule->fault.action != SL_LN_FAULT_COUNT;
    }
    const bool is_match = strcmp(key, "match") == 0;
    char *out = is_match ? rule->match : rule->fault.body;
    const size_t cap = is_match ? sizeof rule->match : sizeof rule->fault.body;
    return (is_match || strcmp(key, "body") == 0) && (size_t)snprintf(out, cap, "%s", text) < cap;
}

static bool read_rule(struct sl_ln_fault_rule *rule, const struct sl_json *root)
{
    for (const struct sl_json *at = sl_json_first(root); at != NULL; at = sl_json_next(at)) {
        const char *text = sl_json_str(at);
        if (text != NULL ? !read_text(rule, sl_json_key(at), text)
                         : !read_number(rule, sl_json_key(at), at))
            return false;
    }
    const bool slow = rule->fault.action == SL_LN_FAULT_SLOW;
    return sl_json_is_object(root) && rule->fault.action != SL_LN_FAULT_NONE &&
           (!slow || rule->fault.bytes_per_s > 0);
}

void sl_ln_fault_add(struct sl_ln_request *request)
{
    struct sl_ln_fault_rule rule = {.fault.status = 500};
    struct sl_json *root = NULL;
    const bool fine = request->json.len > 0 &&
                      sl_json_parse(&root, request->json.data, request->json.len, NULL) == SL_OK &&
                      read_rule(&rule, root);
    sl_json_free(root);
    if (!fine)
        sl_ln_reply_plain(&request->reply, 400, "not a fault");
    else if (!sl_ln_faults_add(&request->server->faults, &rule))
        sl_ln_reply_plain(&request->reply, 409, "too many faults");
    else
        sl_ln_reply_status(&request->reply, 204);
}

void sl_ln_fault_clear(struct sl_ln_request *request)
{
    sl_ln_faults_clear(&request->server->faults);
    sl_ln_reply_status(&request->reply, 204);
}

void sl_ln_fault_list(struct sl_ln_request *request)
{
    struct sl_buf json = {0};
    sl_ln_faults_list(&request->server->faults, &json);
    sl_ln_reply_json(&request->reply, &json);
    sl_buf_free(&json);
}
