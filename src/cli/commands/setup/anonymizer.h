/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * anonymizer.h - text without file names: each is replaced by a short hash that keeps its
 * extension, so that the same name can be followed through a bug report. Private to cli.
 *
 * Names are found where the log has them ("name=" to the end of the line), where a path of the
 * journal stands, and where anything looks like an absolute path. Long hex strings are cut, for
 * what is signed carries names too. A name in other words is not found.
 */
#ifndef SL_CLI_ANONYMIZER_H
#define SL_CLI_ANONYMIZER_H

#include "sluice/buf.h"
#include "sluice/journal.h"

enum { SL_ANONYMIZER_SALT_BYTES = 16, SL_ANONYMIZER_CHARS = 32 };

struct sl_anonymizer {
    bool keep;                              /* names stay */
    uint8_t salt[SL_ANONYMIZER_SALT_BYTES]; /* random: nobody can try names */
    char **paths;                           /* of the journal, owned */
    size_t count;
    size_t room;
};

/** Free with sl_anonymizer_fini(), after a failure of the others too. */
void sl_anonymizer_init(struct sl_anonymizer *names, bool keep);
void sl_anonymizer_fini(struct sl_anonymizer *names);

/** Know the paths of all jobs. Errors: as sl_journal_each(). */
int sl_anonymizer_learn(struct sl_anonymizer *names, struct sl_journal *journal,
                        struct sl_err *err) SL_MUST_CHECK;

/** "3fa2b91c.mov" for a name or path of `len` bytes. */
void sl_anonymizer_hash(char out[static SL_ANONYMIZER_CHARS], const struct sl_anonymizer *names,
                        const char *name, size_t len);

/** Append `len` bytes of a line without the names in them, printable. */
void sl_anonymizer_line(struct sl_buf *out, const struct sl_anonymizer *names, const char *line,
                        size_t len);

#endif
