#!/usr/bin/env bash
# Bundles the dashboard into build/web/site.cpp, once for all builds of this tree:
#
#   web/bundle.sh      what it was made of has not changed: nothing is done
#
# Needs node and npm, and for the first time the network: `npm ci` gets the packages that
# package-lock.json names.
set -euo pipefail
cd "$(dirname "$0")"

out=../build/web
mkdir -p "$out"
exec 9>"$out/lock"
flock 9

for program in node npm; do
  if ! command -v "$program" >/dev/null; then
    echo "web: $program is missing, and the dashboard is built with it: apt-get install nodejs npm" >&2
    echo "web: or leave the dashboard out: cmake --preset PRESET -DLAZARET_WEB=OFF" >&2
    exit 1
  fi
done

hash_of() { sha256sum "$@" | sha256sum | cut -d ' ' -f 1; }

# Where it lies belongs to it: the C++ file names the file beside it.
made_of=$(pwd; find src -type f | LC_ALL=C sort |
          { readarray -t files
            hash_of "${files[@]}" package.json package-lock.json build.mjs embed.mjs; })
if [ -f "$out/site.cpp" ] && [ -f "$out/site.bin" ] && [ "$(cat "$out/made-of" 2>/dev/null)" = "$made_of" ]; then
  exit 0
fi

packages=$(hash_of package-lock.json)
if [ "$(cat node_modules/.packages 2>/dev/null)" != "$packages" ]; then
  echo "web: npm ci"
  if ! npm ci --no-audit --no-fund --ignore-scripts >"$out/npm.log" 2>&1; then
    tail -n 15 "$out/npm.log" >&2
    echo "web: npm ci failed; it gets packages from the network. All it said: build/web/npm.log" >&2
    exit 1
  fi
  mkdir -p node_modules  # there may be none to get
  echo "$packages" >node_modules/.packages
fi
node build.mjs --out "$out/site"
node embed.mjs "$out/site" "$out/site.cpp"
echo "$made_of" >"$out/made-of"
