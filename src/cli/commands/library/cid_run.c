/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/library/cid_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/mark.h"

#include "output/output.h"
#include "output/report_json.h"

enum { CHUNK_BYTES = 1 << 18, LINE_MS = 250, MOST_THREADS = 1024 };

/* ---- the start ---- */

static int read_threads(struct sl_cid_run *run, struct sl_err *err)
{
    const char *text = run->args->threads;
    if (text == NULL)
        return SL_OK;
    char *end = NULL;
    errno = 0;
    const unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n > MOST_THREADS)
        return sl_err_set(err, SL_EUSAGE, "--threads: '%.40s' is not a number from 0 to %d", text,
                          MOST_THREADS);
    run->threads = (unsigned)n;
    return SL_OK;
}

/* Keep the progress line, then end by the signal as usual, so that a shell's loop ends too. */
static void end_by(int number)
{
    const ssize_t n = write(STDERR_FILENO, "\n", 1);
    (void)n;
    raise(number); /* its default again: SA_RESETHAND */
}

int sl_cid_run_init(struct sl_cid_run *run, const struct sl_args *args, struct sl_err *err)
{
    *run = (struct sl_cid_run){
        .args = args,
        .clock = sl_clock_system(),
        .shows = isatty(STDERR_FILENO) != 0 && args->status == NULL,
    };
    run->meter.rate_ms = run->line_ms = sl_now_ms(&run->clock);
    if (run->shows) {
        const struct sigaction action = {.sa_handler = end_by, .sa_flags = (int)SA_RESETHAND};
        sigaction(SIGINT, &action, NULL);
    }
    return read_threads(run, err);
}

/* ---- progress ---- */

void sl_cid_run_expect(struct sl_cid_run *run, uint64_t bytes)
{
    run->files++;
    run->total_bytes += bytes;
}

/* Pipes and the like are not counted, so there may be no total. */
static void show_progress(struct sl_cid_run *run, uint64_t bytes)
{
    char done[SL_TEXT_SHORT], total[SL_TEXT_SHORT], rate[SL_TEXT_SHORT], eta[SL_TEXT_SHORT];
    struct sl_buf text = {0};
    sl_text_size(done, bytes);
    sl_text_size(total, run->total_bytes);
    sl_text_rate(rate, (uint64_t)run->meter.bytes_per_s);
    sl_buf_printf(&text, "%zu/%zu files  %s", run->done_files, run->files, done);
    if (run->total_bytes >= bytes) {
        sl_meter_eta(eta, &run->meter, run->total_bytes - bytes);
        sl_buf_printf(&text, " of %s  %s  ETA %s  ", total, rate, eta);
    } else {
        sl_buf_printf(&text, "  %s  ", rate);
    }
    sl_output_escape(&text, sl_path_base(run->name));
    if (text.failed == SL_OK)
        sl_meter_show(&run->meter, text.data);
    sl_buf_free(&text);
}

static bool tick(void *ctx, uint64_t hashed_bytes)
{
    struct sl_cid_run *run = ctx;
    if (!run->shows)
        return false;
    const int64_t now_ms = sl_now_ms(&run->clock);
    const uint64_t bytes = run->done_bytes + hashed_bytes;
    sl_meter_sample(&run->meter, bytes, now_ms);
    if (now_ms - run->line_ms >= LINE_MS) {
        run->line_ms = now_ms;
        show_progress(run, bytes);
    }
    return false;
}

/* ---- hashing ---- */

static int read_stream(struct sl_cid_run *run, struct sl_piece_hasher *hasher, char *chunk, int fd,
                       struct sl_err *err)
{
    uint64_t bytes = 0;
    for (;;) {
        const ssize_t n = read(fd, chunk, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "cannot read");
        if (n == 0)
            return SL_OK;
        const int rc = sl_piece_hasher_add(hasher, chunk, (size_t)n, err);
        if (rc < 0)
            return rc;
        bytes += (uint64_t)n;
        tick(run, bytes);
    }
}

/* Pipes and terminals: what cannot be read from an offset. */
static int hash_stream(struct sl_cid_run *run, struct sl_piece_id *out, int fd, struct sl_err *err)
{
    int rc = SL_OK;
    char *chunk = malloc(CHUNK_BYTES);
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (chunk == NULL || hasher == NULL)
        rc = sl_err_set(err, SL_ENOMEM, "out of memory");
    if (rc == SL_OK)
        rc = read_stream(run, hasher, chunk, fd, err);
    if (rc == SL_OK)
        rc = sl_piece_hasher_finish(hasher, out, err);
    sl_piece_hasher_free(hasher);
    free(chunk);
    return rc;
}

/* A file on standard input is read from its current offset. */
static int hash_file(struct sl_cid_run *run, struct sl_piece_id *out, int fd, struct sl_err *err)
{
    struct sl_file_mark mark;
    if (fd != STDIN_FILENO)
        return sl_piece_of_still_file(out, fd, run->threads, tick, run, err);
    int rc = sl_file_mark_begin(&mark, fd, err);
    if (rc == SL_OK)
        rc = hash_stream(run, out, fd, err);
    return rc == SL_OK ? sl_file_mark_end(&mark, fd, err) : rc;
}

static int hash_fd(struct sl_cid_run *run, struct sl_piece_id *out, int fd, struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "cannot read its size and type");
    if (S_ISDIR(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE,
                          "a folder has no PieceCID; use -r to hash the files in it");
    /* files of /proc and /sys report size 0: read them to their end */
    return S_ISREG(st.st_mode) && st.st_size > 0 ? hash_file(run, out, fd, err)
                                                 : hash_stream(run, out, fd, err);
}

int sl_cid_run_hash(struct sl_cid_run *run, struct sl_piece_id *out, const char *name,
                    struct sl_err *err)
{
    run->name = name;
    int rc = SL_OK;
    if (strcmp(name, "-") == 0) {
        rc = hash_fd(run, out, STDIN_FILENO, err);
    } else {
        const int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
            return sl_err_sys(err, errno, "cannot open");
        rc = hash_fd(run, out, fd, err);
        close(fd);
    }
    if (rc == SL_OK) {
        run->done_bytes += out->payload_bytes;
        run->done_files++;
    }
    return rc;
}

/* ---- messages ---- */

void sl_cid_run_failed(struct sl_cid_run *run, const char *name, const struct sl_err *err)
{
    run->failed++;
    run->missing += err->code == SL_ENOENT;
    sl_meter_clear(&run->meter);
    if (run->args->json == NULL)
        sl_notice("%s: %s", name, err->text);
    else if (!sl_cli_json_failed(&run->clock, name, err))
        run->broken = true;
}

void sl_cid_run_out(struct sl_cid_run *run, struct sl_buf *text)
{
    sl_meter_clear(&run->meter);
    if (!sl_output(text))
        run->broken = true;
    sl_buf_free(text);
}
