/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit.h - parked pieces become pieces of data sets: on chain, exactly once, with copies.
 * Layer: commit.
 *
 * Each copy has a thread, its lane. Lane 0 commits on the provider that the files are uploaded to.
 * The other lanes let their own providers pull the pieces from there and commit them too. A lane
 * gathers pieces of all files into one transaction: as many as fit into a message (eip712.h). The
 * batch is smaller for old contracts and legacy data sets, for a provider that has refused more,
 * and at the start of a run. A batch leaves when it is full, when no more pieces are to come, or
 * when its first piece has waited for `hold_ms`.
 *
 * Exactly once: nonce and signed payload are in the journal before a request leaves. Every retry
 * sends the same bytes, and the chain decides an unclear outcome. A new payload for a piece
 * takes the nonce of the earlier one until the chain reports that nonce as used: at most one of
 * both lands. After a crash the journal alone says how to go on. docs/commit.md explains it.
 *
 * Copies are independent: each is committed as soon as its provider holds it, so that the first
 * copy is safe while another one is still on its way.
 *
 * Source: docs/PROTOCOL.md "Commits".
 */
#ifndef SL_COMMIT_H
#define SL_COMMIT_H

#include "sluice/chain.h"
#include "sluice/costs.h"
#include "sluice/journal_commit.h"
#include "sluice/key.h"
#include "sluice/selection.h"
#include "sluice/sp.h"

struct sl_commit;

/** A piece that was parked this long ago waits for no others: the provider may soon delete it. */
#define SL_COMMIT_PARKED_MS (SL_SP_PARKED_LIVES_MS * 2 / 3)

/** Which placement options the user gave explicitly. A copy placed otherwise does not count for
 * this run: the piece is then added to a data set that fits, even if another data set has it. */
struct sl_commit_asked {
    bool with_cdn;
    bool source;
    bool metadata;
    bool place; /* provider or data set of the first copy */
};

/** Everything is borrowed for the call of sl_commit_open(), but the key: until sl_commit_close().
 */
struct sl_commit_options {
    struct sl_network network;
    const char *second_node;  /* node that checks what the network's node reports. NULL or "": a
                                 public node, if the network is built in and uses its own nodes */
    const struct sl_key *key; /* signs: the payer's key, or a session key */
    struct sl_address payer;  /* account whose money, data sets and nonces are used */
    int copies; /* copies of a piece that does not name a number, 1 .. SL_COPIES_MAX */
    int lanes;  /* most copies that any piece will want; values below `copies` mean `copies` */
    const struct sl_metadata *metadata; /* of the data sets, beside withCDN and source */
    size_t metadata_count;
    bool with_cdn;
    const char *source;      /* application name in the data sets; NULL: none */
    struct sl_u256 provider; /* provider of the first copy; 0: chosen by the commit */
    struct sl_u256 data_set; /* data set of the first copy; 0: chosen by the commit */
    struct sl_commit_asked asked;
    struct sl_spend_limit limit; /* limit for all commits of this run together */
    bool prices_follow;    /* the caller calls sl_commit_preflight() for everything before it adds
                              pieces, so the start does not check the money itself */
    bool takes_odd_prices; /* the user gave the limit for this very run: prices far from the known
                              ones are then accepted */
    int64_t epoch_ms;      /* epoch length of the chain; 0: 30 s. Waits are multiples of it */
    int64_t hold_ms;       /* longest wait of a parked piece for others, while more are to come; 0:
                              30 min. SL_COMMIT_PARKED_MS counts too */
    int64_t resend_ms;     /* outcome unclear, not landed: when to resend; 0: 30 epochs. After an
                              error from the provider itself it is seconds */
    int64_t settle_ms;     /* known to the provider but neither landed nor failed; 0: the same */
    int attempts;          /* failures of a copy before it is given up; 0: 5 */
    uint64_t seed;         /* 0: random */
    struct sl_http_options http;
    struct sl_rpc_options rpc; /* times only */
    struct sl_clock clock;
};

/* ---- what a run will do ---- */

enum { SL_COMMIT_TEXT_BYTES = 240 };

/** One copy as it was chosen at the start. */
struct sl_commit_target {
    struct sl_u256
        provider_id; /* 0: no provider could be chosen yet; the first piece starts the search */
    uint64_t data_set_id; /* 0: a new one will be made */
    char service_url[SL_SERVICE_URL_BYTES];
    char name[SL_CAPABILITY_BYTES]; /* hostile: escape for display */
};

