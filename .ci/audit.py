"""Known holes in what is installed: pip-audit over the locked packages, without failing anybody who has no network.

`python .ci/audit.py FOLDER LOCK…`: status 1 when a package has a known hole. Where the index does not answer within
five seconds, or knows nothing of our packages, that is said, and the status is 0: silence is not a clean bill.
pip-audit gets an environment of its own in FOLDER, since it brings half as much along as E-Kost itself.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

OWN_LOCK = Path(__file__).parents[1] / "requirements" / "audit.lock"
INDEX = "https://pypi.org/pypi/pip/json"
# Seconds for the index to answer, and for the whole audit.
PROBE, PATIENCE = 5, 300


def verdict(report: dict[str, list[dict[str, object]]]) -> tuple[int, list[str]]:
    """The status and what to say of a report in pip-audit's JSON."""
    rows = report["dependencies"]
    looked_at = [row for row in rows if "skip_reason" not in row]
    holes = [
        f"{row['name']} {row['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for row in looked_at
        for hole in row["vulns"]  # type: ignore[attr-defined]
    ]
    if not looked_at:
        return 0, [f"No audit: the index knows nothing of these {len(rows)} packages."]
    return bool(holes), [*holes, f"{len(looked_at)} of {len(rows)} packages audited, {len(holes)} known holes."]


def reachable() -> bool:
    """Whether the index answers at all."""
    try:
        with urllib.request.urlopen(INDEX, timeout=PROBE) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def audited(program: str, lock: str) -> tuple[int, list[str]]:
    """Audit one file of locked packages."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = [
            "--progress-spinner",
            "off",
            "--require-hashes",
            "--disable-pip",
            "-r",
            lock,
            "-f",
            "json",
            "-o",
            report,
        ]
        try:
            said = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return 0, ["No audit: the index takes too long."]
        if not report.exists():  # its own status is 1 for a hole and for a broken connection
            return 0, ["No audit: " + (said.stderr.strip().splitlines() or ["the program said nothing"])[-1][:200]]
        return verdict(json.loads(report.read_text(encoding="utf-8")))


def installed(folder: Path) -> str | None:
    """The program, or None where it can't be had."""
    program = folder / "bin" / "pip-audit"
    if not program.exists():
        venv.create(folder, with_pip=True)
        words = ["install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(OWN_LOCK)]
        subprocess.run([folder / "bin" / "python", "-m", "pip", *words], stderr=subprocess.DEVNULL, check=False)
    return str(program) if program.exists() else None


def main(folder: str, *locks: str) -> int:
    """Audit every file; the worst status."""
    if not reachable():
        print("No audit: the index does not answer.")
        return 0
    if (program := installed(Path(folder))) is None:
        print("No audit: pip-audit can't be installed here.")
        return 0
    worst = 0
    for lock in locks:
        status, told = audited(program, lock)
        print("\n".join(f"{lock}: {line}" for line in told))
        worst = max(worst, status)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
