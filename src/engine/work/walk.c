/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/buf.h"
#include "sluice/path.h"

enum { OWN_MAX = 3 };

struct identity {
    dev_t device;
    ino_t inode;
};

/* A folder on the way from the path given to the current one. */
struct folder {
    struct identity identity;
    size_t path_len; /* of the folder, in walk.path */
    DIR *dir;        /* of the current folder only; reopened by path when we come back */
    struct sl_buf text;
    char **names; /* into text, sorted */
    size_t count;
    size_t next;
};

struct walk {
    const struct sl_walk_options *options;
    uint64_t request_id;
    uint64_t files;
    uint64_t errors;
    uint64_t links; /* links that were not followed */
    bool abandoned; /* by the callback */
    struct folder *stack;
    size_t depth;
    size_t stack_size;
    struct identity own[OWN_MAX]; /* folders that are left out */
    size_t own_count;
    dev_t device;     /* device of the file found last... */
    bool made_up;     /* ... and whether its file system may not have real times of change */
    void *linked;     /* tsearch tree of struct identity: folders entered through a link */
    const char *root; /* links may lead to targets below this path */
    size_t path_len;
    char path[SL_PATH_BYTES];
};

/* ---- reports ---- */

static bool stopped(const struct walk *w)
{
    return w->abandoned || atomic_load_explicit(w->options->stop, memory_order_relaxed);
}

static void report(struct walk *w, struct sl_scan_item *item)
{
    if (stopped(w))
        return;
    item->request_id = w->request_id;
    item->path = w->path;
    item->found = w->depth > 0;
    if (w->options->fn(w->options->ctx, item) != 0)
        w->abandoned = true;
}

static void report_error(struct walk *w, const struct sl_err *err)
{
    w->errors++;
    report(w, &(struct sl_scan_item){.kind = SL_SCAN_ERROR, .err = *err});
}

static void report_errno(struct walk *w, int sys_errno, const char *what)
{
    struct sl_err err;
    sl_err_sys(&err, sys_errno, "%s", what);
    report_error(w, &err);
}

static void report_code(struct walk *w, int code, const char *text)
{
    struct sl_err err;
    sl_err_set(&err, code, "%s", text);
    report_error(w, &err);
}

static void report_absent(struct walk *w, int sys_errno, const char *absent, const char *what)
{
    if (sys_errno == ENOENT)
        report_code(w, SL_ENOENT, absent);
    else
        report_errno(w, sys_errno, what);
}

static void report_file(struct walk *w, const struct stat *st)
{
    if (sl_guarded_has(w->options->guarded, st)) {
        struct sl_err err;
        (void)sl_guarded_refuse(&err);
        report_error(w, &err);
        return;
    }
    w->files++;
    if (w->depth == 0 || w->device != st->st_dev) { /* asked once for each file system */
        w->device = st->st_dev;
        w->made_up = sl_path_makes_up_ctime(w->path);
    }
    report(w,
           &(struct sl_scan_item){.kind = SL_SCAN_FILE, .file = sl_file_mark_on(st, w->made_up)});
}

static const char *word_of_type(mode_t mode)
{
    if (S_ISFIFO(mode))
        return "a FIFO, not a file";
    if (S_ISSOCK(mode))
        return "a socket, not a file";
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return "a device, not a file";
    return "neither a regular file nor a folder";
}

/* ---- the path ---- */

static void path_cut(struct walk *w, size_t len)
{
    w->path_len = len;
    w->path[len] = '\0';
}

static bool path_add(struct walk *w, const char *name)
{
    const bool slash = w->path[w->path_len - 1] != '/';
    const size_t len = strlen(name);
    if (w->path_len + slash + len >= sizeof w->path)
        return false;
    if (slash)
        w->path[w->path_len++] = '/';
    memcpy(w->path + w->path_len, name, len + 1);
    w->path_len += len;
    return true;
}

/* ---- names of a folder ---- */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool wanted(const struct walk *w, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    return w->options->include_hidden || name[0] != '.';
}

/* Returns 0 or an errno; names read before it are kept. */
static int read_names(const struct walk *w, struct folder *folder)
{
    while (!stopped(w)) {
        errno = 0;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): this stream belongs to this thread alone */
        const struct dirent *entry = readdir(folder->dir);
        if (entry == NULL)
            return errno;
        if (!wanted(w, entry->d_name))
            continue;
        sl_buf_add(&folder->text, entry->d_name, strlen(entry->d_name) + 1);
        if (folder->text.failed != SL_OK)
            return ENOMEM;
        folder->count++;
    }
    return 0;
}

