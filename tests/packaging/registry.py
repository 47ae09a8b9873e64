"""An npm registry on loopback that has the packages of a folder and nothing else."""

import base64
import hashlib
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


def _packages(folder, address):
    """Each package's document, and each archive's bytes, by path."""
    answers = {}
    for path in folder.glob("*.tgz"):
        content = path.read_bytes()
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("package/package.json"))
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        manifest["dist"] = {"tarball": f"{address}/{path.name}", "integrity": f"sha512-{digest}"}
        version = manifest["version"]
        document = {"name": manifest["name"], "dist-tags": {"latest": version}, "versions": {version: manifest}}
        answers[f"/{manifest['name']}"] = json.dumps(document).encode()
        answers[f"/{path.name}"] = content
    return answers


def serve(folder):
    """Serves the packages until the process ends, and returns the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = answers.get(unquote(self.path))
            self.send_response(200 if content else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    answers = _packages(folder, address)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return address
