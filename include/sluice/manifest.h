/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * manifest.h - a JSON file that lists where files are stored: enough to get them back without
 * chain, key or journal. Layer: fetch.
 *
 *   {"manifest":"sluice","v":1,"network":"calibration","files":[
 *     {"name":"trip/a.mkv","path":"/srv/trip/a.mkv","storedAt":"2026-11-30T17:05:00.000Z",
 *      "size":123,"pieceCid":"bafkzcib...","parts":[
 *       {"pieceCid":"bafkzcib...","size":123,"copies":[
 *         {"url":"https://...","providerId":4,"dataSetId":12,"pieceId":0}]}]}]}
 *
 * `name` is a name that every release can write: hidden components, control bytes and invalid UTF-8
 * are replaced by underscores. `nameBase64` then has the original bytes of the name; `pathBase64`
 * has those of a path with invalid UTF-8. The name of an older version includes its date, and
 * `olderOf` has the name of the newest version (`olderOfBase64` as above).
 *
 * The reader treats a manifest as hostile. Names never leave the target folder, parts that do not
 * make up their file are refused, and only addresses of the very piece are kept. Reading takes a
 * few times the manifest's size in memory, whatever its content.
 */
#ifndef SL_MANIFEST_H
#define SL_MANIFEST_H

#include "sluice/buf.h"
#include "sluice/copies.h"

/** One file; `name` is relative, sl_copies_name_is_below(). Borrowed. */
struct sl_manifest_entry {
    const char *name;
    const char *path;     /* its original path; NULL when not known */
    const char *older_of; /* name of the newest version; NULL: this is the newest */
    int64_t stored_ms;    /* Unix ms; 0: not known */
    const struct sl_wanted *wanted;
};

/** Append head, files and end. A failure is kept in out->failed. */
void sl_manifest_begin(struct sl_buf *out, const char *network);
void sl_manifest_add(struct sl_buf *out, const struct sl_manifest_entry *entry, bool first);
void sl_manifest_end(struct sl_buf *out);

enum {
    SL_MANIFEST_FILES_MAX = 1000000,
    SL_MANIFEST_PARTS_MAX = 65536,
    SL_MANIFEST_COPIES_MAX = 64
};

/** One that was read: the files by name, and the copies of their parts. */
struct sl_manifest {
    struct sl_manifest_file {
        char *name;        /* owned; sl_copies_name_is_below() */
        char *older_of;    /* owned; NULL: this is the newest version */
        int64_t stored_ms; /* Unix ms; 0: not known */
        struct sl_piece_id whole;
    } * files;
    size_t count;
    size_t room;
    size_t left_out; /* addresses that were ignored because they are not those of their piece */
    char *network; /* the network's name as the manifest's author wrote it; hostile; "" when missing
                    */
    struct sl_copies copies;
};

/** Parse; free with sl_manifest_free(), after a failure too. Errors: SL_EFORMAT (which file, and
 * what is wrong with it), SL_ENOMEM. */
int sl_manifest_parse(struct sl_manifest *out, const char *text, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_manifest_free(struct sl_manifest *manifest);

#endif
