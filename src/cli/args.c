/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "args.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/config.h"
#include "sluice/nearest.h"

#define COMMAND_NAME(id, name, operands, text) name,
static const char *const names[] = {SL_COMMANDS(COMMAND_NAME)};
#undef COMMAND_NAME

static const struct flag {
    const char *name;
    size_t offset;
    const char *value;
    unsigned commands;
} flags[] = {
#define FLAG_ROW(field, flag, value, commands, help)                                               \
    {flag, offsetof(struct sl_args, field), value, commands},
    SL_FLAGS(FLAG_ROW)
#undef FLAG_ROW
};

enum { FLAG_COUNT = sizeof flags / sizeof flags[0], FLAG_NAME_MAX = 64 };

/* What is being read. */
struct words {
    int left;
    char **at;
    bool only_operands; /* "--" was seen */
    bool has_command;
    bool given[FLAG_COUNT]; /* by row; checked once the command is known */
};

const char *sl_command_name(enum sl_command_line command)
{
    return names[command];
}

enum sl_command_line sl_command_of_name(const char *name)
{
    for (unsigned i = 1; i < SL_CMD_LINE_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum sl_command_line)i;
    }
    return SL_CMD_LINE_COUNT;
}

const char *sl_command_nearest(const char *word)
{
    struct sl_nearest nearest;
    sl_nearest_init(&nearest, word);
    for (unsigned i = 1; i < SL_CMD_LINE_COUNT; i++)
        sl_nearest_try(&nearest, names[i]);
    return nearest.best;
}

/* "[=WORD]": a switch that may also carry this word. */
static bool takes_value(const struct flag *flag)
{
    return flag->value[0] != '\0' && flag->value[0] != '[';
}

static const struct flag *find_flag(const char *name)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if (strcmp(flags[i].name, name) == 0)
            return &flags[i];
    }
    return NULL;
}

static int unknown_flag(const char *name, struct sl_err *err)
{
    struct sl_nearest nearest;
    sl_nearest_init(&nearest, name);
    for (size_t i = 0; i < FLAG_COUNT; i++)
        sl_nearest_try(&nearest, flags[i].name);
    const char *key;
    for (size_t i = 0; (key = sl_config_key_at(i)) != NULL; i++)
        sl_nearest_try(&nearest, key);
    if (nearest.best == NULL)
        return sl_err_set(err, SL_EUSAGE, "unknown option --%.60s; see `sluice help`", name);
    char meant[FLAG_NAME_MAX];
    const size_t len = strlen(nearest.best);
    for (size_t i = 0; i <= len && i < sizeof meant; i++)
        meant[i] = (char)(nearest.best[i] == '_' ? '-' : nearest.best[i]);
    meant[sizeof meant - 1] = '\0';
    return sl_err_set(err, SL_EUSAGE, "unknown option --%.60s: did you mean --%s?", name, meant);
}

/* The value of a flag: behind '=' or the next word. */
static int read_value(const char **value, struct words *words, const char *name, const char *equals,
                      struct sl_err *err)
{
    if (equals != NULL) {
        *value = equals + 1;
        return SL_OK;
    }
    if (words->left == 0)
        return sl_err_set(err, SL_EUSAGE, "--%.60s needs a value", name);
    *value = *words->at++;
    words->left--;
    return SL_OK;
}

static int own_flag(struct sl_args *args, struct words *words, const struct flag *flag,
                    const char *equals, struct sl_err *err)
{
    const char **field = (void *)((char *)args + flag->offset);
    words->given[flag - flags] = true;
    if (takes_value(flag))
        return read_value(field, words, flag->name, equals, err);
    if (equals != NULL && flag->value[0] == '[') {
        const size_t len = strlen(flag->value) - 3; /* between "[=" and "]" */
        if (strlen(equals + 1) != len || strncmp(equals + 1, flag->value + 2, len) != 0)
            return sl_err_set(err, SL_EUSAGE, "--%s takes no value except %.*s", flag->name,
                              (int)len, flag->value + 2);
        *field = equals + 1;
        return SL_OK;
    }
    if (equals != NULL)
        return sl_err_set(err, SL_EUSAGE, "--%s takes no value", flag->name);
    *field = "";
    return SL_OK;
}

static int setting(struct sl_args *args, struct words *words, const char *word, const char *name,
                   const char *equals, struct sl_err *err)
{
    struct sl_setting *out = &args->settings[args->setting_count];
    bool takes_value = false;
    out->flag = word;
    out->named = sl_config_key_of_flag(name, &takes_value);
    if (out->named == NULL && strncmp(name, "no-", 3) == 0 && equals == NULL) {
        out->named = sl_config_key_of_flag(name + 3, &takes_value);
        if (takes_value)
            out->named = NULL;
        out->value = "no";
    } else if (out->named != NULL && !takes_value) {
        out->value = equals != NULL ? equals + 1 : "yes";
    }
    if (out->named == NULL)
        return unknown_flag(name, err);
    out->key = sl_config_key(out->named);
    if (takes_value) {
        const int rc = read_value(&out->value, words, name, equals, err);
        if (rc < 0)
            return rc;
    }
    args->setting_count++;
    return SL_OK;
}

/* "--name" or "--name=value"; the name is copied out of the word. */
static int long_flag(struct sl_args *args, struct words *words, const char *word,
                     struct sl_err *err)
{
    char name[FLAG_NAME_MAX];
    const size_t len = strcspn(word + 2, "=");
    if (len >= sizeof name)
        return sl_err_set(err, SL_EUSAGE, "unknown option %.60s...; see `sluice help`", word);
    memcpy(name, word + 2, len);
    name[len] = '\0';
    const char *equals = word[2 + len] == '=' ? word + 2 + len : NULL;
    const struct flag *flag = find_flag(name);
    if (flag != NULL)
        return own_flag(args, words, flag, equals, err);
    return setting(args, words, word, name, equals, err);
}

