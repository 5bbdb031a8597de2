/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * upload_target.h - where an upload goes: a network with its chain, or one provider without a
 * chain. Private to cli.
 */
#ifndef SL_CLI_UPLOAD_TARGET_H
#define SL_CLI_UPLOAD_TARGET_H

#include "sluice/commit.h"
#include "sluice/devnet.h"
#include "sluice/signer.h"

#include "output/copies_json.h"
#include "setup/settings.h"

/** Zero-initialise; sl_cli_upload_target_close(). */
struct sl_cli_upload_target {
    const struct sl_config *config;
    struct sl_clock clock;
    bool limit_is_given;                 /* --max-spend was given for this run */
    bool prices_follow;                  /* as in struct sl_commit_options; set before opening */
    char network[SL_NETWORK_NAME_BYTES]; /* "": `none` */
    struct sl_network chain;
    struct sl_signer signer; /* of a network that is not local */
    struct sl_devnet *devnet;
    struct sl_address payer; /* account on a network */
    struct {
        bool goes_on; /* set before opening: the run is only for jobs of the journal */
        int copies;   /* copies of a new file */
        int64_t id;   /* how copies are placed: journal.h */
        struct sl_commit_asked asked; /* which of that was given explicitly */
    } wish;
    struct sl_commit *commit;       /* NULL: files end as stored. The engine takes it */
    const struct sl_commit *plan;   /* the same, borrowed: for sl_commit_preflight() */
    char url[SL_SERVICE_URL_BYTES]; /* of the provider that gets the files */
};

/** Choose the target. Creates, starts and contacts nothing; it may ask for a keystore password. The
 * settings are borrowed until close. Errors: SL_ECONFIG, SL_EKEY. */
int sl_cli_upload_target_choose(struct sl_cli_upload_target *target,
                                const struct sl_settings *settings, const struct sl_clock *clock,
                                struct sl_err *err) SL_MUST_CHECK;

/** Start the local network if it was chosen, and read the chain. May be called again after a
 * failure. `journal` as for sl_commit_open(). Errors: those of sl_devnet_start() and
 * sl_commit_open(). */
int sl_cli_upload_target_open(struct sl_cli_upload_target *target, struct sl_journal *journal,
                              struct sl_err *err) SL_MUST_CHECK;

/** The texts and entries that options borrow from. */
enum { SL_PLACEMENT_BYTES = 2048 };
struct sl_placement {
    char text[SL_PLACEMENT_BYTES];
    struct sl_metadata metadata[SL_METADATA_DATA_SET_ENTRIES];
};

/** Read copies, metadata, source, CDN, the named provider or data set and the spending limit from
 * the settings. Errors: SL_ECONFIG. */
int sl_placement_read(struct sl_placement *placement, struct sl_commit_options *options,
                      const struct sl_config *config, bool local, struct sl_err *err) SL_MUST_CHECK;

/** Check settings that are valid one by one but that an upload would refuse: too much metadata, or
 * a network without a description. The error names the setting. Errors: SL_ECONFIG. */
int sl_cli_upload_target_check(const struct sl_settings *settings,
                               struct sl_err *err) SL_MUST_CHECK;

/** The owner of the copies of this target. */
struct sl_copies_owner sl_cli_upload_target_owner(const struct sl_cli_upload_target *target);

/** After the engine has ended. */
void sl_cli_upload_target_close(struct sl_cli_upload_target *target);

#endif
