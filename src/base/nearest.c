/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/nearest.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return a == b || ((a == '-' || a == '_') && (b == '-' || b == '_'));
}

/* Optimal string alignment: three rows of the distance table. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above2 = rows[(i + 1) % 3]; /* of i - 2, read only from i = 2 on */
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            const size_t exchange = above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
            row[j] = least(exchange, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

void sl_nearest_init(struct sl_nearest *nearest, const char *word)
{
    *nearest = (struct sl_nearest){.word = word, .edits = 1 + strlen(word) / 4};
}

void sl_nearest_try(struct sl_nearest *nearest, const char *candidate)
{
    const size_t word_len = strlen(nearest->word);
    const size_t len = strlen(candidate);
    if (word_len > LONGEST || len > LONGEST)
        return;
    const size_t edits = distance(nearest->word, word_len, candidate, len);
    /* the first of equals stays; a word of two letters is near to nothing by its whole length */
    if (edits < nearest->edits + (nearest->best == NULL) && edits < word_len) {
        nearest->best = candidate;
        nearest->edits = edits;
    }
}
