# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sourced by the rules. A rule prints one finding a line, "SUBJECT<TAB>what is wrong", and pipes them
# into `verdict RULE`. The file tests/lint/exceptions names the findings that are known, as
# "RULE SUBJECT"; one that no longer exists fails as well, so that the list only shrinks.
# With SL_LINT_LIST set, a rule prints its findings in the form of that file instead.

verdict() { # verdict RULE: reads findings, prints the new ones; fails when there is any
  local rule=$1 list=tests/lint/exceptions
  if [ -n "${SL_LINT_LIST:-}" ]; then
    cut -f 1 | sort -u | sed "s/^/$rule /"
    return 0
  fi
  [ -e "$list" ] || list=/dev/null
  awk -F '\t' -v rule="$rule" -v list="$list" '
    BEGIN {
      while ((getline line < list) > 0) {
        sub(/#.*/, "", line)
        if (split(line, word, /[ \t]+/) >= 2 && word[1] == rule)
          known[word[2]] = 1
      }
    }
    $1 in known { met[$1] = 1; next }
    { printf "%s: %s: %s\n", rule, $1, $2; bad = 1 }
    END {
      for (subject in known)
        if (!(subject in met)) {
          printf "%s: %s: fixed; remove its line from tests/lint/exceptions\n", rule, subject
          bad = 1
        }
      if (!bad)
        print rule ": ok"
      exit bad
    }'
}

# objects BUILD: "src/MODULE/x.c<TAB>object" for each source file that is compiled. An object whose
# source was moved away is left out.
objects() {
  local object source
  while IFS= read -r object; do
    source=${object#*.dir/}
    source=src/${source%.o}
    [ -e "$source" ] && printf '%s\t%s\n' "$source" "$object"
  done < <(find "$1/src/CMakeFiles" -name '*.c.o' | sort)
}

# symbols BUILD: "src/MODULE/x.c KIND NAME" a line; kind U is used, a capital letter is defined.
symbols() {
  objects "$1" | cut -f 2 | xargs nm -A |
    sed -E 's|^.*\.dir/([^:]*)\.o:.*([A-Za-z]) ([A-Za-z0-9_.]+)$|src/\1 \2 \3|'
}

# need_objects BUILD: skips the test unless every source of the modules that this build compiles has
# its object.
need_objects() {
  local missing
  missing=$(comm -23 <(sed -n "s|.*\"file\": \"$PWD/\\(src/[^\"]*/[^\"]*\\.c\\)\".*|\\1|p" "$1/compile_commands.json" | sort) \
    <(objects "$1" | cut -f 1 | sort))
  [ -z "$missing" ] && return 0
  echo "build everything first; not compiled yet:" $missing
  exit 77
}
