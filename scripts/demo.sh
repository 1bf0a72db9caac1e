#!/usr/bin/env bash
# ./demo [DIR]: installs what is missing, builds Lazaret, runs the demo mission on DIR.
# DIR is any folder with files to look at; the default is this checkout.
set -euo pipefail

case "${1:-}" in
  -h|--help) sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac
if [ $# -gt 1 ]; then
  echo "usage: ./demo [DIR]" >&2
  exit 2
fi

# The script is reached through a link at the root, or called in scripts/.
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
[ -f "$root/CMakeLists.txt" ] || root=$(dirname "$root")
dir=${1:-$root}
if [ ! -d "$dir" ]; then
  echo "demo: there is no folder $dir" >&2
  exit 1
fi
dir=$(cd "$dir" && pwd)
cd "$root"

echo "demo 1/3: Debian packages"
scripts/prepare build
echo "demo 2/3: building (minutes at the first time, seconds afterwards)"
scripts/build release lazaret lazaret-shim
echo "demo 3/3: the mission, on $dir"
exec build/release/bin/lazaret demo "$dir"