static int short_flag(struct sl_args *args, struct words *words, const char *word,
                      struct sl_err *err)
{
    static const char *const names_of[][2] = {
        {"-h", "help"}, {"-V", "version"}, {"-r", "recursive"}, {"-c", "check"}, {"-o", "output"}};
    for (size_t i = 0; i < sizeof names_of / sizeof names_of[0]; i++) {
        if (strcmp(word, names_of[i][0]) == 0)
            return own_flag(args, words, find_flag(names_of[i][1]), NULL, err);
    }
    return sl_err_set(err, SL_EUSAGE,
                      "unknown option %.60s; see `sluice help` (put `--` before a path that "
                      "starts with a dash)",
                      word);
}

static int parse_word(struct sl_args *args, struct words *words, const char *word,
                      struct sl_err *err)
{
    const bool is_flag = !words->only_operands && word[0] == '-' && word[1] != '\0';
    if (is_flag && strcmp(word, "--") == 0) {
        words->only_operands = true;
        return SL_OK;
    }
    if (is_flag)
        return word[1] == '-' ? long_flag(args, words, word, err)
                              : short_flag(args, words, word, err);
    if (!words->has_command && !words->only_operands && args->operand_count == 0) {
        words->has_command = true;
        const enum sl_command_line command = sl_command_of_name(word);
        if (command != SL_CMD_LINE_COUNT) {
            args->command = command;
            return SL_OK;
        }
    }
    args->operands[args->operand_count++] = word;
    return SL_OK;
}

/* Flags may stand before the command, so check at the end whether they belong to it. */
static int check_fit(const struct sl_args *args, const struct words *words, struct sl_err *err)
{
    const bool screen = args->command == SL_CMD_LINE_SCREEN;
    const char *command = screen ? "the screen" : names[args->command];
    const char *topic = screen ? "" : names[args->command];
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if (words->given[i] && (flags[i].commands & SL_FOR(args->command)) == 0)
            return sl_err_set(err, SL_EUSAGE, "%s: unknown option --%s; see `sluice help%s%s`",
                              command, flags[i].name, screen ? "" : " ", topic);
    }
    if (args->setting_count > 0 && (SL_FOR_SETTINGS & SL_FOR(args->command)) == 0)
        return sl_err_set(err, SL_EUSAGE, "%s: unknown option %.60s; see `sluice help%s%s`",
                          command, args->settings[0].flag, screen ? "" : " ", topic);
    return SL_OK;
}

/* An empty operand usually comes from a script whose variable is unset. The command would then work
 * on nothing, or on the working directory, and report success. */
static int check_empty(const struct sl_args *args, const struct words *words, struct sl_err *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        if (args->operands[i][0] == '\0')
            return sl_err_set(
                err, SL_EUSAGE, "argument %zu of %s is empty; is a variable in your script unset?",
                i + 1, args->command == SL_CMD_LINE_SCREEN ? "sluice" : names[args->command]);
    }
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const char *const *field = (const void *)((const char *)args + flags[i].offset);
        if (words->given[i] && takes_value(&flags[i]) && (*field)[0] == '\0')
            return sl_err_set(err, SL_EUSAGE,
                              "--%s: the value is empty; is a variable in your script unset?",
                              flags[i].name);
    }
    return SL_OK;
}

int sl_args_parse(struct sl_args *args, int argc, char **argv, struct sl_err *err)
{
    *args = (struct sl_args){0};
    struct words words = {.left = argc > 0 ? argc - 1 : 0, .at = argv + (argc > 0)};
    const size_t room = (size_t)words.left + 1;
    args->settings = calloc(room, sizeof *args->settings);
    args->operands = calloc(room, sizeof *args->operands);
    if (args->settings == NULL || args->operands == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    while (words.left > 0) {
        words.left--;
        const int rc = parse_word(args, &words, *words.at++, err);
        if (rc < 0)
            return rc;
    }
    if (args->help != NULL || args->version != NULL)
        return SL_OK;
    const int rc = check_fit(args, &words, err);
    return rc < 0 ? rc : check_empty(args, &words, err);
}

void sl_args_free(struct sl_args *args)
{
    free(args->settings);
    free(args->operands);
    *args = (struct sl_args){0};
}

/* ---- numbers of jobs ---- */

static bool parse_id(int64_t *out, const char *text)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *out > 0;
}

int sl_args_check_ids(const struct sl_args *args, struct sl_err *err)
{
    int64_t id;
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!parse_id(&id, args->operands[i]))
            return sl_err_set(err, SL_EUSAGE,
                              "'%.40s' is not a job number; `sluice status` lists the jobs",
                              args->operands[i]);
    }
    return SL_OK;
}

bool sl_args_name_id(const struct sl_args *args, bool *known, int64_t id)
{
    bool found = false;
    for (size_t i = 0; i < args->operand_count; i++) {
        int64_t one;
        if (!parse_id(&one, args->operands[i]) || one != id)
            continue;
        known[i] = true;
        found = true;
    }
    return found;
}

int sl_args_check_known(const struct sl_args *args, const bool *known, struct sl_err *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!known[i])
            return sl_err_set(err, SL_ENOENT,
                              "there is no job %.40s; `sluice status` lists the jobs",
                              args->operands[i]);
    }
    return SL_OK;
}
