"""What samconfig.toml says: the stack, where it is, and the answers that sam has kept. Read as sam reads it."""

import os
import pathlib
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
    template = yaml_parse(pathlib.Path("template.yaml").read_text())
    return template["Parameters"].get(parameter, {}).get("Default")
