# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sourced by the other scripts: Debian packages and how to get the missing ones. Speaks on stderr.

# What the release build needs.
build_packages=(
  gcc libc6-dev cmake ninja-build pkg-config
  libncurses-dev libqrencode-dev libcurl4-openssl-dev libsecp256k1-dev libinih-dev libcjson-dev libsqlite3-dev
  nettle-dev libssl-dev libsodium-dev libutf8proc-dev libmicrohttpd-dev ca-certificates
)

# What the tests need on top.
test_packages=(
  clang clang-format clang-tidy libclang-rt-14-dev libcmocka-dev libvterm-dev libgmp-dev
  tmux curl man-db procps git openssl
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user # the ARM kernel of src/piece
)

say() { printf 'sluice: %s\n' "$*" >&2; }

# need_packages NAME...: installs those that are missing; does nothing, fast, when none is.
need_packages() {
  local name missing=()
  local installed
  # dpkg-query fails when it has never heard of one of them: that is the answer, not an error
  installed=$({ dpkg-query -W -f='${binary:Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null || :; } |
    awk '$2 == "ii" { sub(/:.*/, "", $1); print $1 }')
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "these packages are missing; as root: apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  {
    "${as_root[@]}" apt-get update -q &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
  } </dev/null >&2 || {
    say "apt-get could not install them: see above"
    return 1
  }
}
