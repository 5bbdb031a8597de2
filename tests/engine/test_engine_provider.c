/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The provider goes away for good while the engine runs: another one takes its place, once, and
 * nothing is paid for twice. It stays when it is the line, or when a person named it. */
#include <stdio.h>
#include <string.h>

#include "sluice/commit.h"

#include "engine/policy/provider_health.h"
#include "engine/rig.h"
#include "support/peer.h"
#include "support/sanitized.h"
#include "support/test.h"

enum { EPOCH_MS = 100, PATIENCE_MS = SL_SANITIZED ? 1500 : 300, PROVIDERS = 3, NODE = -1 };

/* ---- when it is time ---- */

static void silence_and_failures_are_waited_out(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    assert_true(sl_engine_provider_health_due_ms(&trouble, 100) == INT64_MAX);
    sl_engine_provider_health_silence(&trouble, 1000);
    sl_engine_provider_health_silence(&trouble, 1050);
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100), 1100);
    sl_engine_provider_health_answer(&trouble);
    assert_true(sl_engine_provider_health_due_ms(&trouble, 100) == INT64_MAX);
    for (int i = 0; i < SL_PROVIDER_HEALTH_FAILURES; i++) {
        assert_true(sl_engine_provider_health_due_ms(&trouble, 100) == INT64_MAX);
        sl_engine_provider_health_failure(&trouble, 2000 + i, false);
    }
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100), 2100);
    sl_engine_provider_health_answer(
        &trouble); /* that it answers was not what it is charged with */
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100), 2100);
    sl_engine_provider_health_success(&trouble);
    assert_true(sl_engine_provider_health_due_ms(&trouble, 100) == INT64_MAX);
}

static void a_failure_beside_uploads_that_move_counts_for_nothing(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    for (int i = 0; i < 2 * SL_PROVIDER_HEALTH_FAILURES; i++)
        sl_engine_provider_health_failure(&trouble, 1000 + i, i == SL_PROVIDER_HEALTH_FAILURES);
    assert_true(sl_engine_provider_health_due_ms(&trouble, 100) ==
                INT64_MAX); /* one less than enough since */
    sl_engine_provider_health_failure(&trouble, 1010, false);
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100), 1104);
}

static void after_a_change_there_is_a_long_rest(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    sl_engine_provider_health_silence(&trouble, 1000);
    const unsigned before = trouble.streak;
    sl_engine_provider_health_changed(&trouble, 1200, 100);
    assert_int_not_equal(trouble.streak, before);
    sl_engine_provider_health_silence(&trouble, 1210);
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100),
                     1200 + 100 * SL_PROVIDER_HEALTH_REST);
    sl_engine_provider_health_answer(&trouble);
    sl_engine_provider_health_silence(&trouble, 1300); /* it comes and goes */
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 100),
                     1200 + 100 * SL_PROVIDER_HEALTH_REST);
}

static void a_file_is_kept_back_only_while_somebody_looks(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    assert_false(sl_engine_provider_health_keeps_back(&trouble, 1000, 100));
    sl_engine_provider_health_failure(&trouble, 1000, false);
    assert_true(sl_engine_provider_health_keeps_back(&trouble, 1199, 100));
    assert_false(sl_engine_provider_health_keeps_back(&trouble, 1200, 100));
    trouble.told = true;
    assert_false(sl_engine_provider_health_keeps_back(&trouble, 1001, 100));
}

static void bodies_that_are_refused_end_the_patience_at_once(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    for (int i = 1; i <= SL_PROVIDER_HEALTH_BODIES; i++) {
        assert_false(sl_engine_provider_health_is_full(&trouble));
        sl_engine_provider_health_body(&trouble, 1000 + i);
        sl_engine_provider_health_failure(&trouble, 1000 + i,
                                          true); /* others move, and will be refused as well */
    }
    assert_true(sl_engine_provider_health_is_full(&trouble));
    assert_true(sl_engine_provider_health_due_ms(&trouble, 120000) <=
                1000 + SL_PROVIDER_HEALTH_BODIES);
    assert_true(trouble.body_ms > 1000 + SL_PROVIDER_HEALTH_BODIES);
    sl_engine_provider_health_success(&trouble);
    assert_false(sl_engine_provider_health_is_full(&trouble));
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 120000), INT64_MAX);
}

