#!/bin/sh
# Installs crashsight-mcp from a release, on Linux and macOS:
#
#     curl -LsSf https://github.com/owner--not-set/crashsight-mcp/releases/latest/download/install.sh | sh
#
# Variables:
#   CRASHSIGHT_MCP_VERSION     a version such as 0.1.0 instead of the latest
#   CRASHSIGHT_MCP_DOWNLOADS   an address with the files of a release, for mirrors: https://…, or file:///folder
#   CRASHSIGHT_MCP_BIN         folder for the binary instead of ~/.local/bin
#   CRASHSIGHT_MCP_TARGET      target triple instead of the one of this system
set -eu

releases=https://github.com/owner--not-set/crashsight-mcp/releases

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

fetch() { # address, file
    case $1 in
    file://*) cp "${1#file://}" "$2" ;;
    *)
        if command -v curl > /dev/null; then
            curl --proto '=https,http' --location --silent --show-error --fail --retry 2 --output "$2" "$1"
        elif command -v wget > /dev/null; then
            wget --quiet --output-document="$2" "$1"
        else
            fail "curl or wget is needed"
        fi
        ;;
    esac || fail "cannot download $1"
}

checksum() { # file
    if command -v sha256sum > /dev/null; then
        sha256sum "$1"
    elif command -v shasum > /dev/null; then
        shasum -a 256 "$1"
    else
        fail "sha256sum or shasum is needed to check the download"
    fi | cut -d ' ' -f 1
}

target() {
    case $(uname -s) in
    Linux) system=unknown-linux-musl ;;
    Darwin) system=apple-darwin ;;
    *) fail "there is no binary for $(uname -s); on Windows use install.ps1, elsewhere: cargo install --locked crashsight-mcp" ;;
    esac
    case $(uname -m) in
    x86_64 | amd64) processor=x86_64 ;;
    arm64 | aarch64) processor=aarch64 ;;
    *) fail "there is no binary for $(uname -m); cargo install --locked crashsight-mcp builds one" ;;
    esac
    # A translated shell on an Apple processor reports an Intel one.
    if [ "$system" = apple-darwin ] && [ "$(sysctl -n hw.optional.arm64 2> /dev/null || true)" = 1 ]; then
        processor=aarch64
    fi
    echo "$processor-$system"
}

main() {
    if [ -n "${CRASHSIGHT_MCP_DOWNLOADS:-}" ]; then
        downloads=${CRASHSIGHT_MCP_DOWNLOADS%/}
    elif [ -n "${CRASHSIGHT_MCP_VERSION:-}" ]; then
        downloads=$releases/download/v${CRASHSIGHT_MCP_VERSION#v}
    else
        downloads=$releases/latest/download
    fi
    folder=${CRASHSIGHT_MCP_BIN:-$HOME/.local/bin}
    target=${CRASHSIGHT_MCP_TARGET:-$(target)}
    archive=crashsight-mcp-$target.tar.gz

    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    fetch "$downloads/SHA256SUMS" "$work/SHA256SUMS"
    fetch "$downloads/$archive" "$work/$archive"
    expected=$(grep " $archive\$" "$work/SHA256SUMS" | cut -d ' ' -f 1)
    [ -n "$expected" ] || fail "$downloads/SHA256SUMS has no line for $archive"
    [ "$(checksum "$work/$archive")" = "$expected" ] || fail "$archive is damaged: its checksum is another"

    tar -xzf "$work/$archive" -C "$work" crashsight-mcp
    mkdir -p "$folder"
    # A running server keeps the file that it was started from.
    mv "$work/crashsight-mcp" "$folder/.crashsight-mcp.new"
    mv "$folder/.crashsight-mcp.new" "$folder/crashsight-mcp"

    echo "installed: $folder/crashsight-mcp ($("$folder/crashsight-mcp" --version))"
    case ":$PATH:" in
    *":$folder:"*) ;;
    *) echo "not on your PATH yet: export PATH=\"$folder:\$PATH\"" ;;
    esac
    echo "next: crashsight-mcp demo"
}

main
