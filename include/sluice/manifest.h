/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * manifest.h - a JSON file that says where files are, enough to get them back without chain, key or
 * journal. Layer: fetch.
 *
 *   {"manifest":"sluice","v":1,"network":"calibration","files":[
 *     {"name":"trip/a.mkv","path":"/srv/trip/a.mkv","storedAt":"2026-11-30T17:05:00.000Z",
 *      "size":123,"pieceCid":"bafkzcib...","parts":[
 *       {"pieceCid":"bafkzcib...","size":123,"copies":[
 *         {"url":"https://...","providerId":4,"dataSetId":12,"pieceId":0}]}]}]}
 *
 * `name` is what every release can write: hidden components, control bytes and bytes that are no
 * UTF-8 have underscores in their place. The bytes of such a name are in `nameBase64`, and those of
 * a path that is no UTF-8 in `pathBase64`. An older version has a name with its date, and in
 * `olderOf` the name under which the newest stands (`olderOfBase64` as above).
 *
 * A manifest that is read is hostile: names never leave the folder that files are written to, parts
 * that do not make up their file are refused, and addresses are only those of their very piece. It
 * takes a few times its size in memory, whatever is in it.
 */
#ifndef SL_MANIFEST_H
#define SL_MANIFEST_H

#include "sluice/buf.h"
#include "sluice/copies.h"

/** Of one file; `name` is relative, sl_name_is_below(). Borrowed. */
struct sl_manifest_entry {
    const char *name;
    const char *path;     /* where it was; NULL when not known */
    const char *older_of; /* the name of the newest version; NULL: this is it */
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
        char *name;        /* owned; sl_name_is_below() */
        char *older_of;    /* owned; NULL: it is the newest version */
        int64_t stored_ms; /* Unix ms; 0: not known */
        struct sl_piece_id whole;
    } * files;
    size_t count;
    size_t room;
    size_t left_out; /* addresses that are not those of their piece */
    char *network;   /* as the one who wrote it called it; hostile; "" when it does not say */
    struct sl_copies copies;
};

/** Parse; free with sl_manifest_free(), after a failure too. Errors: SL_EFORMAT (which file, and
 * what is wrong with it), SL_ENOMEM. */
int sl_manifest_parse(struct sl_manifest *out, const char *text, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_manifest_free(struct sl_manifest *manifest);

#endif
