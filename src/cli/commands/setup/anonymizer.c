/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/setup/anonymizer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/keccak.h"
#include "sluice/path.h"
#include "sluice/text.h"

enum {
    HASH_BYTES = 4,
    EXTENSION_CHARS = 8,
    HEX_SHOWN = 66, /* a hash or a word of the chain with its "0x" */
};

void sl_anonymizer_init(struct sl_anonymizer *names, bool keep)
{
    *names = (struct sl_anonymizer){.keep = keep};
    sl_random(names->salt, sizeof names->salt);
}

void sl_anonymizer_fini(struct sl_anonymizer *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->paths[i]);
    free((void *)names->paths);
    *names = (struct sl_anonymizer){0};
}

static int take_path(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    struct sl_anonymizer *names = ctx;
    (void)job;
    (void)url;
    if (names->count == names->room) {
        const size_t room = names->room > 0 ? 2 * names->room : 64;
        char **paths = (char **)realloc((void *)names->paths, room * sizeof *paths);
        if (paths == NULL)
            return SL_ENOMEM;
        names->paths = paths;
        names->room = room;
    }
    char *escaped = malloc(4 * strlen(path) + 1); /* as lines of the log have it */
    if (escaped == NULL)
        return SL_ENOMEM;
    (void)sl_text_escape(escaped, 4 * strlen(path) + 1, path, strlen(path));
    names->paths[names->count++] = escaped;
    return SL_OK;
}

int sl_anonymizer_learn(struct sl_anonymizer *names, struct sl_journal *journal, struct sl_err *err)
{
    if (names->keep)
        return SL_OK;
    const int rc = sl_journal_each(journal, take_path, names, err);
    return rc == SL_ENOMEM ? sl_err_set(err, rc, "out of memory for the names of files") : rc;
}

/* ".mov": short, and nothing but letters and digits. */
static size_t extension_len(const char *name, size_t len)
{
    size_t n = 0;
    while (n < len && n < EXTENSION_CHARS && isalnum((unsigned char)name[len - n - 1]))
        n++;
    return n > 0 && n < len && name[len - n - 1] == '.' ? n + 1 : 0;
}

void sl_anonymizer_hash(char out[static SL_ANONYMIZER_CHARS], const struct sl_anonymizer *names,
                        const char *name, size_t len)
{
    struct sl_keccak hash;
    uint8_t digest[SL_KECCAK_BYTES];
    const size_t extension = extension_len(name, len);
    sl_keccak_init(&hash);
    sl_keccak_add(&hash, names->salt, sizeof names->salt);
    sl_keccak_add(&hash, name, len);
    sl_keccak_end(digest, &hash);
    sl_hex_encode(out, digest, HASH_BYTES);
    memcpy(out + 2 * (size_t)HASH_BYTES, name + len - extension, extension);
    out[2 * (size_t)HASH_BYTES + extension] = '\0';
}

static void add_hash(struct sl_buf *out, const struct sl_anonymizer *names, const char *name,
                     size_t len)
{
    char hash[SL_ANONYMIZER_CHARS];
    sl_anonymizer_hash(hash, names, name, len);
    sl_buf_str(out, hash);
}

/* ---- paths in other text ---- */

/* A slash that begins a path: not that of a URL, of a fraction, or of a path of the protocol. */
static bool begins_path(const char *line, size_t at, size_t len)
{
    static const char *const known[] = {"/pdp/", "/piece/", "/...", "/*"};
    if (line[at] != '/' || at + 1 >= len || line[at + 1] == '/' || line[at + 1] == ' ')
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t n = strlen(known[i]);
        if (n <= len - at && memcmp(line + at, known[i], n) == 0)
            return false;
    }
    return at == 0 || strchr(" '\"(=,:[", line[at - 1]) != NULL;
}

/* The longest path of the journal that stands here; 0: none. */
static size_t known_len(const struct sl_anonymizer *names, const char *text, size_t len)
{
    size_t best = 0;
    for (size_t i = 0; i < names->count; i++) {
        const size_t n = strlen(names->paths[i]);
        if (n > best && n <= len && memcmp(names->paths[i], text, n) == 0)
            best = n;
    }
    return best;
}

/* To the quote that opened it or, as a path may hold anything, to the last ": " of the line, behind
 * which the reason stands. */
static size_t guessed_len(const char *line, size_t at, size_t len)
{
    char quote = ' ';
    if (at > 0)
        quote = line[at - 1];
    size_t end = len;
    if (quote == '\'' || quote == '"') {
        while (end > at && line[end - 1] != quote)
            end--;
        return end > at ? end - 1 - at : len - at;
    }
    for (size_t i = len; i > at + 1; i--) {
        if (line[i - 1] == ' ' && line[i - 2] == ':')
            return i - 2 - at;
    }
    return len - at;
}

/* Digits from "0x" on; 0: none. */
static size_t hex_len(const char *text, size_t len)
{
    size_t n = 2;
    if (len < 3 || text[0] != '0' || text[1] != 'x')
        return 0;
    while (n < len && isxdigit((unsigned char)text[n]))
        n++;
    return n;
}

static void add_text(struct sl_buf *out, const struct sl_anonymizer *names, const char *line,
                     size_t len)
{
    for (size_t at = 0; at < len;) {
        const size_t hex = hex_len(line + at, len - at);
        if (hex > HEX_SHOWN) {
            sl_buf_printf(out, "%.*s...(%zu digits)", 18, line + at, hex - 2);
            at += hex;
        } else if (begins_path(line, at, len)) {
            const size_t known = known_len(names, line + at, len - at);
            const size_t n = known > 0 ? known : guessed_len(line, at, len);
            add_hash(out, names, line + at, n);
            at += n;
        } else {
            sl_buf_add(out, line + at, 1);
            at++;
        }
    }
}

void sl_anonymizer_line(struct sl_buf *out, const struct sl_anonymizer *names, const char *line,
                        size_t len)
{
    static const char mark[] = " name=";
    const size_t mark_len = sizeof mark - 1;
    size_t at = 0;
    if (names->keep) {
        sl_buf_add(out, line, len);
        return;
    }
    while (at + mark_len <= len && memcmp(line + at, mark, mark_len) != 0)
        at++;
    if (at + mark_len > len) {
        add_text(out, names, line, len);
        return;
    }
    add_text(out, names, line, at);
    sl_buf_str(out, mark);
    add_hash(out, names, line + at + mark_len, len - at - mark_len);
}
