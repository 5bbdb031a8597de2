/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copies.h - known copies of pieces, and the files that they make up. Layer: fetch.
 *
 * One list holds copies from all sources: the journal, the chain, a manifest, a list of providers.
 * The metadata of parts tells how they form a file: `whole` (the PieceCID of the whole file),
 * `part` ("3/12", or "3.2-4/12" for the second quarter of part 3, which was cut again during the
 * upload) and `filename`. All of it is hostile. Parts that do not combine to their whole make no
 * file. Names are only compared and shown; to create files use sl_copies_name_is_plain() and
 * sl_folder_below().
 */
#ifndef SL_COPIES_H
#define SL_COPIES_H

#include "sluice/buf.h"
#include "sluice/data_set.h"
#include "sluice/fetch.h"

/** A piece at one place. */
struct sl_copy {
    const char *name; /* a path, or `filename` of the metadata; "" when not known */
    bool unlabelled;  /* its metadata cannot be read: it may have a name and be a part of a file */
    const char *url;  /* GET gives its bytes */
    struct sl_piece_id piece;
    bool in_whole;            /* part `part` (from 1) of `parts` of `whole` */
    struct sl_piece_id whole; /* that file's */
    uint32_t part;
    uint32_t parts;
    uint32_t index;       /* piece of the part, from 0, of `divisor` (a power of two) */
    uint32_t divisor;     /* 0 or 1: the whole part */
    uint64_t provider_id; /* 0: not known, as the next */
    uint64_t data_set_id;
    uint64_t piece_id; /* counts only with a data set */
    int64_t stored_ms; /* Unix ms: when these bytes were stored under this name; 0: not known */
    int64_t serial;    /* within one journal, larger is later; 0: not known */
    size_t order;      /* order of adding; set by sl_copies_add() */
};

/** Zero-initialise, free with sl_copies_free(). */
struct sl_copies {
    struct sl_copy *list;
    size_t count;
    size_t room;
    bool arranged;
    char **names; /* consecutive copies with the same name share it */
    size_t name_count;
    size_t name_room;
    size_t unread_sets; /* data sets missing here because the node refused to list their pieces */
    size_t
        unplaced_sets; /* data sets missing here because their provider has no readable address */
};

/** Add a copy; its texts are copied. Earlier copies are preferred. Errors: SL_ENOMEM. */
int sl_copies_add(struct sl_copies *copies, const struct sl_copy *copy,
                  struct sl_err *err) SL_MUST_CHECK;
void sl_copies_free(struct sl_copies *copies);

/**
 * Give `unlabelled` copies the labels of other copies of the same piece in `from`, which may be the
 * same list. A piece of several files is added for each of them. *left is the number of pieces that
 * stay unlabelled. Errors: SL_ENOMEM.
 */
int sl_copies_label(size_t *left, struct sl_copies *copies, const struct sl_copies *from,
                    struct sl_err *err) SL_MUST_CHECK;

/** Set name, whole and part from the metadata of the piece; invalid values are ignored. The name
 * is borrowed from the entries. */
void sl_copy_describe(struct sl_copy *copy, const struct sl_metadata *entries, size_t count);

/** Read "3/12" or "3.2-4/12" into part, parts, index and divisor. False for other text. */
bool sl_copy_label(struct sl_copy *copy, const char *label);

/** A part of a file and its copies, best first; urls[i] is that of copies[i]. */
struct sl_wanted_part {
    const struct sl_copy **copies;
    const char **urls;
    size_t count;
};

/** A file with all its parts. Borrows from the list, which must not change meanwhile; free with
 * sl_wanted_free(). */
struct sl_wanted {
    const char *name; /* as the copies say; "" when they do not, or it is one part of a file */
    struct sl_wanted_part *parts;
    struct sl_fetch_part *fetch_parts; /* the same for sl_fetch_save() */
    struct sl_fetch_file file;
};

/**
 * The file with this PieceCID: a file in parts, or one piece. Returns 1; or 0 when it is unknown,
 * with what is missing in *err (SL_ENOTFOUND). Errors: SL_ENOMEM.
 */
int sl_copies_file(struct sl_wanted *out, struct sl_copies *copies, const struct sl_piece_id *cid,
                   struct sl_err *err) SL_MUST_CHECK;
void sl_wanted_free(struct sl_wanted *wanted);

/** Iterate over all files: 1 and the next PieceCID, or 0 at the end. *at starts at 0. */
int sl_copies_next(struct sl_piece_id *out, struct sl_copies *copies, size_t *at);

/* ---- versions ---- */

/** The bytes stored under one name at one time. Plain value. */
struct sl_version {
    const char *name; /* a path, or the name on the chain; borrowed from the copies */
    struct sl_piece_id cid;
    int64_t stored_ms; /* Unix ms; 0: not known, as for copies that only the chain knows */
    int64_t serial;    /* from the journal; 0: not known */
};

/** Zero-initialise, free with sl_versions_free(). Sorted by name; within a name, newest first. */
struct sl_versions {
    struct sl_version *list;
    size_t count;
};

/**
 * Find files whose path is `name` or, if there are none, ends with "/NAME"; NULL: all files. Piece
 * metadata has no folders, and names there are cut and escaped. Such a name counts only for files
 * without a known path; `name` is cut and escaped in the same way before comparing. Order: the
 * journal says which version is newer. For pieces that only the chain knows, the later piece wins
 * within a data set that has both, otherwise the piece in the later data set. Errors: SL_ENOMEM.
 */
int sl_versions_read(struct sl_versions *out, struct sl_copies *copies, const char *name,
                     struct sl_err *err) SL_MUST_CHECK;
void sl_versions_free(struct sl_versions *versions);

/** The index after the last version with the name at `from`. */
size_t sl_versions_end(const struct sl_versions *versions, size_t from);

/** The number of different names. */
size_t sl_versions_names(const struct sl_versions *versions);

/* ---- names that came from outside ---- */

/** Whether `name` can be a file name in a folder: one component, not "." or "..", at most 255
 * bytes. All bytes but NUL and slash are allowed: escape the name for display. */
bool sl_copies_name_is_plain(const char *name);

/** Whether it names something below a folder: relative, every component as above. */
bool sl_copies_name_is_below(const char *name);

/** Whether `path` ends with "/NAME"; NAME may contain folders. */
bool sl_copies_name_ends_with(const char *path, const char *name);

/** Whether the name, or a folder in it, is hidden, that is, starts with a dot. Programs read such
 * files. */
bool sl_copies_name_is_hidden(const char *name);

/**
 * Open the folders of `name` (sl_copies_name_is_below()) below `dir_fd`, and create missing ones
 * with the permissions `mode`. Follows no link. Returns the descriptor of the last folder, owned;
 * *base is the last component of the name. Errors: SL_EFORMAT (not below), SL_EFILETYPE (a link or
 * a file is in the way), SL_EACCES, SL_EIO ...
 */
int sl_folder_below(const char **base, int dir_fd, const char *name, unsigned mode,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- manifests ---- */

/*
 * A JSON file that lists where files are stored: enough to get them back without chain, key or
 * journal.
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
