/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "served.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/chain.h"

static void write_settings(const struct chain *chain)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    char fwss[SL_ADDRESS_CHARS], endorsements[SL_ADDRESS_CHARS];
    struct sl_buf text = {0};
    struct sl_network network;
    assert_int_equal(sl_devnet_network(chain->kit.net, &network, NULL), SL_OK);
    sl_address_text(fwss, &network.fwss);
    sl_address_text(endorsements, &network.endorsements);
    sl_buf_printf(&text,
                  "[sluice]\nnetwork = dev\nnetwork_chain_id = %llu\nrpc_url = %s\nfwss = %s\n"
                  "endorsements = %s\nkey_file = %s/key\n",
                  (unsigned long long)network.chain_id, network.urls[0], fwss, endorsements,
                  chain->kit.dir);
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "config", NULL), 0);
    assert_int_equal(sl_path_make(dir, 0700, NULL), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "config.ini", NULL), 0);
    assert_int_equal(sl_file_write_atomic(path, text.data, text.len, 0600, NULL), 0);
    sl_buf_free(&text);
}

int served_setup(void **state)
{
    if (bin_setup(state) != 0 || chdir(bin_home.dir) != 0 || chain_setup_running(state) != 0)
        return -1;
    write_settings(*state);
    return 0;
}

int served_1_3_setup(void **state)
{
    if (bin_setup(state) != 0 || chdir(bin_home.dir) != 0 || chain_setup_running_1_3(state) != 0)
        return -1;
    write_settings(*state);
    return 0;
}

int served_poor_setup(void **state)
{
    if (bin_setup(state) != 0 || chdir(bin_home.dir) != 0 || chain_setup_poor(state) != 0)
        return -1;
    write_settings(*state);
    return 0;
}

int served_teardown(void **state)
{
    chain_teardown(state);
    return bin_teardown(state);
}

struct sl_prices served_prices(const struct chain *chain)
{
    struct sl_network network;
    struct sl_chain *reader = NULL;
    struct sl_prices prices;
    assert_int_equal(sl_devnet_network(chain->kit.net, &network, NULL), SL_OK);
    assert_int_equal(sl_chain_new(&reader, &network, NULL, NULL), SL_OK);
    assert_int_equal(sl_chain_prices(&prices, reader, NULL), SL_OK);
    sl_chain_free(reader);
    return prices;
}

const char *served_usdfc(struct sl_u256 amount, uint64_t times)
{
    static char text[SL_U256_AMOUNT_CHARS];
    assert_true(sl_u256_mul(&amount, amount, sl_u256(times)));
    sl_u256_amount(text, amount, 18, 4);
    return text;
}

const char *served_says(const char *before, struct sl_u256 amount, uint64_t times)
{
    static char text[200];
    snprintf(text, sizeof text, "%s%s USDFC", before, served_usdfc(amount, times));
    return text;
}

void served_assert_ran(int status, const char *out, const char *err, const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    if (ran.status != status)
        fail_msg("status %d, not %d: %s%s", ran.status, status, ran.out.data, ran.err.data);
    bin_assert_says(&ran.out, out);
    bin_assert_says(&ran.err, err);
    sl_ran_free(&ran);
}

cJSON *served_lines(const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    cJSON *lines = bin_lines(&ran.out);
    sl_ran_free(&ran);
    return lines;
}

const cJSON *served_line(const cJSON *lines, size_t index)
{
    const cJSON *line = cJSON_GetArrayItem(lines, (int)index);
    assert_non_null(line);
    return line;
}
