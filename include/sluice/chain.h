/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * chain.h - what the contracts say: providers, data sets, pieces, prices, accounts. Layer: foc.
 *
 * Reads only, batched through Multicall3. A new chain reads everything that an upload needs in 5
 * round trips for up to 100 providers and 25 data sets, and one more for every further 25 data
 * sets, 50 providers or 100 approvals. A read asks only for what is wanted (see SL_READ_*).
 *
 * One chain per thread; only sl_chain_cancel() may come from another. All answers of a node are
 * hostile: a malformed answer is SL_EPROTO, lists are capped, and a single malformed provider or
 * data set is skipped and counted. Errors of all reads, besides those named: those of
 * sl_rpc_call(), SL_EREVERT, SL_EMONEY and SL_EKEY with the contract's reason, SL_EPROTO,
 * SL_ENOMEM.
 *
 * Source: docs/PROTOCOL.md "Contracts"; the forms of calls and answers are proven by
 * tests/data/vectors/abi.json.
 */
#ifndef SL_CHAIN_H
#define SL_CHAIN_H

#include "sluice/costs.h"
#include "sluice/data_set.h"
#include "sluice/network.h"
#include "sluice/piece.h"
#include "sluice/provider.h"
#include "sluice/rpc.h"

struct sl_chain;

/** Owned, sl_chain_free(). Sends nothing. `options`: times and HTTP rules (NULL: the defaults); its
 * URLs and chain id are ignored. Errors: those of sl_rpc_new(). */
int sl_chain_new(struct sl_chain **out, const struct sl_network *network,
                 const struct sl_rpc_options *options, struct sl_err *err) SL_MUST_CHECK;
void sl_chain_free(struct sl_chain *chain);
/** Any thread: the running read and all later reads end with SL_ECANCELED at once. */
void sl_chain_cancel(struct sl_chain *chain);

/** Borrowed: for transactions of the wallet, and for counting round trips. */
struct sl_rpc *sl_chain_rpc(struct sl_chain *chain);
const struct sl_network *sl_chain_network(const struct sl_chain *chain);

enum { SL_VERSION_BYTES = 24, SL_WARNING_BYTES = 240 };

/**
 * The addresses and abilities of the contracts, read in two round trips by the first read that
 * needs them. Abilities are found by calls, never by version numbers. Every batch that calls the
 * view also asks the proxy which view is in force, since an old view keeps answering with old
 * prices. If the view has changed, all of this is read again and the batch is repeated.
 */
struct sl_contracts {
    struct sl_address fwss; /* the proxy: operator of payments, listener of data sets */
    struct sl_address view; /* changes with releases of the storage service */
    struct sl_address verifier;
    struct sl_address payments;
    struct sl_address token;
    struct sl_address registry;
    struct sl_address session_keys;
    struct sl_address endorsements; /* zero: the network has none */
    struct sl_address multicall3;
    char fwss_version[SL_VERSION_BYTES];     /* "1.5.0": for people; may be anything, even "" */
    char verifier_version[SL_VERSION_BYTES]; /* the same */
    bool
        is_compact; /* since 1.4: accepts pieces without lists of metadata (sl_add_message.compact),
                       keeps no readable metadata of pieces, and supports authorizers */
    uint64_t legacy_limit; /* see sl_data_set_is_legacy(); a verifier before 3.5: SL_ALL_LEGACY */
};

/** Borrowed until sl_chain_free(). Errors also: SL_ECONFIG (no storage service at the configured
 * address), and the answer of a service without a price list (before 1.3). */
int sl_chain_contracts(struct sl_chain *chain, const struct sl_contracts **out,
                       struct sl_err *err) SL_MUST_CHECK;

/* ---- everything at once ---- */

enum {
    SL_READ_PROVIDERS = 1,
    SL_READ_DATA_SETS = 2, /* of the payer, with metadata, liveness and size */
    SL_READ_MONEY = 4,     /* prices, account, approval, token, FIL */
    SL_READ_SESSION = 8,   /* what the session key may do */
    SL_READ_ALL = 15
};

enum { SL_PROVIDERS_MAX = 1000, SL_DATA_SETS_MAX = 5000, SL_TOKEN_NAME_BYTES = 64 };

struct sl_chain_wish {
    unsigned what;                        /* SL_READ_* */
    const struct sl_address *payer;       /* NULL only if nothing about an account is read */
    const struct sl_address *session_key; /* for SL_READ_SESSION */
};

/** The payment token, with what a permit needs. */
struct sl_token {
    char name[SL_TOKEN_NAME_BYTES];
    char version[SL_VERSION_BYTES];
    struct sl_u256 balance;   /* in the payer's wallet, not deposited */
    struct sl_u256 allowance; /* that the payer has given FilecoinPay */
    struct sl_u256 nonce;     /* of the payer's next permit */
    bool permits; /* a permit signed for this name and version is valid: the separators match */
};

