"""A page opened from disk in a browser without a network, and used as a reader would."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from urllib.parse import unquote

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# Runs before everything else of the page and gathers what goes wrong.
WATCH = """<script>
window.wrong = [];
addEventListener("error", (e) => wrong.push(`error: ${e.message}`));
addEventListener("unhandledrejection", (e) => wrong.push(`rejection: ${e.reason}`));
addEventListener("securitypolicyviolation", (e) => wrong.push(`policy: ${e.blockedURI}`));
for (const level of ["error", "warn"]) console[level] = (...said) => wrong.push(said.join(" "));
window.alert = (said) => wrong.push(`alert: ${said}`);
</script>"""


def chromium(page, *options: str) -> str:
    """Return what the browser prints of a file opened from disk, with every address blocked."""
    command = [
        str(BROWSER),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        f"--user-data-dir={page.parent / 'profile'}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--virtual-time-budget=5000",
        *options,
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def used_page(source: str, use: str, folder) -> dict:
    """Return what a script that uses a page has left in its element ``seen``, as JSON."""
    source = source.replace("<title>", WATCH + "<title>", 1).replace("</body>", use + "</body>", 1)
    page = folder / "page.html"
    page.write_text(source, encoding="utf-8")
    found = re.search(r'<pre id="seen">([^<]*)</pre>', chromium(page, "--dump-dom"))
    assert found is not None, "the page did not come to its end"
    return json.loads(unquote(found[1]))