static bool sort_names(struct folder *folder)
{
    if (folder->count == 0)
        return true;
    folder->names = malloc(folder->count * sizeof *folder->names);
    if (folder->names == NULL) {
        folder->count = 0;
        return false;
    }
    char *name = folder->text.data;
    for (size_t i = 0; i < folder->count; i++) {
        folder->names[i] = name;
        name += strlen(name) + 1;
    }
    qsort(folder->names, folder->count, sizeof *folder->names, by_bytes);
    return true;
}

/* ---- folders on the way ---- */

static struct folder *top(struct walk *w)
{
    return w->depth > 0 ? &w->stack[w->depth - 1] : NULL;
}

static void close_dir(struct folder *folder)
{
    if (folder != NULL && folder->dir != NULL) {
        closedir(folder->dir);
        folder->dir = NULL;
    }
}

static void leave_folder(struct walk *w)
{
    struct folder *folder = top(w);
    close_dir(folder);
    sl_buf_free(&folder->text);
    free(folder->names);
    w->depth--;
}

static bool same(struct identity a, struct identity b)
{
    return a.device == b.device && a.inode == b.inode;
}

/* One that is not there yet holds nothing to leave out. */
static void find_own(struct walk *w)
{
    const struct sl_paths *own = w->options->own;
    const char *const dirs[OWN_MAX] = {own->config, own->state, own->data};
    for (size_t i = 0; i < OWN_MAX; i++) {
        struct stat st;
        if (stat(dirs[i], &st) == 0)
            w->own[w->own_count++] = (struct identity){st.st_dev, st.st_ino};
    }
}

static bool is_own(const struct walk *w, struct identity identity)
{
    for (size_t i = 0; i < w->own_count; i++) {
        if (same(w->own[i], identity))
            return true;
    }
    return false;
}

static bool on_the_way(const struct walk *w, struct identity identity)
{
    for (size_t i = 0; i < w->depth; i++) {
        if (same(w->stack[i].identity, identity))
            return true;
    }
    return false;
}

static int compare_identities(const void *a, const void *b)
{
    const struct identity *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

/* True the first time. Out of memory is an error, not a yes: links in a circle must end. */
static bool first_by_link(struct walk *w, struct identity identity)
{
    struct identity *node = malloc(sizeof *node);
    if (node != NULL)
        *node = identity;
    struct identity *const *found =
        node != NULL ? tsearch(node, &w->linked, compare_identities) : NULL;
    if (found == NULL)
        report_errno(w, ENOMEM, "follow the link");
    else if (*found == node)
        return true;
    free(node);
    return false;
}

static void forget_links(struct walk *w)
{
    while (w->linked != NULL) {
        struct identity *node = *(struct identity **)w->linked;
        tdelete(node, &w->linked, compare_identities);
        free(node);
    }
}

static DIR *open_dir(int at, const char *name, bool by_link, struct identity *identity)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC;
    const int fd = openat(at, name, by_link ? flags : flags | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    struct stat st;
    DIR *dir = fstat(fd, &st) == 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        const int why = errno;
        close(fd);
        errno = why;
        return NULL;
    }
    *identity = (struct identity){st.st_dev, st.st_ino};
    return dir;
}

static struct folder *push(struct walk *w)
{
    if (w->depth == w->stack_size) {
        const size_t size = w->stack_size + w->stack_size / 2 + 8;
        struct folder *stack = realloc(w->stack, size * sizeof *stack);
        if (stack == NULL)
            return NULL;
        w->stack = stack;
        w->stack_size = size;
    }
    struct folder *folder = &w->stack[w->depth++];
    *folder = (struct folder){.path_len = w->path_len};
    return folder;
}

/* Opens the folder at walk.path, which is `name` in `at`, and makes it the current one. */
static void enter(struct walk *w, int at, const char *name, bool by_link)
{
    struct identity identity;
    DIR *dir = open_dir(at, name, by_link, &identity);
    if (dir == NULL) {
        report_errno(w, errno, "open the folder");
        return;
    }
    struct folder *folder = NULL;
    const bool hides = w->depth > 0 && is_own(w, identity);
    if (!hides && !on_the_way(w, identity) && (!by_link || first_by_link(w, identity))) {
        close_dir(top(w));
        folder = push(w);
        if (folder == NULL)
            report_errno(w, ENOMEM, "read the folder");
    }
    if (folder == NULL) {
        closedir(dir);
        return;
    }
    folder->identity = identity;
    folder->dir = dir;
    if (w->options->report_folders)
        report(w, &(struct sl_scan_item){.kind = SL_SCAN_FOLDER});
    int why = read_names(w, folder);
    if (!sort_names(folder))
        why = ENOMEM;
    if (why != 0)
        report_errno(w, why, "read the folder");
}

