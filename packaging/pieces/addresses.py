"""Files that name what is downloaded, by address and checksum: SHA256SUMS, the Homebrew formula, the registry's server.json."""

import hashlib
import json

from . import project


def sha256(path):
    """The checksum of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums(path, files):
    """Writes SHA256SUMS, in the form that `sha256sum --check` and `shasum -c` read."""
    path.write_text("".join(f"{sha256(file)}  {file.name}\n" for file in sorted(files)))


def formula(path, archives):
    """Writes the Homebrew formula; `archives` are (target, archive) pairs."""
    blocks = []
    for system, platform in (("macos", "darwin"), ("linux", "linux")):
        inner = []
        for target, archive in archives:
            if target.platform == platform:
                cpu = "intel" if target.arch == "x64" else "arm"
                inner.append(f"    on_{cpu} do\n      url \"{project.DOWNLOADS}/{archive.name}\"\n"
                             f"      sha256 \"{sha256(archive)}\"\n    end\n")
        if inner:
            blocks.append(f"  on_{system} do\n{''.join(inner)}  end\n")
    licence = ", ".join(f'"{one}"' for one in project.LICENSE.split(" OR "))
    path.write_text(f"""class CrashsightMcp < Formula
  desc "MCP server for Tencent CrashSight"
  homepage "{project.ADDRESS}"
  version "{project.VERSION}"
  license any_of: [{licence}]

{chr(10).join(blocks)}
  def install
    bin.install "crashsight-mcp"
  end

  test do
    assert_match "crashsight_list_top_issues", shell_output("#{{bin}}/crashsight-mcp tools --demo")
  end
end
""")


def registry(path, bundle):
    """Writes the server.json of this release: that of the repository, with the bundle and the image."""
    server = json.loads((project.PACKAGING / "server.json").read_text("utf-8"))
    npm = server["packages"][0]
    server["packages"] += [
        {"registryType": "mcpb", "identifier": f"{project.DOWNLOADS}/{bundle.name}", "fileSha256": sha256(bundle),
         "transport": {"type": "stdio"}},
        {"registryType": "oci", "identifier": f"ghcr.io/{project.OWNER}/{project.REPOSITORY}:{project.VERSION}",
         "runtimeHint": "docker", "packageArguments": npm["packageArguments"], "transport": {"type": "stdio"},
         "environmentVariables": npm["environmentVariables"]},
    ]
    path.write_text(json.dumps(server, indent=2, ensure_ascii=False) + "\n")
