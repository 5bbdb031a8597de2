/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/path_list.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"

enum { LIST_MAX_BYTES = 256 << 20, CHUNK_BYTES = 16384 };

static void add(struct sl_cli_path_list *list, const char *path, size_t len)
{
    if (len == 0)
        return;
    sl_buf_add(&list->text, path, len);
    sl_buf_add(&list->text, "", 1);
    list->count++;
}

/* Windows lists end their lines with CR LF; yet a name may end with a CR ("Icon\r" on a Mac). */
static size_t without_cr(const char *line, size_t len)
{
    char name[SL_PATH_BYTES];
    struct stat st;
    if (len == 0 || line[len - 1] != '\r')
        return len;
    if (len < sizeof name) {
        memcpy(name, line, len);
        name[len] = '\0';
        if (lstat(name, &st) == 0)
            return len;
    }
    return len - 1;
}

static int split(struct sl_cli_path_list *list, const struct sl_buf *input, struct sl_err *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's byte order mark */
    const char end = memchr(input->data, '\0', input->len) != NULL ? '\0' : '\n';
    size_t at = 0;
    if (input->len >= 2 &&
        (memcmp(input->data, "\xff\xfe", 2) == 0 || memcmp(input->data, "\xfe\xff", 2) == 0))
        return sl_err_set(err, SL_EFORMAT,
                          "the list on standard input is UTF-16; save it as UTF-8, or end each "
                          "name with a NUL");
    if (end == '\n' && input->len >= 3 && memcmp(input->data, mark, 3) == 0)
        at = 3;
    while (at < input->len) {
        const char *line = input->data + at;
        const char *stop = memchr(line, end, input->len - at);
        const size_t len = stop != NULL ? (size_t)(stop - line) : input->len - at;
        add(list, line, end == '\n' ? without_cr(line, len) : len);
        at += len + 1;
    }
    return SL_OK;
}

static int read_all(struct sl_buf *out, int fd, struct sl_err *err)
{
    char chunk[CHUNK_BYTES];
    for (;;) {
        const ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "read the list on standard input");
        if (n == 0)
            return SL_OK;
        sl_buf_add(out, chunk, (size_t)n);
        if (out->failed < 0)
            return sl_err_set(err, out->failed, "the list on standard input is too long");
    }
}

int sl_cli_path_list_read(struct sl_cli_path_list *list, int fd, struct sl_err *err)
{
    struct sl_buf input = {.cap = LIST_MAX_BYTES};
    int rc = read_all(&input, fd, err);
    if (rc == SL_OK && input.len > 0)
        rc = split(list, &input, err);
    sl_buf_free(&input);
    if (rc == SL_OK && list->text.failed < 0)
        rc = sl_err_set(err, list->text.failed, "out of memory");
    return rc;
}

int sl_cli_path_list_fill(struct sl_cli_path_list *list, const struct sl_args *args,
                          struct sl_err *err)
{
    bool have_read = false;
    for (size_t i = 0; i < args->operand_count; i++) {
        if (strcmp(args->operands[i], "-") != 0) {
            add(list, args->operands[i], strlen(args->operands[i]));
            continue;
        }
        if (have_read)
            return sl_err_set(err, SL_EUSAGE,
                              "`-` is given twice, but standard input can be read only once");
        have_read = true;
        const int rc = sl_cli_path_list_read(list, STDIN_FILENO, err);
        if (rc < 0)
            return rc;
    }
    return list->text.failed < 0 ? sl_err_set(err, list->text.failed, "out of memory") : SL_OK;
}

void sl_cli_path_list_free(struct sl_cli_path_list *list)
{
    sl_buf_free(&list->text);
    list->count = 0;
}

const char *sl_cli_path_list_next(const struct sl_cli_path_list *list, const char *path)
{
    if (list->text.len == 0)
        return NULL;
    const char *next = path == NULL ? list->text.data : path + strlen(path) + 1;
    return next < list->text.data + list->text.len ? next : NULL;
}
