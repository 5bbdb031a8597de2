/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST, GET, DELETE /fault: the control endpoint of the tests. A posted object is one rule more, a
 * posted array takes the place of all rules at once. */
#include "http/faults_api.h"

#include <stdio.h>
#include <string.h>

#include "sluice/json.h"

#include "http/server.h"

/* Every member must be known and of its type: a misspelt fault would make a test pass for nothing.
 */
static bool read_number(struct sl_devnet_fault_rule *rule, const char *key,
                        const struct sl_json *value)
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
        {"blocks", &rule->fault.blocks},
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

static bool read_text(struct sl_devnet_fault_rule *rule, const char *key, const char *text)
{
    if (strcmp(key, "action") == 0) {
        rule->fault.action = sl_devnet_fault_action_of(text);
        return rule->fault.action != SL_DEVNET_FAULT_COUNT;
    }
    const bool is_match = strcmp(key, "match") == 0;
    char *out = is_match ? rule->match : rule->fault.body;
    const size_t cap = is_match ? sizeof rule->match : sizeof rule->fault.body;
    return (is_match || strcmp(key, "body") == 0) && (size_t)snprintf(out, cap, "%s", text) < cap;
}

static bool read_rule(struct sl_devnet_fault_rule *rule, const struct sl_json *root)
{
    for (const struct sl_json *at = sl_json_first(root); at != NULL; at = sl_json_next(at)) {
        const char *text = sl_json_str(at);
        if (text != NULL ? !read_text(rule, sl_json_key(at), text)
                         : !read_number(rule, sl_json_key(at), at))
            return false;
    }
    const bool slow = rule->fault.action == SL_DEVNET_FAULT_SLOW;
    return sl_json_is_object(root) && rule->fault.action != SL_DEVNET_FAULT_NONE &&
           (!slow || rule->fault.bytes_per_s > 0);
}

/* HTTP statuses. */
static unsigned add_rule(struct sl_devnet_faults *faults, const struct sl_json *root)
{
    struct sl_devnet_fault_rule rule = {.fault.status = 500};
    if (!read_rule(&rule, root))
        return 400;
    return sl_devnet_faults_add(faults, &rule) ? 204 : 409;
}

static unsigned replace_rules(struct sl_devnet_faults *faults, const struct sl_json *root)
{
    enum { MOST = 8 };
    struct sl_devnet_fault_rule rules[MOST];
    size_t count = 0;
    for (const struct sl_json *at = sl_json_first(root); at != NULL; at = sl_json_next(at)) {
        if (count == MOST)
            return 409;
        rules[count] = (struct sl_devnet_fault_rule){.fault.status = 500};
        if (!read_rule(&rules[count++], at))
            return 400;
    }
    if (count == 0)
        return 400;
    return sl_devnet_faults_replace(faults, rules, count) ? 204 : 409;
}

void sl_devnet_fault_add(struct sl_devnet_request *request)
{
    struct sl_devnet_faults *faults = &request->server->faults;
    struct sl_json *root = NULL;
    unsigned status = 400;
    if (request->json.len > 0 &&
        sl_json_parse(&root, request->json.data, request->json.len, NULL) == SL_OK)
        status = sl_json_is_array(root) ? replace_rules(faults, root) : add_rule(faults, root);
    sl_json_free(root);
    if (status == 204)
        sl_devnet_reply_status(&request->reply, 204);
    else
        sl_devnet_reply_plain(&request->reply, status,
                              status == 400 ? "not a fault" : "too many faults");
}

void sl_devnet_fault_clear(struct sl_devnet_request *request)
{
    sl_devnet_faults_clear(&request->server->faults);
    sl_devnet_reply_status(&request->reply, 204);
}

void sl_devnet_fault_list(struct sl_devnet_request *request)
{
    struct sl_buf json = {0};
    sl_devnet_faults_list(&request->server->faults, &json);
    sl_devnet_reply_json(&request->reply, &json);
    sl_buf_free(&json);
}
