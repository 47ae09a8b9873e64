"""What single clients install: the MCPB bundle of Claude Desktop, the Gemini extension, the plugin of Claude Code."""

import json
import shutil

from . import archives, project


def _skills(prefix=""):
    """The skills of the repository, if it has any: file name in the package, content."""
    folder = project.ROOT / "skills"
    return {f"{prefix}skills/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def bundle(path, binaries, beside, universal=None):
    """The MCPB bundle: one file for every system, each starting its own binary.

    A manifest chooses by system and not by processor, so macOS has one binary for both (`universal`, made by `lipo`), or that of
    the first macOS target; Windows and Linux have x64.
    """
    manifest = json.loads((project.PACKAGING / "mcpb/manifest.json").read_text("utf-8"))
    config = manifest["server"]["mcp_config"]
    chosen = {}
    for target, binary in binaries:
        if target.platform == "darwin" or target.arch == "x64":
            chosen.setdefault(target.platform, (target.program, binary))
    if universal:
        chosen["darwin"] = ("crashsight-mcp", universal)
    if not chosen:
        raise SystemExit("no binary for a bundle: it holds Linux x64, Windows x64 and macOS")
    programs = {platform: f"server/{platform}/{program}" for platform, (program, _) in chosen.items()}
    first = next(platform for platform in ("darwin", "win32", "linux") if platform in programs)
    manifest["server"]["entry_point"] = programs[first]
    config["command"] = f"${{__dirname}}/{programs[first]}"
    config["platform_overrides"] = {platform: {"command": f"${{__dirname}}/{program}"} for platform, program in programs.items()}
    manifest["compatibility"]["platforms"] = list(programs)
    files = {"manifest.json": (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()}
    files |= archives.licenses(beside)
    for platform, (_, binary) in chosen.items():
        files[programs[platform]] = binary.read_bytes()
    archives.zip_file(path, files, set(programs.values()))
    return path


def gemini(folder, target, binary, beside):
    """The extension that `gemini extensions install` downloads from a release, named as it looks for it."""
    folder.mkdir(exist_ok=True)
    manifest = json.loads((project.PACKAGING / "gemini/gemini-extension.json").read_text("utf-8"))
    manifest["mcpServers"]["crashsight"]["command"] = "${extensionPath}${/}" + target.program
    files = {
        "gemini-extension.json": (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode(),
        target.program: binary.read_bytes(),
        **archives.licenses(beside),
        **_skills(),
    }
    kind = "zip" if target.platform == "win32" else "tar.gz"
    path = folder / f"{target.platform}.{target.arch}.{project.NAME}.{kind}"
    (archives.zip_file if kind == "zip" else archives.tar_gz)(path, files, {target.program})


def plugin(folder):
    """A marketplace with the plugin of Claude Code, as it is in the repository, without the rest of it."""
    shutil.copytree(project.ROOT / ".claude-plugin", folder / ".claude-plugin")
    for name, content in _skills().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
