#!/usr/bin/env bash
# Packs the libraries into artifacts/packages and says how to use them from another project.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages="$PWD/artifacts/packages"
rm -rf "$packages"
for project in src/*/*.csproj; do
  dotnet pack "$project" -c Release -warnaserror -v:q -o "$packages" "$@"
done

cat <<EOF
Packed into $packages. In the folder of your project:
  dotnet nuget add source "$packages" --name mdf-local
  dotnet add package Mdf.Losses --prerelease
EOF
