"""The systems that a release has a binary for, with the name that each way of packaging gives them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One compiled binary's system."""

    triple: str
    # Node's `process.platform` and `process.arch`; the bundle and the Gemini extension use them too.
    platform: str
    arch: str
    # The wheel's platform tags; empty where they depend on the binary's glibc.
    wheel: tuple[str, ...] = ()

    @property
    def node(self):
        return f"{self.platform}-{self.arch}"

    @property
    def program(self):
        return "crashsight-mcp.exe" if self.platform == "win32" else "crashsight-mcp"

    @property
    def archive(self):
        """The release's file. Windows has zip built in, the others tar."""
        return f"crashsight-mcp-{self.triple}.{'zip' if self.platform == 'win32' else 'tar.gz'}"


# Static: any Linux with or without glibc.
_LINUX_X64 = ("manylinux2014_x86_64", "musllinux_1_1_x86_64")
_LINUX_ARM64 = ("manylinux2014_aarch64", "musllinux_1_1_aarch64")

RELEASED = [
    Target("x86_64-unknown-linux-musl", "linux", "x64", _LINUX_X64),
    Target("aarch64-unknown-linux-musl", "linux", "arm64", _LINUX_ARM64),
    Target("x86_64-apple-darwin", "darwin", "x64", ("macosx_10_12_x86_64",)),
    Target("aarch64-apple-darwin", "darwin", "arm64", ("macosx_11_0_arm64",)),
    Target("x86_64-pc-windows-msvc", "win32", "x64", ("win_amd64",)),
]
# Not released: what a development machine builds, to try the packages with.
_LOCAL = [
    Target("x86_64-unknown-linux-gnu", "linux", "x64"),
    Target("aarch64-unknown-linux-gnu", "linux", "arm64"),
]


def named(triple):
    """The target of a triple of rustc."""
    for target in RELEASED + _LOCAL:
        if target.triple == triple:
            return target
    raise SystemExit(f"{triple}: not a target; known: {', '.join(target.triple for target in RELEASED + _LOCAL)}")
