"""Wheels for PyPI whose script is the binary itself, so that `uvx crashsight-mcp` starts it without Python between."""

import base64
import hashlib
import re

from . import archives, project


def _glibc(binary):
    """The newest glibc version whose symbols a dynamic binary asks for, such as (2, 34)."""
    found = re.findall(rb"GLIBC_(\d+)\.(\d+)", binary)
    return max((int(major), int(minor)) for major, minor in found)


def _tags(target, binary):
    if target.wheel:
        return target.wheel
    major, minor = _glibc(binary)
    return (f"manylinux_{major}_{minor}_{'x86_64' if target.arch == 'x64' else 'aarch64'}",)


def build(folder, target, binary, beside):
    """Writes the wheel of one target."""
    folder.mkdir(exist_ok=True)
    content = binary.read_bytes()
    tags = _tags(target, content)
    name = project.NAME.replace("-", "_")
    info = f"{name}-{project.VERSION}.dist-info"
    script = f"{name}-{project.VERSION}.data/scripts/{target.program}"
    licenses = archives.licenses(beside)
    metadata = [
        "Metadata-Version: 2.4", f"Name: {project.NAME}", f"Version: {project.VERSION}", f"Summary: {project.DESCRIPTION}",
        f"License-Expression: {project.LICENSE}", *(f"License-File: {file}" for file in licenses),
        "Keywords: mcp,crashsight,crash,observability", "Requires-Python: >=3.8",
        f"Project-URL: Homepage, {project.ADDRESS}", f"Project-URL: Issues, {project.ADDRESS}/issues",
        f"Project-URL: Changelog, {project.ADDRESS}/blob/main/CHANGELOG.md",
        "Classifier: Environment :: Console", "Classifier: Topic :: Software Development :: Debuggers",
        "Description-Content-Type: text/markdown", "", project.readme(),
    ]
    wheel = ["Wheel-Version: 1.0", "Generator: crashsight-mcp packaging", "Root-Is-Purelib: false",
             *(f"Tag: py3-none-{tag}" for tag in tags)]
    files = {
        script: content,
        **{f"{info}/licenses/{file}": text for file, text in licenses.items()},
        f"{info}/METADATA": "\n".join(metadata).encode(),
        f"{info}/WHEEL": ("\n".join(wheel) + "\n").encode(),
    }
    record = [f"{file},sha256={_digest(content)},{len(content)}" for file, content in files.items()]
    files[f"{info}/RECORD"] = ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode()
    archives.zip_file(folder / f"{name}-{project.VERSION}-py3-none-{'.'.join(tags)}.whl", files, {script})


def _digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