static void one_that_is_closed_to_us_is_left_at_once(void **state)
{
    (void)state;
    struct sl_provider_health trouble = {0};
    sl_engine_provider_health_closed(&trouble, 1000);
    sl_engine_provider_health_failure(&trouble, 1000, false);
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 120000), 1000);
    assert_false(sl_engine_provider_health_is_full(&trouble)); /* nothing was sent for nothing */
    assert_true(sl_engine_provider_health_keeps_back(&trouble, 1001, 100));
    sl_engine_provider_health_success(&trouble);
    assert_int_equal(sl_engine_provider_health_due_ms(&trouble, 120000), INT64_MAX);
}

/* ---- a network and an engine ---- */

struct scene {
    struct rig *rig;
    struct sl_devnet_chain chain;
    struct sl_commit_options commit;
};

static void set_up(struct scene *s)
{
    struct sl_err err = {0};
    *s = (struct scene){.rig = rig_new(), .chain = {.epoch_ms = EPOCH_MS, .watch_delay_ms = 10}};
    s->chain.providers = PROVIDERS;
    s->rig->net_options.chain = &s->chain;
    rig_provider(s->rig);
    const struct sl_key *key = sl_devnet_key(s->rig->net);
    s->commit = (struct sl_commit_options){.key = key,
                                           .payer = *sl_key_address(key),
                                           .copies = 1,
                                           .source = "sluice",
                                           .epoch_ms = EPOCH_MS,
                                           .hold_ms = 50,
                                           .resend_ms = 15 * EPOCH_MS,
                                           .settle_ms = 40 * EPOCH_MS,
                                           .seed = 1,
                                           .clock = s->rig->options.clock};
    s->rig->options.change_after_ms = PATIENCE_MS;
    if (sl_devnet_network(s->rig->net, &s->commit.network, &err) < 0)
        fail_msg("%s", err.text);
}

static void start(struct scene *s)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    struct rig *rig = s->rig;
    if (sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err) < 0 ||
        sl_commit_open(&rig->options.commit, &s->commit, journal, &err) < 0 ||
        sl_engine_start(&rig->engine, &rig->options, journal, &err) < 0)
        fail_msg("%s", err.text);
}

static void base_of(char out[static SL_URL_BYTES], const struct scene *s, int at)
{
    const char *url = at == NODE ? sl_devnet_rpc_url(s->rig->net)
                                 : sl_devnet_provider_url(s->rig->net, (size_t)at);
    snprintf(out, SL_URL_BYTES, "%s", url);
    char *path = strstr(out, "/rpc/v1");
    if (path != NULL)
        *path = '\0';
}

static void ask(const struct scene *s, int at, const char *method, const char *body,
                struct sl_answer *answer)
{
    char url[SL_URL_BYTES];
    base_of(url, s, at);
    sl_peer_ask(url, method, "/fault", NULL, body, body != NULL ? strlen(body) : 0, answer);
    assert_in_range(answer->status, 200, 299);
}

static void fault(const struct scene *s, int at, const char *rule)
{
    struct sl_answer answer = {0};
    ask(s, at, rule != NULL ? "POST" : "DELETE", rule, &answer);
    sl_answer_free(&answer);
}

static uint64_t hits(const struct scene *s, int at)
{
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    uint64_t sum = 0;
    ask(s, at, "GET", NULL, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    for (const struct sl_json *one = sl_json_first(root); one != NULL; one = sl_json_next(one)) {
        uint64_t n = 0;
        assert_true(sl_json_u64(sl_json_get(one, "hits"), &n));
        sum += n;
    }
    sl_json_free(root);
    sl_answer_free(&answer);
    return sum;
}

static bool node_was_asked(struct rig *rig, const void *scene)
{
    (void)rig;
    return hits(scene, NODE) > 0;
}

static bool fault_was_met(struct rig *rig, const void *scene)
{
    (void)rig;
    return hits(scene, 0) > 0;
}

/* Nothing that it is asked for from now on is done, and nothing answered. */
static void goes_away(const struct scene *s, int at)
{
    fault(s, at,
          "[{\"match\":\"POST /\",\"action\":\"reset\"},"
          "{\"match\":\"PUT /\",\"action\":\"reset\"},"
          "{\"match\":\"\",\"action\":\"drop\"}]");
}

/* How often a piece is in the data sets of the payer. */
static size_t on_chain(const struct scene *s, const struct sl_piece_id *piece)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &s->commit.payer};
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    struct sl_err err = {0};
    size_t count = 0;
    if (sl_chain_new(&chain, &s->commit.network, NULL, &err) < 0 ||
        sl_chain_read(&view, chain, &wish, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < view->data_set_count; i++) {
        uint64_t ids[8];
        const int n = sl_chain_find_piece(ids, 8, chain, view->data_sets[i].id, piece, NULL);
        assert_true(n >= 0);
        count += (size_t)n;
    }
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return count;
}

