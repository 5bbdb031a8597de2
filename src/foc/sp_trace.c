/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the log tells about a provider: which step was taken, and what it said. */
#include <string.h>

#include "sluice/log.h"
#include "sluice/text.h"

#include "sp_call.h"

/* A request is of the first row whose method, start and end fit. */
static const struct step {
    const char *name;
    const char *method;
    const char *start;
    const char *end;
    enum sl_log_level level; /* debug: it only asks, and is repeated until the answer is there */
} steps[] = {
    {"ping", "GET", "pdp/ping", "", SL_LOG_DEBUG},
    {"session", "POST", "pdp/piece/uploads", "/uploads", SL_LOG_INFO},
    {"finalize", "POST", "pdp/piece/uploads/", "", SL_LOG_INFO},
    {"put", "PUT", "pdp/piece/", "", SL_LOG_INFO},
    {"pull", "POST", "pdp/piece/pull", "", SL_LOG_INFO},
    {"declare", "POST", "pdp/piece", "", SL_LOG_INFO},
    {"find", "GET", "pdp/piece?", "", SL_LOG_DEBUG},
    {"status", "GET", "pdp/piece/", "/status", SL_LOG_DEBUG},
    {"create-and-add", "POST", "pdp/data-sets/create-and-add", "", SL_LOG_INFO},
    {"add", "POST", "pdp/data-sets/", "/pieces", SL_LOG_INFO},
    {"terminate", "POST", "pdp/data-sets/", "/terminate", SL_LOG_INFO},
    {"create", "POST", "pdp/data-sets", "", SL_LOG_INFO},
    {"created", "GET", "pdp/data-sets/created/", "", SL_LOG_DEBUG},
    {"termination", "GET", "pdp/data-sets/", "/terminate", SL_LOG_DEBUG},
    {"list", "GET", "pdp/data-sets/", "", SL_LOG_DEBUG},
    {"delete", "DELETE", "pdp/data-sets/", "", SL_LOG_INFO},
    {"request", "", "", "", SL_LOG_INFO},
};

static bool fits(const struct step *step, const char *method, const char *path)
{
    const size_t len = strlen(path);
    const size_t end = strlen(step->end);
    return (step->method[0] == '\0' || strcmp(step->method, method) == 0) &&
           strncmp(path, step->start, strlen(step->start)) == 0 && len >= end &&
           strcmp(path + len - end, step->end) == 0;
}

static const struct step *step_of(const char *method, const char *path)
{
    const struct step *step = steps;
    while (!fits(step, method, path))
        step++;
    return step;
}

/* Where the provider says its answer is to be found: the end of that path is a session's uuid or a
 * transaction. */
static const char *id_of(const char *location)
{
    const char *slash = strrchr(location, '/');
    return slash != NULL ? slash + 1 : location;
}

void sl_sp_trace(const struct sl_sp *sp, const char *method, const char *path, int rc,
                 const struct sl_err *err)
{
    enum { WORDS_BYTES = 161 };
    const struct step *step = step_of(method, path);
    const struct sl_http_response *response = &sp->response;
    const char *host = strstr(sp->service_url, "://");
    host = host != NULL ? host + 3 : sp->service_url;
    const int host_len = (int)strcspn(host, "/?#");
    if (!sl_log_is_on(step->level, SL_LOG_PROVIDER))
        return;
    if (rc < 0) {
        sl_log(step->level, SL_LOG_PROVIDER, "%s host=%.*s %s failed: %s", step->name, host_len,
               host, path, err != NULL ? err->text : sl_err_text(rc));
        return;
    }
    char words[WORDS_BYTES] = "";
    if (response->status >= 400 && response->body.data != NULL)
        (void)sl_text_escape(words, sizeof words, response->body.data,
                             strcspn(response->body.data, "\r\n"));
    const char *id = response->status == 201 ? id_of(response->location) : "";
    sl_log(step->level, SL_LOG_PROVIDER, "%s host=%.*s %s status=%d%s%s%s%s", step->name, host_len,
           host, path, response->status,
           strncmp(id, "0x", 2) == 0 ? " tx="
           : id[0] != '\0'           ? " uuid="
                                     : "",
           id, words[0] != '\0' ? ": " : "", words);
}
