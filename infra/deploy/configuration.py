"""What samconfig.toml says: the stack, where it is, and the answers that sam has kept. Read as sam reads it."""

import os
import pathlib
import re
from dataclasses import dataclass

import states
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.exceptions import SamConfigFileReadException, SamConfigVersionException
from samcli.lib.config.samconfig import SamConfig
from samcli.yamlhelper import yaml_parse


@dataclass
class Settings:
    name: str
    region: str | None
    profile: str | None
    answers: dict


def read(arguments, fallback=None):
    """`arguments` go before the file, as they do with sam."""
    try:
        saved = SamConfig(os.getcwd()).get_all(["deploy"], "parameters")
    except (SamConfigFileReadException, SamConfigVersionException) as error:
        # sam's own text is no string where the file is no TOML.
        raise states.Decision(f"samconfig.toml cannot be read: {error.__cause__ or error}") from None
    except KeyError:
        saved = {}
    return Settings(
        name=arguments.stack_name or saved.get("stack_name") or (fallback.name if fallback else "ponte"),
        region=arguments.region or saved.get("region") or (fallback.region if fallback else None),
        profile=arguments.profile or saved.get("profile"),
        answers=CfnParameterOverridesType().convert(saved.get("parameter_overrides"), None, None),
    )


def workers(settings, stack):
    """`WorkerConcurrency`: as it is answered, else as the stack has it, else the template's default. None where it is no number."""
    value = settings.answers.get("WorkerConcurrency") or stack.parameter("WorkerConcurrency") or default("WorkerConcurrency")
    return int(value) if str(value).isdigit() else None


def default(parameter):
    return template_parameters().get(parameter, {}).get("Default")


def template():
    return yaml_parse(pathlib.Path("template.yaml").read_text())


def template_parameters():
    return template()["Parameters"]


@dataclass
class Functions:
    """What the template has: kinds of workers, of which `WorkerConcurrency` run at once; how many others are in every stack; and those that
    parameters add."""

    workers: int
    others: int
    optional: list


def functions():
    found = {name: one for name, one in template().get("Resources", {}).items() if one["Type"] == "AWS::Serverless::Function"}
    workers = [name for name, one in found.items() if any(event["Type"] == "SQS" for event in one["Properties"].get("Events", {}).values())]
    optional = [name for name, one in found.items() if "Condition" in one]
    return Functions(len(workers), len(found) - len(workers) - len(optional), optional)


def refused(settings):
    """Saved answers that CloudFormation will not take, each with the template's word about it. sam saves an answer before anybody has judged it, and
    what holds a backslash comes back as something else."""
    parameters = template_parameters()
    return [
        f"{name} {parameters[name].get('ConstraintDescription', 'is not one of the values that the template takes')}"
        for name, value in settings.answers.items()
        if name in parameters and not takes(parameters[name], value)
    ]


def takes(parameter, value):
    if "AllowedValues" in parameter:
        return value in [str(one) for one in parameter["AllowedValues"]]
    if parameter["Type"] == "Number":
        within = re.fullmatch("[0-9]+", value) and int(value) >= parameter.get("MinValue", 0)
        return bool(within) and int(value) <= parameter.get("MaxValue", int(value))
    if not parameter.get("MinLength", 0) <= len(value) <= parameter.get("MaxLength", len(value)):
        return False
    return re.fullmatch(parameter.get("AllowedPattern", r"[\s\S]*"), value) is not None
