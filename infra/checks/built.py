"""The template as CloudFormation gets it: what SAM makes of it, without SAM's own kinds of resources.

    python infra/checks/built.py TEMPLATE RESULT

Runs in the virtual environment of sam. The functions' code stands as an address, since nothing is built for a check.
"""

import json
import pathlib
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """No function takes one: each has a role of its own."""

    def load(self):
        return {}


template, result = map(pathlib.Path, sys.argv[1:])
source = yaml_parse(template.read_text())
if "Globals" in source:
    source["Globals"]["Function"]["CodeUri"] = "s3://built/function.zip"
built = transform(source, {}, NoManagedPolicies())
for resource in built["Resources"].values():
    if resource["Type"] == "AWS::CloudFormation::Stack":  # what becomes of it lies beside the result
        resource["Properties"]["TemplateURL"] = pathlib.Path(resource["Properties"]["TemplateURL"]).with_suffix(".json").name
result.write_text(json.dumps(built, indent=1))
