"""npm packages: one without a binary that everyone installs, and one per system that npm chooses by `os` and `cpu`."""

import json
import subprocess

from . import archives, project


def _pack(package, folder):
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, package], check=True, stdout=subprocess.DEVNULL)


def _write(package, files):
    for name, content in files.items():
        (package / name).write_bytes(content)


def build(folder, work, binaries, beside):
    """Packs the packages into a folder; `binaries` are (target, path) pairs, `beside` the documents of a release."""
    folder.mkdir()
    main = json.loads((project.PACKAGING / "npm/package.json").read_text("utf-8"))
    shared = {name: main[name] for name in ("version", "license", "homepage", "repository")}
    licenses = archives.licenses(beside)
    for target, binary in binaries:
        name = f"{project.NAME}-{target.node}"
        package = work / name
        package.mkdir()
        manifest = {"name": name, **shared, "description": f"The binary of {project.NAME} for {target.node}",
                    "os": [target.platform], "cpu": [target.arch], "files": [target.program, *licenses], "preferUnplugged": True}
        (package / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
        (package / "README.md").write_text(f"The binary of [{project.NAME}]({project.ADDRESS}) for {target.node}.\n")
        _write(package, licenses)
        program = package / target.program
        program.write_bytes(binary.read_bytes())
        program.chmod(0o755)
        _pack(package, folder)
        main.setdefault("optionalDependencies", {})[name] = project.VERSION
    package = work / project.NAME
    (package / "bin").mkdir(parents=True)
    script = package / "bin/crashsight-mcp.js"
    script.write_bytes((project.PACKAGING / "npm/bin/crashsight-mcp.js").read_bytes())
    script.chmod(0o755)
    (package / "README.md").write_text(project.readme(), "utf-8")
    _write(package, licenses)
    (package / "package.json").write_text(json.dumps(main, indent=2) + "\n")
    _pack(package, folder)
