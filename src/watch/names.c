/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "names.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "sluice/path.h"
#include "sluice/watch.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* Matched in any letter case. */
static const char *const ends[] = {
    ".part",             /* Firefox, yt-dlp, Transmission, KDE, JDownloader, eMule, gdown */
    ".part.met",         /* eMule's notes */
    ".partial",          /* rclone, Internet Explorer, Shareaza */
    ".crdownload",       /* Chromium and its kin */
    ".download",         /* Safari */
    ".opdownload",       /* Opera */
    ".fdmdownload",      /* Free Download Manager */
    ".dtapart",          /* DownThemAll */
    ".ytdl",             /* yt-dlp's notes */
    ".aria2",            /* aria2's notes */
    ".aria2__temp",      /* the same while being written */
    ".lftp-pget-status", /* lftp's notes */
    ".!qb",              /* qBittorrent */
    ".!ut",              /* uTorrent */
    ".!bt",              /* BitTorrent */
    ".bc!",              /* BitComet */
    ".az!",              /* Vuze */
    ".!sync",            /* Resilio Sync */
    ".xltd",             /* Xunlei */
    ".jc!",              /* FlashGet */
    ".dctmp",            /* DC++ */
    ".filepart",         /* WinSCP */
    ".incomplete",
    ".inprogress",
    ".unfinished",
    ".downloading",
    ".uploading",
    ".temp",
    ".tmp", /* Syncthing, and many */
    ".swp", /* vim */
    "~",    /* Sonarr, Radarr, editors */
};

static const char *const starts[] = {
    "~$",          /* Office: who has the file open */
    "~syncthing~", /* Syncthing, where names must not be hidden */
    ".syncthing.", /* these five count only where hidden names are taken */
    ".in.",        /* lftp, ProFTPD */
    ".pureftpd-upload.",
    ".getxfer.",   /* MEGA */
    ".pending-",   /* Android */
    "_UNPACK_",    /* SABnzbd: a folder */
    "INCOMPLETE~", /* Soulseek */
};

/* If NAME has one of these beside it, NAME is unfinished. */
static const char *const notes[] = {
    ".aria2", ".aria2__temp", ".ytdl", ".lftp-pget-status", ".st", /* axel */
};

static bool ends_with(const char *name, size_t len, const char *end)
{
    const size_t end_len = strlen(end);
    return len >= end_len && strncasecmp(name + len - end_len, end, end_len) == 0;
}

/* yt-dlp: "film.mkv.part-Frag12"; with ".part" after it, its ending shows it. */
static bool is_fragment(const char *name, size_t len)
{
    static const char mark[] = ".part-frag";
    while (len > 0 && name[len - 1] >= '0' && name[len - 1] <= '9')
        len--;
    return ends_with(name, len, mark);
}

/* Nextcloud and ownCloud: "film.mkv.~5c1e2a0b". */
static bool is_synced_part(const char *name, size_t len)
{
    size_t digits = 0;
    while (digits < len && strchr("0123456789abcdefABCDEF", name[len - 1 - digits]) != NULL)
        digits++;
    return digits > 0 && ends_with(name, len - digits, ".~");
}

static bool is_unfinished(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(ends); i++) {
        if (ends_with(name, len, ends[i]))
            return true;
    }
    for (size_t i = 0; i < COUNT(starts); i++) {
        const size_t start = strlen(starts[i]);
        if (len >= start && strncasecmp(name, starts[i], start) == 0)
            return true;
    }
    return is_fragment(name, len) || is_synced_part(name, len);
}

bool sl_watch_names_unfinished(const char *root, const char *path)
{
    const char *name = path + strlen(root);
    while (*name != '\0') {
        name += strspn(name, "/");
        const size_t len = strcspn(name, "/");
        if (len > 0 && is_unfinished(name, len))
            return true;
        name += len;
    }
    return false;
}

static bool is_there(const char *path, size_t len, const char *more)
{
    char beside[SL_PATH_BYTES];
    struct stat st;
    const int n = snprintf(beside, sizeof beside, "%.*s%s", (int)len, path, more);
    return n > 0 && (size_t)n < sizeof beside && lstat(beside, &st) == 0;
}

bool sl_watch_names_have_notes(const char *path)
{
    const size_t len = strlen(path);
    for (size_t i = 0; i < COUNT(notes); i++) {
        const size_t end = strlen(notes[i]);
        if (is_there(path, len, notes[i]) ||
            (ends_with(path, len, notes[i]) && is_there(path, len - end, "")))
            return true;
    }
    return false;
}