/** A snapshot: owned by the caller, everything in it lives until sl_chain_view_free(). */
struct sl_chain_view {
    uint64_t epoch;                 /* of the snapshot */
    uint64_t unix_s;                /* block time of the snapshot: expiries are compared with it */
    char warning[SL_WARNING_BYTES]; /* for people: data sets that cannot take our pieces, lists that
                                       were cut; "": none */

    struct sl_provider *providers; /* active, with the PDP product, in the order of the registry */
    size_t provider_count;
    size_t odd_providers; /* skipped: their offer is malformed */

    struct sl_data_set *data_sets; /* ascending ids; those of ended payments too */
    size_t data_set_count;
    uint64_t legacy_limit; /* that of struct sl_contracts */

    struct sl_prices prices;
    struct sl_account account;
    struct sl_account_state account_state; /* at `epoch` */
    struct sl_approval approval;           /* of the storage service */
    struct sl_token token;
    struct sl_u256 fil; /* attoFIL of the payer */

    struct sl_u256 session_expiry[SL_MESSAGE_PERMIT]; /* unix seconds, by enum sl_message; 0: never
                                                         allowed */
};

int sl_chain_read(struct sl_chain_view **out, struct sl_chain *chain,
                  const struct sl_chain_wish *wish, struct sl_err *err) SL_MUST_CHECK;
void sl_chain_view_free(struct sl_chain_view *view);

/** Read only the price list: two round trips for a new chain, plus one for its chain id. */
int sl_chain_prices(struct sl_prices *out, struct sl_chain *chain,
                    struct sl_err *err) SL_MUST_CHECK;

/** A session key must stay valid for at least this long to upload: a commit takes some minutes. */
enum { SL_SESSION_MARGIN_S = 600 };

/** Whether the session key may sign everything that an upload needs until `unix_s`. */
bool sl_chain_session_allows(const struct sl_chain_view *view, uint64_t unix_s);

/** Read data sets of any payer by id; unknown ids are left out. At most SL_DATA_SETS_MAX. */
int sl_chain_read_data_sets(struct sl_chain_view **out, struct sl_chain *chain,
                            const struct sl_u256 *ids, size_t count,
                            struct sl_err *err) SL_MUST_CHECK;

/** Read providers by id, active or not; unknown and malformed ones are left out. */
int sl_chain_read_providers(struct sl_chain_view **out, struct sl_chain *chain,
                            const struct sl_u256 *ids, size_t count,
                            struct sl_err *err) SL_MUST_CHECK;

/* ---- pieces ---- */

enum { SL_PIECE_PAGE = 100 };

struct sl_chain_piece {
    uint64_t id;
    struct sl_piece_id piece;
    bool known;     /* false: its CID is not a PieceCID, and `piece` is zero */
    bool scheduled; /* for removal: still proven and paid for until the next proving period */
    const struct sl_metadata *metadata; /* NULL: not requested, malformed, or not kept by the
                                           contract (since 1.4): see chain_logs.h */
    size_t metadata_count;
};

/** One page: owned, sl_chain_piece_page_free(). */
struct sl_piece_page {
    struct sl_chain_piece *pieces; /* ascending ids */
    size_t count;
    bool more;
    uint64_t next; /* where the next page begins */
};

/** The pieces of a data set from id `from` on, in one round trip, with metadata one or two. If the
 * contract keeps no metadata, the network's former view is asked. `limit`: 1 .. SL_PIECE_PAGE. */
int sl_chain_pieces(struct sl_piece_page **out, struct sl_chain *chain, struct sl_u256 data_set_id,
                    uint64_t from, size_t limit, bool with_metadata,
                    struct sl_err *err) SL_MUST_CHECK;
void sl_chain_piece_page_free(struct sl_piece_page *page);

/** The ids under which a piece is in a data set, ascending, at most `cap` and SL_PIECE_PAGE;
 * returns their number. */
int sl_chain_find_piece(uint64_t *out, size_t cap, struct sl_chain *chain,
                        struct sl_u256 data_set_id, const struct sl_piece_id *piece,
                        struct sl_err *err) SL_MUST_CHECK;

/** Whether the pieces have the ids `first`, `first` + 1, ... in the data set: 1 or 0. */
int sl_chain_are_pieces(struct sl_chain *chain, struct sl_u256 data_set_id, uint64_t first,
                        const struct sl_piece_id *pieces, size_t count,
                        struct sl_err *err) SL_MUST_CHECK;

/* ---- did it land? ---- */

/** The use of a nonce. (A random client data set id is a nonce, too.) */
struct sl_nonce_use {
    bool used; /* false: no transaction with it has landed */
    struct sl_u256 data_set_id;
    uint64_t next_piece_id; /* add: the n pieces have the n ids below this; create: 0 */
};

/** One round trip for up to 99 nonces. *unix_s (out, may be NULL): the time of the block that was
 * read. A node may be far behind, so an unused nonce may have been used since. */
