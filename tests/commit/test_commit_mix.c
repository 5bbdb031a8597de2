/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Random mixes of everything that can go wrong: the end is the same, and nobody is stormed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commit_rig.h"
#include "support/test.h"

enum { MIXES_SHORT = 8, MIXES_LONG = 200, RULES_MOST = 3, PIECES = 3, REQUESTS_MOST = 600 };

/* X is replaced by how often, Y by a time. */
static const char *const rules[] = {
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"drop\"}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"reset\"}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"status\",\"status\":500,"
    "\"body\":\"Internal server error\"}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"status\",\"status\":503}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"status\",\"status\":429,"
    "\"body\":\"later\",\"retry_after_s\":1}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":X,\"action\":\"delay\",\"ms\":Y}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"lose\",\"ms\":Y}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"fail\"}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"hold\",\"ms\":Y}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"replace\"}",
    "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"gap\",\"ms\":Y}",
    "{\"match\":\"GET /pdp/data-sets\",\"times\":X,\"action\":\"status\",\"status\":500}",
    "{\"match\":\"GET /pdp/data-sets\",\"times\":X,\"action\":\"status\",\"status\":404}",
    "{\"match\":\"GET /pdp/data-sets\",\"times\":X,\"action\":\"reset\"}",
    "{\"match\":\"GET /pdp/data-sets\",\"times\":X,\"action\":\"drop\"}",
    "{\"match\":\"POST /pdp/piece/pull\",\"times\":X,\"action\":\"reset\"}",
    "{\"match\":\"POST /pdp/piece/pull\",\"times\":X,\"action\":\"status\",\"status\":429,"
    "\"body\":\"pull queue backpressure\",\"retry_after_s\":1}",
};

static const char *const node_rules[] = {
    "{\"match\":\"RPC eth_call\",\"times\":X,\"action\":\"reset\"}",
    "{\"match\":\"RPC eth_call\",\"times\":X,\"action\":\"drop\"}",
    "{\"match\":\"RPC eth_call\",\"times\":X,\"action\":\"status\",\"status\":502}",
};

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*random >> 33) % below;
}

static void fill(char out[static 256], const char *rule, uint64_t *random)
{
    size_t at = 0;
    for (; *rule != '\0' && at < 240; rule++) {
        if (*rule == 'X')
            at += (size_t)snprintf(out + at, 8, "%d", 1 + (int)draw(random, 3));
        else if (*rule == 'Y')
            at += (size_t)snprintf(out + at, 8, "%d", 50 + (int)draw(random, 800));
        else
            out[at++] = *rule;
    }
    out[at] = '\0';
}

static void break_things(struct commit_rig *rig, uint64_t *random)
{
    char rule[256];
    const uint64_t count = 1 + draw(random, RULES_MOST);
    for (uint64_t i = 0; i < count; i++) {
        const bool node = draw(random, 5) == 0;
        if (node)
            fill(rule, node_rules[draw(random, sizeof node_rules / sizeof node_rules[0])], random);
        else
            fill(rule, rules[draw(random, sizeof rules / sizeof rules[0])], random);
        rig_fault(rig, node ? -1 : (int)draw(random, 2), rule);
    }
}

static void one_mix(struct commit_rig *rig, uint64_t seed)
{
    uint64_t random = seed;
    rig->options.copies = 1 + (int)draw(&random, 2);
    rig_store(rig, PIECES);
    rig_open(rig);
    break_things(rig, &random);
    rig_add(rig, 0, PIECES);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, (size_t)rig->options.copies);
    rig_no_faults(rig, -1);
    for (int i = 0; i < 2; i++)
        rig_no_faults(rig, i);
    for (unsigned c = 0; c < (unsigned)rig->options.copies; c++)
        rig_expect_landed(rig, c);
    for (size_t i = 0; i < PIECES; i++)
        assert_int_equal(rig_on_chain(rig, i), rig->options.copies);
}

static void every_mix_of_faults_ends_with_each_piece_once(void **state)
{
    (void)state;
    const uint64_t mixes = getenv("SLUICE_LONG") != NULL ? MIXES_LONG : MIXES_SHORT;
    for (uint64_t seed = 1; seed <= mixes; seed++) {
        void *rig = NULL;
        assert_int_equal(rig_setup(&rig), 0);
        print_message("mix %d\n", (int)seed);
        one_mix(rig, seed);
        assert_int_equal(rig_teardown(&rig), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mix_of_faults_ends_with_each_piece_once),
    };
    return cmocka_run_group_tests_name("commit mixes", tests, NULL, NULL);
}
