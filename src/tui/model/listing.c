/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void sl_listing_clear(struct sl_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->entries[i].name);
    free(listing->entries);
    *listing = (struct sl_listing){0};
}

bool sl_listing_expand(char *out, size_t cap, const char *typed)
{
    const char *home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    const bool tilde = typed[0] == '~' && (typed[1] == '/' || typed[1] == '\0') && home != NULL;
    const int n = snprintf(out, cap, "%s%s", tilde ? home : "", tilde ? typed + 1 : typed);
    return n >= 0 && (size_t)n < cap;
}

bool sl_listing_is_there(const char *typed)
{
    char path[SL_PATH_BYTES];
    struct stat st;
    if (!sl_listing_expand(path, sizeof path, typed))
        return true; /* too long: reported when it is added */
    return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

void sl_listing_start(char *out, size_t cap)
{
    char here[SL_PATH_BYTES];
    const bool known = getcwd(here, sizeof here) != NULL;
    const bool top = known && strcmp(here, "/") == 0;
    snprintf(out, cap, "%s%s", known ? here : "", !known || top ? "" : "/");
}

static struct sl_entry *add_entry(struct sl_listing *listing, const char *name)
{
    if (listing->count == SL_LISTING_MAX) {
        listing->cut = true;
        return NULL;
    }
    if (listing->count == listing->cap) {
        const size_t cap = listing->cap == 0 ? 64 : listing->cap * 2;
        struct sl_entry *entries = realloc(listing->entries, cap * sizeof *entries);
        if (entries == NULL)
            return NULL;
        listing->entries = entries;
        listing->cap = cap;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return NULL;
    struct sl_entry *entry = &listing->entries[listing->count++];
    *entry = (struct sl_entry){.name = copy};
    return entry;
}

static void fill(struct sl_entry *entry, const struct stat *st)
{
    entry->folder = S_ISDIR(st->st_mode);
    entry->size_bytes = S_ISREG(st->st_mode) && st->st_size > 0 ? (uint64_t)st->st_size : 0;
}

static int by_kind_and_name(const void *left, const void *right)
{
    const struct sl_entry *a = left, *b = right;
    if (a->folder != b->folder)
        return a->folder ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool wanted(const char *name, const char *prefix)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    if (name[0] == '.' && prefix[0] != '.')
        return false;
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static void read_folder(struct sl_listing *listing, DIR *dir, const char *prefix)
{
    const struct dirent *found = NULL;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a DIR of its own */
    while (!listing->cut && (found = readdir(dir)) != NULL) {
        struct stat st;
        if (!wanted(found->d_name, prefix) || fstatat(dirfd(dir), found->d_name, &st, 0) != 0)
            continue;
        if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
            continue; /* cannot be uploaded */
        struct sl_entry *entry = add_entry(listing, found->d_name);
        if (entry != NULL)
            fill(entry, &st);
    }
    if (listing->count > 0)
        qsort(listing->entries, listing->count, sizeof *listing->entries, by_kind_and_name);
}

static const char *rest_of(const char *typed)
{
    const char *slash = strrchr(typed, '/');
    return slash != NULL ? slash + 1 : typed;
}

void sl_listing_of_line(struct sl_listing *listing, const char *typed)
{
    sl_listing_clear(listing);
    const char *rest = rest_of(typed);
    char path[SL_PATH_BYTES];
    snprintf(listing->folder, sizeof listing->folder, "%.*s", (int)(rest - typed), typed);
    if (!sl_listing_expand(path, sizeof path, listing->folder))
        return;
    DIR *dir = opendir(path[0] != '\0' ? path : ".");
    if (dir == NULL) {
        struct sl_err err;
        (void)sl_err_sys(&err, errno, "%.150s", path);
        snprintf(listing->why, sizeof listing->why, "%s", err.text);
        return;
    }
    read_folder(listing, dir, rest);
    closedir(dir);
}

void sl_listing_add_pasted(struct sl_listing *listing, const char *path)
{
    char real[SL_PATH_BYTES];
    struct stat st;
    struct sl_entry *entry = add_entry(listing, path);
    listing->pasted = true;
    if (entry == NULL)
        return;
    if (sl_listing_expand(real, sizeof real, path) && stat(real, &st) == 0) {
        fill(entry, &st);
        entry->marked = true;
    } else {
        entry->missing = true;
    }
}

static size_t common_length(const struct sl_listing *listing)
{
    size_t len = strlen(listing->entries[0].name);
    for (size_t i = 1; i < listing->count; i++) {
        size_t same = 0;
        while (same < len && listing->entries[i].name[same] == listing->entries[0].name[same])
            same++;
        len = same;
    }
    while (len > 0 && ((unsigned char)listing->entries[0].name[len] & 0xC0) == 0x80)
        len--; /* do not cut a character in half */
    return len;
}

bool sl_listing_complete(const struct sl_listing *listing, char *out, size_t cap, const char *typed)
{
    if (listing->count == 0 || listing->pasted)
        return false;
    const size_t len = common_length(listing);
    const bool slash = listing->count == 1 && listing->entries[0].folder;
    if (len < strlen(rest_of(typed)))
        return false;
    const int n = snprintf(out, cap, "%s%.*s%s", listing->folder, (int)len,
                           listing->entries[0].name, slash ? "/" : "");
    return n >= 0 && (size_t)n < cap && strcmp(out, typed) != 0;
}
