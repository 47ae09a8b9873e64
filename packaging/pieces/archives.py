"""Release archives: the binary with what a licence and a newcomer need, byte for byte the same for the same input."""

import gzip
import io
import tarfile
import zipfile

from . import project

# Every file of an archive has this time, so that two builds of one binary are one archive.
_EPOCH = 315532800  # 1980-01-01, the first that zip can write
_EPOCH_ZIP = (1980, 1, 1, 0, 0, 0)


def documents(notices):
    """The files beside the binary, by name."""
    files = {name: (project.ROOT / name).read_bytes()
             for name in ("README.md", "LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "mcp.json.example")}
    if notices:
        files["THIRD-PARTY-NOTICES.txt"] = notices.read_bytes()
    return files


def licenses(files):
    """Those of the documents that must go wherever the binary goes."""
    return {name: content for name, content in files.items() if name.startswith(("LICENSE", "THIRD-PARTY"))}


def tar_gz(path, files, executables=()):
    """Writes a .tar.gz of the files (name: bytes) without folder, time, owner or name of its own."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name in sorted(files):
                entry = tarfile.TarInfo(name)
                entry.size = len(files[name])
                entry.mtime = _EPOCH
                entry.mode = 0o755 if name in executables else 0o644
                tar.addfile(entry, io.BytesIO(files[name]))


def zip_file(path, files, executables=()):
    """Writes a zip of the files (name: bytes), in the order given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH_ZIP)
            entry.create_system = 3
            entry.external_attr = (0o100755 if name in executables else 0o100644) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def release(folder, target, binary, beside):
    """The archive that the installers download, for one target."""
    files = {target.program: binary.read_bytes(), **beside}
    path = folder / target.archive
    (zip_file if path.suffix == ".zip" else tar_gz)(path, files, {target.program})
    return path