static void is_confirmed_once(const struct scene *s, const char *name, int at)
{
    struct rig_job *job = rig_wait_state(s->rig, name, SL_JOB_CONFIRMED);
    assert_int_equal(on_chain(s, &job->job.piece), 1);
    assert_int_equal(job->job.copies.landed, 1);
    assert_string_equal(job->provider_url, sl_devnet_provider_url(s->rig->net, (size_t)at));
    assert_int_equal(job->seen & (1u << SL_JOB_FAILED), 0);
}

static bool has_note(struct rig *rig, const void *words)
{
    return rig->notes > 0 && strstr(rig->note.text, words) != NULL;
}

static void tear_down(struct scene *s)
{
    rig_engine_stop(s->rig);
    rig_free(s->rig);
}

static void add_files(struct scene *s, int count)
{
    char name[32];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%d.mkv", i);
        rig_add(s->rig, rig_file(s->rig, name, 5000, (uint64_t)i + 1));
    }
}

static void were_confirmed_once(struct scene *s, int count, int at)
{
    char name[32];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%d.mkv", i);
        is_confirmed_once(s, name, at);
    }
}

/* ---- it changes ---- */

static void what_is_queued_goes_to_another_provider(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    rig_add(s.rig, rig_file(s.rig, "before.mkv", 5000, 99));
    is_confirmed_once(&s, "before.mkv", 0);
    goes_away(&s, 0);
    add_files(&s, 6);
    rig_wait(s.rig, has_note, "(id 2) from now on: approved, not endorsed", "a note");
    assert_non_null(strstr(s.rig->note.text, "(id 1) does not answer: files go to"));
    were_confirmed_once(&s, 6, 1);
    is_confirmed_once(&s, "before.mkv", 0);
    rig_noted_once(s.rig, "from now on");
    tear_down(&s);
}

static void one_that_fails_at_everything_is_left_before_a_file_fails(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    fault(&s, 0, "{\"match\":\"\",\"action\":\"status\",\"status\":503}");
    add_files(&s, 3);
    were_confirmed_once(&s, 3, 1);
    assert_true(has_note(s.rig, "fails every request"));
    rig_noted_once(s.rig, "from now on");
    tear_down(&s);
}

static void one_that_is_full_is_left_after_a_few_bodies(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.rig->options.change_after_ms = 3600000;
    s.rig->options.parallel = 2;
    start(&s);
    fault(&s, 0, "{\"match\":\"PUT \",\"action\":\"status\",\"status\":507}");
    add_files(&s, 20);
    were_confirmed_once(&s, 20, 1);
    assert_in_range(hits(&s, 0), SL_PROVIDER_HEALTH_BODIES, SL_PROVIDER_HEALTH_BODIES + 2);
    tear_down(&s);
}

static void one_that_takes_no_uploads_from_us_is_left_at_once(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.rig->options.change_after_ms = 3600000;
    start(&s);
    fault(&s, 0,
          "{\"match\":\"POST /pdp/piece\",\"action\":\"status\",\"status\":401,"
          "\"body\":\"anonymous piece uploads are disabled; provide a registered service JWT\"}");
    add_files(&s, 5);
    were_confirmed_once(&s, 5, 1);
    rig_noted_once(s.rig, "from now on");
    tear_down(&s);
}

/* For longer than a failing provider is kept. */
static void claims_of_other_uploads_move_no_provider(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.rig->options.change_after_ms = 1;
    start(&s);
    fault(&s, 0,
          "{\"match\":\"PUT \",\"times\":12,\"action\":\"status\",\"status\":409,"
          "\"body\":\"This piece is already being uploaded\"}");
    add_files(&s, 3);
    were_confirmed_once(&s, 3, 0);
    assert_int_equal(hits(&s, 0), 12);
    assert_false(has_note(s.rig, "from now on"));
    tear_down(&s);
}

static void a_file_that_was_parked_and_not_committed_is_sent_to_the_new_one(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.commit.hold_ms = 60000;
    s.rig->options.parallel = 1;
    start(&s);
    fault(&s, 0, "{\"match\":\"PUT \",\"skip\":1,\"action\":\"stall\",\"after_bytes\":1000}");
    add_files(&s, 2);
    rig_wait_state(s.rig, "0.mkv", SL_JOB_PARKED);
    rig_wait_state(s.rig, "1.mkv", SL_JOB_UPLOADING);
    goes_away(&s, 0);
    were_confirmed_once(&s, 2, 1);
    tear_down(&s);
}

