/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the log tells about a provider: which step was taken, and what it said. */
#include "provider/trace.h"

#include <string.h>

#include "sluice/log.h"
#include "sluice/text.h"

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

/* Of a 201: where the answer is to be found. The end of that path is a session's uuid or a
 * transaction. */
static void add_id(struct sl_buf *out, const struct sl_http_response *response)
{
    const char *slash = strrchr(response->location, '/');
    if (response->status == 201 && slash != NULL)
        sl_buf_printf(out, " %s=%s", strncmp(slash, "/0x", 3) == 0 ? "tx" : "uuid", slash + 1);
}

/* Of a refusal: its first line. */
static void add_words(struct sl_buf *out, const struct sl_http_response *response)
{
    enum { WORDS_BYTES = 161 };
    char words[WORDS_BYTES];
    const char *body = response->body.data;
    if (response->status < 400 || body == NULL)
        return;
    (void)sl_text_escape(words, sizeof words, body, strcspn(body, "\r\n"));
    sl_buf_printf(out, ": %s", words);
}

void sl_sp_trace(const struct sl_sp *sp, const char *method, const char *path, int rc,
                 const struct sl_err *err)
{
    struct sl_buf text = {0};
    const struct step *step = step_of(method, path);
    if (!sl_log_is_on(step->level, SL_LOG_PROVIDER))
        return;
    const char *host = strstr(sp->service_url, "://");
    host = host != NULL ? host + 3 : sp->service_url;
    sl_buf_printf(&text, "%s host=%.*s %s", step->name, (int)strcspn(host, "/?#"), host, path);
    if (rc < 0) {
        sl_buf_printf(&text, " failed: %s", err != NULL ? err->text : sl_err_text(rc));
    } else {
        sl_buf_printf(&text, " status=%d", sp->response.status);
        add_id(&text, &sp->response);
        add_words(&text, &sp->response);
    }
    if (text.failed == SL_OK)
        sl_log(step->level, SL_LOG_PROVIDER, "%s", text.data);
    sl_buf_free(&text);
}
