/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * `sluice wallet session`: a second key that may sign uploads until its expiry and can move no
 * money.
 */
#include <stdio.h>
#include <string.h>

#include "commands/account/send_tx.h"
#include "commands/account/wallet.h"
#include "output/json_lines.h"
#include "output/output.h"

#define DAY_S UINT64_C(86400)

enum {
    USUAL_DAYS = 30,
    MOST_DAYS = 366,
    LEAST_S = SL_SESSION_MARGIN_S * 3 / 2, /* uploads refuse to use its last minutes */
    TIME_CHARS = 48
};

/* What a session key may be allowed, in the order of enum sl_message. */
static const char *const permissions[SL_MESSAGE_PERMIT] = {"createDataSet", "addPieces",
                                                           "removePieces", "terminate"};

struct session {
    struct sl_address key;
    uint64_t expiry_s; /* from now */
    bool login;
};

/* ---- words ---- */

/* "12h", "30d". */
static int read_expiry(uint64_t *out, const char *text, struct sl_err *err)
{
    static const struct {
        const char *unit;
        uint64_t seconds;
    } units[] = {{"m", 60}, {"h", 3600}, {"d", DAY_S}};
    const size_t digits = strspn(text, "0123456789");
    struct sl_u256 value;
    uint64_t n = 0;
    if (digits == 0 || sl_u256_parse_dec(&value, text, digits, NULL) < 0 ||
        !sl_u256_to_u64(&n, value))
        n = 0;
    for (size_t i = 0; n > 0 && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + digits, units[i].unit) != 0 || n > MOST_DAYS * DAY_S / units[i].seconds)
            continue;
        *out = n * units[i].seconds;
        if (*out >= LEAST_S)
            return SL_OK;
        return sl_err_set(err, SL_EUSAGE,
                          "--expiry: uploads refuse a session key in its last %d minutes, so "
                          "'%.40s' is too short; give %dm or more",
                          SL_SESSION_MARGIN_S / 60, text, LEAST_S / 60);
    }
    return sl_err_set(err, SL_EUSAGE,
                      "--expiry: '%.40s' is not a duration such as 12h or 30d (at most %d days)",
                      text, MOST_DAYS);
}

static int read_address(struct sl_address *out, const struct sl_wallet_call *call,
                        struct sl_err *err)
{
    if (call->operand_count != 2)
        return sl_err_set(err, SL_EUSAGE,
                          "wallet session %s: give the address of one session key: sluice wallet "
                          "session %s 0x...",
                          call->operands[0], call->operands[0]);
    const char *text = call->operands[1];
    if (sl_address_parse(out, text, strlen(text), err) == SL_OK)
        return SL_OK;
    sl_err_ctx(err, "the address of the session key");
    err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

static int refuse_expiry(const struct sl_wallet_call *call, struct sl_err *err)
{
    return call->args->expiry == NULL
               ? SL_OK
               : sl_err_set(err, SL_EUSAGE, "--expiry works only with `wallet session login`");
}

/* ---- login and revoke ---- */

/* The zero address has no key, and the account's own key may sign without a login. */
static int check_login(const struct session *session, const struct sl_address *payer,
                       struct sl_err *err)
{
    if (sl_address_is_zero(&session->key))
        return sl_err_set(err, SL_EUSAGE,
                          "no key has the zero address; give the address of the session key");
    if (payer == NULL || !sl_address_equal(&session->key, payer))
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE,
                      "that is the account's own address, whose key may already sign "
                      "everything; create a second key and give its address");
}

static int make(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending, struct sl_err *err)
{
    const struct session *session = sending->ctx;
    const struct sl_wallet_tx_payer payer = sl_send_tx_payer(sending);
    if (!session->login)
        return sl_wallet_tx_revoke(out, &payer, &session->key, err);
    const int rc = check_login(session, &sending->account.signer.payer, err);
    if (rc < 0)
        return rc;
    return sl_wallet_tx_login(out, &payer, &session->key, payer.view->unix_s + session->expiry_s,
                              err);
}

static void show_time(char out[static TIME_CHARS], uint64_t unix_s)
{
    char text[SL_LOCAL_TIME_CHARS];
    if (unix_s > INT64_MAX / 1000) {
        snprintf(out, TIME_CHARS, "forever");
        return;
    }
    sl_local_time(text, (int64_t)unix_s * 1000);
    snprintf(out, TIME_CHARS, "%s local time", text);
}

static void notice_session(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call)
{
    const struct session *session = sending->ctx;
    char until[TIME_CHARS];
    (void)call;
    if (!session->login) {
        sl_notice("session: the key can no longer sign anything");
        return;
    }
    show_time(until, sending->account.view->unix_s + session->expiry_s);
    sl_notice("session: the key may create and terminate data sets and add and remove "
              "pieces of this account until %s; the account pays for that, and the key "
              "cannot move its money",
              until);
}

