"""The regions for which the templates are linted: one of each group in which AWS publishes the same schemas for all types that the templates use.
Linting in all of them takes minutes, and finds the same. Fails, and names them, where a region lacks a type and docs/limits.md does not say so.

    python infra/checks/regions.py TEMPLATE.json ALARMS.json
"""

import json
import pathlib
import sys

from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

# Regions that lack a type, with what docs/limits.md tells about them. None does.
LACKING = {}

templates = [json.loads(pathlib.Path(file).read_text()) for file in sys.argv[1:]]
types = sorted({resource["Type"] for template in templates for resource in template["Resources"].values()})
groups, lacking = {}, {}
for region in sorted(REGIONS, key=lambda region: region != "us-east-1"):
    schemas = PROVIDER_SCHEMA_MANAGER._load_provider_module(region)  # each type, with the hash of its schema there
    if missing := [kind for kind in types if kind not in schemas]:
        lacking[region] = missing
    groups.setdefault(tuple(schemas.get(kind) for kind in types), region)
for region, missing in lacking.items():
    if LACKING.get(region) != missing:
        print(f"regions: {region} lacks {', '.join(missing)}", file=sys.stderr)
if lacking != LACKING:
    sys.exit(1)
print(f"regions: {len(REGIONS)}, in {len(groups)} groups", file=sys.stderr)
print(*groups.values())
