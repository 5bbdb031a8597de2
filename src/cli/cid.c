/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/clock.h"
#include "sluice/json.h"
#include "sluice/piece.h"

#include "commands.h"
#include "exit.h"
#include "json_head.h"
#include "say.h"

enum { CHUNK_BYTES = 1 << 18 };

/* Pipes and terminals: what cannot be read from an offset. */
static int hash_stream(struct sl_piece_id *out, int fd, struct sl_err *err)
{
    int rc = SL_OK;
    char *chunk = malloc(CHUNK_BYTES);
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (chunk == NULL || hasher == NULL)
        rc = sl_err_set(err, SL_ENOMEM, "out of memory");
    while (rc == SL_OK) {
        const ssize_t n = read(fd, chunk, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = sl_err_sys(err, errno, "cannot read");
        if (n <= 0)
            break;
        rc = sl_piece_hasher_add(hasher, chunk, (size_t)n, err);
    }
    if (rc == SL_OK)
        rc = sl_piece_hasher_finish(hasher, out, err);
    sl_piece_hasher_free(hasher);
    free(chunk);
    return rc;
}

static int hash_fd(struct sl_piece_id *out, int fd, struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "cannot read");
    if (S_ISDIR(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE, "a folder has no PieceCID: name the files in it");
    /* the kernel's own files say that they are empty: those are read to their end */
    if (S_ISREG(st.st_mode) && st.st_size > 0 && fd != STDIN_FILENO)
        return sl_piece_of_fd_threads(out, fd, 0, 0, 0, NULL, NULL, err);
    return hash_stream(out, fd, err);
}

static int hash(struct sl_piece_id *out, const char *name, struct sl_err *err)
{
    if (strcmp(name, "-") == 0)
        return hash_fd(out, STDIN_FILENO, err);
    const int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return sl_err_sys(err, errno, "cannot open");
    const int rc = hash_fd(out, fd, err);
    close(fd);
    return rc;
}

static bool print(const struct sl_args *args, const char *name, const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS], v1[SL_PIECE_V1_CHARS];
    sl_piece_cid(cid, piece);
    sl_piece_cid_v1(v1, piece->root);
    struct sl_buf text = {0};
    if (args->json != NULL) {
        struct sl_jw w = {0};
        const struct sl_clock clock = sl_clock_system();
        sl_json_begin(&w, "cid", &clock);
        sl_json_path(&w, name);
        sl_jw_u64(&w, "size", piece->payload_bytes);
        sl_jw_str(&w, "pieceCid", cid);
        sl_jw_str(&w, "pieceCidV1", v1);
        sl_json_end(&w);
        text = w.buf;
    } else {
        sl_name_line(&text, args->v1 != NULL ? v1 : cid, name);
    }
    const bool ok = sl_out(&text);
    sl_buf_free(&text);
    return ok;
}

enum sl_exit sl_run_cid(const struct sl_args *args)
{
    if (args->operand_count == 0) {
        sl_say("cid needs a file, or `-` for standard input");
        return SL_EXIT_USAGE;
    }
    size_t failed = 0, missing = 0;
    for (size_t i = 0; i < args->operand_count; i++) {
        const char *name = args->operands[i];
        struct sl_piece_id piece = {0};
        struct sl_err err = {0};
        if (hash(&piece, name, &err) < 0) {
            sl_say("%s: %s", name, err.text);
            failed++;
            missing += err.code == SL_ENOENT;
            continue;
        }
        if (piece.payload_bytes < SL_PIECE_MIN_BYTES)
            sl_say("%s: %" PRIu64 " bytes: providers take no piece under %" PRIu64, name,
                   piece.payload_bytes, SL_PIECE_MIN_BYTES);
        if (!print(args, name, &piece))
            return sl_exit_no_output();
    }
    if (failed == 0)
        return SL_EXIT_OK;
    return missing == failed ? SL_EXIT_NO_FILE : SL_EXIT_SOME_FAILED;
}