static int change(const struct sl_wallet_call *call, bool login, struct sl_err *err)
{
    struct session session = {.expiry_s = USUAL_DAYS * DAY_S, .login = login};
    struct sl_send_tx sending = {.args = call->args,
                                 .config = call->config,
                                 .make = make,
                                 .say = notice_session,
                                 .ctx = &session,
                                 .keyless = true};
    char text[SL_ADDRESS_CHARS];
    int rc = read_address(&session.key, call, err);
    if (rc == SL_OK && login)
        rc = check_login(&session, NULL, err);
    if (rc == SL_OK && call->args->expiry != NULL)
        rc = login ? read_expiry(&session.expiry_s, call->args->expiry, err)
                   : refuse_expiry(call, err);
    if (rc == SL_OK)
        rc = sl_confirm_check(call->args, "before the account is changed", err);
    if (rc < 0)
        return rc;
    sl_address_text(text, &session.key);
    snprintf(sending.purpose, sizeof sending.purpose, "%s session key %s",
             login ? "log in" : "revoke", text);
    return sl_send_tx_run(&sending, err);
}

/* ---- status ---- */

struct shown {
    char payer[SL_ADDRESS_CHARS];
    char key[SL_ADDRESS_CHARS];
    uint64_t expiry[SL_MESSAGE_PERMIT]; /* unix seconds; 0: never allowed */
    bool uploads;                       /* may sign for uploads now */
};

static int which_key(struct sl_address *out, const struct sl_wallet_call *call,
                     const struct sl_signer *signer, struct sl_err *err)
{
    if (call->operand_count > 1)
        return read_address(out, call, err);
    if (!signer->session)
        return sl_err_set(err, SL_EUSAGE,
                          "no session key is in use; name one: sluice wallet session status 0x...");
    *out = signer->address;
    return SL_OK;
}

static int read_status(struct shown *out, struct sl_cli_account_ctx *account,
                       const struct sl_wallet_call *call, struct sl_err *err)
{
    struct sl_address key;
    const struct sl_chain_wish wish = {
        .what = SL_READ_SESSION, .payer = &account->signer.payer, .session_key = &key};
    int rc = which_key(&key, call, &account->signer, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&account->view, account->chain, &wish, err);
    if (rc < 0)
        return rc;
    sl_address_text(out->payer, &account->signer.payer);
    sl_address_text(out->key, &key);
    for (size_t i = 0; i < SL_MESSAGE_PERMIT; i++) {
        if (!sl_u256_to_u64(&out->expiry[i], account->view->session_expiry[i]))
            out->expiry[i] = UINT64_MAX;
    }
    out->uploads =
        sl_chain_session_allows(account->view, account->view->unix_s + SL_SESSION_MARGIN_S);
    return SL_OK;
}

static void print_session_json(struct sl_buf *out, const struct sl_cli_account_ctx *account,
                               const struct shown *shown)
{
    struct sl_jw w = {0};
    const struct sl_clock clock = sl_clock_system();
    sl_cli_json_begin(&w, "session", &clock);
    sl_jw_str(&w, "address", shown->payer);
    sl_jw_str(&w, "sessionAddress", shown->key);
    sl_jw_str(&w, "network", account->network.name);
    sl_jw_bool(&w, "uploads", shown->uploads);
    sl_jw_object(&w, "expiry"); /* unix seconds; null: not allowed */
    for (size_t i = 0; i < SL_MESSAGE_PERMIT; i++) {
        if (shown->expiry[i] == 0)
            sl_jw_null(&w, permissions[i]);
        else
            sl_cli_json_u256(&w, permissions[i], sl_u256(shown->expiry[i]));
    }
    sl_jw_end_object(&w);
    sl_cli_json_end(&w);
    *out = w.buf;
}

static void print_session_text(struct sl_buf *out, const struct sl_cli_account_ctx *account,
                               const struct shown *shown)
{
    sl_buf_printf(out, "session    %s\naccount    %s\n", shown->key, shown->payer);
    for (size_t i = 0; i < SL_MESSAGE_PERMIT; i++) {
        char until[TIME_CHARS];
        show_time(until, shown->expiry[i]);
        sl_buf_printf(out, "%-13s %s%s\n", permissions[i],
                      shown->expiry[i] == 0                      ? "not allowed"
                      : shown->expiry[i] < account->view->unix_s ? "expired "
                                                                 : "until ",
                      shown->expiry[i] == 0 ? "" : until);
    }
}

static int status(const struct sl_wallet_call *call, struct sl_err *err)
{
    struct sl_cli_account_ctx account;
    struct shown shown;
    struct sl_buf out = {0};
    int rc = refuse_expiry(call, err);
    if (rc < 0)
        return rc;
    rc = sl_cli_account_ctx_open(&account, call->config, SL_ACCOUNT_READ, err);
    if (rc == SL_OK)
        rc = read_status(&shown, &account, call, err);
    if (rc == SL_OK && call->args->json != NULL)
        print_session_json(&out, &account, &shown);
    else if (rc == SL_OK)
        print_session_text(&out, &account, &shown);
    sl_cli_account_ctx_close(&account);
    if (rc == SL_OK && !sl_output(&out))
        rc = sl_err_set(err, SL_EIO, "cannot write to standard output; stopped");
    sl_buf_free(&out);
    return rc;
}

enum sl_exit sl_wallet_session(const struct sl_wallet_call *call)
{
    struct sl_err err = {0};
    const char *word = call->operand_count > 0 ? call->operands[0] : "";
    int rc;
    if (strcmp(word, "status") == 0)
        rc = status(call, &err);
    else if (strcmp(word, "login") == 0)
        rc = change(call, true, &err);
    else if (strcmp(word, "revoke") == 0)
        rc = change(call, false, &err);
    else
        rc = sl_err_set(&err, SL_EUSAGE,
                        "wallet session: give status, login or revoke; see `sluice help wallet`");
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}
