/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * devnet.h - the embedded `local` network: storage providers and a chain. Layer: devnet.
 *
 * Speaks Curio's PDP API over real HTTP with its limits, answers and error texts (docs/PROTOCOL.md
 * "Storage provider"; golden dialogue: the provider's observed answers). Bodies stream to DIR/tmp
 * while they are hashed, then fsync and rename to DIR/pieces; what is stored is in DIR/provider.db.
 * Never holds a piece in memory.
 *
 * With options.chain it also has a chain, with a node and several providers, which commit, pull,
 * remove and terminate; call sl_http_global_init() first. Uploads without a commit are then deleted
 * after an hour, which is the soonest that real providers were seen to do it.
 *
 * An upload that still runs options.request_limit_ms after its start is refused when its next data
 * arrive.
 *
 * With options.faults a test can make it misbehave: POST /fault adds a rule, DELETE /fault removes
 * all rules and releases the requests that they hold, GET /fault lists the rules with their hits
 * and how many requests each holds. A rule:
 *   {"match":"PUT /pdp/piece/uploads", "skip":0, "times":1, "action":"reset", "after_bytes":1000}
 * hits requests whose "METHOD /path" begins with `match`, after `skip` of them, `times` of them (0:
 * all). Actions:
 *   status    answer `status` (500) with `body`, `retry_after_s`, after after_bytes of the body
 *   reset     TCP reset after after_bytes of the upload, or of the download
 *   stall     after after_bytes nothing moves until the rules are cleared, or the client has left
 *             (noticed only once all its bytes are read)
 *   slow      bytes_per_s, either way
 *   drop      do the work, then close without an answer
 *   delay     wait `ms`, then do the work
 *   truncate  end a download after after_bytes
 *   corrupt   flip a bit of a download's byte at after_bytes
 *   park      an upload can be found `ms` later than others
 *   hold      the transaction of a commit leaves `ms` later; lose: never, it is given up after `ms`
 *   fail      the transaction is included but reverts; replace: included under another hash
 *   gap       pieces are recorded `ms` after their transaction is confirmed
 *   end       the answer to an add says that the data set has ended
 *   auth      401: the provider takes uploads of registered services only
 *   advertised  a piece's status is "announced", with an adCid and without `retrieved`
 *   alike     a streamed PUT is refused (409) when its root is stored with another length
 * At the node a rule may match "RPC eth_call" (status, reset, stall, drop, delay). On "RPC
 * eth_getLogs" and "RPC eth_getTransactionReceipt" also:
 *   lookback  nothing older than `blocks` (2880): logs are refused, the receipt is null
 *   full      logs as of a full node: `blocks` (2880) at once, and its error text
 *   shuffle   the logs from the last to the first; twice: each log twice
 *   stray     behind each log the same one of another contract
 */
#ifndef SL_DEVNET_H
#define SL_DEVNET_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/clock.h"
#include "sluice/err.h"
#include "sluice/json.h"
#include "sluice/key.h"
#include "sluice/network.h"
#include "sluice/u256.h"

enum { SL_DEVNET_PROVIDERS_MAX = 16 };

/** Coins that an account has from the start; given once for an address and folder. */
struct sl_devnet_fund {
    struct sl_address owner;
    struct sl_u256 fil;   /* attoFIL */
    struct sl_u256 usdfc; /* base units, in the wallet */
};

/** Which network is emulated: the contracts of the chain and the providers that talk to them. */
enum sl_devnet_profile {
    SL_DEVNET_TODAY, /* storage service 1.5, PDPVerifier 3.5, providers of today; the default */
    SL_DEVNET_1_3    /* storage service 1.3.1, PDPVerifier 3.4, 40 pieces in a call */
};

/**
 * A chain behind the provider: a ledger with the contracts, a node that speaks JSON-RPC, and
 * several providers that commit. Provider 1 is approved and endorsed, the last of three and more is
 * registered only (its payee is another address), those between are approved.
 */
struct sl_devnet_chain {
    uint64_t chain_id;      /* 0: 31415926 */
    int64_t epoch_ms;       /* 0: 1000; the real one is 30000. A folder keeps its first value */
    unsigned providers;     /* 0: 3; at most SL_DEVNET_PROVIDERS_MAX */
    uint16_t rpc_port;      /* 0: any free one */
    int64_t watch_delay_ms; /* between "confirmed" and "dataSetCreated", "piecesAdded"; < 0: 200 */
    bool unfunded;          /* no money for the throwaway key */
    bool https_only;        /* pulls take https sources only, as real providers */
    enum sl_devnet_profile profile; /* of a new folder; an old one keeps its own */
    bool migrate; /* bring a folder of 1.3 to today's contracts, as sl_devnet_migrate() */
    const struct sl_devnet_fund *funds; /* borrowed for the call */
    size_t fund_count;
};