/* The request for its commit was lost, or was it? Until that is known it stays where it is. */
static void what_may_have_been_committed_is_neither_sent_nor_signed_again(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    fault(&s, 0, "{\"match\":\"POST /pdp/data-sets\",\"action\":\"drop\"}");
    fault(&s, 0, "{\"match\":\"GET /pdp/data-sets\",\"action\":\"status\",\"status\":404}");
    rig_add(s.rig, rig_file(s.rig, "0.mkv", 5000, 1));
    const struct sl_piece_id piece = rig_piece(rig_path(s.rig, "0.mkv"));
    while (on_chain(&s, &piece) == 0)
        rig_read(s.rig);
    goes_away(&s, 0);
    rig_add(s.rig, rig_file(s.rig, "1.mkv", 5000, 2));
    is_confirmed_once(&s, "1.mkv", 1);
    is_confirmed_once(&s, "0.mkv", 0);
    tear_down(&s);
}

/* All that got through: a commit under way would be left unclear. */
static bool half_is_confirmed(struct rig *rig, const void *arg)
{
    int confirmed = 0;
    (void)arg;
    for (int i = 0; i < rig->part_count; i++)
        confirmed += rig->parts[i].part.state == SL_JOB_CONFIRMED ? 1 : 0;
    return confirmed == 3;
}

static void confirmed_parts_keep_their_place_and_the_others_go_elsewhere(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.rig->options.split_bytes = RIG_SHARD;
    s.rig->options.parallel = 2;
    start(&s);
    fault(&s, 0, "{\"match\":\"PUT \",\"skip\":3,\"action\":\"stall\",\"after_bytes\":1000}");
    rig_add(s.rig, rig_file(s.rig, "long.mkv", 6 * RIG_SHARD, 1));
    rig_wait(s.rig, half_is_confirmed, NULL, "three confirmed parts");
    goes_away(&s, 0);
    struct rig_job *job = rig_wait_state(s.rig, "long.mkv", SL_JOB_CONFIRMED);
    assert_int_equal(job->job.copies.landed, 1);
    assert_int_equal(job->job.parts_stored, 6);
    rig_noted_once(s.rig, "from now on");
    for (int i = 0; i < s.rig->part_count; i++)
        assert_int_equal(on_chain(&s, &s.rig->parts[i].part.piece), 1);
    tear_down(&s);
}

static void a_file_whose_parts_were_all_parked_is_sent_to_the_new_one(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.commit.hold_ms = 60000;
    s.rig->options.split_bytes = RIG_SHARD;
    s.rig->options.parallel = 2;
    start(&s);
    fault(&s, 0, "{\"match\":\"PUT \",\"times\":1,\"action\":\"stall\",\"after_bytes\":1000}");
    rig_add(s.rig, rig_file(s.rig, "0.mkv", 5000, 2));
    rig_wait(s.rig, fault_was_met, &s, "an upload that stalls");
    rig_add(s.rig, rig_file(s.rig, "long.mkv", 3 * RIG_SHARD, 1));
    rig_wait_state(s.rig, "long.mkv", SL_JOB_PARKED);
    goes_away(&s, 0);
    struct rig_job *job = rig_wait_state(s.rig, "long.mkv", SL_JOB_CONFIRMED);
    assert_string_equal(job->provider_url, sl_devnet_provider_url(s.rig->net, 1));
    is_confirmed_once(&s, "0.mkv", 1);
    for (int i = 0; i < s.rig->part_count; i++)
        assert_int_equal(on_chain(&s, &s.rig->parts[i].part.piece), 1);
    tear_down(&s);
}

/* ---- it stays ---- */

static void everybody_away_is_waited_out(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    for (int at = NODE; at < PROVIDERS; at++)
        goes_away(&s, at);
    add_files(&s, 2);
    rig_wait(s.rig, node_was_asked, &s, "a look for others");
    for (int at = NODE; at < PROVIDERS; at++)
        fault(&s, at, NULL);
    were_confirmed_once(&s, 2, 0);
    assert_int_equal(s.rig->notes, 0);
    tear_down(&s);
}

static void a_provider_that_a_person_named_is_waited_for(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.commit.provider = sl_u256(1);
    start(&s);
    goes_away(&s, 0);
    add_files(&s, 2);
    rig_wait(s.rig, has_note, "files stay with it: `provider` or `data_set` is set", "a note");
    fault(&s, 0, NULL);
    were_confirmed_once(&s, 2, 0);
    rig_noted_once(s.rig, "files stay with it");
    tear_down(&s);
}