/**
 * Read the chain, choose providers and data sets, and check that the account can pay for the
 * smallest upload. Blocks for some round trips. `journal`: the engine's, opened for writing. The
 * lanes open further connections to it, so it must outlive the commit. The journal learns the
 * providers' current URLs (journal.h). Lanes do not run yet. Owned, sl_commit_close().
 * Errors: those of sl_chain_read() and sl_select_copies(); SL_EREFUSED (more copies than the
 * network has approved providers), SL_EMONEY (no approval, or too little money: with the sum and
 * the command to type), SL_EKEY (the session key may not sign).
 */
int sl_commit_open(struct sl_commit **out, const struct sl_commit_options *options,
                   struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

/** End all waits at once, join, free. The next run goes on from the journal. NULL allowed. */
void sl_commit_close(struct sl_commit *commit);

/** How many copies a piece can have: the number of lanes, including lanes without a provider yet.
 */
size_t sl_commit_copies(const struct sl_commit *commit);
/** As chosen; `copy` below sl_commit_copies(). Borrowed until close; not while lanes run. */
const struct sl_commit_target *sl_commit_target(const struct sl_commit *commit, size_t copy);
/** A warning for people: contracts of unknown versions, or fewer providers than wanted; "" if there
 * is none. */
const char *sl_commit_warning(const struct sl_commit *commit);

/** All copies together; base units. */
struct sl_commit_price {
    struct sl_u256 month; /* by which a month of storage grows */
    struct sl_u256 fees;
    struct sl_u256 locked;
    struct sl_u256 available; /* in the account, at the start */
    struct sl_cost_advice advice;
};

/**
 * What so many bytes in so many pieces (of one copy) will cost where they go, by the prices and the
 * account of the start: nothing is read. Errors: SL_EMONEY (with the sum and what to type; *out is
 * filled in), SL_EINVAL (no pieces, or less than a byte for each), SL_EOVERFLOW. Any thread.
 */
int sl_commit_preflight(struct sl_commit_price *out, const struct sl_commit *commit,
                        struct sl_u256 bytes, uint64_t pieces, struct sl_err *err) SL_MUST_CHECK;

/* ---- another provider for the first copy ---- */

/** Why the provider of the first copy fails, and what can be done. */
enum sl_commit_verdict {
    SL_VERDICT_LINE,    /* nothing can be reached: the line, or all providers at once */
    SL_VERDICT_BACK,    /* it answers again */
    SL_VERDICT_ALONE,   /* the provider is at fault, and no other one can be used */
    SL_VERDICT_ANOTHER, /* the provider is at fault, and another one answers */
};

/** Pure. `silent`: what it is charged with is that it does not answer, else that it answers and
 * fails. The chain's node and other providers are the witnesses that the line is good. */
enum sl_commit_verdict sl_commit_judge(bool chain_answers, bool silent, bool it_answers,
                                       bool another_answers);

/** The user named the provider or the data set: it is not changed. */
bool sl_commit_is_named(const struct sl_commit *commit);

/** A search for another provider, by another thread than the engine's. */
struct sl_provider_search;

/** Of a commit that runs, which has to outlive it. The thread of sl_commit_add(). Owned,
 * sl_commit_provider_search_free(). Errors: SL_ENOMEM, SL_EJOURNAL. */
int sl_commit_provider_search_new(struct sl_provider_search **out, struct sl_commit *commit,
                                  bool silent, struct sl_err *err) SL_MUST_CHECK;
/** NULL allowed. */
void sl_commit_provider_search_free(struct sl_provider_search *search);

/**
 * Read the chain, ask all providers for a sign of life, choose: an endorsed one first, those that
 * failed lately last, none that has another copy; and the account has to be able to pay for it.
 * Blocks for some round trips. Any one thread. *why: of LINE and ALONE.
 */
enum sl_commit_verdict sl_commit_provider_search_run(struct sl_provider_search *search,
                                                     struct sl_err *why);
/** Any thread: the run, now or later, ends soon. */
void sl_commit_provider_search_cancel(struct sl_provider_search *search);

/** The provider of the first copy before a move and after it. */
struct sl_commit_moved {
    struct sl_commit_target from;
    struct sl_commit_target to;
    bool endorsed; /* the new one is */
};

/**
 * After ANOTHER: the first copy moves to the provider that was found. The previous provider is
 * noted as failed, with the reason. The lanes end as in sl_commit_close() and restart as in a new
 * run: they continue from the journal, and the caller adds every piece again. Events from before
 * this call are void. Call it on the thread of sl_commit_add(), outside of a journal transaction.
 * Errors: SL_ENOMEM, SL_EJOURNAL; no lane runs then.
 */
int sl_commit_move(struct sl_commit_moved *out, struct sl_commit *commit,
                   const struct sl_provider_search *search, const struct sl_err *why,
                   struct sl_err *err) SL_MUST_CHECK;

/* ---- events, from the lanes ---- */

enum sl_commit_event_type {
    SL_COMMIT_GATHERED, /* the piece is in a batch of `batch` pieces, which is on its way */
    SL_COMMIT_SENT,     /* its transaction is known: tx */
    SL_COMMIT_AWAY,     /* nothing was signed, the first copy's provider does not answer: err */
    SL_COMMIT_NOTE,     /* of no piece: err.text is worth saying */
    SL_COMMIT_LANDED,   /* this copy is on chain: data_set_id, piece_id, tx; it is final */
    SL_COMMIT_LOST,     /* the provider no longer has the bytes, or is gone and another one has its
                           place (err): upload it again, then add it
                           again; no lane holds the piece any more when every copy has ended */
    SL_COMMIT_FAILED,   /* this copy is given up: err; it is final until the piece is added again */
};

/** err.detail of FAILED with SL_EMISMATCH: the provider that had the bytes says that it has them no
 * more. No run fetches the copy from there. */
enum { SL_COMMIT_SOURCE_LOST = 404 };

/** A plain value. Each wanted copy of an added piece gets exactly one of LANDED, LOST and FAILED.
 */
struct sl_commit_event {
    enum sl_commit_event_type type;
    struct sl_piece_id piece;
    uint64_t serial; /* LANDED, LOST, FAILED: serial of the last sl_commit_add() that this event
                        ends; 0: none, the commit is from an earlier run. An add with a greater
                        serial gets its own end */
    unsigned copy;
    unsigned copies; /* LANDED: 0: the copy is at the lane's provider. Else it landed before, at any
                        provider, and counts as this copy for callers that want at most this many
                        copies */
    unsigned batch;
    uint64_t data_set_id;
    uint64_t piece_id;
    char tx[SL_JOURNAL_HASH_CHARS];
    struct sl_err err;
};

/** Called on the lanes' threads, and on the caller's of sl_commit_add() for what has landed
 * earlier; must not block, nor call back. */
typedef void (*sl_commit_event_fn)(void *ctx, const struct sl_commit_event *event);

/** Start the lanes: what an earlier run left open is gone on with at once. Errors: SL_ENOMEM,
 * SL_EJOURNAL. */
int sl_commit_start(struct sl_commit *commit, sl_commit_event_fn fn, void *ctx,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- pieces ---- */

/** A parked piece. Texts are borrowed for the call. */
struct sl_commit_piece {
    struct sl_piece_id piece;
    const char *url;                    /* serviceURL of the provider that has it */
    const struct sl_metadata *metadata; /* of the piece: filename, part, whole */
    size_t metadata_count;
    uint64_t serial;   /* from the caller, increasing: events name the add that they answer */
    int64_t parked_ms; /* Unix ms since when the provider may have it; 0: since now */
    unsigned
        copies; /* copies wanted of the piece, at most sl_commit_copies(); 0: as in the options */
};

/**
 * Commit copies 0 to `copies` - 1 of the piece. A piece that is already being committed, or that an
 * earlier run committed for this payer on this chain, is not committed twice: the add gets the
 * events of the existing commit. Errors: SL_ENOMEM, SL_EFORMAT (metadata), SL_EJOURNAL.
 */
int sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece,
                  struct sl_err *err) SL_MUST_CHECK;

/** Take a piece back that no batch has yet. False: one has, and it may land. The calling thread of
 * sl_commit_add(). */
bool sl_commit_forget(struct sl_commit *commit, const struct sl_piece_id *piece);

/** Whether a copy of the piece is on this chain for this payer, and matches options.asked. Same
 * thread only. */
bool sl_commit_has(struct sl_commit *commit, const struct sl_piece_id *piece);

/** Whether more pieces are to come: while false batches leave at once. True at the start. */
void sl_commit_expect(struct sl_commit *commit, bool more);

/** The user acted, for example by depositing: try everything that waits now. */
void sl_commit_wake(struct sl_commit *commit);

#endif