struct sl_devnet_options {
    const char *dir;                     /* made if missing, 0700; borrowed for the call */
    const char *host;                    /* NULL: 127.0.0.1; a loopback address */
    uint16_t port;                       /* of provider 1; 0: any free one */
    const struct sl_devnet_chain *chain; /* NULL: one provider that cannot commit, and no node */
    int64_t park_delay_ms;    /* between the end of an upload and find answering 200; < 0: as the
                                 profile: none today, 250 ms before */
    uint64_t min_free_bytes;  /* refuse a piece that would leave less free on the disk of `dir` */
    int64_t request_limit_ms; /* an upload that takes longer is cut; 0: 30 min, as the real ones */
    bool faults;              /* serve the control endpoint /fault (tests) */
    bool is_private; /* every URL begins with a secret of the folder: other users of the machine can
                        reach the ports, but not read stored files */
    struct sl_clock clock;
};

struct sl_devnet;

/**
 * Serving when it returns. Owned, free with sl_devnet_stop(). What an earlier run stored in the
 * folder is served on; unfinished uploads of it are gone. Errors: SL_EIO, SL_EACCES, SL_ENET (the
 * port is taken), SL_ECONFIG (the host is no loopback address), SL_EHELD (another provider runs on
 * the folder), SL_EJOURNAL (its database).
 */
int sl_devnet_start(struct sl_devnet **out, const struct sl_devnet_options *options,
                    struct sl_err *err) SL_MUST_CHECK;

/**
 * Attach to the network that another process serves from the folder, using the files that this
 * process wrote there. URLs, chain and key are known; nothing is served here. Owned, free with
 * sl_devnet_stop(). Errors: SL_ENOENT (no process has ever served a chain from the folder),
 * SL_EFORMAT, SL_EKEY, SL_EACCES.
 */
int sl_devnet_attach(struct sl_devnet **out, const char *dir, struct sl_err *err) SL_MUST_CHECK;

/** End open requests, join, free; unfinished uploads leave nothing behind. A network served by
 * another process keeps running. NULL allowed. */
void sl_devnet_stop(struct sl_devnet *devnet);

/** URL of provider 1: "http://127.0.0.1:40213", followed by "/SECRET/" when is_private. Valid until
 * stop. */
const char *sl_devnet_url(const struct sl_devnet *devnet);

/** Of the node: "http://127.0.0.1:40214/rpc/v1"; NULL without a chain. */
const char *sl_devnet_rpc_url(const struct sl_devnet *devnet);

enum { SL_DEVNET_URL_BYTES = 96 };
/** A provider's URL for people and logs: the secret of a local network is cut off
 * ("http://127.0.0.1:40213"), any other URL is copied. */
void sl_devnet_public_url(char *out, size_t cap, const char *url);

size_t sl_devnet_provider_count(const struct sl_devnet *devnet);
/** Of provider `index` (0 is provider 1). */
const char *sl_devnet_provider_url(const struct sl_devnet *devnet, size_t index);

/** DIR/devnet-info.json, which client libraries for Filecoin Onchain Cloud read; it holds the
 * throwaway key (0600). NULL without a chain. */
const char *sl_devnet_info_path(const struct sl_devnet *devnet);

/**
 * How to reach the chain: "local", its id, its node, its contracts. *out is filled in. Errors:
 * SL_ENOTFOUND (started without a chain), SL_ECONFIG (the node's URL is too long).
 */
int sl_devnet_network(const struct sl_devnet *devnet, struct sl_network *out,
                      struct sl_err *err) SL_MUST_CHECK;

/** Epoch length of the folder's chain, whatever the options said; 0 when attached, or without a
 * chain. */
int64_t sl_devnet_epoch_ms(const struct sl_devnet *devnet);

/** Which network the folder's chain emulates, whatever the options said: a folder that an older
 * sluice made has SL_DEVNET_1_3. Of a network that is served here. */
enum sl_devnet_profile sl_devnet_profile_of(const struct sl_devnet *devnet);

/**
 * Bring the chain from the contracts of 1.3 to today's while it runs, as the real networks were
 * upgraded: data sets, money and addresses stay, but the storage service names another View. The
 * old View goes on answering with the getters and the price list of 1.3 and with the names of
 * pieces stored before. A data set is charged at the old rate until its next add. The providers are
 * today's from then on. It cannot be undone; today's chain stays as it is. Errors: SL_ENOTFOUND (no
 * chain is served here), SL_EJOURNAL, SL_ENOSPC, SL_EIO.
 */
int sl_devnet_migrate(struct sl_devnet *devnet, struct sl_err *err) SL_MUST_CHECK;

/** The throwaway key: made at the first run of a folder and kept in DIR/key. Unless `unfunded`, it
 * has coins, a deposit and the storage service approved when sl_devnet_start() returns. Borrowed
 * until stop; NULL without a chain. */
const struct sl_key *sl_devnet_key(const struct sl_devnet *devnet);

/**
 * The network and the throwaway key of a folder, by what the process that serves it has written
 * there (that may be this one): its chain has the usual id. *key is owned. Errors: SL_ENOENT
 * (nothing was ever served from it with a chain), SL_EFORMAT, SL_EKEY, SL_EACCES.
 */
int sl_devnet_find(const char *dir, struct sl_network *out, struct sl_key **key,
                   struct sl_err *err) SL_MUST_CHECK;

/** Members of the open object: rpcUrl, chainId, epochMs, profile ("today", "1.3"), providers,
 * addresses, client, devnetInfo. No secret among them. */
void sl_devnet_describe(const struct sl_devnet *devnet, struct sl_jw *w);

#endif