int sl_chain_nonces(struct sl_nonce_use *out, uint64_t *unix_s, struct sl_chain *chain,
                    const struct sl_address *payer, const struct sl_u256 *nonces, size_t count,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- the price paid ---- */

/** The price of a transaction for one data set, from the events in its receipt. */
struct sl_tx_paid {
    struct sl_u256 locked; /* growth of fixed lockups, and of rates over the lockup period */
    struct sl_u256 fees;   /* paid at once, out of the locked amount */
};

/** `tx`: "0x...", as a provider reported it. 1: *out is filled. 0: the node has no receipt, or the
 * receipt does not mention this data set. One round trip. Errors also: SL_EPROTO (impossible
 * sums). */
int sl_chain_paid(struct sl_tx_paid *out, struct sl_chain *chain, const char *tx,
                  struct sl_u256 data_set_id, struct sl_u256 lockup_epochs,
                  struct sl_err *err) SL_MUST_CHECK;

/* ---- proving ---- */

enum sl_proving_state {
    SL_PROVING_NONE,    /* new or empty: nothing to prove yet */
    SL_PROVING_DONE,    /* proven in this period */
    SL_PROVING_DUE,     /* not proven yet, before the deadline */
    SL_PROVING_OVERDUE, /* the deadline has passed without a proof */
    SL_PROVING_GONE     /* not live: unknown, deleted or being cleaned up */
};

struct sl_proving {
    enum sl_proving_state state;
    uint64_t last_proven; /* epoch; 0: never */
    uint64_t next_due;    /* epoch of the next challenge; 0: none */
    uint64_t deadline;    /* epoch by which this period must be proven; 0: none */
    uint64_t piece_count; /* active */
    struct sl_u256 leaves;
};

/** The proving state of the data sets at *epoch (out), in one round trip for up to 25. */
int sl_chain_proving(struct sl_proving *out, uint64_t *epoch, struct sl_chain *chain,
                     const struct sl_u256 *ids, size_t count, struct sl_err *err) SL_MUST_CHECK;

/* ---- dry run ---- */

/** The add call that a provider will make. */
struct sl_dry_add {
    struct sl_address service_provider; /* who sends it */
    struct sl_u256 data_set_id;         /* 0: a new data set */
    const struct sl_piece_id *pieces;
    size_t count;
    const uint8_t *extra_data; /* the signed payload */
    size_t extra_data_len;
};

/** Execute the add on the node without sending it: 0 if the contracts accept it. One round trip,
 * two for a new data set. Errors: SL_EREVERT, SL_EMONEY or SL_EKEY with the reason. */
int sl_chain_dry_add(struct sl_chain *chain, const struct sl_dry_add *add,
                     struct sl_err *err) SL_MUST_CHECK;

/* ---- one more payload ---- */

/*
 * What decides whether one more payload can be paid, as of one block.
 *
 * One round trip reads the account, the prices and the amounts of the data set: between two round
 * trips, another machine with the same account could add pieces, empty the reserve, or spend the
 * available funds.
 *
 * Source: docs/PROTOCOL.md "Costs" and "Contracts".
 */

/** All borrowed for the call. */
struct sl_due_wish {
    const struct sl_address *payer;
    struct sl_u256 data_set; /* 0: the payload creates a new data set */
    struct sl_u256 pdp_rail; /* of that data set, which never changes its rail */
};

/**
 * Owned, sl_chain_view_free(). The view has only the epoch, what SL_READ_MONEY reads, and the data
 * set in data_sets[0]. data_set_count is 0 if no data set was wanted or the node does not know it.
 * The data set has its rail, fees, leaves and liveness, but no metadata; its rate is unknown if its
 * rail is not `pdp_rail`. Errors: those of all reads (chain.h).
 */
int sl_chain_read_due(struct sl_chain_view **out, struct sl_chain *chain,
                      const struct sl_due_wish *wish, struct sl_err *err) SL_MUST_CHECK;

/* ---- missing funds ---- */

/*
 * The money that an account lacks for an upload, and the command that adds it.
 *
 * Pure functions over values that were read from the chain.
 */

/** Round up to an amount that a person would type: two digits, at least cents; 0 stays 0. */
struct sl_u256 sl_funds_round_up(struct sl_u256 amount);

/** The deposit for these costs: rounded up, plus a day at the new rate, so that it still suffices
 * once the deposit has landed. 0: no deposit is needed. */
struct sl_u256 sl_funds_deposit(const struct sl_account *account,
                                const struct sl_cost_upload *costs);

/** Whether the storage service is not approved to charge these costs. */
bool sl_funds_need_approval(const struct sl_chain_view *view, const struct sl_cost_upload *costs);

/** Check that the account can pay. Errors: SL_EMONEY, with the amount and the command. */
int sl_funds_check(const struct sl_chain_view *view, const struct sl_cost_upload *costs,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
