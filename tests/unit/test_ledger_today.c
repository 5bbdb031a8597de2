/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What today's contracts answered, and what an upgrade from 1.3 changed: each line of
 * tests/data/observed/today.txt is done again on a ledger, or named with the reason why not. See
 * observed_today.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/path.h"

#include "support/test.h"
#include "unit/observed_today.h"

static const struct scene *const *const lists[] = {today_v1_4, today_later,   today_removals,
                                                   today_end,  today_upgrade, today_1_5};

enum { MOST_LINES = 1000, MOST_FACTS = 1000 };

static const struct fact *fact_now;
static const struct fact *seen[MOST_FACTS];
static size_t seen_count;

const struct fact *story_fact(void)
{
    return fact_now;
}

static const struct scene *find_scene(const char *header)
{
    const struct scene *found = NULL;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct scene *const *at = lists[i]; *at != NULL; at++) {
            const size_t len = strlen((*at)->header);
            if (strncmp(header, (*at)->header, len) == 0 &&
                (found == NULL || len > strlen(found->header)))
                found = *at;
        }
    }
    if (found == NULL || (header[0] != '\0' && found->header[0] == '\0'))
        fail_msg("no scene: %s", header);
    return found;
}

static const struct fact *find_fact(const struct scene *scene, const char *line)
{
    const struct fact *found = NULL;
    for (size_t i = 0; i < scene->count; i++) {
        const struct fact *fact = &scene->facts[i];
        if (strncmp(line, fact->text, strlen(fact->text)) == 0 &&
            (found == NULL || strlen(fact->text) > strlen(found->text)))
            found = fact;
    }
    if (found == NULL)
        fail_msg("neither asserted nor named: %s", line);
    return found;
}

static void look_at(struct story *s, const struct scene *scene)
{
    fact_now = find_fact(scene, s->line);
    s->rest = s->line + strlen(fact_now->text);
    bool known = false;
    for (size_t i = 0; i < seen_count; i++)
        known = known || seen[i] == fact_now;
    assert_true(seen_count < MOST_FACTS);
    if (!known)
        seen[seen_count++] = fact_now;
    if (fact_now->run != NULL)
        fact_now->run(s);
    else
        assert_non_null(fact_now->why_not);
}

static void expect_all_seen(void)
{
    size_t all = 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct scene *const *at = lists[i]; *at != NULL; at++)
            all += (*at)->count;
    }
    if (all == seen_count)
        return;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct scene *const *at = lists[i]; *at != NULL; at++) {
            for (size_t k = 0; k < (*at)->count; k++) {
                bool known = false;
                for (size_t n = 0; n < seen_count; n++)
                    known = known || seen[n] == &(*at)->facts[k];
                if (!known)
                    print_error("no such line: %s\n", (*at)->facts[k].text);
            }
        }
    }
    fail();
}

static void every_line_is_asserted_or_named(void **state)
{
    static char *lines[MOST_LINES];
    struct story s = {.lines = lines};
    const struct scene *scene = find_scene("");
    char *text = NULL;
    size_t len = 0, count = 0;
    (void)state;
    assert_int_equal(
        sl_file_read(&text, &len, SL_SOURCE_DIR "/tests/data/observed/today.txt", 1 << 20, NULL),
        SL_OK);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        assert_true(count + 1 < MOST_LINES);
        lines[count++] = line;
    }
    for (; s.at < count; s.at++) {
        s.line = lines[s.at];
        if (strncmp(s.line, "==", 2) == 0 || strncmp(s.line, "--", 2) == 0) {
            scene = find_scene(s.line);
            if (scene->begin != NULL)
                scene->begin(&s);
            continue;
        }
        look_at(&s, scene);
    }
    expect_all_seen();
    void *kit = s.kit;
    ledger_kit_teardown(&kit);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_asserted_or_named),
    };
    return cmocka_run_group_tests_name("ledger_today", tests, NULL, NULL);
}