/* Back from a folder below: its descriptor was closed on the way down. */
static bool open_again(struct walk *w, struct folder *folder)
{
    struct identity identity;
    folder->dir = open_dir(AT_FDCWD, w->path, true, &identity); /* the identity is compared next */
    if (folder->dir == NULL)
        report_errno(w, errno, "open the folder again");
    else if (!same(identity, folder->identity)) {
        close_dir(folder);
        report_code(w, SL_ECHANGED, "another folder took its place during the walk");
    }
    return folder->dir != NULL;
}

/* ---- the walk ---- */

/* Whether the link at walk.path leads to a target below the given path. The later open checks by
 * inode that it still does (open.h). */
static bool leads_inside(const struct walk *w)
{
    char *top = realpath(w->root, NULL);
    char *target = realpath(w->path, NULL);
    const size_t len = top != NULL ? strlen(top) : 0;
    const bool inside = len > 0 && target != NULL && strncmp(target, top, len) == 0 &&
                        (top[len - 1] == '/' || target[len] == '/' || target[len] == '\0');
    free(top);
    free(target);
    return inside;
}

static bool follows(const struct walk *w)
{
    return w->depth == 0 || w->options->links == SL_LINKS_ALL ||
           (w->options->links == SL_LINKS_INSIDE && leads_inside(w));
}

static void visit(struct walk *w, int at, const char *name)
{
    struct stat st;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        report_absent(w, errno, "there is no such file or folder", "look at it");
        return;
    }
    const bool is_link = S_ISLNK(st.st_mode);
    if (is_link && !follows(w)) {
        w->links++;
        return;
    }
    if (is_link && fstatat(at, name, &st, 0) != 0) {
        report_absent(w, errno, "a link to what is not there", "follow the link");
        return;
    }
    if (S_ISREG(st.st_mode))
        report_file(w, &st);
    else if (S_ISDIR(st.st_mode))
        enter(w, at, name, is_link);
    else
        report_code(w, SL_EFILETYPE, word_of_type(st.st_mode));
}

static void visit_next(struct walk *w, struct folder *folder)
{
    if (folder->dir == NULL && !open_again(w, folder)) {
        folder->next = folder->count;
        return;
    }
    const char *name = folder->names[folder->next++];
    if (path_add(w, name)) {
        visit(w, dirfd(folder->dir), name);
        return;
    }
    struct sl_err err;
    sl_err_set(&err, SL_EOVERFLOW, "path too long with the name %.80s", name);
    report_error(w, &err);
}

static void walk_folders(struct walk *w)
{
    while (w->depth > 0) {
        struct folder *folder = top(w);
        path_cut(w, folder->path_len);
        if (folder->next == folder->count || stopped(w))
            leave_folder(w);
        else
            visit_next(w, folder);
    }
}

/* "/a//" is reported as "/a". */
static void take_path(struct walk *w, const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    memcpy(w->path, path, len);
    path_cut(w, len);
}

static const char *word_of_nothing(const struct walk *w)
{
    if (w->links > 0)
        return "no file in this folder (symbolic links are not followed: --follow-links)";
    return w->options->include_hidden ? "no file in this folder"
                                      : "no file in this folder (hidden ones are left out)";
}

void sl_walk(const struct sl_walk_options *options, const char *path, uint64_t request_id)
{
    struct walk w = {.options = options,
                     .request_id = request_id,
                     .root = options->inside_of != NULL ? options->inside_of : path};
    take_path(&w, path);
    const size_t path_len = w.path_len;
    if (options->own != NULL)
        find_own(&w);
    visit(&w, AT_FDCWD, w.path);
    walk_folders(&w);
    path_cut(&w, path_len);
    if (w.files == 0 && w.errors == 0)
        report_code(&w, SL_EEMPTY, word_of_nothing(&w));
    report(&w, &(struct sl_scan_item){.kind = SL_SCAN_DONE, .files = w.files, .links = w.links});
    forget_links(&w);
    free(w.stack);
}