static void the_last_provider_is_waited_for_and_that_is_said_once(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    goes_away(&s, 0);
    goes_away(&s, 1);
    add_files(&s, 2);
    rig_wait(s.rig, has_note, "no other approved provider answers", "a note");
    fault(&s, 0, NULL);
    were_confirmed_once(&s, 2, 0);
    rig_noted_once(s.rig, "files stay with it");
    tear_down(&s);
}

/* ---- files that an earlier run left at the provider ---- */

/* A run that ended after the first provider accepted the file, but before it listed the file. */
static void leave_accepted(struct scene *s)
{
    set_up(s);
    s->rig->options.park_timeout_ms = 3600000; /* otherwise it would soon be sent again */
    start(s);
    fault(s, 0, "{\"match\":\"GET /pdp/piece\",\"action\":\"status\",\"status\":404}");
    add_files(s, 1);
    rig_wait_state(s->rig, "0.mkv", SL_JOB_ACCEPTED);
    rig_engine_stop(s->rig);
    goes_away(s, 0);
    s->commit.provider = sl_u256(2);
    s->rig->options.provider_url = sl_devnet_provider_url(s->rig->net, 1);
    s->rig->options.run_earlier = true;
}

static void what_was_accepted_by_one_that_is_gone_is_sent_to_the_present_one(void **state)
{
    (void)state;
    struct scene s;
    leave_accepted(&s);
    start(&s);
    is_confirmed_once(&s, "0.mkv", 1);
    tear_down(&s);
}

static void a_long_wait_for_an_earlier_provider_is_said(void **state)
{
    (void)state;
    struct scene s;
    leave_accepted(&s);
    s.rig->options.say_after_ms = 1;
    s.rig->options.change_after_ms = 3600000;
    start(&s);
    rig_wait(s.rig, has_note, "waiting for provider 1 at http", "a note");
    assert_non_null(strstr(s.rig->note.text, "sluice uploads its files again"));
    tear_down(&s);
}

static void a_long_wait_for_the_present_provider_is_said(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.rig->options.say_after_ms = 1;
    s.rig->options.change_after_ms = 3600000;
    start(&s);
    goes_away(&s, 0);
    add_files(&s, 1);
    rig_wait(s.rig, has_note, "waiting for provider 1 at http", "a note");
    assert_non_null(strstr(s.rig->note.text, "sluice looks for another provider"));
    tear_down(&s);
}

static void an_end_in_the_middle_of_a_look_is_an_end(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    start(&s);
    goes_away(&s, 0);
    fault(&s, NODE, "{\"match\":\"RPC eth_call\",\"action\":\"stall\"}");
    add_files(&s, 2);
    rig_wait(s.rig, node_was_asked, &s, "a look for others");
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_and_failures_are_waited_out),
        cmocka_unit_test(a_failure_beside_uploads_that_move_counts_for_nothing),
        cmocka_unit_test(after_a_change_there_is_a_long_rest),
        cmocka_unit_test(a_file_is_kept_back_only_while_somebody_looks),
        cmocka_unit_test(bodies_that_are_refused_end_the_patience_at_once),
        cmocka_unit_test(one_that_is_closed_to_us_is_left_at_once),
        cmocka_unit_test(what_is_queued_goes_to_another_provider),
        cmocka_unit_test(one_that_is_full_is_left_after_a_few_bodies),
        cmocka_unit_test(one_that_takes_no_uploads_from_us_is_left_at_once),
        cmocka_unit_test(claims_of_other_uploads_move_no_provider),
        cmocka_unit_test(one_that_fails_at_everything_is_left_before_a_file_fails),
        cmocka_unit_test(a_file_that_was_parked_and_not_committed_is_sent_to_the_new_one),
        cmocka_unit_test(what_may_have_been_committed_is_neither_sent_nor_signed_again),
        cmocka_unit_test(confirmed_parts_keep_their_place_and_the_others_go_elsewhere),
        cmocka_unit_test(a_file_whose_parts_were_all_parked_is_sent_to_the_new_one),
        cmocka_unit_test(everybody_away_is_waited_out),
        cmocka_unit_test(a_provider_that_a_person_named_is_waited_for),
        cmocka_unit_test(the_last_provider_is_waited_for_and_that_is_said_once),
        cmocka_unit_test(what_was_accepted_by_one_that_is_gone_is_sent_to_the_present_one),
        cmocka_unit_test(a_long_wait_for_an_earlier_provider_is_said),
        cmocka_unit_test(a_long_wait_for_the_present_provider_is_said),
        cmocka_unit_test(an_end_in_the_middle_of_a_look_is_an_end),
    };
    return cmocka_run_group_tests_name("another provider", tests, NULL, NULL);
}
